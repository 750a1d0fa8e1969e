import { notifications } from '@mantine/notifications'

export function notifyDone(message: string): void {
  notifications.show({ message, color: 'green' })
}

export function notifyFailed(title: string, message: string): void {
  notifications.show({ title, message, color: 'red', autoClose: 10_000 })
}
