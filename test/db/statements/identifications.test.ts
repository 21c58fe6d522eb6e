// What people say about an animal, and what it teaches from that.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { reconcile } from '../../../db/agreement.ts'
import { Conflict, NotFound } from '../../../db/errors.ts'
import { addMedia } from '../../../db/photos/add-media.ts'
import { getIdentification, identificationsOf, withdraw } from '../../../db/statements/identifications.ts'
import { createTaxon, deleteTaxon, getTaxon, updateTaxon } from '../../../db/taxonomy/taxa.ts'
import { lastLesson, lessonsAfter } from '../../../db/trees/lessons.ts'
import { addIndexed, animal, openWithTaxa, photoFacts } from '../../support/rows.ts'
import { statementsOn } from '../../support/statements.ts'

const { db, taxa } = await openWithTaxa('media', 'lesson')

const { say, sayId, state, lessonCount, newDetection } = statementsOn(db)

test('reconcile, by hand', () => {
  // 1 > 2 > 3, 1 > 2 > 4, 1 > 5, and 9 apart
  const paths = new Map([
    [1, [1]],
    [2, [2, 1]],
    [3, [3, 2, 1]],
    [4, [4, 2, 1]],
    [5, [5, 1]],
    [9, [9]],
  ])
  const cases: [number[], number | null, boolean][] = [
    [[], null, false],
    [[3], 3, false],
    [[3, 3], 3, false],
    [[2, 3], 3, false],
    [[1, 2, 3], 3, false],
    [[3, 4], 2, true],
    [[3, 4, 2], 2, true],
    [[3, 5], 1, true],
    [[3, 4, 1], 1, true],
    [[3, 9], null, true],
  ]
  for (const [said, taxonId, conflict] of cases) {
    assert.deepEqual(reconcile(said, paths), { taxonId, conflict }, `${said}`)
    assert.deepEqual(reconcile([...said].reverse(), paths), { taxonId, conflict }, `${said} reversed`)
  }
})

describe('one person', () => {
  test('teaches at once and answers what was taught before and after', async () => {
    const id = await newDetection()
    const first = await say(id, taxa.corax, 'ann', {
      basis: { kind: 'suggestion', treeVersion: '1.2', rank: 'species' },
    })
    assert.deepEqual([first.taughtBefore, first.taughtAfter], [null, taxa.corax])
    assert.deepEqual(first.identification.basis, { kind: 'suggestion', treeVersion: '1.2', rank: 'species' })
    assert.ok(first.identification.createdAt instanceof Date)
    assert.deepEqual(await getIdentification(db, first.identification.id), first.identification)
    assert.deepEqual(await state(id), { taught: taxa.corax, conflict: false })
    assert.equal(await lessonCount(id), 1)
  })
  test('the later statement counts; withdrawing it brings the earlier one back', async () => {
    const id = await newDetection()
    const first = await sayId(id, taxa.corax)
    const second = await say(id, taxa.parus)
    assert.deepEqual([second.taughtBefore, second.taughtAfter], [taxa.corax, taxa.parus])
    assert.equal(second.identification.replacesId, null)
    const back = await withdraw(db, second.identification.id, 'bob')
    assert.deepEqual([back.taughtBefore, back.taughtAfter], [taxa.parus, taxa.corax])
    assert.equal(back.identification.withdrawnBy, 'bob')
    assert.ok(back.identification.withdrawnAt)
    await withdraw(db, first, 'ann')
    assert.deepEqual(await state(id), { taught: null, conflict: false })
    assert.equal(await lessonCount(id), 4)
  })
  test('withdrawing an earlier statement changes nothing that is taught', async () => {
    const id = await newDetection()
    const first = await sayId(id, taxa.corax)
    await say(id, taxa.parus)
    const lessons = await lessonCount(id)
    const result = await withdraw(db, first, 'ann')
    assert.deepEqual([result.taughtBefore, result.taughtAfter], [taxa.parus, taxa.parus])
    assert.equal(await lessonCount(id), lessons, 'nothing to learn')
  })
  test('withdrawing twice changes nothing', async () => {
    const id = await newDetection()
    const first = await sayId(id, taxa.corax)
    const once = await withdraw(db, first, 'ann')
    const twice = await withdraw(db, first, 'bob')
    assert.deepEqual(twice.identification, once.identification)
    assert.deepEqual([twice.taughtBefore, twice.taughtAfter], [null, null])
    assert.equal(await lessonCount(id), 2)
  })
  test('the same statement again writes no lesson', async () => {
    const id = await newDetection()
    await say(id, taxa.corax)
    await say(id, taxa.corax)
    assert.equal(await lessonCount(id), 1)
  })
  test('a proposal is shown and teaches nothing', async () => {
    const id = await newDetection()
    const proposal = await say(id, taxa.corax, 'ann', { proposal: true })
    assert.equal(proposal.taughtAfter, null)
    assert.equal(proposal.identification.proposal, true)
    await say(id, taxa.pica)
    await say(id, taxa.corax, 'ann', { proposal: true })
    assert.deepEqual(await state(id), { taught: taxa.pica, conflict: false })
  })
})

describe('several persons', () => {
  test('on one path the deepest teaches', async () => {
    const id = await newDetection()
    await say(id, taxa.corax, 'ann')
    await say(id, taxa.aves, 'bob')
    assert.deepEqual(await state(id), { taught: taxa.corax, conflict: false })
    await say(id, taxa.corvus, 'ann')
    assert.deepEqual(await state(id), { taught: taxa.corvus, conflict: false })
  })
  test('else their lowest common ancestor, and they are in conflict until one gives way', async () => {
    const id = await newDetection()
    await say(id, taxa.corax, 'ann')
    const bobs = await say(id, taxa.cornix, 'bob')
    assert.deepEqual([bobs.taughtBefore, bobs.taughtAfter], [taxa.corax, taxa.corvus])
    assert.deepEqual(await state(id), { taught: taxa.corvus, conflict: true })
    const cids = await sayId(id, taxa.pica, 'cid')
    assert.deepEqual(await state(id), { taught: taxa.corvidae, conflict: true })
    await withdraw(db, cids, 'cid')
    await say(id, taxa.corax, 'bob')
    assert.deepEqual(await state(id), { taught: taxa.corax, conflict: false })
  })
  test('with nothing in common they teach nothing', async () => {
    const id = await newDetection()
    await say(id, taxa.corax, 'ann')
    const bobs = await say(id, taxa.vulpes, 'bob')
    assert.deepEqual([bobs.taughtBefore, bobs.taughtAfter], [taxa.corax, null])
    assert.deepEqual(await state(id), { taught: null, conflict: true })
    await withdraw(db, bobs.identification.id, 'bob')
    assert.deepEqual(await state(id), { taught: taxa.corax, conflict: false })
  })
  test('when a taxon moves, what they teach together moves along', async () => {
    const id = await newDetection()
    await say(id, taxa.corax, 'ann')
    await say(id, taxa.pica, 'bob')
    assert.deepEqual(await state(id), { taught: taxa.corvidae, conflict: true })
    const genus = (await getTaxon(db, taxa.pica)).parentId!
    const before = await lastLesson(db)
    await updateTaxon(db, genus, { parentId: taxa.aves })
    assert.deepEqual(await state(id), { taught: taxa.aves, conflict: true })
    const lessons = (await lessonsAfter(db, before)).filter((lesson) => lesson.id > before)
    assert.deepEqual(
      lessons.map(({ kind, subjectId }) => [kind, subjectId]),
      [
        ['taxon', genus],
        ['detection', id],
      ],
    )
    await updateTaxon(db, genus, { parentId: taxa.corvidae })
    assert.deepEqual(await state(id), { taught: taxa.corvidae, conflict: true })
  })
})

describe('correcting', () => {
  test('replaces in one step; withdrawing the correction restores what it replaced', async () => {
    const id = await newDetection()
    const wrong = await sayId(id, taxa.cornix, 'bob')
    const right = await say(id, taxa.corax, 'ann', { replacesId: wrong })
    assert.deepEqual([right.taughtBefore, right.taughtAfter], [taxa.cornix, taxa.corax])
    assert.deepEqual(await state(id), { taught: taxa.corax, conflict: false })
    assert.equal((await getIdentification(db, wrong)).withdrawnBy, 'ann')
    const back = await withdraw(db, right.identification.id, 'ann')
    assert.equal(back.taughtAfter, taxa.cornix)
    const restored = await getIdentification(db, wrong)
    assert.deepEqual([restored.withdrawnAt, restored.withdrawnBy], [null, null])
  })
  test('a chain of corrections unwinds one by one', async () => {
    const id = await newDetection()
    const a = await sayId(id, taxa.corax, 'ann')
    const b = await sayId(id, taxa.pica, 'bob', { replacesId: a })
    const c = await sayId(id, taxa.parus, 'cid', { replacesId: b })
    await withdraw(db, b, 'bob')
    assert.deepEqual(await state(id), { taught: taxa.parus, conflict: false }, 'b was withdrawn already')
    await withdraw(db, c, 'cid')
    assert.deepEqual(await state(id), { taught: taxa.pica, conflict: false })
    await withdraw(db, b, 'bob')
    assert.deepEqual(await state(id), { taught: taxa.corax, conflict: false })
  })
  test('refuses to replace what was withdrawn, is of another detection, or is not there', async () => {
    const id = await newDetection()
    const other = await newDetection()
    const a = await sayId(id, taxa.corax, 'ann')
    await assert.rejects(say(other, taxa.pica, 'bob', { replacesId: a }), /of detection/)
    await withdraw(db, a, 'ann')
    await assert.rejects(say(id, taxa.pica, 'bob', { replacesId: a }), Conflict)
    await assert.rejects(say(id, taxa.pica, 'bob', { replacesId: 999 }), NotFound)
    assert.equal((await identificationsOf(db, [id, other])).length, 1, 'nothing was written')
  })
  test('unknown detections, taxa and identifications', async () => {
    const id = await newDetection()
    await assert.rejects(say(999, taxa.corax), (error) => error instanceof NotFound && error.noun === 'detection')
    await assert.rejects(say(id, 99999), (error) => error instanceof NotFound && error.noun === 'taxon')
    await assert.rejects(withdraw(db, 999, 'ann'), NotFound)
  })
})

test('a taxon that is named cannot be deleted', async () => {
  const taxon = await createTaxon(db, { name: 'Corvus frugilegus', rank: 'species', parentId: taxa.corvus })
  const id = await newDetection()
  const said = await sayId(id, taxon.id)
  await withdraw(db, said, 'ann')
  await assert.rejects(deleteTaxon(db, taxon.id), /no identification to name/)
  await db.execute(sql`delete from identification`)
  const waiting = await addMedia(db, photoFacts({ label: { taxonId: taxon.id, person: 'import:test' } }))
  await assert.rejects(deleteTaxon(db, taxon.id), /waits to be indexed/)
  await db.execute(sql`delete from media where id = ${waiting.id}`)
  await deleteTaxon(db, taxon.id)
})

test('people and vehicles may be identified too, for the detector is sometimes wrong', async () => {
  const { detectionId } = await addIndexed(db, {}, [{ ...animal(), kind: 'person', embedding: null }])
  assert.equal((await say(detectionId, taxa.vulpes)).taughtAfter, taxa.vulpes)
})
