// Writing names that must be unique.

import type { Db } from './connection/connect.ts'
import { Conflict, sqlState, UNIQUE_VIOLATION } from './errors.ts'

/** A name that is taken is a Conflict, `taken` says of what, and the transaction stays as it was. */
export async function uniquely<T>(tx: Db, taken: string, write: (inner: Db) => Promise<T>): Promise<T> {
  try {
    return await tx.transaction(write)
  } catch (cause) {
    if (sqlState(cause) !== UNIQUE_VIOLATION) throw cause
    throw new Conflict(`Expected a name that no other ${taken}`)
  }
}
