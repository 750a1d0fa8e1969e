import { hash, verify } from '@node-rs/argon2'

/** OWASP's minimum for argon2id: 19 MiB, two passes, one lane; about 8 ms a verification. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Longer input is refused before it is hashed. */
export const maxPasswordLength = 512

/** argon2id in PHC format, with its own random salt. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, cost)
}

/** False for a wrong password and for text that is no hash. */
export async function verifyPassword(encoded: string, password: string): Promise<boolean> {
  if (password.length > maxPasswordLength) return false
  return verify(encoded, password).catch(() => false)
}

let dummy: Promise<string> | undefined

/** Takes as long as a real verification: so the answer's time does not tell whether the user exists. */
export async function verifyNobody(password: string): Promise<false> {
  dummy ??= hashPassword('nobody has this password')
  await verifyPassword(await dummy, password)
  return false
}
