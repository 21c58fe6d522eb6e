// Measures and baselines against known numbers.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BASELINES, softmax } from '../../classifiers/evaluation/baselines.ts'
import {
  calibrationError,
  calibrationFloor,
  pairedInterval,
  reliability,
} from '../../classifiers/evaluation/calibration-error.ts'
import { hdbscan } from '../../classifiers/evaluation/hdbscan.ts'
import { withWrongLabels } from '../../classifiers/evaluation/trials.ts'
import { auroc } from '../../classifiers/fitting/auroc.ts'
import { foldsOf } from '../../classifiers/fitting/folds.ts'
import { fitPairwise } from '../../classifiers/fitting/logistic.ts'
import { fitSoftmax, softmaxScores } from '../../classifiers/fitting/softmax-regression.ts'
import { fitThresholds, isotonic } from '../../classifiers/fitting/thresholds.ts'
import { vote } from '../../classifiers/neighbours/neighbours.ts'
import { random } from '../../classifiers/seeded-random.ts'
import { Taxonomy, TaxonomyError } from '../../classifiers/taxonomy.ts'
import { thresholdFor } from '../../classifiers/thresholds.ts'

const near = (actual: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(actual - expected) < tolerance, `${actual} is not ${expected}`)

test('multinomial logistic regression gives what scikit-learn gives', () => {
  // LogisticRegression(C=2, tol=1e-10) of scikit-learn 1.9.1 on the same nine points (2026-11-22).
  const rows = [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
    [2, 0],
    [0, 2],
    [2, 2],
    [3, 1],
    [1, 3],
  ]
  const model = fitSoftmax(rows, [0, 0, 0, 1, 1, 2, 1, 1, 2], 3, { strength: 2, tolerance: 1e-9 })
  const expected = [
    { at: [1, 1], probabilities: [0.34417, 0.52507, 0.13077] },
    { at: [0, 1.5], probabilities: [0.44505, 0.13205, 0.4229] },
    { at: [2.5, 0.5], probabilities: [0.04181, 0.95085, 0.00733] },
  ]
  for (const { at, probabilities } of expected) {
    softmax(softmaxScores(model, at), 1).forEach((p, i) => {
      near(p, probabilities[i]!, 2e-5)
    })
  }
})

test('rivals: odds that follow exp(1.5 x) are found again', () => {
  const next = random(7)
  const rows = Array.from({ length: 4000 }, () => [4 * next() - 2])
  const right = rows.map(([x]) => next() < 1 / (1 + Math.exp(-1.5 * x!)))
  near(fitPairwise(rows, right)[0]!, 1.5, 0.12)
})

test('isotonic: pools what goes down, keeps what goes up', () => {
  assert.deepEqual(isotonic([1, 3, 2, 4], [1, 1, 1, 1]), [1, 2.5, 2.5, 4])
  assert.deepEqual(isotonic([3, 2, 1], [1, 1, 2]), [7 / 4, 7 / 4, 7 / 4])
})

test('thresholds: calibrated only with 200 answers of 5 species, and met on the answers they were fitted on', () => {
  const next = random(3)
  // An over-confident judge: says p, is right with p squared.
  const answers = Array.from({ length: 3000 }, () => {
    const probability = next()
    return [{ probability, right: next() < probability ** 2 }]
  })
  assert.equal(thresholdFor(fitThresholds(answers.slice(0, 199), 50), 0.9).rule, 'cautious')
  assert.deepEqual(thresholdFor(fitThresholds(answers, 4), 0.9), { theta: 0.9, rule: 'cautious' })
  const fitted = fitThresholds(answers, 5)
  const { theta, rule } = thresholdFor(fitted, 0.8)
  assert.equal(rule, 'calibrated')
  const stopped = answers.flat().filter(({ probability }) => probability >= theta)
  near(stopped.filter(({ right }) => right).length / stopped.length, 0.8, 0.02)
})

test('a stop is not more probably wrong than right, unless little is asked', () => {
  const modest = Array.from({ length: 300 }, () => [{ probability: 0.3, right: true }])
  const fitted = fitThresholds(modest, 5)
  assert.equal(thresholdFor(fitted, 0.8).theta, 0.5)
  assert.ok(thresholdFor(fitted, 0).theta < 0.3)
})

test('calibration error, reliability and floor', () => {
  const judged = [0.95, 0.95, 0.95, 0.95].map((probability, i) => ({ probability, right: i > 0, group: String(i) }))
  near(calibrationError(judged), 0.2, 1e-9)
  assert.deepEqual(reliability(judged), [{ from: 14 / 15, to: 1, count: 4, said: 0.95, right: 0.75 }])
  const floor = calibrationFloor(judged, 1)
  assert.ok(floor > 0 && floor < 0.2)
  assert.equal(calibrationFloor(judged, 1), floor)
})

test('AUROC counts ties half; paired differences use the t distribution', () => {
  assert.equal(auroc([2, 3], [0, 1]), 1)
  assert.equal(auroc([1, 1], [1, 1]), 0.5)
  assert.equal(auroc([0, 2], [1]), 0.5)
  const { mean, low, high } = pairedInterval([0.01, 0.02, 0.03, 0.02, 0.02])
  near(mean, 0.02, 1e-9)
  near(high - low, (2 * 2.776 * Math.sqrt(0.00005)) / Math.sqrt(5), 1e-6)
})

test('every baseline tells three well separated species apart', () => {
  const next = random(5)
  const taxonomy = new Taxonomy([
    { id: 1, parentId: null, rankLevel: 30 },
    { id: 2, parentId: 1, rankLevel: 10 },
    { id: 3, parentId: 1, rankLevel: 10 },
    { id: 4, parentId: null, rankLevel: 10 },
  ])
  const photo = (taxonId: number) => ({
    taxonId,
    embedding: Float32Array.from([2, 3, 4, 5, 6], (id) => (id === taxonId ? 1 : 0) + 0.2 * next()),
  })
  const train = [2, 3, 4].flatMap((id) => Array.from({ length: 25 }, () => photo(id)))
  for (const [name, baseline] of Object.entries(BASELINES)) {
    const score = baseline(train, [2, 3, 4], taxonomy)
    for (const [i, id] of [2, 3, 4].entries()) {
      const scores = score(photo(id).embedding)
      assert.equal(scores.indexOf(Math.max(...scores)), i, name)
    }
  }
})

test('folds keep groups together, deal every taxon evenly and do not depend on order', () => {
  const examples = Array.from({ length: 200 }, (_, i) => ({ taxonId: i % 4, group: `g${i >> 1}` }))
  const folds = foldsOf(examples)
  const byGroup = new Map<string, number>()
  examples.forEach(({ group }, i) => {
    assert.equal(byGroup.get(group) ?? folds[i], folds[i])
    byGroup.set(group, folds[i]!)
  })
  for (let fold = 0; fold < 5; fold++) assert.equal(folds.filter((own) => own === fold).length, 40)
  assert.deepEqual([...foldsOf([...examples].reverse())].reverse(), [...folds])
})

test('votes fall with distance and sum to one', () => {
  const votes = vote(
    [
      { taxonId: 1, similarity: 0.9, group: 'a' },
      { taxonId: 2, similarity: 0.8, group: 'b' },
    ],
    10,
  )
  near(votes.get(1)! / votes.get(2)!, Math.E, 1e-9)
  near(votes.get(1)! + votes.get(2)!, 1, 1e-12)
})

test('wrong labels: the wanted share, never the right one', () => {
  const train = Array.from({ length: 2000 }, (_, i) => ({
    path: String(i),
    taxonId: i % 5,
    group: String(i),
    test: false,
    embedding: new Float32Array(1),
  }))
  const wrong = withWrongLabels(train, 0.2, 1).filter(({ taxonId }, i) => taxonId !== train[i]!.taxonId)
  near(wrong.length / train.length, 0.2, 0.03)
})

test('taxonomy: ragged paths, common ancestors, moves and what it refuses', () => {
  const taxonomy = new Taxonomy([
    { id: 5, parentId: 2, rankLevel: 10 },
    { id: 1, parentId: null, rankLevel: 50 },
    { id: 2, parentId: 1, rankLevel: 20 },
    { id: 3, parentId: 1, rankLevel: 10 },
    { id: 4, parentId: null, rankLevel: 50 },
  ])
  assert.deepEqual(
    taxonomy.path(5).map(({ id }) => id),
    [1, 2, 5],
  )
  assert.deepEqual(taxonomy.subtree(1).sort(), [1, 2, 3, 5])
  assert.throws(() => taxonomy.set({ id: 1, parentId: 5, rankLevel: 50 }), TaxonomyError)
  assert.throws(() => taxonomy.remove(2), /still has 1 children/)
  assert.throws(() => new Taxonomy([{ id: 1, parentId: 2, rankLevel: 10 }]), /id 2/)
  assert.throws(
    () =>
      new Taxonomy([
        { id: 1, parentId: 2, rankLevel: 10 },
        { id: 2, parentId: 1, rankLevel: 10 },
      ]),
    /its own ancestor/,
  )
  taxonomy.set({ id: 2, parentId: 4, rankLevel: 20 })
  assert.deepEqual(taxonomy.children(4), [2])
  assert.ok(taxonomy.isWithin(5, 4) && !taxonomy.isWithin(5, 1))
})

test('HDBSCAN finds what is dense, and leaves out what is far from all', () => {
  const places = [0, 0.1, 0.2, 0.3, 10, 10.1, 10.2, 10.3, 40]
  const distances = places.map((a) => Float64Array.from(places, (b) => Math.abs(a - b)))
  const [a, , , , b] = hdbscan(distances, 3)
  assert.deepEqual([...hdbscan(distances, 3)], [a, a, a, a, b, b, b, b, -1])
  assert.ok(a !== b && a! >= 0 && b! >= 0)
})
