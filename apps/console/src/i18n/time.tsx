import { Tooltip } from '@mantine/core'
import { useEffect, useReducer } from 'react'
import { useLanguage, type Language } from './language.ts'

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** "3 minutes ago"; below a minute it says "now". */
export function relativeTime(at: Date, now: Date, language: Language): string {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000)
  const format = new Intl.RelativeTimeFormat(language, {
    numeric: 'auto',
    style: language === 'zh' ? 'long' : 'short',
  })
  const step = steps.find(([, size]) => Math.abs(seconds) >= size)
  return step === undefined
    ? format.format(0, 'second')
    : format.format(Math.trunc(seconds / step[1]), step[0])
}

export function absoluteTime(at: Date, language: Language): string {
  return new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en', {
    dateStyle: 'medium',
    timeStyle: 'medium',
  }).format(at)
}

export function clockTime(at: Date, language: Language): string {
  return new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en', {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  }).format(at)
}

/** `95` → `1m 35s`, `1 分 35 秒`. */
export function duration(seconds: number, language: Language): string {
  const [m, s] = language === 'zh' ? [' 分 ', ' 秒'] : ['m ', 's']
  const minutes = Math.floor(seconds / 60)
  return minutes === 0 ? `${Math.round(seconds)}${s}` : `${minutes}${m}${Math.round(seconds % 60)}${s}`
}

const refreshMs = 20_000

/** Relative, with the absolute time in the tooltip; a dash while unknown. */
export function RelativeTime({ at }: { at: string | undefined }) {
  const language = useLanguage()
  const [, tick] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    const timer = setInterval(tick, refreshMs)
    return () => clearInterval(timer)
  }, [])
  if (at === undefined || at === '') return <span className="dim">–</span>
  const date = new Date(at)
  return (
    <Tooltip label={absoluteTime(date, language)}>
      <time dateTime={at}>{relativeTime(date, new Date(), language)}</time>
    </Tooltip>
  )
}
