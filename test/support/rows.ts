// Models, taxa, and photos with detections and embeddings, as rows for tests of the layers above.

import { createHash } from 'node:crypto'
import { after, beforeEach } from 'node:test'
import { sql } from 'drizzle-orm'
import type { Db } from '../../db/connection/connect.ts'
import { addMedia, type MediaFacts } from '../../db/photos/add-media.ts'
import { type StoredDetection, storeAnalysis } from '../../db/photos/analysis.ts'
import type { Rank } from '../../db/schema.ts'
import { ensurePath, type PathStep } from '../../db/taxonomy/paths.ts'
import { lessonsAfter } from '../../db/trees/lessons.ts'
import { ensureModel } from '../../db/trees/models.ts'
import { insertVersion } from '../../db/trees/trees.ts'
import { openTestDatabase } from './database.ts'

export const DETECTOR = 'd'.repeat(64)
export const EMBEDDER = 'e'.repeat(64)
export const models = { detectorSha256: DETECTOR, embedderSha256: EMBEDDER }

export async function addModels(db: Db): Promise<void> {
  await ensureModel(db, { sha256: DETECTOR, name: 'test-detector', kind: 'detector', manifest: {} })
  await ensureModel(db, { sha256: EMBEDDER, name: 'test-embedder', kind: 'embedder', manifest: {} })
}

/** Two families of birds and one of mammals, by name. */
export async function addTaxa(db: Db) {
  const bird = (family: string, genus: string, species: string) =>
    ensurePath(db, [
      { rank: 'class', name: 'Aves' },
      { rank: 'family', name: family },
      { rank: 'genus', name: genus },
      { rank: 'species', name: species },
    ])
  const corax = await bird('Corvidae', 'Corvus', 'Corvus corax')
  const cornix = await bird('Corvidae', 'Corvus', 'Corvus cornix')
  const pica = await bird('Corvidae', 'Pica', 'Pica pica')
  const parus = await bird('Paridae', 'Parus', 'Parus major')
  const ranks = ['class', 'family', 'genus'] as const
  const at = (...names: string[]) =>
    ensurePath(
      db,
      ranks.flatMap((rank, i) => (names[i] ? [{ rank, name: names[i] }] : [])),
    )
  return {
    corax,
    cornix,
    pica,
    parus,
    aves: await at('Aves'),
    corvidae: await at('Aves', 'Corvidae'),
    corvus: await at('Aves', 'Corvidae', 'Corvus'),
    vulpes: await ensurePath(db, [
      { rank: 'class', name: 'Mammalia' },
      { rank: 'species', name: 'Vulpes vulpes' },
    ]),
  }
}

/**
 * A database of the test file's own with the models and the taxa in it. Before each test the `emptied` tables lose
 * their rows.
 */
export async function openWithTaxa(...emptied: string[]) {
  const database = await openTestDatabase()
  after(database.close)
  const { db } = database
  await addModels(db)
  const tables = sql.raw(emptied.join(', '))
  if (emptied.length > 0) beforeEach(() => db.execute(sql`truncate ${tables} restart identity cascade`))
  return { ...database, taxa: await addTaxa(db) }
}

let photos = 0
/** Facts of a photo with bytes of its own. */
export function photoFacts(more: Partial<MediaFacts> = {}): MediaFacts {
  const name = `photo-${++photos}`
  const sha256 = createHash('sha256').update(`${process.pid} ${name}`).digest('hex')
  return { sha256, filename: `${name}.jpg`, mimeType: 'image/jpeg', bytes: 1000, ...more }
}

export function animal(more: Partial<StoredDetection> = {}): StoredDetection {
  const embedding = Float32Array.from([0.6, 0.8, 0, 0])
  return { kind: 'animal', source: 'detector', bbox: [0.1, 0.2, 0.3, 0.4], confidence: 0.9, embedding, ...more }
}
export const person: StoredDetection = {
  kind: 'person',
  source: 'detector',
  bbox: [0, 0, 0.5, 1],
  confidence: 0.99,
  embedding: null,
}

/** Adds an indexed photo; returns its id and those of its detections. */
export async function addIndexed(db: Db, facts: Partial<MediaFacts> = {}, detections: StoredDetection[] = [animal()]) {
  const { id } = await addMedia(db, photoFacts(facts))
  const { detectionIds } = await storeAnalysis(db, id, { width: 400, height: 300, detections }, models)
  return { mediaId: id, detectionIds, detectionId: detectionIds[0]! }
}

/** A label that came with a photo. */
export const labelled = (taxonId: number) => ({ taxonId, person: 'import:test' })

/** What the lessons after this one are about. */
export async function lessonSubjects(db: Db, after = 0): Promise<number[]> {
  return (await lessonsAfter(db, after)).filter((lesson) => lesson.id > after).map((lesson) => lesson.subjectId)
}

/** 'class Aves > family Corvidae' as a path. */
export function pathOf(text: string): PathStep[] {
  return text.split(' > ').map((step) => {
    const space = step.indexOf(' ')
    return { rank: step.slice(0, space) as Rank, name: step.slice(space + 1) } // tests write ranks only
  })
}

/** A version of a tree that is not published yet. */
export const addVersion = (db: Db) =>
  insertVersion(db, { modelSha256: EMBEDDER, statistics: new Uint8Array([1, 2, 255]), lessons: 5, examples: 3 })
