import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import { en } from './en.ts'
import { zh } from './zh.ts'

export type Language = 'zh' | 'en'

type Plural = '_one' | '_other'
type Base<K> = K extends `${infer B}${Plural}` ? B : K

/** A key of the message tables; plural forms go by their base. */
export type MessageKey = Base<keyof typeof en>
export type Translate = (key: MessageKey, values?: Record<string, string | number>) => string

const storageKey = 'driftless-language'

function firstLanguage(): Language {
  const stored = localStorage.getItem(storageKey)
  if (stored === 'zh' || stored === 'en') return stored
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

/** Turns sentences of the server into Chinese; loaded with the language. */
let translateSentence: ((english: string) => string) | undefined

async function loadSentences(language: Language): Promise<void> {
  if (language !== 'zh' || translateSentence !== undefined) return
  try {
    ;({ translateSentence } = await import('./sentences/translate-sentence.ts'))
  } catch {
    // The server went, or was replaced, in between: its sentences stay English until the page is loaded again.
    translateSentence = undefined
  }
}

/** Resolves when the first page may be drawn in the person's language. */
export async function startLanguage(): Promise<void> {
  const language = firstLanguage()
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    keySeparator: false,
    nsSeparator: false,
    resources: { en: { translation: en }, zh: { translation: zh } },
    interpolation: { escapeValue: false },
    initAsync: false,
  })
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  await loadSentences(language)
}

export async function setLanguage(language: Language): Promise<void> {
  await loadSentences(language)
  localStorage.setItem(storageKey, language)
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  await i18next.changeLanguage(language)
}

/**
 * A sentence of the server in the person's language; the server speaks English to all. For components that also call
 * `useText`, so that they are drawn again when the language changes.
 */
export function told(sentence: string): string {
  return i18next.language === 'zh' ? (translateSentence?.(sentence) ?? sentence) : sentence
}

export function useText(): Translate {
  const { t } = useTranslation()
  return t as unknown as Translate
}

export function useLanguage(): Language {
  const { i18n } = useTranslation()
  return i18n.language === 'zh' ? 'zh' : 'en'
}
