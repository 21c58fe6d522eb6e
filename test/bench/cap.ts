// What the cap on strangers costs with many examples: one more lesson, one question, and the embeddings that a question
// reads from the database.

import { performance } from 'node:perf_hooks'
import { quantile } from '../../classifiers/fitting/averages.ts'
import { VOTING_NEIGHBOURS } from '../../classifiers/neighbours/neighbours.ts'
import { random } from '../../classifiers/seeded-random.ts'
import { unitLength } from '../../classifiers/statistics.ts'
import { SIZES } from '../../classifiers/surroundings/sample.ts'
import { Surroundings } from '../../classifiers/surroundings/surroundings.ts'
import { Taxonomy } from '../../classifiers/taxonomy.ts'
import { openDatabase } from '../../db/connection/connect.ts'
import { embedding as embeddingTable } from '../../db/schema.ts'
import { embeddingsOf, unlabelledSample } from '../../db/trees/sample.ts'
import { makeTestDatabaseUrl } from '../support/database.ts'
import { addModels, EMBEDDER } from '../support/rows.ts'
import { taxonomyOf } from './clusters.ts'

/** The weights of the default embedder, about. */
const WEIGHTS = {
  10: { base: -15.47, similarity: 24.12, groups: -0.78 },
  20: { base: -15.19, similarity: 24.07, groups: -0.79 },
  30: { base: -13.05, similarity: 21.77, groups: -0.63 },
  40: { base: -12.01, similarity: 20.99, groups: -0.55 },
}
const EXAMPLES_PER_SPECIES = 50
const TIMES = 100
/** Photos without a label, more than the pool holds. */
const UNLABELLED = 1000
/** Stored embeddings: finding one takes as long among more. */
const STORED = 5000

/** Names of the columns of `timeCap`. */
export const CAP_COLUMNS = [
  'the cap: examples x dimensions',
  'begin s',
  'MiB',
  'lesson and question p50 ms',
  'processor ms',
  'question p50 ms',
  'processor ms',
]

export function timeCap(examples: number, dimensions: number): string[] {
  const { taxa, leaves } = taxonomyOf(Math.max(4, Math.round(examples / EXAMPLES_PER_SPECIES)))
  const next = random(1)
  const draw = () => drawEmbedding(dimensions, next)
  const surroundings = new Surroundings(dimensions, WEIGHTS, new Taxonomy(taxa))
  const before = process.memoryUsage().rss
  const begun = performance.now()
  for (let id = 1; id <= examples; id++) surroundings.set(id, `${id}`, leaves[id % leaves.length]!)
  for (let id = 1; id <= UNLABELLED; id++) surroundings.set(examples + id, `${examples + id}`, null)
  const give = () => {
    for (const id of surroundings.missing()) surroundings.give(id, draw())
  }
  give()
  const neighbours = Array.from({ length: VOTING_NEIGHBOURS }, (_, i) => ({
    taxonId: leaves[i % leaves.length]!,
    embedding: draw(),
  }))
  const asked = draw()
  const ask = () => surroundings.look(asked, { group: null, taxonIds: leaves.slice(0, 10), neighbours })
  ask()
  const beginSeconds = (performance.now() - begun) / 1000
  const mebibytes = (process.memoryUsage().rss - before) / 2 ** 20
  // The first question after a lesson does what the lesson left to do.
  const lesson = timeEach((i) => {
    const id = examples + UNLABELLED + 1 + i
    surroundings.set(id, `${id}`, leaves[Math.floor(next() * leaves.length)]!)
    give()
    ask()
  })
  const name = `${examples} x ${dimensions}`
  return [name, beginSeconds.toFixed(1), mebibytes.toFixed(0), ...lesson, ...timeEach(ask)]
}

/** The median of the times on the clock, and the mean of processor time, which other work does not lengthen. */
function timeEach(work: (i: number) => unknown): string[] {
  const times: number[] = []
  const before = process.cpuUsage()
  for (let i = 0; i < TIMES; i++) {
    const startedAt = performance.now()
    work(i)
    times.push(performance.now() - startedAt)
  }
  const { user, system } = process.cpuUsage(before)
  return [quantile(times, 0.5).toFixed(2), ((user + system) / 1000 / TIMES).toFixed(2)]
}

/** Names of the columns of `timeCapRows`. */
export const CAP_ROW_COLUMNS = [
  'the cap reads from the database',
  `${VOTING_NEIGHBOURS} embeddings p50 ms`,
  'p95 ms',
  'the sample p50 ms',
  'p95 ms',
]

/** On the server that TEST_DATABASE_URL names, otherwise on the embedded database. */
export async function timeCapRows(dimensions: number): Promise<string[]> {
  const { url, remove } = await makeTestDatabaseUrl()
  const database = await openDatabase(url)
  const { db, pool } = database
  const next = random(2)
  try {
    await addModels(db)
    await pool.query(
      `insert into media (id, sha256, filename, mime_type, bytes, status) overriding system value
       select n, 'generated ' || n, n || '.jpg', 'image/jpeg', 1000000, 'indexed' from generate_series(1, $1) as n`,
      [STORED],
    )
    await pool.query(
      `insert into detection (id, media_id, kind, source, x, y, width, height, confidence, group_key)
         overriding system value
       select n, n, 'animal', 'detector', 0.1, 0.1, 0.5, 0.5, 0.9, 'm:' || n from generate_series(1, $1) as n`,
      [STORED],
    )
    for (let start = 1; start <= STORED; start += 250) {
      const rows = Array.from({ length: 250 }, (_, i) => ({
        detectionId: start + i,
        modelSha256: EMBEDDER,
        vector: drawEmbedding(dimensions, next),
      }))
      await db.insert(embeddingTable).values(rows)
    }
    const timed = async (work: () => Promise<unknown>): Promise<string[]> => {
      const times: number[] = []
      for (let i = 0; i < TIMES; i++) {
        const startedAt = performance.now()
        await work()
        times.push(performance.now() - startedAt)
      }
      return [0.5, 0.95].map((share) => quantile(times, share).toFixed(2))
    }
    const some = () => Array.from({ length: VOTING_NEIGHBOURS }, () => 1 + Math.floor(next() * STORED))
    const neighbours = await timed(async () => {
      for await (const _ of embeddingsOf(db, EMBEDDER, some()));
    })
    const sample = await timed(() => unlabelledSample(db, EMBEDDER, SIZES.unlabelled))
    const kind = database.kind === 'pglite' ? 'embedded' : 'Postgres'
    return [`${kind}, ${dimensions} dimensions`, ...neighbours, ...sample]
  } finally {
    await database.close()
    await remove()
  }
}

function drawEmbedding(dimensions: number, next: () => number): Float32Array {
  return Float32Array.from(unitLength(Float32Array.from({ length: dimensions }, () => next() - 0.3)))
}
