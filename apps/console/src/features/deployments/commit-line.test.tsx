import { MantineProvider } from '@mantine/core'
import i18next from 'i18next'
import { renderToStaticMarkup } from 'react-dom/server'
import { initReactI18next } from 'react-i18next'
import { beforeAll, expect, it } from 'vitest'
import { CommitLine, type CommitLineProps } from './commit-line.tsx'

const revision = '0123456789abcdef0123456789abcdef01234567'
const draw = (props: Partial<CommitLineProps>) =>
  renderToStaticMarkup(
    <MantineProvider>
      <CommitLine revision={revision} commit={undefined} {...props} />
    </MantineProvider>,
  )

beforeAll(() => i18next.use(initReactI18next).init({ lng: 'en', resources: {} }))

it('says subject, author and age over the short id, and escapes them', () => {
  const commit = { subject: '<img src=x> fix', author: 'Ada & Bob', date: '2020-01-01T00:00:00Z' }
  const html = draw({ commit, more: '#3' })
  expect(html).toContain('&lt;img src=x&gt; fix')
  expect(html).toContain('Ada &amp; Bob')
  expect(html).toContain('#3')
  expect(html).toMatch(/>0123456<.*yr. ago/)
})

it('says the id alone where the commit is gone', () => {
  const html = draw({})
  expect(html).toContain('>0123456<')
  expect(html).not.toContain('<time')
})
