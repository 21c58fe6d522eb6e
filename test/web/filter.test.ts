// Filters read from the address and written back.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressOf, filterOf, listed, narrowings, searchOf } from '../../web/filter/filter.ts'

test('what the address says is asked for, and comes back the same', () => {
  const filter = filterOf({ queue: 'novel', taxon: '12', import: '3', from: '2024-05-01', min: '0.2', person: 'Ada Å' })
  assert.deepEqual(filter, {
    queue: 'novel',
    taxon: '12',
    importId: '3',
    from: '2024-05-01',
    minConfidence: '0.2',
    person: 'Ada Å',
  })
  assert.deepEqual(filterOf(Object.fromEntries(new URLSearchParams(addressOf(filter)))), filter)
  assert.equal(narrowings(filter), 5)
  assert.equal(narrowings(filterOf({ from: '2024-05-01', to: '2024-06-01', min: '0', max: '0.5' })), 2)
})

test('a station and what was observed are parts of the address', () => {
  const asked = {
    station: 'Hill',
    sex: 'female',
    stage: 'adult',
    behaviour: 'resting',
    individual: 'B7',
    counted: 'true',
    sure: 'false',
  }
  const filter = filterOf(asked)
  assert.deepEqual([filter.site, filter.lifeStage, narrowings(filter)], ['Hill', 'adult', 7])
  assert.deepEqual(filterOf(Object.fromEntries(new URLSearchParams(addressOf(filter)))), filter)
  assert.deepEqual(filterOf({ sex: 'both', stage: 'egg', counted: '3' }), { queue: 'useful' })
})

test('what is not understood is left out, and the usual queue is not said', () => {
  const filter = filterOf({
    queue: 'everything',
    taxon: 'oak',
    from: '2024-13-45',
    min: '3',
    to: ['a', 'b'],
    person: '',
  })
  assert.deepEqual(filter, { queue: 'useful' })
  assert.equal(addressOf(filter), '')
  assert.equal(searchOf(filter).taxon, null)
  assert.equal(addressOf({ queue: 'recent' }, { order: 'newest', size: null }), '?queue=recent&order=newest')
})

test('boxes that are probably no animals are left out unless the address says otherwise', () => {
  assert.equal(listed(filterOf({})).unlikely, 'hide')
  assert.equal(listed(filterOf({ unlikely: 'show' })).unlikely, undefined)
  assert.equal(listed(filterOf({ unlikely: 'only' })).unlikely, 'only')
  assert.equal(listed(filterOf({ unlikely: 'hide' })).unlikely, 'hide')
})
