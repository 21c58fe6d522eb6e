import { Conflict } from '../../errors.ts'
import type { TaxonomyDraft } from '../draft.ts'
import type { TaxonState } from '../states.ts'
import { add } from './add.ts'
import type { Command, CommandOf } from './command.ts'
import { checkRank, type Work } from './work.ts'

export async function split(work: Work, command: CommandOf<'split'>): Promise<Command> {
  const { draft } = work
  const from = await draft.get(command.id)
  const { into, detectionIds, childIds = [] } = command
  if (detectionIds.length + childIds.length === 0)
    throw new Conflict('Expected at least one example or child for the new taxon but received none')
  const { id: given, name, names = [], rank = from.rank, parentId = from.parentId } = into
  const { id } = await add(work, {
    kind: 'add',
    ...(given !== undefined && { id: given }),
    name,
    rank,
    parentId,
    names,
  })
  // What was said of the whole was said of the part.
  if (from.placeRule !== null) draft.put({ ...(await draft.get(id)), placeRule: from.placeRule })
  await moveChildren(draft, from, await draft.get(id), childIds)
  await draft.flush()
  await moveExamples(work, from, id, detectionIds)
  return { ...command, into: { ...into, id, rank, parentId } }
}

/** Throws Conflict where one of these is no direct child of `from`. */
async function moveChildren(draft: TaxonomyDraft, from: TaxonState, to: TaxonState, childIds: number[]) {
  for (const childId of childIds) {
    const child = await draft.get(childId)
    if (child.parentId !== from.id) throw new Conflict(`Expected ${child.name} to be directly below ${from.name}`)
    checkRank(to, child)
    draft.put({ ...child, parentId: to.id })
  }
}

/** Throws Conflict where nobody identified one of these detections as `from` itself. */
async function moveExamples({ retargeting, taxaOnly }: Work, from: TaxonState, to: number, detectionIds: number[]) {
  const wanted = [...new Set(detectionIds)]
  const found = await retargeting.moveStatementsAbout({ from: from.id, to }, wanted)
  const missing = wanted.filter((id) => !found.has(id))
  if (missing.length === 0 || taxaOnly) return
  throw new Conflict(
    `Expected examples that somebody identified as ${from.name} itself, but ${missing.length} of ${wanted.length} are not (detection ${missing[0]})`,
  )
}
