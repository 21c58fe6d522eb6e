// What the overview says is left, and what a look at a few animals says about all.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Action } from '../../api/contract/action.ts'
import type { Season } from '../../api/contract/survey/season.ts'
import type { Edit } from '../../api/contract/taxonomy.ts'
import { type Entry, together } from '../../web/history/together.ts'
import { auditOf } from '../../web/imports/audit.ts'
import { stepsOf } from '../../web/overview/steps.ts'
import { sectionOf } from '../../web/shell/places.ts'

const nothing: Season = {
  hasPhotos: true,
  queued: 0,
  withoutDeployment: 0,
  deployments: 0,
  unplaced: 0,
  undated: 0,
  empty: 0,
  withoutBox: 0,
  waiting: 0,
  conflicts: 0,
  mislabelled: 0,
  mislabelledAt: null,
  flagged: 0,
  identified: 0,
  treeVersion: '1.0',
  models: { detector: { name: 'd', sha256: '' }, embedder: { name: 'e', sha256: '' } },
  refused: null,
}

test('each step says what is left and leads there', () => {
  const now = { ...nothing, deployments: 3, unplaced: 1, withoutBox: 52, waiting: 279, conflicts: 2, empty: 4 }
  const steps = stepsOf(now, [{ status: 'done', failed: 1 }])
  assert.deepEqual(
    steps.map(({ name, state }) => `${name} ${state}`),
    ['Deployments left', 'Imports left', 'Empty photos left', 'Review left', 'Results open', 'Export open'],
  )
  assert.equal(steps[0]?.words, '3 deployments, 1 without coordinates.')
  assert.equal(steps[2]?.words, '52 photos without a box to look at, 4 photos set aside.')
  assert.match(steps[4]?.words ?? '', /without 227 animals that nobody has reviewed/)
  assert.equal(steps[3]?.words, '227 animals to identify.')
  assert.deepEqual(steps[3]?.links[1], { href: '/review?queue=conflict', text: '2 in conflict' })
  assert.deepEqual(
    stepsOf(nothing, []).map(({ state }) => state),
    ['open', 'done', 'done', 'done', 'open', 'open'],
  )
  assert.equal(stepsOf({ ...nothing, waiting: 10_000 }, [])[3]?.words, '10,000 animals or more to identify.')
})

test('a look at a few says how many of all are wrong', () => {
  // All were looked at: nothing is left to chance.
  assert.deepEqual(auditOf(2, 10, 10), { expected: 2, most: 2 })
  // Of 20, 10 were right. With 5 wrong the chance to see none is C(15,10)/C(20,10) = 0.016, with 4 it is 0.043, with 3
  // it is 0.105.
  assert.deepEqual(auditOf(0, 10, 20), { expected: 0, most: 3 })
  assert.equal(auditOf(1, 10, 100)?.expected, 10)
  assert.equal(auditOf(0, 0, 5), null)
})

test('every page has a section, and an address that leads nowhere has none', () => {
  assert.equal(sectionOf('/'), 'Overview')
  assert.equal(sectionOf('/add/repeats'), 'The same place again')
  assert.equal(sectionOf('/add'), 'Add')
  assert.equal(sectionOf('/review/12'), 'Review')
  assert.equal(sectionOf('/imports/3'), 'Import')
  assert.equal(sectionOf('/nowhere'), undefined)
  assert.equal(sectionOf('/reviewers'), undefined)
})

test('the history puts edits of the taxonomy among the steps, and holds back what may not be complete', () => {
  const action = (at: string) => ({ at }) as Action // only the time is read
  const edit = (at: string) => ({ at }) as Edit // only the time is read
  const shown = (entries: Entry[]) =>
    entries.map(({ at, edit: one }) => `${one === null ? '' : 'edit '}${at.slice(0, 4)}`)
  const actions = [action('2026-01-01'), action('2023-01-01')]
  const edits = [edit('2025-01-01'), edit('2021-01-01')]
  assert.deepEqual(shown(together({ items: actions, more: false }, { items: edits, more: false })), [
    '2026',
    'edit 2025',
    '2023',
    'edit 2021',
  ])
  assert.deepEqual(shown(together({ items: actions, more: true }, { items: edits, more: false })), [
    '2026',
    'edit 2025',
    '2023',
  ])
  assert.deepEqual(shown(together({ items: [], more: false }, { items: edits, more: true })), [
    'edit 2025',
    'edit 2021',
  ])
})
