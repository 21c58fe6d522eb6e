// What counts as a burst, and which of its animals one key confirms.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Detection } from '../../api/contract/detection.ts'
import {
  burstToConfirm,
  burstToObserve,
  doubtful,
  isBurst,
  saidTogether,
} from '../../web/review/burst/burst-members.ts'

const animal = (id: string, mediaId: string, facts: Partial<Detection> = {}): Detection => ({
  id,
  mediaId,
  kind: 'animal',
  source: 'detector',
  bbox: [0, 0, 1, 1],
  confidence: 0.9,
  detector: null,
  cropUrl: '',
  taxon: null,
  conflict: false,
  mark: null,
  setAside: false,
  capturedAt: null,
  observation: null,
  groupKey: 'one',
  suggestion: null,
  ...facts,
})
const taxon = { id: '1', name: 'Danaus', rank: 'genus' as const, commonName: null, path: [] }

test('several animals of one photo are no burst', () => {
  const beside = [animal('1', '7'), animal('2', '7')]
  assert.ok(!isBurst(beside))
  assert.deepEqual(burstToConfirm(beside, '1'), [])
})

test('what is decided, marked, set aside or no animal stays out; the one on the screen is in', () => {
  const all = [
    animal('1', '7', { taxon }),
    animal('2', '8'),
    animal('3', '9', { taxon }),
    animal('4', '10', { mark: 'unknown' }),
    animal('5', '11', { setAside: true }),
    animal('6', '12', { kind: 'person' }),
  ]
  assert.deepEqual(
    burstToConfirm(all, '1').map((d) => d.id),
    ['1', '2'],
  )
})

test('a burst is confirmed with one key only where every animal is sure of the taxon', () => {
  const pike = { id: '2', name: 'Esox lucius', rank: 'species' as const, commonName: null, path: [] }
  const answered = (sureOf: typeof pike | typeof taxon | null, probability: number) => ({
    suggestion: {
      taxon: sureOf,
      stop: sureOf,
      probability,
      novelty: 0,
      ownProbability: null,
      disagreement: 0,
      treeVersion: '1.0',
    },
  })
  const all = [
    animal('1', '7'),
    animal('2', '8', answered(taxon, 0.9)),
    animal('3', '9', answered(pike, 0.9)),
    animal('4', '10'),
    animal('5', '11', { suggestion: { ...answered(taxon, 0.12).suggestion, stop: null } }),
  ]
  const ids = (probability: number | null) => doubtful(all, { taxon, probability }, '1').map((d) => d.id)
  assert.deepEqual(ids(0.9), ['3', '4', '5'])
  assert.deepEqual(ids(0.12), ['1', '3', '4', '5'])
  assert.deepEqual(ids(null), ['3', '4', '5'])
})

test('a burst is observed without what people call something else; the form begins with what all have in common', () => {
  const other = { ...taxon, id: '2', name: 'Vulpes' }
  const seen = { count: 2, sex: 'female' as const, lifeStage: null, behaviour: null, individual: null }
  const all = [
    animal('1', '7', { taxon, observation: { ...seen, own: { 1: 'red', 2: 4 } } }),
    animal('2', '8', { observation: { ...seen, count: 3, own: { 1: 'red' } } }),
    animal('3', '9', { taxon: other }),
    animal('4', '10', { mark: 'notAnimal' }),
  ]
  const together = burstToObserve(all, '1')
  assert.deepEqual(
    together.map(({ id }) => id),
    ['1', '2'],
  )
  const { count: _, ...same } = seen
  assert.deepEqual(saidTogether(together), { ...same, own: { 1: 'red' } })
  assert.deepEqual(saidTogether([animal('1', '7'), all[1]!]), { own: {} })
})
