// A generated world as rows of an empty database: taxa, cameras, photos in bursts, detections with embeddings, what
// people said about a share of them and what the tree had forecast, summaries of suggestions, and a published tree.

import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { random } from '../../classifiers/seeded-random.ts'
import { project } from '../../classifiers/statistics.ts'
import { encodeStatistics } from '../../classifiers/statistics-bytes.ts'
import type { Db } from '../../db/connection/connect.ts'
import {
  deployment,
  detection,
  forecast,
  identification,
  importBatch,
  media,
  RANK_LEVELS,
  suggestion,
  taxon,
} from '../../db/schema.ts'
import { insertEmbeddings } from '../../db/trees/models.ts'
import { insertMetricVectors, insertVersion, publishVersion } from '../../db/trees/trees.ts'
import type { GeneratedAnimal, GeneratedBurst, World } from '../support/animals/generated-animals.ts'

export type BigOptions = {
  photos: number
  /** Share of the bursts that somebody has identified. */
  taught: number
  embedderSha256: string
  detectorSha256: string
  seed?: number
  /** Called after each portion, to write files and to report progress. */
  onPhotos?: (added: AddedPhoto[], done: number) => Promise<void> | void
}
/** `species` of its first animal, null where there is none. */
export type AddedPhoto = { id: number; sha256: string; species: number | null; detectionIds: number[] }
export type BigCounts = { photos: number; detections: number; identified: number }

const SIZE = { width: 800, height: 600 }
const PEOPLE = ['Ada', 'Grace', 'Linus']
const BURSTS_AT_ONCE = 400
/**
 * How many of 1,000 identified bursts are given another species, only the genus, or two different names by two people.
 */
const FATES = { wrong: 0.01, genusOnly: 0.03, conflict: 0.005 }

type Numbered<Row> = Row & { id: number }
type Found = { row: Numbered<typeof detection.$inferInsert>; animal: GeneratedAnimal | null }
/** What the rows refer to. */
type Names = { taxonIds: number[]; cameraIds: number[]; importId: number; treeVersion: string }
/** What a tree that is right in four of five cases says. `named`: a species. */
type Guess = { named: number; right: boolean; probability: number }
type Rows = {
  photos: Numbered<typeof media.$inferInsert>[]
  found: Found[]
  statements: Numbered<typeof identification.$inferInsert>[]
  summaries: (typeof suggestion.$inferInsert)[]
  forecasts: (typeof forecast.$inferInsert)[]
  added: AddedPhoto[]
}

export async function fillDatabase(db: Db, world: World, options: BigOptions): Promise<BigCounts> {
  const taxonIds = await addTaxa(db, world)
  const cameras = await db
    .insert(deployment)
    .values(world.cameras.map((name) => ({ name })))
    .returning({ id: deployment.id })
  const [batch] = await db
    .insert(importBatch)
    .values({ name: 'generated', total: options.photos, closedAt: new Date(), doneAt: new Date() })
    .returning({ id: importBatch.id })
  const version = await insertVersion(db, {
    modelSha256: options.embedderSha256,
    statistics: encodeStatistics(world.statistics, { moments: false }),
    lessons: 0,
    examples: Math.round(options.photos * options.taught),
  })
  const rows = new RowMaker(world, options, {
    taxonIds,
    cameraIds: cameras.map(({ id }) => id),
    importId: batch!.id,
    treeVersion: `${version}.0`,
  })
  const counts: BigCounts = { photos: 0, detections: 0, identified: 0 }
  for (const bursts of portions(world.bursts(options.photos))) {
    const made = rows.of(bursts)
    counts.identified += await insert(db, world, options.embedderSha256, version, made)
    counts.photos += made.photos.length
    counts.detections += made.found.length
    await options.onPhotos?.(made.added, counts.photos)
  }
  await publishVersion(db, version)
  for (const [table, last] of Object.entries(rows.last))
    await db.execute(sql`select setval(pg_get_serial_sequence(${table}, 'id'), ${Math.max(1, last)})`)
  return counts
}

function* portions(bursts: Iterable<GeneratedBurst>): Generator<GeneratedBurst[]> {
  let portion: GeneratedBurst[] = []
  for (const burst of bursts) {
    portion.push(burst)
    if (portion.length < BURSTS_AT_ONCE) continue
    yield portion
    portion = []
  }
  if (portion.length > 0) yield portion
}

/** Makes the rows of bursts, numbered: they name each other before they are in the database. */
class RowMaker {
  readonly last = { media: 0, detection: 0, identification: 0 }
  readonly #world: World
  readonly #options: BigOptions
  readonly #names: Names
  readonly #next: () => number
  /** By species: examples so far. */
  readonly #taught = new Map<number, number>()

  constructor(world: World, options: BigOptions, names: Names) {
    this.#world = world
    this.#options = options
    this.#names = names
    this.#next = random((options.seed ?? 1) + 99)
  }
  of(bursts: readonly GeneratedBurst[]): Rows {
    const rows: Rows = { photos: [], found: [], statements: [], summaries: [], forecasts: [], added: [] }
    for (const burst of bursts) this.#burst(burst, rows)
    return rows
  }

  #burst(burst: GeneratedBurst, rows: Rows): void {
    const sequenceId = this.last.media + 1
    const fate = this.#next() < this.#options.taught ? this.#next() : null
    for (const { seconds, animals, person } of burst.photos) {
      const photo = this.#photo(burst, seconds, sequenceId)
      rows.photos.push(photo)
      const of = { mediaId: photo.id, groupKey: `s:${sequenceId}` }
      const before = rows.found.length
      for (const animal of animals) {
        const [x, y, width, height] = animal.bbox
        const box = { x, y, width, height, confidence: animal.confidence }
        const row = { ...of, ...box, id: ++this.last.detection, kind: 'animal', source: 'detector' } as const
        const taught = fate === null ? {} : this.#said(row.id, animal, fate, rows)
        rows.found.push({ row: { ...row, ...taught }, animal })
        const guess = this.#guess(animal)
        rows.summaries.push(this.#summary(row.id, animal, guess, 'taughtTaxonId' in taught))
        if ('taughtTaxonId' in taught) rows.forecasts.push(this.#forecast(row.id, animal, guess))
      }
      if (person) {
        const box = { x: 0.6, y: 0.1, width: 0.25, height: 0.8, confidence: 0.9 }
        const row = { ...of, ...box, id: ++this.last.detection, kind: 'person', source: 'detector' } as const
        rows.found.push({ row, animal: null })
      } else if (animals.length === 0) this.#nothing(of, rows)
      const detectionIds = rows.found.slice(before).map(({ row }) => row.id)
      rows.added.push({ id: photo.id, sha256: photo.sha256, species: animals[0]?.species ?? null, detectionIds })
    }
  }

  #photo(burst: GeneratedBurst, seconds: number, sequenceId: number): Numbered<typeof media.$inferInsert> {
    const id = ++this.last.media
    const at = new Date(burst.startsAt.getTime() + seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')
    return {
      id,
      sha256: createHash('sha256')
        .update(`generated ${this.#options.seed ?? 1} ${id}`)
        .digest('hex'),
      filename: `${this.#world.cameras[burst.camera]}/IMG_${String(id).padStart(6, '0')}.JPG`,
      mimeType: 'image/jpeg',
      bytes: 60_000,
      ...SIZE,
      capturedRaw: at.replaceAll('-', ':'),
      capturedAt: at,
      importId: this.#names.importId,
      deploymentId: this.#names.cameraIds[burst.camera]!,
      sequenceId,
      status: 'indexed',
      attempts: 1,
      detectorSha256: this.#options.detectorSha256,
      indexedAt: new Date(),
    }
  }

  /** No animal was found: the whole photo stands in for it, as in the service. */
  #nothing(of: { mediaId: number; groupKey: string }, rows: Rows): void {
    const id = ++this.last.detection
    const species = this.#world.species[id % this.#world.species.length]!
    const animal: GeneratedAnimal = { species, individual: id, bbox: [0, 0, 1, 1], confidence: 0 }
    const row = { ...of, id, kind: 'animal', source: 'wholePhoto', x: 0, y: 0, width: 1, height: 1 } as const
    rows.found.push({ row, animal })
    const guess = { ...this.#guess(animal), probability: 0.05 + this.#next() * 0.2 }
    rows.summaries.push(this.#summary(id, animal, guess, false))
  }

  /** What people said about an animal, and what that teaches. */
  #said(detectionId: number, animal: GeneratedAnimal, fate: number, rows: Rows) {
    const { taxonIds, treeVersion } = this.#names
    const species = taxonIds[animal.species]!
    const genus = taxonIds[this.#world.taxa[animal.species]!.parent!]!
    const other = taxonIds[this.#world.lookAlike(animal.species)]!
    const conflict = fate > 1 - FATES.conflict
    const said = fate < FATES.wrong ? other : fate < FATES.wrong + FATES.genusOnly ? genus : species
    const state = (taxonId: number, person: string) => {
      const id = ++this.last.identification
      rows.statements.push({ id, detectionId, taxonId, person, basis: { kind: 'suggestion', treeVersion } })
      return id
    }
    let latestStatementId = state(said, PEOPLE[animal.individual % PEOPLE.length]!)
    if (conflict) latestStatementId = state(other, 'Carl')
    return { taughtTaxonId: conflict ? genus : said, conflict, latestStatementId }
  }

  #guess(animal: GeneratedAnimal): Guess {
    const right = this.#next() < 0.8
    const named = right ? animal.species : this.#world.lookAlike(animal.species)
    return { named, right, probability: right ? 1 - 0.75 * this.#next() ** 2 : 0.12 + 0.6 * this.#next() }
  }

  /** The path to the guessed taxon; higher taxa are more certain. */
  #forecast(detectionId: number, animal: GeneratedAnimal, { named, probability }: Guess): typeof forecast.$inferInsert {
    const { taxonIds, treeVersion } = this.#names
    const path: number[] = []
    for (let at: number | null = named; at !== null; at = this.#world.taxa[at]!.parent) path.unshift(at)
    const examples = this.#taught.get(animal.species) ?? 0
    this.#taught.set(animal.species, examples + 1)
    return {
      detectionId,
      treeVersion,
      taxonIds: path.map((taxon) => taxonIds[taxon]!),
      probabilities: path.map((_, i) => probability ** ((i + 1) / path.length)),
      examples,
    }
  }

  #summary(
    detectionId: number,
    animal: GeneratedAnimal,
    { named, right, probability }: Guess,
    taught: boolean,
  ): typeof suggestion.$inferInsert {
    const { taxonIds, treeVersion } = this.#names
    const genus = this.#world.taxa[named]!.parent!
    const stop = probability >= 0.8 ? named : probability >= 0.4 ? genus : this.#world.taxa[genus]!.parent!
    return {
      detectionId,
      taxonId: taxonIds[named]!,
      probability,
      stopTaxonId: taxonIds[stop]!,
      novelty: (1 - probability) * this.#next() * 0.6,
      ownProbability: taught ? (right ? probability : (1 - probability) / 2) : null,
      disagreement: right ? (1 - probability) * 0.3 : probability * 0.8,
      suspect: taught && !right && probability > 0.6,
      likeness: animal.species * 10_000 + (animal.individual % 10_000),
      treeVersion,
    }
  }
}

/** Returns how many detections teach. */
async function insert(db: Db, world: World, modelSha256: string, version: number, rows: Rows): Promise<number> {
  await inParts(rows.photos, (part) => db.insert(media).overridingSystemValue().values(part))
  await inParts(
    rows.found.map(({ row }) => row),
    (part) => db.insert(detection).overridingSystemValue().values(part),
  )
  const embedded = rows.found.flatMap(({ row, animal }) =>
    animal === null ? [] : [{ detectionId: row.id, embedding: world.embedding(animal), taught: row.taughtTaxonId }],
  )
  await insertEmbeddings(db, modelSha256, embedded)
  const metric = embedded.flatMap(({ detectionId, embedding, taught }) =>
    taught == null ? [] : [{ detectionId, vector: project(world.statistics, embedding) }],
  )
  await insertMetricVectors(db, version, metric)
  await inParts(rows.statements, (part) => db.insert(identification).overridingSystemValue().values(part))
  await inParts(rows.summaries, (part) => db.insert(suggestion).values(part))
  await inParts(rows.forecasts, (part) => db.insert(forecast).values(part))
  return metric.length
}

/** One INSERT has at most 65,535 parameters. */
async function inParts<T>(rows: readonly T[], write: (part: T[]) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < rows.length; start += 1000) await write(rows.slice(start, start + 1000))
}

async function addTaxa(db: Db, world: World): Promise<number[]> {
  const ids: number[] = []
  for (const { name, rank, parent, commonName } of world.taxa) {
    const parentId = parent === null ? null : ids[parent]!
    const [row] = await db
      .insert(taxon)
      .values({ name, rank, rankLevel: RANK_LEVELS[rank], parentId, commonName })
      .returning({ id: taxon.id })
    ids.push(row!.id)
  }
  return ids
}
