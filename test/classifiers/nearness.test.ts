// The weights of nearness are those of a known rule, and a small library fits none.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fitNearness, fitWeights } from '../../classifiers/fitting/nearness.ts'
import { familiar, logOdds } from '../../classifiers/strangers.ts'

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
