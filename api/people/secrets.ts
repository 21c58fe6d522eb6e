// Secrets and how they are kept. Tokens are 256 random bits, so their sha256 is enough: nobody can guess one. Passwords
// are kept by argon2id, computed outside of the event loop.

import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'

/** What OWASP advises ("Password Storage Cheat Sheet"): 19 MiB for each try. argon2id is the module's own choice. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Of random bytes that were thrown away, at the same cost: what is checked where nobody has the name. */
const NOBODYS = '$argon2id$v=19$m=19456,t=2,p=1$FwqnWUrYHM/MyKoh0i8ZbQ$XkK/wOFDhBF6sBaRqg5nVafxA+VfI7eO04gY5reMn5U'

export const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A token that begins with `kind`, and what is kept of it. */
export function newToken(kind: string): { token: string; tokenHash: string } {
  const token = `${kind}${randomBytes(32).toString('base64url')}`
  return { token, tokenHash: sha256Hex(token) }
}

/** In constant time whatever the lengths: digests are compared. */
export function equalTexts(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

export const hashPassword = async (password: string): Promise<string> => await hash(password.normalize('NFC'), COST)

/** Takes the same time for null, where nobody has the name. */
export async function checkPassword(password: string, kept: string | null): Promise<boolean> {
  const typed = password.normalize('NFC')
  if (kept !== null && isByScrypt(kept)) return await checkByScrypt(typed, kept)
  return (await verify(kept ?? NOBODYS, typed)) && kept !== null
}

/** As passwords were kept before: such a one is hashed again when its person signs in. */
export const isByScrypt = (kept: string): boolean => kept.startsWith('scrypt$')

function checkByScrypt(password: string, kept: string): Promise<boolean> {
  const [, N, r, p, salt = '', key = ''] = kept.split('$')
  const options = { N: Number(N), r: Number(r), p: Number(p), maxmem: 256 * Number(N) * Number(r) }
  const wanted = Buffer.from(key, 'base64')
  return new Promise((resolve, reject) => {
    scrypt(password, Buffer.from(salt, 'base64'), wanted.length, options, (error, derived) =>
      error ? reject(error) : resolve(timingSafeEqual(derived, wanted)),
    )
  })
}
