// What can go wrong below the API: small named errors with facts, which api/http/problem.ts maps to statuses.

/** A row that does not exist, or no longer does. `noun` and `id` say which. */
export class NotFound extends Error {
  override readonly name = 'NotFound'
  readonly noun: string
  readonly id: number | string
  constructor(noun: string, id: number | string) {
    super(`Expected ${noun} ${id} to exist, but there is none`)
    this.noun = noun
    this.id = id
  }
}

/** The request contradicts what is stored. `existingId`: the row that it collides with. `facts`: what else is known. */
export class Conflict extends Error {
  override readonly name = 'Conflict'
  readonly existingId: number | null
  readonly facts: Record<string, unknown>
  constructor(message: string, existingId: number | null = null, facts: Record<string, unknown> = {}) {
    super(message)
    this.existingId = existingId
    this.facts = facts
  }
}

/** The database cannot be used as it is. The sentence says what to do. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
}

/** Postgres' five-character code of an error, however deeply it is wrapped; null where there is none. */
export function sqlState(error: unknown): string | null {
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    if ('code' in e && typeof e.code === 'string' && /^[0-9A-Z]{5}$/.test(e.code)) return e.code
  }
  return null
}
/** Codes of a server that stops, starts or has too many clients, and of the network on the way to it. */
const UNREACHABLE = /^(57P0[1-5]|53300|08...|ECONNREFUSED|ECONNRESET|ENOTFOUND|EPIPE|ETIMEDOUT|EHOSTUNREACH)$/
/** What pg says, without any code, about its pool and about a connection that ended. */
const UNREACHABLE_MESSAGE =
  /timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error/

/** Whether the database could not be reached. Asking again in a moment may succeed. */
export function isUnreachable(error: unknown): boolean {
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    if ('code' in e && typeof e.code === 'string' && UNREACHABLE.test(e.code)) return true
    if (UNREACHABLE_MESSAGE.test(e.message)) return true
  }
  return false
}

/** What Postgres, PGlite and the system say about a full disk, and the system's code for it. */
const DISK_FAULTS: [code: string, said: RegExp][] = [
  ['ENOSPC', /^(53100|ENOSPC)$|no space left on device/i],
  ['EDQUOT', /^EDQUOT$|disk quota exceeded/i],
  ['EROFS', /^EROFS$|read-only file system/i],
]

/** ENOSPC, EDQUOT or EROFS where the error, or one that it wraps, comes from such a disk; else null. */
export function diskFault(error: unknown): string | null {
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    const said = [e.message, 'code' in e ? String(e.code) : '']
    const fault = DISK_FAULTS.find(([, pattern]) => said.some((text) => pattern.test(text)))
    if (fault) return fault[0]
  }
  return null
}

/** Codes and words of Postgres for a page, an index or a value that cannot be what it wrote. */
const DAMAGE =
  /^XX00[12]$|invalid page in block|could not read block|missing chunk number|unexpected chunk|invalid memory alloc/

/** What Postgres says where its own files are damaged; null for every other error. */
export function damageOf(error: unknown): string | null {
  for (let e: unknown = error; e instanceof Error; e = e.cause)
    if (DAMAGE.test(e.message) || ('code' in e && DAMAGE.test(String(e.code)))) return e.message
  return null
}

export const UNIQUE_VIOLATION = '23505'
export const FOREIGN_KEY_VIOLATION = '23503'
