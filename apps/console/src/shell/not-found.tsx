import { Button } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import { MapPinOff } from 'lucide-react'
import { useText } from '../i18n/language.ts'
import { paths } from '../paths.ts'
import { AppLink } from '../ui/app-link.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorState } from '../ui/error-state.tsx'

export function NotFound() {
  const t = useText()
  return (
    <EmptyState icon={MapPinOff} title={t('error.noPage')} text={t('error.noPageText')}>
      <AppLink to={paths.overview}>
        <Button component="span" variant="default">
          {t('nav.overview')}
        </Button>
      </AppLink>
    </EmptyState>
  )
}

export function PageFailed({ error }: { error: unknown }) {
  const router = useRouter()
  return <ErrorState error={error} onRetry={() => void router.invalidate()} />
}
