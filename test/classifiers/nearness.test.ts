// The weights of nearness are those of a known rule, and a small library fits none. What is near in the metric alone is
// no copy.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { estimate } from '../../classifiers/fitting/estimate.ts'
import { fitNearness, fitWeights } from '../../classifiers/fitting/nearness.ts'
import { familiar, logOdds } from '../../classifiers/strangers.ts'
import { suggest } from '../../classifiers/suggest.ts'
import { Tree } from '../../classifiers/tree.ts'

test('the weights of a taxon are found where its photos are more similar to its examples than others are', () => {
  const truth = { base: -6, similarity: 10, groups: -0.5 }
  const rows = Array.from({ length: 4000 }, (_, i) => {
    const similarity = ((i * 7919) % 1000) / 1000
    const logGroups = Math.log(1 + (i % 5))
    const odds = logOdds(truth, similarity, Math.exp(logGroups))
    return { similarity, logGroups, isOf: ((i * 104729) % 997) / 997 < familiar(odds, 0.5) }
  })
  const fitted = fitWeights(rows)
  assert.ok(Math.abs(fitted.similarity - truth.similarity) < 1, String(fitted.similarity))
  assert.ok(Math.abs(fitted.groups - truth.groups) < 0.2, String(fitted.groups))
})

test('a library of few species fits no weights', () => {
  const taxonomy = [1, 2, 3].map((id) => ({ id, parentId: null, rankLevel: 10 }))
  const examples = taxonomy.map(({ id }) => ({ taxonId: id, group: `${id}`, embedding: Float32Array.of(1, 0) }))
  assert.equal(fitNearness({ taxonomy, examples }), null)
})

test('a photo near in the metric alone is no copy of the only taught taxon', () => {
  const statistics = estimate({ taxonomy: [], examples: [], reference: null, dimensions: 4 })
  const nearness = { 10: { base: -15.47, similarity: 24.12, groups: -0.78 } }
  const tree = new Tree({ ...statistics, nearness }, [{ id: 3, parentId: null, rankLevel: 10 }])
  const vector = new Float32Array(statistics.size)
  for (const group of ['a', 'b']) tree.add({ taxonId: 3, group, vector })
  const copies = [{ taxonId: 3, similarity: 0.93, group: 'a' }]
  const probability = (cosine: number, neighbours = copies): number => {
    const look = () => ({ similarity: new Map([[3, cosine]]), nothings: 0, share: 0.3 })
    return suggest(tree, { vector, neighbours, look, accuracy: null, limit: 1 }).suggestions[0]!.probability
  }
  assert.equal(probability(0.76), probability(0.76, []))
  assert.ok(probability(0.85) > probability(0.85, []))
})
