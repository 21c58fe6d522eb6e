// Generates animals for databases of any size from a seed: a taxonomy, bursts of photos over the cameras' time, and for
// each animal an embedding near those of its species, genus and family. The exact statistics of that space are known
// and need not be estimated.

import { random } from '../../../classifiers/seeded-random.ts'
import type { Statistics } from '../../../classifiers/statistics.ts'
import type { Bbox, Rank } from '../../../db/schema.ts'
import { gaussian } from '../gaussian.ts'
import { statisticsOf } from '../statistics.ts'

/** This many of an embedding's numbers distinguish species, the first ones most; the rest is noise. */
const TELLING = 64
const BETWEEN = (k: number) => 12 * 0.96 ** k
const NOISE_OF_OTHERS = 0.4
/**
 * How much of the difference between species lies above each rank, and how much variation within a species is
 * individual.
 */
const SHARES = { order: 0.15, family: 0.15, genus: 0.2, species: 0.5 }
const INDIVIDUAL = 0.7

export type GeneratedTaxon = { name: string; rank: Rank; parent: number | null; commonName: string | null }
export type GeneratedAnimal = {
  species: number
  individual: number
  bbox: Bbox
  confidence: number
}
export type GeneratedBurst = {
  camera: number
  /** Times are whole seconds, because a camera's clock has no finer resolution. */
  startsAt: Date
  /** One list per photo, empty if only leaves moved. */
  photos: { seconds: number; animals: GeneratedAnimal[]; person: boolean }[]
}

export type World = {
  /** Parents come before their children; `parent` is an index in this list. */
  taxa: GeneratedTaxon[]
  /** Indices of the species in `taxa`, the most common first. */
  species: number[]
  statistics: Statistics
  bursts(photos: number): Generator<GeneratedBurst>
  embedding(animal: GeneratedAnimal): Float32Array
  /** A species that is easily confused with this one. */
  lookAlike(species: number): number
  cameras: string[]
}

const ENDINGS = { order: 'iformes', family: 'idae', genus: 'us' }
const SYLLABLES = 'ba co du fe gi la lo mi na pe ra ri sa te tu va ve xi zo ka'.split(' ')
const COLOURS = ['grey', 'brown', 'pale', 'red', 'black', 'spotted', 'lesser', 'greater', 'northern', 'dusky']
const BEASTS = ['marten', 'thrush', 'vole', 'skink', 'warbler', 'beetle', 'duiker', 'moth', 'genet', 'shrew']

export function makeWorld(options: { species: number; dimensions: number; cameras?: number; seed?: number }): World {
  const { species: count, dimensions, seed = 1 } = options
  const next = random(seed)
  const taxa: GeneratedTaxon[] = []
  const species = taxonomy(taxa, count, next)
  const cameras = Array.from({ length: options.cameras ?? 40 }, (_, i) => `camera ${String(i + 1).padStart(2, '0')}`)
  const telling = Math.min(TELLING, dimensions)
  const centres = centresOf(taxa, telling, next)
  const cumulative: number[] = []
  for (let rank = 0, sum = 0; rank < species.length; rank++) {
    sum += 1 / (rank + 8)
    cumulative.push(sum)
  }
  const drawSpecies = (u: number) => {
    const at = cumulative.findIndex((sum) => sum >= u * cumulative.at(-1)!)
    return species[Math.max(0, at)]!
  }
  return {
    taxa,
    species,
    cameras,
    statistics: worldStatistics(dimensions, telling),
    *bursts(photos) {
      const clocks = cameras.map((_, i) => Date.UTC(2024, 0, 1, 6) + i * 3_600_000)
      let individual = 0
      for (let left = photos; left > 0; ) {
        const camera = Math.floor(next() * cameras.length)
        clocks[camera]! += 120_000 + Math.floor(next() * 10_800_000)
        const length = Math.min(left, 1 + Math.floor(next() * 4))
        const empty = next() < 0.15
        const herd = empty ? 0 : next() < 0.1 ? 2 : 1
        const kind = drawSpecies(next())
        const first = individual
        individual += herd
        const person = next() < 0.03
        // Where the drawn scenes have their animal.
        const places = Array.from({ length: herd }, (_, n) => [
          0.28 + n * 0.05 + next() * 0.03,
          0.4 + next() * 0.06,
          0.42,
        ])
        yield {
          camera,
          startsAt: new Date(clocks[camera]!),
          photos: Array.from({ length }, (_, i) => ({
            seconds: i * 3,
            person,
            animals: places.map(([x, y, size], n) => ({
              species: kind,
              individual: first + n,
              bbox: [x! + i * 0.01, y!, size!, size!] satisfies Bbox,
              confidence: next() < 0.12 ? 0.1 + next() * 0.25 : 0.35 + 0.63 * Math.sqrt(next()),
            })),
          })),
        }
        left -= length
      }
    },
    embedding({ species: kind, individual }) {
      const own = gaussian(random(seed * 7919 + individual * 31 + 17))
      const noise = gaussian(next)
      const vector = new Float32Array(dimensions)
      const centre = centres[kind]!
      const ofPhoto = Math.sqrt(1 - INDIVIDUAL ** 2)
      let squares = 0
      for (let k = 0; k < dimensions; k++) {
        const value =
          k < telling ? centre[k]! + INDIVIDUAL * own() + ofPhoto * noise() : (next() - 0.5) * NOISE_OF_OTHERS
        vector[k] = value
        squares += value * value
      }
      const scale = 1 / Math.sqrt(squares)
      for (let k = 0; k < dimensions; k++) vector[k]! *= scale
      return vector
    },
    lookAlike(kind) {
      const genus = taxa[kind]!.parent
      const others = species.filter((other) => other !== kind && taxa[other]!.parent === genus)
      return others[Math.floor(next() * others.length)] ?? species[Math.floor(next() * species.length)]!
    },
  }
}

function taxonomy(taxa: GeneratedTaxon[], count: number, next: () => number): number[] {
  const used = new Set<string>()
  const word = (syllables: number, ending: string): string => {
    for (;;) {
      const stem = Array.from({ length: syllables }, () => SYLLABLES[Math.floor(next() * SYLLABLES.length)]!).join('')
      const name = stem.slice(0, stem.length - (ending === '' ? 0 : 1)) + ending
      if (used.has(name)) continue
      used.add(name)
      return name
    }
  }
  const proper = (name: string) => name[0]!.toUpperCase() + name.slice(1)
  const add = (name: string, rank: Rank, parent: number | null, commonName: string | null = null) =>
    taxa.push({ name, rank, parent, commonName }) - 1
  const classes = ['Mammalia', 'Aves', 'Insecta', 'Reptilia'].map((name) => add(name, 'class', null))
  const orders = classes.flatMap((parent) =>
    Array.from({ length: 3 }, () => add(proper(word(3, ENDINGS.order)), 'order', parent)),
  )
  const families = orders.flatMap((parent) =>
    Array.from({ length: Math.max(1, Math.round(count / 130)) }, () =>
      add(proper(word(3, ENDINGS.family)), 'family', parent),
    ),
  )
  const genera = Array.from({ length: Math.max(1, Math.ceil(count / 4)) }, (_, i) =>
    add(proper(word(3, ENDINGS.genus)), 'genus', families[i % families.length]!),
  )
  const species = Array.from({ length: count }, (_, i) => {
    const parent = genera[i % genera.length]!
    const common = `${COLOURS[i % 10]} ${BEASTS[Math.floor(i / 10) % 10]}${i >= 100 ? ` of ${proper(word(2, ''))}` : ''}`
    return add(`${taxa[parent]!.name} ${word(3, 'a')}`, 'species', parent, common)
  })
  return species
}

/** The position of each taxon: its parent's, moved at random by its rank's share. */
function centresOf(taxa: readonly GeneratedTaxon[], telling: number, next: () => number): Float32Array[] {
  const draw = gaussian(next)
  const shares: Partial<Record<Rank, number>> = SHARES
  const centres: Float32Array[] = []
  for (const { parent, rank } of taxa) {
    const above = parent === null ? null : centres[parent]!
    const share = shares[rank] ?? 0
    centres.push(
      Float32Array.from({ length: telling }, (_, k) => (above?.[k] ?? 0) + Math.sqrt(share * BETWEEN(k)) * draw()),
    )
  }
  return centres
}

/**
 * The exact space: within a species every distinguishing number has variance 1, scaled by the normalisation to unit
 * length.
 */
function worldStatistics(dimensions: number, telling: number): Statistics {
  const between = Float64Array.from({ length: telling }, (_, k) => BETWEEN(k))
  const others = ((dimensions - telling) * NOISE_OF_OTHERS ** 2) / 12
  const length = Math.sqrt(between.reduce((sum, b) => sum + b + 1, others))
  const projection = new Float32Array(telling * dimensions)
  for (let k = 0; k < telling; k++) projection[k * dimensions + k] = length
  return statisticsOf({ dimensions, projection, between })
}
