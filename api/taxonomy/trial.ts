// How an edit that is only tried would change suggestions: a bounded sample of animals is answered before and after it.
// Nothing else runs in between, and afterwards the tree is as it was.

import type { LiveTree } from '../../classifiers/live/live-tree.ts'
import { openNearest } from '../../classifiers/live/nearest.ts'
import { VOTING_NEIGHBOURS } from '../../classifiers/neighbours/neighbours.ts'
import { project } from '../../classifiers/statistics.ts'
import { suggest } from '../../classifiers/suggest.ts'
import { DEFAULT_ACCURACY } from '../../classifiers/thresholds.ts'
import type { Db } from '../../db/connection/connect.ts'
import { RANK_LEVELS } from '../../db/schema.ts'
import type { Applied } from '../../db/taxonomy/edits.ts'
import { commonNameOf, type TaxonState } from '../../db/taxonomy/states.ts'
import type { Taxon as TaxonRow } from '../../db/taxonomy/taxa.ts'
import { teachingOf } from '../../db/trees/lessons.ts'
import type { Near } from '../../db/trees/nearest.ts'
import { suggestedAs } from '../../db/trees/suggestions.ts'
import type { Taxon } from '../contract/taxon.ts'
import { presentTaxon } from '../present/taxa.ts'

/** Animals that are answered twice. */
const MOST_LOOKED = 40
/** A larger change is not tried in memory, because other requests would wait for it. */
const MOST_CHANGES = 2000

type Said = { taxon: Taxon; probability: number } | null
type TrialItem = { detectionId: number; before: Said; after: Said }
export type Trial = { looked: number; changed: number; items: TrialItem[] }

type Change = Pick<Applied, 'changes' | 'taught'>

export async function trySuggestions(
  db: Db,
  live: LiveTree,
  modelSha256: string,
  change: Change,
): Promise<Trial | null> {
  if (change.changes.length > MOST_CHANGES || change.taught.length > MOST_CHANGES) return null
  const ids = await sampleOf(db, live, change)
  const asked: { detectionId: number; groupKey: string; vector: Float32Array; neighbours: Near[] }[] = []
  for (const row of await teachingOf(db, ids, { version: live.version, modelSha256 })) {
    if (row.embedding === null) continue
    const vector = project(live.statistics, row.embedding)
    const { detectionId, groupKey } = row
    const neighbours = await openNearest(db, live, vector, { groupKey }).overall(VOTING_NEIGHBOURS)
    asked.push({ detectionId, groupKey, vector, neighbours })
  }
  const taughtAfter = new Map(change.taught.map(({ detectionId, after }) => [detectionId, after]))
  const sayAll = (afterwards: boolean) =>
    asked.map(({ vector, neighbours, groupKey }): Said => {
      const said = suggest(live.tree, {
        vector,
        neighbours: neighbours.flatMap((near) => {
          const taxonId = afterwards ? (taughtAfter.get(near.detectionId) ?? near.taxonId) : near.taxonId
          return live.taxa.get(taxonId) ? [{ taxonId, similarity: near.similarity, group: near.groupKey }] : []
        }),
        accuracy: DEFAULT_ACCURACY,
        limit: 1,
        leaveOut: live.groupExamples(groupKey),
      })
      const [best] = said.suggestions
      const taxon = best && live.taxon(best.taxonId)
      return taxon ? { taxon: presentTaxon(taxon), probability: best.probability } : null
    })
  // From here to the end nothing is awaited, so nobody else sees the changed tree.
  const before = sayAll(false)
  const takeBack = tryOn(live, change)
  let after: Said[]
  try {
    after = sayAll(true)
  } finally {
    takeBack()
  }
  const items = asked.map(({ detectionId }, i) => ({ detectionId, before: before[i]!, after: after[i]! }))
  const changed = items.filter((item) => isOther(item.before, item.after))
  return { looked: items.length, changed: changed.length, items: changed }
}

/** Whether the suggestion is another taxon, or the same at another place or under another name. */
function isOther(before: Said, after: Said): boolean {
  const spelled = (said: Said) =>
    said && [...said.taxon.path, said.taxon].map(({ id, name, rank }) => `${id} ${rank} ${name}`).join(' > ')
  return spelled(before) !== spelled(after)
}

/**
 * Animals that the change is likely to affect: those that it teaches differently, examples of its taxa, and what is
 * suggested as those.
 */
async function sampleOf(db: Db, live: LiveTree, { changes, taught }: Change): Promise<number[]> {
  const third = Math.ceil(MOST_LOOKED / 3)
  const known = changes.filter(({ id }) => live.taxa.get(id)).map(({ id }) => id)
  const roots = new Set(known)
  const within = (taxonId: number) => live.taxa.path(taxonId).some(({ id }) => roots.has(id))
  const chosen = new Set(
    evenly(
      taught.map(({ detectionId }) => detectionId),
      third,
    ),
  )
  const examples: number[] = []
  for (const example of live.exemplars()) if (within(example.taxonId)) examples.push(example.detectionId)
  for (const id of evenly(examples, third)) chosen.add(id)
  const below = [...new Set(known.flatMap((id) => live.taxa.subtree(id)))]
  for (const id of await suggestedAs(db, below, MOST_LOOKED - chosen.size)) chosen.add(id)
  return [...chosen]
}

function evenly(ids: number[], most: number): number[] {
  if (ids.length <= most) return ids
  return Array.from({ length: most }, (_, i) => ids[Math.floor((i * ids.length) / most)]!)
}

/** Makes the change in memory, and returns the function that reverts it. */
function tryOn(live: LiveTree, { changes, taught }: Change): () => void {
  const level = (one: { rank: TaxonRow['rank'] } | null | undefined) => (one ? RANK_LEVELS[one.rank] : 0)
  const rows = changes.map(({ id, after }) => ({ id, before: live.taxa.get(id) ?? null, after: present(after) }))
  const put = (wanted: 'before' | 'after') => {
    const sorted = rows.filter((row) => row[wanted]).sort((a, b) => level(b[wanted]) - level(a[wanted]))
    for (const row of sorted) live.setTaxon(row[wanted]!)
  }
  const drop = (without: 'before' | 'after') => {
    const sorted = rows.filter((row) => row[without] === null).sort((a, b) => depthOf(live, b.id) - depthOf(live, a.id))
    for (const { id } of sorted) live.removeTaxon(id)
  }
  const examples = taught.flatMap(({ detectionId, after }) => {
    const example = live.example(detectionId)
    return example ? [{ example, after }] : []
  })
  const takeBack = () => {
    put('before')
    for (const { example } of examples) live.teach(example)
    drop('before')
  }
  try {
    put('after')
    for (const { example, after } of examples) {
      if (after === null) live.unteach(example.detectionId)
      else live.teach({ ...example, taxonId: after })
    }
    drop('after')
  } catch (error) {
    takeBack()
    throw error
  }
  return takeBack
}

const depthOf = (live: LiveTree, id: number) => (live.taxa.get(id) ? live.taxa.path(id).length : 0)

/** The row that memory holds; null where there is none, or where it was merged. */
function present(state: TaxonState | null): TaxonRow | null {
  if (state === null || state.mergedIntoId !== null) return null
  const { id, parentId, name, rank, needsPlacing, active } = state
  const commonName = commonNameOf(state.names)
  return { id, parentId, name, rank, rankLevel: RANK_LEVELS[rank], commonName, needsPlacing, active, revision: 0 }
}
