// What counts as a burst, and which of its animals one key confirms.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Detection } from '../../api/contract/detection.ts'
import { burstToConfirm, isBurst } from '../../web/review/burst/burst-members.ts'

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
