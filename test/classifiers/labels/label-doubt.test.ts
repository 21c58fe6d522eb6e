// Doubt about labels, by hand; and the curve that puts look-alikes side by side.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { curveIndex, hilbertIndex } from '../../../classifiers/live/hilbert-order.ts'
import { evidenceDispute, labelDoubt } from '../../../classifiers/live/label-doubt.ts'
import type { Suggestions } from '../../../classifiers/suggest.ts'
import { Taxonomy } from '../../../classifiers/taxonomy.ts'

type Said = Pick<Suggestions, 'path' | 'suggestions'>
const [genus, corax, cornix] = [1, 2, 3]
const taxonomy = new Taxonomy([
  { id: genus, parentId: null, rankLevel: 20 },
  { id: corax, parentId: genus, rankLevel: 10 },
  { id: cornix, parentId: genus, rankLevel: 10 },
])
const suggestion = (
  taxonId: number,
  probability: number,
  neighbours: number | null = null,
): Said['suggestions'][number] => ({
  taxonId,
  probability,
  evidence: { tree: probability, neighbours, regression: null, nearest: false, examples: 5 },
})
const said: Said = {
  path: [
    { taxonId: genus, probability: 0.95, novelty: 0.05 },
    { taxonId: corax, probability: 0.8, novelty: 0 },
  ],
  suggestions: [suggestion(corax, 0.8), suggestion(cornix, 0.1)],
}
const close = (a: number | null, b: number) => assert.ok(a !== null && Math.abs(a - b) < 1e-9, `${a} is ${b}`)

test('a label beside a much more probable taxon is suspect where it is well known', () => {
  const doubt = labelDoubt(said, cornix, taxonomy, 3)
  close(doubt.ownProbability, 0.1)
  close(doubt.disagreement, 0.7)
  assert.equal(doubt.suspect, true)
  assert.equal(labelDoubt(said, cornix, taxonomy, 2).suspect, false, 'too few other examples to tell')
})
test('the best label, and one above it, are not', () => {
  for (const label of [corax, genus]) {
    const doubt = labelDoubt(said, label, taxonomy, 9)
    assert.equal(doubt.suspect, false)
    assert.equal(doubt.disagreement, 0)
  }
  close(labelDoubt(said, genus, taxonomy, 9).ownProbability, 0.95)
})
test('the unidentified: how far tree and similar photos are apart', () => {
  close(evidenceDispute({ suggestions: [suggestion(corax, 0.8, 0.3)] }).disagreement, 0.5)
  assert.equal(evidenceDispute({ suggestions: [suggestion(corax, 0.8)] }).disagreement, 0)
  assert.equal(evidenceDispute({ suggestions: [] }).disagreement, 0)
})

test('the curve goes from each cell to a neighbour, through every one once', () => {
  const cells = new Map<number, number[]>()
  const side = 8
  const step = 1024 / side
  for (let x = 0; x < side; x++)
    for (let y = 0; y < side; y++)
      for (let z = 0; z < side; z++) {
        const place = Math.floor(curveIndex([x * step, y * step, z * step]) / step ** 3)
        cells.set(place, [x, y, z])
      }
  assert.equal(cells.size, side ** 3)
  for (let place = 1; place < side ** 3; place++) {
    const [before, here] = [cells.get(place - 1)!, cells.get(place)!]
    const distance = here.reduce((sum, value, i) => sum + Math.abs(value - before[i]!), 0)
    assert.equal(distance, 1, `from ${before} to ${here}`)
  }
})
test('places are whole, and do not depend on length', () => {
  assert.equal(hilbertIndex([0.2, -0.4, 0.1, 0.3]), hilbertIndex([0.4, -0.8, 0.2, 0.6]))
  for (const vector of [[0, 0], [1], [], [-1, 0, 0], [1, 1, 1]]) {
    const place = hilbertIndex(vector)
    assert.ok(Number.isInteger(place) && place >= 0 && place < 2 ** 30)
  }
})
