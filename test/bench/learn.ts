// How long the embedded database and the tree take for one identification with its transaction, with as many taxa in
// both.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { sql } from 'drizzle-orm'
import { quantile } from '../../classifiers/fitting/averages.ts'
import { LiveTree } from '../../classifiers/live/live-tree.ts'
import { applyChanges, readChanges, writeNewVectors } from '../../classifiers/live/tree-rows.ts'
import { random } from '../../classifiers/seeded-random.ts'
import { type Statistics, unitLength } from '../../classifiers/statistics.ts'
import { encodeStatistics } from '../../classifiers/statistics-bytes.ts'
import type { TaxonNode } from '../../classifiers/taxonomy.ts'
import { type Db, openDatabase } from '../../db/connection/connect.ts'
import { addMedia } from '../../db/photos/add-media.ts'
import { type StoredDetection, storeAnalysis } from '../../db/photos/analysis.ts'
import { identify } from '../../db/statements/identifications.ts'
import { loadTaxa } from '../../db/taxonomy/taxa.ts'
import { ensureModel } from '../../db/trees/models.ts'
import { insertVersion, publishVersion } from '../../db/trees/trees.ts'

const TIMES = 200
const MODELS = { detectorSha256: 'd'.repeat(64), embedderSha256: 'e'.repeat(64) }

export type World = { db: Db; live: LiveTree; close(): Promise<void> }

/** An embedded database of its own with these taxa, and an untaught live tree over them. */
export async function openWorld(synthetic: Statistics, taxa: readonly TaxonNode[]): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'clavis-bench-'))
  const database = await openDatabase(`file:${folder}`)
  const { db } = database
  await ensureModel(db, { sha256: MODELS.detectorSha256, name: 'bench', kind: 'detector', manifest: {} })
  await ensureModel(db, { sha256: MODELS.embedderSha256, name: 'bench', kind: 'embedder', manifest: {} })
  await addTaxa(db, taxa)
  // Synthetic photos are drawn in the metric: what stands for embeddings needs no other basis, only its time.
  const statistics = { ...synthetic, projection: identity(synthetic.dimensions) }
  const bytes = encodeStatistics(statistics)
  const modelSha256 = MODELS.embedderSha256
  const version = await insertVersion(db, { modelSha256, statistics: bytes, lessons: 0, examples: 0 })
  await publishVersion(db, version)
  return {
    db,
    live: new LiveTree(version, statistics, await loadTaxa(db)),
    async close() {
      await database.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Milliseconds per identification, committed and then also learned: p50 and p95 of each. */
export async function timeTransactions({ db, live }: World, species: readonly number[]): Promise<string[]> {
  const detections = await addDetections(db, live.statistics.dimensions)
  const next = random(1)
  const stored: number[] = []
  const learned: number[] = []
  for (const detectionId of detections) {
    const taxonId = species[Math.floor(next() * species.length)]!
    const begun = performance.now()
    await identify(db, { detectionId, taxonId, person: 'bench', basis: { kind: 'search' } })
    stored.push(performance.now() - begun)
    const news = await readChanges(db, MODELS.embedderSha256, live, { detectionIds: [detectionId], taxonIds: [] })
    await writeNewVectors(db, live.version, news.rows)
    applyChanges(live, news)
    learned.push(performance.now() - begun)
  }
  return [stored, learned].flatMap((values) => [0.5, 0.95].map((share) => quantile(values, share).toFixed(1)))
}

/** Rows of the same ids: the table is empty, and ids are given in order. */
async function addTaxa(db: Db, taxa: readonly TaxonNode[]): Promise<void> {
  const ranks: Record<number, string> = { 50: 'class', 40: 'order', 30: 'family', 20: 'genus', 10: 'species' }
  for (let start = 0; start < taxa.length; start += 5000) {
    const part = taxa.slice(start, start + 5000)
    await db.execute(sql`
      insert into taxon (name, rank, rank_level, parent_id)
      select 'taxon ' || id, rank, level, parent
      from unnest(${sql.param(part.map(({ id }) => id))}::bigint[], ${sql.param(part.map(({ rankLevel }) => ranks[rankLevel]!))}::text[],
        ${sql.param(part.map(({ rankLevel }) => rankLevel))}::smallint[], ${sql.param(part.map(({ parentId }) => parentId))}::bigint[])
        as input (id, rank, level, parent)
      order by id`)
  }
}

async function addDetections(db: Db, dimensions: number): Promise<number[]> {
  const next = random(2)
  const ids: number[] = []
  for (let i = 0; i < TIMES; i++) {
    const embedding = Float32Array.from(unitLength(Float32Array.from({ length: dimensions }, () => next() - 0.5)))
    const facts = {
      sha256: i.toString(16).padStart(64, '0'),
      filename: `${i}.jpg`,
      mimeType: 'image/jpeg',
      bytes: 1,
      group: `${i}`,
    }
    const { id } = await addMedia(db, facts)
    const animal: StoredDetection = {
      kind: 'animal',
      source: 'detector',
      bbox: [0, 0, 1, 1],
      confidence: 0.9,
      embedding,
    }
    ids.push(...(await storeAnalysis(db, id, { width: 1, height: 1, detections: [animal] }, MODELS)).detectionIds)
  }
  return ids
}

function identity(size: number): Float32Array {
  const matrix = new Float32Array(size * size)
  for (let i = 0; i < size; i++) matrix[i * size + i] = 1
  return matrix
}
