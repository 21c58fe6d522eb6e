// The live tree on a real database: it learns at once, unlearns exactly, publishes without a gap, and is equal after a
// restart and in every process.

import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import type { LiveEvent } from '../../classifiers/live/events.ts'
import type { Database } from '../../db/connection/connect.ts'
import { getDetection } from '../../db/photos/detections.ts'
import { deleteMedia } from '../../db/photos/media.ts'
import { identify, withdraw } from '../../db/statements/identifications.ts'
import { createTaxon, deleteTaxon, updateTaxon } from '../../db/taxonomy/taxa.ts'
import { openTestDatabase } from '../support/database.ts'
import { emptyReference, openTestLearning } from '../support/learning.ts'
import { addIndexed, addModels, addTaxa, animal } from '../support/rows.ts'

const DIMENSIONS = 8
const reference = emptyReference(DIMENSIONS)

/** Pictures of one kind are near each other: a direction with a little seeded noise. */
function embedding(kind: number, seed: number): Float32Array {
  const values = Float32Array.from({ length: DIMENSIONS }, (_, i) => {
    const noise = Math.abs(Math.sin((kind * 31 + seed * 17 + i * 7) * 12.9898) * 43758.5453) % 1
    return (i === kind ? 1 : 0.2) + 0.15 * noise
  })
  const length = Math.hypot(...values)
  return values.map((value) => value / length)
}

async function addKind(
  database: Database,
  kind: number,
  seed: number,
): Promise<{ mediaId: number; detectionId: number }> {
  return await addIndexed(database.db, { group: `${kind}-${seed}` }, [animal({ embedding: embedding(kind, seed) })])
}

const ask = { accuracy: 0.8, limit: 5, similar: 2 }

let taxa: Awaited<ReturnType<typeof addTaxa>>
const heard: LiveEvent[] = []
const database = await openTestDatabase()
await addModels(database.db)
const open = () => openTestLearning({ database, reference, announce: (event) => heard.push(event) })
const learning = await open()
after(async () => {
  await learning.close()
  await database.close()
})
const teach = (detectionId: number, taxonId: number, person = 'ada') =>
  identify(database.db, { detectionId, taxonId, person, basis: { kind: 'search' } })

// The tests build on each other: each continues with what the earlier ones taught.
describe('the living tree', () => {
  it('answers nothing, as version 0.0, while nothing was taught', async () => {
    assert.equal(learning.treeVersion(), '0.0')
    assert.deepEqual(await learning.answer(embedding(0, 1), ask), {
      nearness: null,
      list: null,
      place: null,
      path: [],
      stop: null,
      novelty: null,
      suggestions: [],
    })
  })

  it('knows one example at every rank after sync, and its near copy ranks that species first', async () => {
    taxa = await addTaxa(database.db)
    const first = await addKind(database, 0, 1)
    await teach(first.detectionId, taxa.corax)
    await learning.sync()
    assert.equal(learning.treeVersion(), '0.1')
    const answer = await learning.answer(embedding(0, 2), ask)
    assert.deepEqual(
      answer.path.map(({ taxonId }) => learning.taxonomy.taxon(taxonId)?.name),
      ['Aves', 'Corvidae', 'Corvus', 'Corvus corax'],
    )
    assert.equal(answer.suggestions[0]?.taxonId, taxa.corax)
    assert.equal(answer.suggestions[0]?.evidence.nearest, true)
    assert.equal(answer.suggestions[0]?.similar[0]?.detectionId, first.detectionId)
    assert.ok(heard.some((e) => e.name === 'learned' && e.detectionId === first.detectionId))
  })

  it('restores equal numbers when a statement is withdrawn', async () => {
    const second = await addKind(database, 1, 1)
    await teach(second.detectionId, taxa.parus)
    await learning.sync()
    const query = embedding(0, 5)
    const before = await learning.answer(query, ask)
    const third = await addKind(database, 2, 1)
    const { identification } = await teach(third.detectionId, taxa.vulpes)
    await learning.sync()
    const between = await learning.answer(query, ask)
    assert.notDeepEqual(between.path, before.path)
    await withdraw(database.db, identification.id, 'ada')
    await learning.sync()
    assert.deepEqual(await learning.answer(query, ask), before)
    await teach(third.detectionId, taxa.vulpes)
    await learning.sync()
    assert.deepEqual(await learning.answer(query, ask), between)
  })

  it('leaves a stored detection and its burst out of its own answer', async () => {
    const burst = [embedding(3, 1), embedding(3, 2)].map((e) =>
      addIndexed(database.db, { group: 'fox' }, [animal({ embedding: e })]),
    )
    const [one, two] = await Promise.all(burst)
    await teach(one!.detectionId, taxa.pica)
    await teach(two!.detectionId, taxa.pica)
    await learning.sync()
    const known = await learning.answer(embedding(3, 1), ask)
    assert.equal(known.suggestions[0]?.taxonId, taxa.pica)
    const own = await learning.answer(embedding(3, 1), { ...ask, detectionId: one!.detectionId })
    assert.ok(own.suggestions.every(({ taxonId }) => taxonId !== taxa.pica))
    const similar = await learning.similar(embedding(3, 1), { k: 20, detectionId: one!.detectionId })
    assert.ok(similar.every(({ detectionId }) => detectionId !== two!.detectionId))
  })

  it('follows a taxon that is renamed, moved, added or removed at once', async () => {
    await updateTaxon(database.db, taxa.pica, { name: 'Pica hudsonia' })
    const rook = await createTaxon(database.db, { name: 'Corvus frugilegus', rank: 'species', parentId: taxa.corvus })
    await learning.sync()
    assert.equal(learning.taxonomy.taxon(taxa.pica)?.name, 'Pica hudsonia')
    assert.ok(learning.taxonomy.subtree(taxa.corvus).includes(rook.id))
    const version = learning.treeVersion()
    await updateTaxon(database.db, taxa.pica, { parentId: taxa.corvus })
    await deleteTaxon(database.db, rook.id)
    await learning.sync()
    assert.equal(learning.taxonomy.taxon(rook.id), null)
    assert.equal(learning.taxonomy.taxon(taxa.pica)?.path.at(-1)?.name, 'Corvus')
    const { path } = await learning.answer(embedding(3, 1), ask)
    assert.equal(path.at(-2)?.taxonId, taxa.corvus)
    assert.equal(learning.treeVersion(), version, 'taxa that move are no detection lessons')
  })

  it('unlearns photos that are deleted', async () => {
    const gone = await addKind(database, 4, 1)
    const before = await learning.answer(embedding(4, 2), ask)
    await teach(gone.detectionId, taxa.cornix)
    await learning.sync()
    assert.equal(learning.exampleCount(taxa.cornix), 1)
    await deleteMedia(database.db, gone.mediaId)
    await learning.sync()
    assert.equal(learning.exampleCount(taxa.cornix), 0)
    assert.deepEqual(await learning.answer(embedding(4, 2), ask), before)
  })
})

describe('the living tree', () => {
  it('answers the same after a restart, and in another process that only saw the rows', async () => {
    const again = await open()
    const query = embedding(1, 9)
    assert.equal(again.treeVersion(), learning.treeVersion())
    assert.deepEqual(await again.answer(query, ask), await learning.answer(query, ask))
    const late = await addKind(database, 1, 7)
    await teach(late.detectionId, taxa.parus, 'bob')
    await Promise.all([again.sync(), learning.sync()])
    assert.equal(again.treeVersion(), learning.treeVersion())
    assert.deepEqual(await again.answer(query, ask), await learning.answer(query, ask))
    await again.close()
  })

  it('publishes new statistics, learns meanwhile, and others take them over', async () => {
    const other = await open()
    // Too few to make either process publish by itself.
    for (let seed = 20; seed < 24; seed++) {
      for (const [kind, taxon] of [
        [0, taxa.corax],
        [1, taxa.parus],
        [2, taxa.vulpes],
      ] as const) {
        const { detectionId } = await addKind(database, kind, seed)
        await teach(detectionId, taxon)
      }
    }
    await learning.sync()
    assert.ok(learning.exampleCount(null) < 19, `${learning.exampleCount(null)} examples`)
    const publishing = learning.publishNow()
    const during = await addKind(database, 2, 99)
    await teach(during.detectionId, taxa.vulpes)
    await learning.sync()
    assert.match(learning.treeVersion(), /^0\./, 'the old version answers until the new one is complete')
    await publishing
    assert.match(learning.treeVersion(), /^1\.\d+$/)
    const examples = learning.exampleCount(null)
    await other.sync()
    assert.equal(other.treeVersion(), learning.treeVersion())
    assert.equal(other.exampleCount(null), examples)
    const query = embedding(2, 50)
    const answer = await learning.answer(query, ask)
    assert.equal(answer.suggestions[0]?.taxonId, taxa.vulpes)
    assert.deepEqual(await other.answer(query, ask), answer)
    assert.ok(heard.some(({ name }) => name === 'published'))
    const shares = heard.flatMap((event) => (event.name === 'publishing' ? [event.share] : []))
    assert.ok(shares.length >= 4 && shares.every((share, i) => i === 0 || share > shares[i - 1]!), `${shares}`)
    assert.equal(shares.at(-1), 1)
    await other.close()
  })

  it('does nothing when asked to publish what is published', async () => {
    await learning.publishNow()
    const version = learning.treeVersion()
    await learning.publishNow()
    assert.equal(learning.treeVersion(), version)
  })

  it('keeps a summary of every animal near the present tree', async () => {
    const open = await addKind(database, 2, 77)
    learning.wake()
    for (let tries = 0; tries < 100; tries++) {
      const { suggestion } = await getDetection(database.db, open.detectionId)
      if (suggestion?.treeVersion === learning.treeVersion()) {
        assert.equal(suggestion.taxonId, taxa.vulpes)
        return
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    assert.fail('no summary after 10 s')
  })
})
