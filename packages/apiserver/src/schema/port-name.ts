import { type Cause, invalid } from './causes.ts'

/** Source: `IsValidPortName` of Kubernetes 1.37; every rule that is broken is told. */
export function portNameCauses(name: string, field: string): Cause[] {
  const broken: string[] = []
  if (name.length > 15) broken.push('must be no more than 15 characters')
  if (!/^[-a-z0-9]+$/.test(name))
    broken.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(name)) broken.push('must contain at least one letter (a-z)')
  if (name.includes('--')) broken.push('must not contain consecutive hyphens')
  if (name.startsWith('-') || name.endsWith('-')) broken.push('must not begin or end with a hyphen')
  return broken.map((detail) => invalid(field, name, detail))
}
