// What can go wrong below the API, with facts. In: sentences. Out: small named errors that api/http/problem.ts maps to statuses.

/** A row that does not exist (any more). `noun` and `id` say which. */
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

/** The request contradicts what is stored. `existingId`: the row it collides with, where there is one; `facts`: what else is known. */
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

/** The database cannot be used as it is; the sentence says what to do. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
}

/** Postgres' five-character code of an error, however deep the driver wrapped it; null where there is none. */
export function sqlState(error: unknown): string | null {
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    if ('code' in e && typeof e.code === 'string' && /^[0-9A-Z]{5}$/.test(e.code)) return e.code
  }
  return null
}
/** Of the server (it stops, starts, has too many clients) and of the way to it. */
const UNREACHABLE = /^(57P0[1-5]|53300|08...|ECONNREFUSED|ECONNRESET|ENOTFOUND|EPIPE|ETIMEDOUT|EHOSTUNREACH)$/
/** What pg says where there is no code: of its pool, and of a connection that ended. */
const UNREACHABLE_MESSAGE =
  /timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error/

/** Whether the database could not be asked: the same question may be answered in a moment. */
export function isUnreachable(error: unknown): boolean {
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    if ('code' in e && typeof e.code === 'string' && UNREACHABLE.test(e.code)) return true
    if (UNREACHABLE_MESSAGE.test(e.message)) return true
  }
  return false
}

export const UNIQUE_VIOLATION = '23505'
