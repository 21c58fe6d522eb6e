// Places a taxon that was made without a place where the backbone has it. That is one edit of its own: undone, the
// taxon waits for a place again.

import type { Db } from '../../../db/connection/connect.ts'
import { Conflict } from '../../../db/errors.ts'
import type { Command } from '../../../db/taxonomy/commands/command.ts'
import { applyEdit } from '../../../db/taxonomy/edits.ts'
import { findByName } from '../../../db/taxonomy/paths.ts'
import { reserveTaxonIds } from '../../../db/taxonomy/states.ts'
import type { Taxon } from '../../../db/taxonomy/taxa.ts'
import { aboveInBackbone, type BackboneStep } from './backbone.ts'

/** How the log begins the sentence of such an edit. */
export const PLACED = 'Placed by the bundled backbone'

/** The deepest taxon of the path that is here, and the steps to be made below it; null where a name is ambiguous. */
export async function knownPlace(
  db: Db,
  path: readonly BackboneStep[],
): Promise<{ deepest: Taxon | null; missing: BackboneStep[] } | null> {
  for (let i = path.length - 1; i >= 0; i--) {
    const { rank, name } = path[i]!
    const [taxon, another] = (await findByName(db, name)).filter((one) => one.rank === rank)
    if (another !== undefined) return null
    if (taxon !== undefined) return { deepest: taxon, missing: path.slice(i + 1) }
  }
  return { deepest: null, missing: [...path] }
}

/** False where the backbone does not know it, or the taxonomy does not allow it there. */
export async function placeByBackbone(
  db: Db,
  { id, name, rank }: Pick<Taxon, 'id' | 'name' | 'rank'>,
  person: string,
): Promise<boolean> {
  const path = aboveInBackbone(rank, name)
  const place = path && (await knownPlace(db, path))
  if (path === null || place === null || place.deepest?.id === id) return false
  const ids = await reserveTaxonIds(db, place.missing.length)
  let parentId = place.deepest?.id ?? null
  const commands: Command[] = []
  for (const [i, step] of place.missing.entries()) {
    commands.push({ kind: 'add', id: ids[i]!, ...step, parentId })
    parentId = ids[i]!
  }
  commands.push({ kind: 'move', id, parentId })
  const note = `${PLACED}: ${[...path.map((step) => step.name), name].join(' › ')}`
  try {
    await applyEdit(db, { command: { kind: 'batch', note, commands }, person })
    return true
  } catch (error) {
    if (error instanceof Conflict) return false
    throw error
  }
}
