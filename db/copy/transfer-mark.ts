// A mark on a database while it is filled from another one, so that no service works on a part of an installation.

import type { Db } from '../connection/connect.ts'
import { DatabaseError } from '../errors.ts'
import { getSetting } from '../settings.ts'

/** The setting that is the mark. */
export const UNFINISHED_TRANSFER = 'unfinished transfer'

/** Throws DatabaseError. */
export async function refuseUnfinishedTransfer(db: Db): Promise<void> {
  if ((await getSetting(db, UNFINISHED_TRANSFER)) !== undefined)
    throw new DatabaseError(
      'The database is not complete: a transfer into it was interrupted. Run the same "npm run transfer" again: it continues where it stopped',
    )
}
