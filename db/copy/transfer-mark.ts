// A database that is being filled from another one. In: a connection. Out: an error while it is not complete, so that nobody works
// on a part of an installation.

import type { Db } from '../connection/connect.ts'
import { DatabaseError } from '../errors.ts'
import { getSetting } from '../settings.ts'

/** The setting that marks it. */
export const UNFINISHED_TRANSFER = 'unfinished transfer'

/** Throws DatabaseError. */
export async function refuseUnfinishedTransfer(db: Db): Promise<void> {
  if ((await getSetting(db, UNFINISHED_TRANSFER)) !== undefined)
    throw new DatabaseError(
      'The database is not complete: a transfer into it was broken off. Run the same "npm run transfer" again, it goes on where it was',
    )
}
