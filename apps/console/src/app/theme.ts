import { createTheme, type MantineColorsTuple } from '@mantine/core'

const iris: MantineColorsTuple = [
  '#f0f0fe',
  '#e0e1fc',
  '#c4c6f8',
  '#a5a8f4',
  '#8185ea',
  '#666ade',
  '#575bd3',
  '#4f52c9',
  '#4245ae',
  '#353788',
]

/** The library's dark surfaces in the greys of `tokens.css`. */
const dark: MantineColorsTuple = [
  '#ededf0',
  '#a9aab5',
  '#8f909c',
  '#5c5d68',
  '#3a3a43',
  '#2b2b32',
  '#17171b',
  '#101013',
  '#0b0b0d',
  '#070708',
]

const fontFamily =
  "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'PingFang SC', 'Noto Sans SC', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif"

const quick = { duration: 100, transition: 'fade' } as const

/** Lists and menus are gone at once: while one faded away it would swallow the click on what it covers. */
const quickOpen = { duration: 80, exitDuration: 0, transition: 'fade' } as const

/** The library shrinks these with the input; below 12 px nobody reads them. */
const smallText = {
  label: { fontSize: 13 },
  description: { fontSize: 12, lineHeight: 1.45 },
  error: { fontSize: 12 },
}

/** Library defaults: small, quiet, quick (no motion above 150 ms). Colours live in `tokens.css`. */
export const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: 7,
  colors: { iris, dark },
  fontFamily,
  fontFamilyMonospace: 'var(--dl-mono)',
  defaultRadius: 7,
  respectReducedMotion: true,
  cursorType: 'pointer',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '18px' },
  headings: { fontFamily, fontWeight: '600' },
  components: {
    Button: { defaultProps: { size: 'sm' }, styles: { root: { fontWeight: 500 } } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 'md' } },
    Tooltip: { defaultProps: { openDelay: 350, transitionProps: quick, withArrow: false, fz: 'xs' } },
    Menu: {
      defaultProps: { transitionProps: quickOpen, shadow: 'md', radius: 8 },
    },
    Modal: {
      defaultProps: { transitionProps: quick, centered: true, radius: 12, overlayProps: { opacity: 0.45 } },
    },
    Drawer: { defaultProps: { transitionProps: { duration: 120, transition: 'slide-left' } } },
    Select: { defaultProps: { comboboxProps: { transitionProps: quickOpen, shadow: 'md' } } },
    Autocomplete: { defaultProps: { comboboxProps: { transitionProps: quickOpen, shadow: 'md' } } },
    Switch: { defaultProps: { size: 'sm' } },
    InputWrapper: { styles: smallText },
    Checkbox: { styles: smallText },
    Radio: { styles: smallText },
  },
})
