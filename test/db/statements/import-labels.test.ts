// A label that came with a photo gives way to people, and comes back with them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { getIdentification, identificationsOf, withdraw } from '../../../db/statements/identifications.ts'
import { openWithTaxa } from '../../support/rows.ts'
import { statementsOn } from '../../support/statements.ts'

const { db, taxa } = await openWithTaxa('media', 'lesson')

const { say, sayId, state, newDetection } = statementsOn(db)

describe("an importer's label", () => {
  test('is replaced by the first person who contradicts it, and comes back with them', async () => {
    const id = await newDetection(taxa.cornix)
    const [label] = await identificationsOf(db, [id])
    const anns = await say(id, taxa.corax, 'ann')
    assert.equal(anns.identification.replacesId, label?.id)
    assert.deepEqual(await state(id), { taught: taxa.corax, conflict: false })
    await withdraw(db, anns.identification.id, 'ann')
    assert.deepEqual(await state(id), { taught: taxa.cornix, conflict: false })
  })
  test('stands beside the same taxon, an ancestor or a descendant', async () => {
    for (const [label, said, taught] of [
      [taxa.corax, taxa.corax, taxa.corax],
      [taxa.corax, taxa.corvidae, taxa.corax],
      [taxa.corvidae, taxa.corax, taxa.corax],
    ] as const) {
      const id = await newDetection(label)
      const { identification } = await say(id, said, 'ann')
      assert.equal(identification.replacesId, null)
      assert.deepEqual(await state(id), { taught, conflict: false })
    }
  })
  test('is a party to the conflict once another person agreed with something else', async () => {
    const id = await newDetection(taxa.corvus)
    await say(id, taxa.corax, 'ann')
    const bobs = await say(id, taxa.parus, 'bob')
    assert.equal(bobs.identification.replacesId, null)
    assert.deepEqual(await state(id), { taught: taxa.aves, conflict: true })
  })
  test('of another import does not replace it', async () => {
    const id = await newDetection(taxa.cornix)
    await say(id, taxa.corax, 'import:other')
    assert.deepEqual(await state(id), { taught: taxa.corvus, conflict: true })
  })
  test('stays replaced while a later statement of the same person stands', async () => {
    const id = await newDetection(taxa.cornix)
    const [label] = await identificationsOf(db, [id])
    const first = await sayId(id, taxa.corax, 'ann')
    const second = await sayId(id, taxa.parus, 'ann')
    await withdraw(db, first, 'ann')
    assert.deepEqual(await state(id), { taught: taxa.parus, conflict: false })
    assert.equal((await getIdentification(db, second)).replacesId, label?.id)
    await withdraw(db, second, 'ann')
    assert.deepEqual(await state(id), { taught: taxa.cornix, conflict: false })
  })
})
