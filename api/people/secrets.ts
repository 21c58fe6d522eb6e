// Secrets and how they are kept. Tokens are 256 random bits, so their sha256 is enough: nobody can guess one. Passwords
// are kept by scrypt, which is in node itself; argon2 would need a native or a WASM module for the same end.

import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** OWASP's second choice after argon2id ("Password Storage Cheat Sheet"): 32 MB for each try. */
const COST = { N: 2 ** 15, r: 8, p: 3 }
const MAX_MEMORY = 128 * COST.N * COST.r * 2
const HASH_BYTES = 32

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

function derive(password: string, salt: Buffer, { N, r, p }: typeof COST): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N, r, p, maxmem: Math.max(MAX_MEMORY, 256 * N * r) }
    scrypt(password.normalize('NFC'), salt, HASH_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)))
  })
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), key.toString('base64')].join('$')
}

/** Takes the same time for null, where nobody has the name. */
export async function checkPassword(password: string, kept: string | null): Promise<boolean> {
  const [, N, r, p, salt = '', hash = ''] = (kept ?? `scrypt$${COST.N}$${COST.r}$${COST.p}$AAAA$AAAA`).split('$')
  const key = await derive(password, Buffer.from(salt, 'base64'), { N: Number(N), r: Number(r), p: Number(p) })
  const wanted = Buffer.from(hash, 'base64')
  return kept !== null && wanted.length === key.length && timingSafeEqual(key, wanted)
}
