// Fits how similar an animal must be to the examples of a taxon to be of it: per rank, the log odds of that by the
// largest cosine with the examples and by the number of their groups. Simulates many young installations with a few
// examples of a few species of a labelled library, and asks about photos of these species and of others. Seeded: the
// same library gives the same numbers.

import { Matrix, solve } from 'ml-matrix'
import { random, shuffled } from '../seeded-random.ts'
import { type NearnessByRank, type NearnessWeights, SPECIES_LEVEL } from '../statistics.ts'
import { type TaxonNode, Taxonomy } from '../taxonomy.ts'
import { dot } from '../vector-rows.ts'

/**
 * Higher ranks use the weights of order: a library has few classes, so unlike that their own weights would pass
 * anything.
 */
const LEVELS = [10, 20, 30, 40]
const INSTALLATIONS = 150
/** Species that an installation teaches (at most this share of the library's), and examples of each. */
const SPECIES = [2, 5, 12, 26, 40]
const MOST_SPECIES = 0.75
const EXAMPLES = [1, 1, 2, 3, 5, 10, 20]
/** Taxa per rank to ask about, and photos of each and of others. */
const TAXA = 6
const PHOTOS = 8
const RIDGE = 0.01
const STEPS = 50
/** A library with fewer species says nothing about strangers. */
const FEWEST_SPECIES = 8

type LabelledEmbedding = { taxonId: number; group: string; embedding: Float32Array }

/** One question: is this photo of the taxon? `logGroups`: log of the number of groups of the taxon's examples. */
export type NearnessRow = { similarity: number; logGroups: number; isOf: boolean }

/** Null where the library has too few species. */
export function fitNearness({
  taxonomy: taxa,
  examples,
}: {
  taxonomy: readonly TaxonNode[]
  examples: readonly LabelledEmbedding[]
}): NearnessByRank | null {
  const taxonomy = new Taxonomy(taxa)
  const species = bySpecies(taxonomy, examples)
  if (species.size < FEWEST_SPECIES) return null
  const next = random(1)
  const rows = new Map<number, NearnessRow[]>(LEVELS.map((level) => [level, []]))
  for (let i = 0; i < INSTALLATIONS; i++) simulate(taxonomy, species, next, rows)
  const fitted = [...rows].filter(([, all]) => all.some(({ isOf }) => isOf) && all.some(({ isOf }) => !isOf))
  return fitted.length > 0 ? Object.fromEntries(fitted.map(([level, all]) => [level, fitWeights(all)])) : null
}

function bySpecies(taxonomy: Taxonomy, examples: readonly LabelledEmbedding[]): Map<number, LabelledEmbedding[]> {
  const species = new Map<number, LabelledEmbedding[]>()
  for (const example of examples) {
    if (taxonomy.need(example.taxonId).rankLevel !== SPECIES_LEVEL) continue
    const own = species.get(example.taxonId)
    if (own) own.push(example)
    else species.set(example.taxonId, [example])
  }
  return new Map([...species].sort(([a], [b]) => a - b))
}

function pick<T>(from: readonly T[], next: () => number): T {
  return from[Math.floor(next() * from.length)]!
}

/** Adds the questions of one simulated installation to `rows`, by rank level. */
function simulate(
  taxonomy: Taxonomy,
  species: ReadonlyMap<number, readonly LabelledEmbedding[]>,
  next: () => number,
  rows: ReadonlyMap<number, NearnessRow[]>,
): void {
  const most = Math.max(2, Math.floor(MOST_SPECIES * species.size))
  const chosen = shuffled([...species.keys()], next).slice(0, Math.min(most, pick(SPECIES, next)))
  const taught = new Map(chosen.map((id) => [id, ofDifferentGroups(species.get(id)!, pick(EXAMPLES, next), next)]))
  const used = new Set([...taught.values()].flat().map(({ group }) => group))
  const free = new Map([...species].map(([id, all]) => [id, all.filter(({ group }) => !used.has(group))]))
  for (const [level, questions] of rows) {
    const below = new Map<number, number[]>()
    for (const id of species.keys()) {
      const above = taxonomy.path(id).find(({ rankLevel }) => rankLevel === level)
      if (above) below.set(above.id, [...(below.get(above.id) ?? []), id])
    }
    const candidates = [...below.keys()].filter((id) => below.get(id)!.some((one) => taught.has(one)))
    for (const taxonId of shuffled(candidates, next).slice(0, TAXA)) {
      const inside = below.get(taxonId)!
      const examples = inside.flatMap((id) => taught.get(id) ?? [])
      const logGroups = Math.log(new Set(examples.map(({ group }) => group)).size)
      const ask = (photos: readonly LabelledEmbedding[], isOf: boolean): void => {
        for (const { embedding } of photos) {
          const similarity = examples.reduce((largest, one) => Math.max(largest, dot(embedding, one.embedding)), -1)
          questions.push({ similarity, logGroups, isOf })
        }
      }
      ask(photosOf(inside, taught, free, next), true)
      const outside = [...species.keys()].filter((id) => !inside.includes(id))
      ask(
        some(
          outside.flatMap((id) => free.get(id)!),
          PHOTOS,
          next,
        ),
        false,
      )
    }
  }
}

/** At most `count` photos, each of another group. */
function ofDifferentGroups(
  photos: readonly LabelledEmbedding[],
  count: number,
  next: () => number,
): LabelledEmbedding[] {
  const groups = new Set<string>()
  return shuffled(photos, next).filter(({ group }) => {
    if (groups.size === count || groups.has(group)) return false
    groups.add(group)
    return true
  })
}

const some = <T>(photos: readonly T[], count: number, next: () => number): T[] => shuffled(photos, next).slice(0, count)

/** Photos of a taxon, half of them of untaught species below it, where there are any. */
function photosOf(
  inside: readonly number[],
  taught: ReadonlyMap<number, unknown>,
  free: ReadonlyMap<number, readonly LabelledEmbedding[]>,
  next: () => number,
): LabelledEmbedding[] {
  const ofSpecies = (isTaught: boolean) =>
    inside.filter((id) => taught.has(id) === isTaught).flatMap((id) => free.get(id)!)
  const untaught = some(ofSpecies(false), PHOTOS / 2, next)
  return [...untaught, ...some(ofSpecies(true), PHOTOS - untaught.length, next)]
}

/** Logistic regression by Newton's method; both classes have the same total weight. */
export function fitWeights(rows: readonly NearnessRow[]): NearnessWeights {
  const positive = rows.filter(({ isOf }) => isOf).length
  const weightOf = (isOf: boolean): number => rows.length / 2 / (isOf ? positive : rows.length - positive)
  const b = [0, 0, 0]
  for (let step = 0; step < STEPS; step++) {
    const gradient = b.map((value, k) => (k === 0 ? 0 : -RIDGE * value))
    const curvature = [
      [1e-9, 0, 0],
      [0, RIDGE, 0],
      [0, 0, RIDGE],
    ]
    for (const { similarity, logGroups, isOf } of rows) {
      const x = [1, similarity, logGroups]
      const said = 1 / (1 + Math.exp(-(b[0]! + b[1]! * similarity + b[2]! * logGroups)))
      const weight = weightOf(isOf)
      for (let i = 0; i < 3; i++) {
        gradient[i]! += weight * ((isOf ? 1 : 0) - said) * x[i]!
        for (let j = 0; j < 3; j++) curvature[i]![j]! += weight * said * (1 - said) * x[i]! * x[j]!
      }
    }
    const move = solve(new Matrix(curvature), Matrix.columnVector(gradient)).to1DArray()
    for (let i = 0; i < 3; i++) b[i]! += move[i]!
    if (move.every((value) => Math.abs(value) < 1e-9)) break
  }
  return { base: b[0]!, similarity: b[1]!, groups: b[2]! }
}
