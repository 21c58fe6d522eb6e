// How several people settle what an animal is: the rules by hand, and as properties of random votes and undos.

import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import fc from 'fast-check'
import { AGREEMENTS, type Agreement, settle, type Vote } from '../../../db/agreement.ts'
import { accuracyOfPeople } from '../../../db/people/accuracy.ts'
import { listDetections } from '../../../db/photos/queues.ts'
import { setAgreement } from '../../../db/settings.ts'
import { withdraw } from '../../../db/statements/identifications.ts'
import { lockAgreement, refreshTaughtOfAll } from '../../../db/trees/taught.ts'
import { openWithTaxa } from '../../support/rows.ts'
import { statementsOn } from '../../support/statements.ts'

// 1 > 2 > 3, 1 > 2 > 4, 1 > 5, and 9 apart
const paths = new Map([
  [1, [1]],
  [2, [2, 1]],
  [3, [3, 2, 1]],
  [4, [4, 2, 1]],
  [5, [5, 1]],
  [9, [9]],
])
const vote = (taxonId: number, more: Partial<Vote> = {}): Vote => ({
  taxonId,
  imported: false,
  accepted: false,
  expert: false,
  ...more,
})
const accepted = (taxonId: number) => vote(taxonId, { accepted: true })
const expert = (taxonId: number) => vote(taxonId, { expert: true })
const imported = (taxonId: number) => vote(taxonId, { imported: true })

test('the rules, by hand', () => {
  const cases: [Agreement, Vote[], number | null, boolean][] = [
    ['one', [accepted(3)], 3, false],
    ['one', [vote(3), vote(4)], 2, true],
    ['two', [], null, false],
    ['two', [vote(3)], null, false],
    ['two', [vote(3), vote(3)], 3, false],
    // Those who accept a suggestion are one voice, however many they are.
    ['two', [accepted(3), accepted(3), accepted(3)], null, false],
    ['two', [accepted(3), vote(3)], 3, false],
    ['two', [accepted(3), accepted(3), vote(4)], 2, true],
    // On one path: the deepest that two support, else their ancestor.
    ['two', [vote(3), vote(2)], 2, false],
    ['two', [vote(3), vote(2), vote(3)], 3, false],
    ['two', [vote(3), vote(4)], 2, true],
    ['two', [vote(3), vote(3), vote(4)], 2, true],
    ['two', [vote(3), vote(3), vote(3), vote(4)], 3, false],
    ['two', [vote(3), vote(5)], 1, true],
    ['two', [vote(3), vote(9)], null, true],
    ['two', [imported(3)], 3, false],
    ['two', [imported(3), vote(3)], 3, false],
    ['expert', [vote(3), vote(3)], null, false],
    ['expert', [vote(3), vote(9)], null, true],
    ['expert', [vote(3), vote(3), expert(4)], 4, false],
    ['expert', [expert(3), expert(4)], 2, true],
    ['expert', [imported(5)], 5, false],
  ]
  for (const [rule, votes, taxonId, conflict] of cases)
    assert.deepEqual(settle(votes, rule, paths), { taxonId, conflict }, JSON.stringify([rule, votes]))
})

const anyVote = fc.record({
  taxonId: fc.constantFrom(...paths.keys()),
  imported: fc.boolean(),
  accepted: fc.boolean(),
  expert: fc.boolean(),
})

test('the order of votes does not matter, and what is taught is on the way to what somebody said', () => {
  fc.assert(
    fc.property(fc.array(anyVote, { maxLength: 7 }), fc.constantFrom(...AGREEMENTS), fc.gen(), (votes, rule, g) => {
      const settled = settle(votes, rule, paths)
      const shuffled = g(() => fc.shuffledSubarray(votes, { minLength: votes.length }))
      assert.deepEqual(settle(shuffled, rule, paths), settled)
      if (settled.taxonId !== null)
        assert.ok(votes.some(({ taxonId }) => paths.get(taxonId)!.includes(settled.taxonId!)))
    }),
    { seed: 1, numRuns: 2000 },
  )
})

const { db, taxa } = await openWithTaxa('media', 'lesson', 'setting')
const { say, state, newDetection } = statementsOn(db)

const choose = (rule: Agreement) =>
  db.transaction(async (tx) => {
    await lockAgreement(tx)
    await setAgreement(tx, rule)
    await refreshTaughtOfAll(tx)
  })

describe('two must agree', () => {
  beforeEach(() => choose('two'))

  test('one waits for another, who is asked and not asked again', async () => {
    const id = await newDetection()
    const waiting = async (person: string) => {
      const page = await listDetections(db, { queue: 'unidentified', asker: { person, several: true }, limit: 10 })
      return page.items.map((one) => one.id)
    }
    await say(id, taxa.corax, 'ann')
    assert.deepEqual(await state(id), { taught: null, conflict: false })
    assert.deepEqual([await waiting('ann'), await waiting('bob')], [[], [id]])
    await say(id, taxa.corax, 'bob')
    assert.deepEqual(await state(id), { taught: taxa.corax, conflict: false })
  })

  test('correcting somebody does not withdraw what they said', async () => {
    const id = await newDetection()
    const { identification } = await say(id, taxa.corax, 'ann')
    const corrected = await say(id, taxa.cornix, 'bob', { replacesId: identification.id })
    assert.equal(corrected.identification.replacesId, null)
    assert.deepEqual(await state(id), { taught: taxa.corvus, conflict: true })
  })

  test('another rule settles everything again, and the old one restores exactly what was', async () => {
    const ids = [await newDetection(), await newDetection(taxa.parus)]
    await say(ids[0]!, taxa.corax, 'ann')
    const before = [await state(ids[0]!), await state(ids[1]!)]
    assert.deepEqual(before[1], { taught: taxa.parus, conflict: false }, 'labels of an import teach')
    await choose('one')
    assert.deepEqual(await state(ids[0]!), { taught: taxa.corax, conflict: false })
    await choose('two')
    assert.deepEqual([await state(ids[0]!), await state(ids[1]!)], before)
  })
})

test('undoing random statements gives exactly what was before, whatever the rule and the order', async () => {
  const statement = fc.record({
    person: fc.constantFrom('ann', 'bob', 'cid'),
    taxonId: fc.constantFrom(taxa.corax, taxa.cornix, taxa.corvus, taxa.pica, taxa.vulpes),
    kind: fc.constantFrom('search' as const, 'suggestion' as const),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(statement, { minLength: 1, maxLength: 5 }),
      fc.constantFrom(...AGREEMENTS),
      async (statements, rule) => {
        await choose(rule)
        const id = await newDetection()
        const seen: Awaited<ReturnType<typeof state>>[] = []
        const made: number[] = []
        for (const { person, taxonId, kind } of statements) {
          seen.push(await state(id))
          made.push((await say(id, taxonId, person, { basis: { kind } })).identification.id)
        }
        // The latest statement of each person, said in the opposite order, settles the same.
        const latest = new Map(statements.map((one) => [one.person, one]))
        const other = await newDetection()
        for (const { person, taxonId, kind } of [...latest.values()].reverse())
          await say(other, taxonId, person, { basis: { kind } })
        assert.deepEqual(await state(other), await state(id))
        for (const one of made.reverse()) {
          await withdraw(db, one, 'dee')
          assert.deepEqual(await state(id), seen.pop())
        }
      },
    ),
    { seed: 2, numRuns: 12 },
  )
})

test('second looks: conflicts and the drawn, not by who looked already; and how often others agree', async () => {
  const look = async (person: string) => {
    const page = await listDetections(db, { queue: 'secondLook', asker: { person, several: false }, limit: 200 })
    return page.items.map((one) => one.id).sort((a, b) => a - b)
  }
  const ids: number[] = []
  for (let i = 0; i < 40; i++) ids.push(await newDetection())
  for (const id of ids) await say(id, taxa.corax, 'ann')
  const drawn = await look('bob')
  assert.ok(drawn.length > 0 && drawn.length < 8, `${drawn.length} of 40`)
  assert.deepEqual(await look('ann'), [])
  const conflicting = ids.find((id) => !drawn.includes(id))!
  await say(conflicting, taxa.pica, 'bob')
  assert.ok((await look('cid')).includes(conflicting))
  await db.execute("insert into person (name, role) values ('ann', 'reviewer') on conflict do nothing")
  const first = ids.slice(0, 10).filter((id) => id !== conflicting)
  for (const id of first) assert.ok((await look('cid')).includes(id), 'the first ten of a person')
  for (const id of drawn) await say(id, taxa.corvus, 'bob')
  assert.ok(!(await look('cid')).some((id) => drawn.includes(id)), 'two have looked')
  const ann = (await accuracyOfPeople(db)).find((one) => one.person === 'ann')
  assert.deepEqual([ann?.identified, ann?.checked, ann?.agreed], [40, drawn.length, drawn.length])
})
