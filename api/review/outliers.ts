// Which of many animals do not belong with the others: those that are suggested or identified as something else, and
// those far from the others in the metric of the tree.

import { similarityToOthers } from '../../classifiers/boxes/alike.ts'
import type { Learning } from '../../classifiers/live/learning.ts'
import type { Detection } from '../../db/photos/detections.ts'
import type { BulkPreview } from '../contract/bulk.ts'
import type { Taxon } from '../contract/taxon.ts'
import { presentTaxon } from '../present/taxa.ts'

/** Fewer animals have no typical distance from each other. */
const FEWEST = 5
/**
 * An outlier's similarity to the others lies below the median by so many standard deviations (estimated from the median
 * absolute deviation), and by at least so much.
 */
const FAR = { deviations: 3.5, atLeast: 0.1 }
/** A taxon less probable than this for every animal is not what they should be called. */
const WORTH_NAMING = 0.02
/** The standard deviation of normally distributed values, in median absolute deviations. */
const MAD_TO_DEVIATION = 1.4826

type Taxonomy = Pick<Learning['taxonomy'], 'taxon' | 'isWithin'>
type Odd = BulkPreview['odd'][number]

export function findOutliers(
  rows: Detection[],
  vectors: ReadonlyMap<number, Float32Array>,
  taxonomy: Taxonomy,
  wanted: number | null,
): BulkPreview {
  const groups = new Map<number | null, Detection[]>()
  for (const row of rows) {
    const suggested = row.suggestion?.taxonId ?? null
    groups.set(suggested, [...(groups.get(suggested) ?? []), row])
  }
  const sorted = [...groups].sort(([, a], [, b]) => b.length - a.length)
  const commonest = sorted.find(([taxonId, of]) => taxonId !== null && of.some(isProbable))?.[0] ?? null
  const target = wanted ?? commonest
  const taxonOf = (id: number | null): Taxon | null => {
    const taxon = id === null ? null : taxonomy.taxon(id)
    return taxon && presentTaxon(taxon)
  }
  const odd: { odd: Odd; similarity: number }[] = []
  const put = (row: Detection, reason: Odd['reason'], similarity: number) => {
    const taught = reason === 'alreadyIdentified'
    const taxonId = taught ? row.taughtTaxonId : (row.suggestion?.taxonId ?? null)
    const probability = (taught ? row.suggestion?.ownProbability : row.suggestion?.probability) ?? 0
    odd.push({ odd: { detectionId: String(row.id), taxon: taxonOf(taxonId), probability, reason }, similarity })
  }

  const alike = similarityToOthers(vectors)
  const like = new Map<number, Float32Array>()
  for (const row of rows) {
    const vector = row.kind === 'animal' ? vectors.get(row.id) : undefined
    // A person may choose a taxon that the tree does not know.
    const fits = wanted !== null || target === null || row.taughtTaxonId !== null || isProbable(row)
    const reason = vector ? (contradiction(taxonomy, row, target) ?? (fits ? null : 'unlike')) : 'noAnimal'
    if (reason) put(row, reason, alike.get(row.id) ?? -1)
    else if (vector) like.set(row.id, vector)
  }
  // The remaining ones are compared only with each other.
  const similarities = similarityToOthers(like)
  const far = limitOf([...similarities.values()])
  for (const row of rows) {
    const similarity = similarities.get(row.id)
    if (similarity !== undefined && similarity < far) put(row, 'unlike', similarity)
  }
  return {
    taxon: taxonOf(target),
    groups: sorted.map(([taxonId, of]) => ({
      taxon: taxonOf(taxonId),
      detectionIds: of.map(({ id }) => String(id)),
    })),
    odd: odd.sort((a, b) => a.similarity - b.similarity).map((one) => one.odd),
  }
}

const isProbable = ({ suggestion }: Detection) => (suggestion?.probability ?? 0) >= WORTH_NAMING

function contradiction(taxonomy: Taxonomy, row: Detection, target: number | null): Odd['reason'] | null {
  const suggested = row.suggestion?.taxonId ?? null
  if (row.taughtTaxonId !== null && !agree(taxonomy, row.taughtTaxonId, target)) return 'alreadyIdentified'
  return suggested !== null && !agree(taxonomy, suggested, target) ? 'otherSuggestion' : null
}

/** Whether one is the other, or above it. */
function agree(taxonomy: Taxonomy, a: number, b: number | null): boolean {
  return b === null || a === b || taxonomy.isWithin(a, b) || taxonomy.isWithin(b, a)
}

/** The similarity below which an animal is an outlier. */
function limitOf(similarities: number[]): number {
  if (similarities.length < FEWEST) return Number.NEGATIVE_INFINITY
  const middle = median(similarities)
  const deviation = MAD_TO_DEVIATION * median(similarities.map((value) => Math.abs(value - middle)))
  return middle - Math.max(FAR.atLeast, FAR.deviations * deviation)
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length / 2
  return Number.isInteger(half) ? (sorted[half - 1]! + sorted[half]!) / 2 : sorted[Math.floor(half)]!
}
