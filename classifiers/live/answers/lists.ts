// Which species list holds where.

import type { Db } from '../../../db/connection/connect.ts'
import { readLists } from '../../../db/taxonomy/species-lists.ts'
import type { LiveTree } from '../live-tree.ts'

/** Reads the present lists. */
export async function followLists(db: Db, live: LiveTree): Promise<void> {
  live.setLists(await readLists(db))
}
