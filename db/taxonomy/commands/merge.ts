import { sql } from 'drizzle-orm'
import { Conflict } from '../../errors.ts'
import { PLACE_RULES } from '../../schema.ts'
import type { TaxonomyDraft } from '../draft.ts'
import { type TaxonState, tidyNames } from '../states.ts'
import type { Command, CommandOf } from './command.ts'
import { checkRank, type Work } from './work.ts'

export async function merge(work: Work, command: CommandOf<'merge'>): Promise<Command> {
  await absorb(work, command.id, command.intoId, { takeNames: true })
  return command
}

/** Children, statements and waiting labels of `id` become those of `intoId`, and `id` leads there from now on. */
export async function absorb(
  { draft, retargeting }: Work,
  id: number,
  intoId: number,
  { takeNames }: { takeNames: boolean },
): Promise<void> {
  if (id === intoId) throw new Conflict('Expected two different taxa but received the same one twice')
  const from = await draft.get(id)
  const into = await draft.get(intoId)
  await checkOutside(draft, into, from)
  await moveChildren(draft, from, into)
  // Without a parent a merged taxon no longer occupies its name: its siblings may take it.
  draft.put({ ...from, parentId: null, mergedIntoId: intoId })
  if (takeNames) draft.put(withNamesOf(into, from))
  await draft.flush()
  // Labels first: a photo that is being indexed has written its statements by the time its row is free.
  await retargeting.moveLabels({ from: id, to: intoId })
  await retargeting.moveStatements({ from: id, to: intoId })
  await draft.tx.execute(sql`update suggestion set taxon_id = ${intoId} where taxon_id = ${id}`)
  await draft.tx.execute(sql`update suggestion set stop_taxon_id = ${intoId} where stop_taxon_id = ${id}`)
}

/** Throws Conflict where `one` is below `top`. */
async function checkOutside(draft: TaxonomyDraft, one: TaxonState, top: TaxonState): Promise<void> {
  for await (const { id } of draft.lineage(one)) {
    if (id === top.id) throw new Conflict(`Expected a taxon outside of ${top.name} but received ${one.name} below it`)
  }
}

async function moveChildren(draft: TaxonomyDraft, from: TaxonState, into: TaxonState): Promise<void> {
  for (const child of await draft.children(from.id)) {
    const after = { ...child, parentId: into.id }
    checkRank(into, child)
    await draft.checkSibling(after)
    draft.put(after)
  }
}

/** The other's name becomes a synonym, its common names stay without being preferred, the stricter rule counts. */
function withNamesOf(into: TaxonState, from: TaxonState): TaxonState {
  const synonym = { kind: 'synonym' as const, language: null, name: from.name, preferred: false }
  const names = [...into.names, synonym, ...from.names.map((one) => ({ ...one, preferred: false }))]
  const externalIds = [...new Set([...into.externalIds, ...from.externalIds])]
  const placeRule = PLACE_RULES.findLast((rule) => rule === into.placeRule || rule === from.placeRule) ?? null
  return { ...into, names: tidyNames(names, into.name), externalIds, placeRule }
}
