// Everything that a version is made from, read once in order of detection: what its statistics are estimated from, and
// what its card says about where the examples come from.

import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Db } from '../../../db/connection/connect.ts'
import { embeddings } from '../../../db/trees/models.ts'
import type { TreeVersion } from '../../../db/trees/trees.ts'
import { exampleSources } from '../../../db/trees/version-cards.ts'
import { type Material, SOURCES, type SourceCounts, type TaxonCount } from '../../evaluation/versions/card.ts'
import { hash } from '../../fitting/folds.ts'
import type { Statistics } from '../../statistics.ts'
import { encodeStatistics } from '../../statistics-bytes.ts'
import type { EstimateRequest } from '../estimate-worker.ts'
import type { LiveTree } from '../live-tree.ts'

/** One group in so many is held out: the same in every version. */
const HELD_OUT_EVERY = 10

/** More examples add nothing to covariances and calibration. Taxa with few keep all of theirs. */
const MOST_EXAMPLES = 40_000

const COPIED_AT_ONCE = 1000

export type Collected = { request: EstimateRequest; material: Omit<Material, 'statisticsSha256'> }

/** `before`: the version to compare with, where neither was fitted on what is held out. */
export async function collect(
  db: Db,
  given: {
    modelSha256: string
    live: LiveTree
    reference: Statistics
    fewestCompared: number
    before: TreeVersion | null
    /** Told how many examples were read. */
    onRead?: (examples: number) => void
  },
): Promise<Collected> {
  const { modelSha256, live, reference, fewestCompared, before, onRead } = given
  let read = 0
  const most = mostPerTaxon(live)
  const taxonIds: number[] = []
  const groups: string[] = []
  const detectionIds: number[] = []
  const rows: Float32Array[] = []
  const count = openCount()
  for await (const page of embeddings(db, modelSha256, { taught: true })) {
    read += page.length
    onRead?.(read)
    const sources = await exampleSources(
      db,
      page.map(({ detectionId }) => detectionId),
    )
    const sourceOf = new Map(sources.map((row) => [row.detectionId, row]))
    for (const { detectionId, taxonId, groupKey, embedding } of page) {
      if (taxonId === null || !live.taxa.get(taxonId)) continue
      const taken = count.add({ detectionId, taxonId, groupKey }, sourceOf.get(detectionId))
      if (taken > most) continue
      taxonIds.push(taxonId)
      groups.push(groupKey)
      detectionIds.push(detectionId)
      rows.push(embedding)
    }
  }
  const heldOut = Uint8Array.from(groups, (group) =>
    groups.length >= fewestCompared && hash(group) % HELD_OUT_EVERY === 0 ? 1 : 0,
  )
  const dimensions = reference.dimensions
  const all = new Float32Array(rows.length * dimensions)
  for (const [i, row] of rows.entries()) {
    all.set(row, i * dimensions)
    // Answers are given in between.
    if (i % COPIED_AT_ONCE === 0) await nextTurn()
  }
  const taxonomy = [...live.taxa.values()].map(({ id, parentId, rankLevel }) => ({ id, parentId, rankLevel }))
  const referenceBytes = encodeStatistics(reference)
  return {
    request: {
      ...{ taxonomy, taxonIds, groups, detectionIds, embeddings: all, dimensions, heldOut },
      before: before !== null && before.heldOut > 0 && heldOut.includes(1) ? before.statistics : null,
      reference: referenceBytes,
    },
    material: {
      ...count.result(),
      used: rows.length,
      heldOut: heldOut.reduce((sum, one) => sum + one, 0),
      taxonomySha256: sha256(
        taxonomy
          .toSorted((a, b) => a.id - b.id)
          .map(({ id, parentId, rankLevel }) => `${id}\t${parentId ?? ''}\t${rankLevel}\n`)
          .join(''),
      ),
      referenceSha256: sha256(referenceBytes),
    },
  }
}

export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

const isSource = (text: string): text is keyof SourceCounts => SOURCES.some((one) => one === text)

function openCount() {
  const taxa = new Map<number, TaxonCount>()
  const bySource: SourceCounts = {}
  const detectors = new Map<string | null, number>()
  const groups = new Set<number>()
  const all = createHash('sha256')
  let examples = 0
  return {
    /** Returns how many examples of the taxon there are so far. */
    add(
      { detectionId, taxonId, groupKey }: { detectionId: number; taxonId: number; groupKey: string },
      from: { source: string; detectorSha256: string | null } | undefined,
    ): number {
      const taxon = taxa.get(taxonId) ?? { taxonId, examples: 0, bySource: {} }
      taxa.set(taxonId, taxon)
      const source = from && isSource(from.source) ? from.source : 'import'
      const detector = from?.detectorSha256 ?? null
      examples++
      taxon.examples++
      taxon.bySource[source] = (taxon.bySource[source] ?? 0) + 1
      bySource[source] = (bySource[source] ?? 0) + 1
      detectors.set(detector, (detectors.get(detector) ?? 0) + 1)
      groups.add(hash(groupKey))
      all.update(`${detectionId}\t${taxonId}\t${groupKey}\n`)
      return taxon.examples
    },
    result: () => ({
      examples,
      groups: groups.size,
      taxa: [...taxa.values()].map((taxon) => ({ ...taxon, bySource: inOrder(taxon.bySource) })),
      bySource: inOrder(bySource),
      detectors: [...detectors].map(([sha256, count]) => ({ sha256, examples: count })),
      examplesSha256: all.digest('hex'),
    }),
  }
}

const inOrder = (counts: SourceCounts): SourceCounts =>
  Object.fromEntries(SOURCES.flatMap((source) => (counts[source] ? [[source, counts[source]]] : [])))

/** The largest number of examples per taxon that keeps the total within MOST_EXAMPLES. */
function mostPerTaxon(live: LiveTree): number {
  const counts = live.directCounts().sort((a, b) => a - b)
  let left = MOST_EXAMPLES
  for (let i = 0; i < counts.length; i++) {
    const share = Math.floor(left / (counts.length - i))
    if (counts[i]! > share) return Math.max(1, share)
    left -= counts[i]!
  }
  return Number.POSITIVE_INFINITY
}
