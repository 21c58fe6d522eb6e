// Identifications by many people at once end as if they had come one after another.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { identificationsOf, withdraw } from '../../../db/statements/identifications.ts'
import { needsPostgres } from '../../support/database.ts'
import { openWithTaxa } from '../../support/rows.ts'
import { statementsOn } from '../../support/statements.ts'

const { db, taxa } = await openWithTaxa('media', 'lesson')

const { say, sayId, state, lessonCount, newDetection } = statementsOn(db)

describe('at once', () => {
  test('statements of many persons about one detection are all kept and counted', async () => {
    const id = await newDetection()
    const said = [taxa.corax, taxa.cornix, taxa.corvus, taxa.corax, taxa.cornix, taxa.corax, taxa.aves, taxa.cornix]
    const results = await Promise.all(said.map((taxonId, i) => say(id, taxonId, `person ${i}`)))
    assert.equal((await identificationsOf(db, [id])).length, said.length)
    assert.deepEqual(await state(id), { taught: taxa.aves, conflict: true })
    // Each change starts from what the one before left: taughtBefore and taughtAfter form one chain.
    const ordered = [...results].sort((a, b) => a.identification.id - b.identification.id)
    assert.equal(ordered[0]?.taughtBefore, null)
    for (const [i, one] of ordered.slice(1).entries()) assert.equal(one.taughtBefore, ordered[i]?.taughtAfter)
    const changes = results.filter((one) => one.taughtBefore !== one.taughtAfter).length
    assert.equal(await lessonCount(id), changes)
  })
  test('two corrections of one statement: one wins, the other is refused', async () => {
    const id = await newDetection()
    const wrong = await sayId(id, taxa.cornix, 'cid')
    const both = await Promise.allSettled([
      say(id, taxa.corax, 'ann', { replacesId: wrong }),
      say(id, taxa.pica, 'bob', { replacesId: wrong }),
    ])
    assert.deepEqual(both.map((one) => one.status).sort(), ['fulfilled', 'rejected'])
    const winner = both.find((one) => one.status === 'fulfilled')
    assert.equal((await state(id)).taught, winner?.value.taughtAfter)
  })
  test('withdrawals and statements on many detections end as if one after another', {
    skip: needsPostgres,
  }, async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => newDetection(taxa.cornix)))
    await Promise.all(
      ids.flatMap((id) =>
        ['ann', 'bob', 'cid'].map(async (person, i) => {
          const own = await say(id, [taxa.corax, taxa.pica, taxa.parus][i]!, person)
          if (person !== 'ann') await withdraw(db, own.identification.id, person)
        }),
      ),
    )
    for (const id of ids) {
      const standing = (await identificationsOf(db, [id])).filter((one) => !one.withdrawnAt)
      const { taught } = await state(id)
      const only = standing.length === 1
      // Whoever came first replaced the label; if that was ann it stays replaced, else it is back and contradicts her.
      assert.equal(taught, only ? taxa.corax : taxa.corvus)
    }
  })
})
