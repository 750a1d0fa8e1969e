import { isAppError } from '@driftless/api'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { login } from '../../api/commands.ts'
import { sessionQuery } from '../../api/queries.ts'
import { setLanguage, useLanguage, useText } from '../../i18n/language.ts'
import { paths } from '../../paths.ts'
import { Logo } from '../../shell/logo.tsx'
import { textOf } from '../../ui/error-state.tsx'
import { useDocumentTitle } from '../../ui/page.tsx'
import { useUrlState } from '../../ui/url-state.ts'
import { useRouter } from '@tanstack/react-router'
import classes from './login-page.module.css'

export function LoginPage() {
  const t = useText()
  const language = useLanguage()
  useDocumentTitle(t('login.title'))
  return (
    <main className={classes['page']}>
      <div className={classes['box']}>
        <Logo size={40} />
        <h1>{t('login.title')}</h1>
        <p>{t('login.text')}</p>
        <LoginForm />
      </div>
      <button
        type="button"
        className={classes['language']}
        onClick={() => void setLanguage(language === 'zh' ? 'en' : 'zh')}
      >
        {language === 'zh' ? 'English' : '中文'}
      </button>
    </main>
  )
}

/** Only an address of this console: never another host. */
function safeNext(next: string | undefined): string {
  return next?.startsWith('/') === true && !/^\/[/\\]/.test(next) ? next : paths.overview
}

function LoginForm() {
  const t = useText()
  const router = useRouter()
  const client = useQueryClient()
  const { next } = useUrlState()
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const attempt = useMutation({
    mutationFn: login,
    meta: { login: true },
    onSuccess: (session) => {
      client.setQueryData(sessionQuery.queryKey, session)
      router.history.push(safeNext(next))
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    attempt.mutate({ username: username.trim(), password })
  }
  const refused = isAppError(attempt.error, 'Unauthorized')
  return (
    <form onSubmit={submit} className={classes['form']}>
      <TextInput
        label={t('login.username')}
        value={username}
        onChange={(event) => setUsername(event.currentTarget.value)}
        autoComplete="username"
        name="username"
        autoFocus
        required
        withAsterisk={false}
        size="md"
      />
      <PasswordInput
        label={t('login.password')}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        autoComplete="current-password"
        name="password"
        required
        withAsterisk={false}
        size="md"
        error={attempt.error === null ? null : refused ? t('login.refused') : textOf(attempt.error, t)}
      />
      <Button type="submit" size="md" fullWidth loading={attempt.isPending}>
        {t('login.submit')}
      </Button>
    </form>
  )
}
