import { Conflict } from '../../errors.ts'
import type { TaxonomyDraft } from '../draft.ts'
import { reserveTaxonIds, type TaxonState, tidyNames } from '../states.ts'
import type { CommandOf } from './command.ts'
import type { Work } from './work.ts'

/** The returned command contains the id of the new taxon. */
export async function add({ draft }: Work, command: CommandOf<'add'>): Promise<CommandOf<'add'> & { id: number }> {
  const id = command.id === undefined ? await newId(draft) : await checkFree(draft, command.id)
  const { name, rank, parentId } = command
  const made: TaxonState = {
    id,
    parentId,
    name,
    rank,
    names: tidyNames(command.names ?? [], name),
    active: true,
    mergedIntoId: null,
    externalIds: [...new Set(command.externalIds)],
    needsPlacing: command.needsPlacing ?? false,
    placeRule: null,
  }
  await draft.checkParent(made)
  await draft.checkSibling(made)
  draft.put(made)
  return { ...command, id }
}

async function newId(draft: TaxonomyDraft): Promise<number> {
  const [id] = await reserveTaxonIds(draft.tx, 1)
  if (id === undefined) throw new Error('Expected an id for a new taxon')
  return id
}

async function checkFree(draft: TaxonomyDraft, id: number): Promise<number> {
  if ((await draft.find(id)) === null) return id
  throw new Conflict(`Expected no taxon ${id} yet, but there is one`, id)
}
