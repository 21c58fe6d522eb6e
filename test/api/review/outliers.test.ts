// Outliers, worked out by hand.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findOutliers } from '../../../api/review/outliers.ts'
import type { Detection } from '../../../db/photos/detections.ts'

const noTaxonomy = { taxon: () => null, isWithin: () => false }
const row = (id: number): Detection => ({
  id,
  mediaId: id,
  kind: 'animal',
  source: 'detector',
  bbox: [0, 0, 1, 1],
  boxVersion: 0,
  confidence: 0.9,
  detector: null,
  groupKey: `m:${id}`,
  taughtTaxonId: null,
  conflict: false,
  mark: null,
  setAside: false,
  capturedAt: null,
  deploymentId: null,
  observation: null,
  suggestion: null,
  question: null,
  resultsQuestion: null,
  appraisal: null,
  unlikely: null,
})
const vectors = (angles: number[]) =>
  new Map(angles.map((angle, i) => [i + 1, Float32Array.of(Math.cos(angle), Math.sin(angle))]))
const unlike = (angles: number[]) =>
  findOutliers(
    angles.map((_, i) => row(i + 1)),
    vectors(angles),
    noTaxonomy,
    null,
  ).odd.map((one) => [one.detectionId, one.reason])

test('one that points elsewhere is unlike the others, the strangest first', () => {
  assert.deepEqual(unlike([0, 0.01, 0.02, 0.03, 0.01, 0.02, 1.2]), [['7', 'unlike']])
  assert.deepEqual(unlike([0, 0.01, 0.02, 0.03, 0.01, 0.02, 0.01, 1.2, 2.2]), [
    ['9', 'unlike'],
    ['8', 'unlike'],
  ])
})
test('a wide group has no odd ones, and few have none either', () => {
  assert.deepEqual(unlike([0, 0.3, 0.6, 0.9, 1.2, 1.5]), [])
  assert.deepEqual(unlike([0, 0, 0, 3]), [])
})
test('people, and what has no features, are no animals', () => {
  const rows = [row(1), { ...row(2), kind: 'person' as const }, row(3)]
  const { odd } = findOutliers(rows, vectors([0, 0]), noTaxonomy, null)
  assert.deepEqual(
    new Map(odd.map((one) => [one.detectionId, one.reason])),
    new Map([
      ['2', 'noAnimal'],
      ['3', 'noAnimal'],
    ]),
  )
})

test('nothing so improbable is proposed for all, and such a one is odd among those that fit', () => {
  const said = (id: number, probability: number): Detection => ({
    ...row(id),
    suggestion: {
      taxonId: 5,
      probability,
      stopTaxonId: null,
      novelty: 0,
      ownProbability: null,
      disagreement: 0,
      treeVersion: '1.0',
    },
  })
  const taxon = { id: 5, name: 'Abramis brama', rank: 'species' as const, commonName: null, path: [] }
  const of = (rows: Detection[], wanted: number | null) =>
    findOutliers(rows, vectors([0, 0, 0]), { ...noTaxonomy, taxon: () => taxon }, wanted)
  assert.equal(of([said(1, 0.001), said(2, 0.01), said(3, 0)], null).taxon, null)
  const mixed = [said(1, 0.9), said(2, 0.001), said(3, 0.8)]
  assert.deepEqual(
    of(mixed, null).odd.map((one) => [one.detectionId, one.reason]),
    [['2', 'unlike']],
  )
  assert.deepEqual(of(mixed, 5).odd, [])
})
