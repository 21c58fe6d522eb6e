// The embedded database and a Postgres server with the same rows give the same answers: suggestions with their
// probabilities, similar photos, and vector queries of every kind, for generated animals and for the library's photos.

import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { readLibrary } from '../../api/commands/evaluation/library.ts'
import { readReference } from '../../api/installation/reference.ts'
import type { Library, Photo } from '../../classifiers/evaluation/methods.ts'
import type { Learning } from '../../classifiers/live/learning.ts'
import { random } from '../../classifiers/seeded-random.ts'
import type { Statistics } from '../../classifiers/statistics.ts'
import { type Database, openDatabase } from '../../db/connection/connect.ts'
import { RANK_LEVELS, RANKS, type Rank } from '../../db/schema.ts'
import { ensurePath } from '../../db/taxonomy/paths.ts'
import { nearestExemplars } from '../../db/trees/nearest.ts'
import { INDEX_FROM } from '../../db/trees/search-index.ts'
import { BUNDLED_MODELS, DEFAULT_DETECTOR, openModels } from '../../indexer/models/models.ts'
import { needsPostgres, openTestDatabase } from '../support/database.ts'
import { emptyReference, openTestLearning } from '../support/learning.ts'
import { newFolder, removeAll } from '../support/processes.ts'
import { addIndexed, addModels, addTaxa, animal } from '../support/rows.ts'
import { shared, without } from '../support/shared.ts'

after(removeAll)

const DIMENSIONS = 12
const PER_TAXON = 15
const reference = emptyReference(DIMENSIONS)

type Side = { database: Database; learning: Learning }

function drawKind(kind: number, next: () => number): Float32Array {
  const values = Float32Array.from({ length: DIMENSIONS }, (_, i) => (i === kind ? 1 : 0.2) + 0.4 * next())
  return values.map((value) => value / Math.hypot(...values))
}

/** The same rows in the same order: ids are equal. */
async function fill(database: Database): Promise<Side> {
  const { db } = database
  await addModels(db)
  const taxa = Object.values(await addTaxa(db))
  const next = random(3)
  for (let i = 0; i < PER_TAXON * taxa.length; i++) {
    const kind = i % taxa.length
    const label = { taxonId: taxa[kind]!, person: 'import:test' }
    await addIndexed(db, { label, group: `group ${Math.floor(i / 20)}` }, [animal({ embedding: drawKind(kind, next) })])
  }
  return await learned(database, reference)
}

async function learned(database: Database, reference: Statistics): Promise<Side> {
  const learning = await openTestLearning({ database, reference })
  await learning.publishNow()
  return { database, learning }
}

/** Numbers may differ by at most this much, everything else not at all. */
const MOST_APART = 1e-4
/** @returns the largest difference */
function assertAlike(one: unknown, other: unknown, at = 'answer'): number {
  if (typeof one === 'number' && typeof other === 'number') {
    const apart = Math.abs(one - other)
    assert.ok(apart <= MOST_APART, `${at}: ${one} and ${other}`)
    return apart
  }
  if (one !== null && other !== null && typeof one === 'object' && typeof other === 'object') {
    assert.deepEqual(Object.keys(one), Object.keys(other), at)
    const values = Object.values(other)
    const keys = Object.keys(one)
    return Math.max(0, ...Object.values(one).map((value, i) => assertAlike(value, values[i], `${at}.${keys[i]}`)))
  }
  assert.equal(one, other, at)
  return 0
}

describe('PGlite and Postgres', { skip: needsPostgres }, () => {
  let sides: [Side, Side]
  before(async () => {
    const embedded = await openDatabase('memory:')
    const server = await openTestDatabase()
    sides = [await fill(embedded), await fill(server)]
  })
  after(async () => {
    for (const { learning, database } of sides ?? []) {
      await learning.close()
      await database.close()
    }
  })

  test('publish the same tree', () => {
    assert.equal(sides[0].learning.treeVersion(), sides[1].learning.treeVersion())
    assert.ok(sides[0].learning.exampleCount(null) > 0)
  })
  test('suggest the same taxa with the same probabilities and the same photos beside them', async () => {
    const next = random(4)
    for (let i = 0; i < 24; i++) {
      const embedding = drawKind(i % 8, next)
      const [one, other] = await Promise.all(
        sides.map(({ learning }) => learning.answer(embedding, { accuracy: 0.8, limit: 5, similar: 3 })),
      )
      assert.ok(one!.suggestions.length > 0)
      assertAlike(one, other)
      const [near, nearThere] = await Promise.all(
        sides.map(({ learning }) =>
          learning.similar(embedding, { k: 10, filter: { confirmedOnly: false, capturedFrom: undefined } }),
        ),
      )
      assert.equal(near!.length, 10)
      assertAlike(near, nearThere)
    }
  })
  test('find the same rows in the database, whichever way', async () => {
    const [{ learning }] = sides
    const version = Number(learning.treeVersion().split('.')[0])
    const { rows } = await sides[0].database.pool.query<{ numbers: number }>(
      'select vector_dims(vector) as numbers from metric_vector where version = $1 limit 1',
      [version],
    )
    const next = random(5)
    for (const examples of [0, INDEX_FROM])
      for (let i = 0; i < 10; i++) {
        const query = Float32Array.from({ length: rows[0]!.numbers }, () => 2 * next() - 1)
        const [one, other] = await Promise.all(
          sides.map(({ database }) => nearestExemplars(database.db, { version, query, k: 20, examples })),
        )
        assert.equal(one!.length, 20)
        assertAlike(one, other)
      }
  })
})

const LIBRARY = 'data/library/library.csv'
/** The small embedder: a photo takes a sixth of the default one's time. */
const SMALL = 'mobilenet-v1-025'
/** One in so many of the library's photos is taught or asked; TEST_LIBRARY_EVERY=1 takes all. */
const EVERY = Number(process.env.TEST_LIBRARY_EVERY ?? 9)

/** Photos of either split, spread over the library, with their embeddings. */
async function someOfLibrary(): Promise<Library> {
  const csv = shared(LIBRARY)
  const folder = await newFolder()
  const rows: { path: string; split: string }[] = parse(await readFile(csv), { columns: true, bom: true })
  const chosen = ['train', 'test'].flatMap((split) =>
    rows.filter((row) => row.split === split).filter((_, i) => i % EVERY === 0),
  )
  const some = join(folder, 'some.csv')
  const away = relative(folder, dirname(csv))
  await writeFile(
    some,
    stringify(
      chosen.map((row) => ({ ...row, path: join(away, row.path) })),
      { header: true },
    ),
  )
  const choice = { detector: DEFAULT_DETECTOR, embedder: SMALL, threads: 1, device: 'cpu' } as const
  const models = await openModels({ folders: [BUNDLED_MODELS], ...choice })
  return await readLibrary(some, models, () => {}).finally(() => models.close())
}

async function fillWithLibrary(database: Database, { taxa, names, photos }: Library): Promise<Side> {
  const { db } = database
  await addModels(db)
  const nodes = new Map(taxa.map((taxon) => [taxon.id, taxon]))
  const rankOf = new Map<number, Rank>(RANKS.map((rank) => [RANK_LEVELS[rank], rank]))
  const pathTo = (id: number | null): { rank: Rank; name: string }[] => {
    const node = id === null ? undefined : nodes.get(id)
    if (!node) return []
    return [...pathTo(node.parentId), { rank: rankOf.get(node.rankLevel)!, name: names.get(node.id)! }]
  }
  for (const { taxonId, group, embedding } of photos.filter(({ test }) => !test)) {
    const label = { taxonId: await ensurePath(db, pathTo(taxonId)), person: 'import:library' }
    await addIndexed(db, { label, group }, [animal({ embedding })])
  }
  return await learned(database, await readReference([BUNDLED_MODELS], SMALL))
}

describe("PGlite and Postgres with the library's photos", { skip: needsPostgres || without(LIBRARY) }, () => {
  let sides: [Side, Side]
  let asked: Photo[]
  before(async () => {
    const library = await someOfLibrary()
    asked = library.photos.filter(({ test }) => test)
    const [embedded, server] = [await openDatabase('memory:'), await openTestDatabase()]
    sides = [await fillWithLibrary(embedded, library), await fillWithLibrary(server, library)]
  })
  after(async () => {
    for (const { learning, database } of sides ?? []) {
      await learning.close()
      await database.close()
    }
  })

  test('suggest the same taxa with the same probabilities and the same photos beside them', async (t) => {
    assert.equal(sides[0].learning.treeVersion(), sides[1].learning.treeVersion())
    let apart = 0
    for (const { embedding } of asked) {
      const [one, other] = await Promise.all(
        sides.map(({ learning }) => learning.answer(embedding, { accuracy: 0.8, limit: 5, similar: 3 })),
      )
      assert.equal(one!.suggestions.length, 5)
      apart = Math.max(apart, assertAlike(one, other))
    }
    const taught = sides[0].learning.exampleCount(null)
    assert.ok(asked.length > 0 && taught > asked.length)
    t.diagnostic(`${taught} taught, ${asked.length} asked: numbers differ by ${apart.toExponential(1)} at most`)
  })
})
