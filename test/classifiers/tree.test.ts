// The live tree: against numbers worked by hand, and properties that must hold to the bit.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PRIOR_CALIBRATION } from '../../classifiers/fitting/calibration.ts'
import { posterior } from '../../classifiers/posterior.ts'
import { metricWeight, type Statistics } from '../../classifiers/statistics.ts'
import type { TaxonNode } from '../../classifiers/taxonomy.ts'
import { type Example, Tree } from '../../classifiers/tree.ts'
import { statisticsOf } from '../support/statistics.ts'

/** Statistics whose metric vectors are whitened components times a weight, with the given variances between. */
function statistics(between: number[], cumulativeShare: Record<number, number> = { 50: 0.2, 30: 0.5, 20: 0.7, 10: 1 }) {
  const all = { 70: 0.05, 60: 0.1, 50: 0.2, 40: 0.3, 30: 0.5, 20: 0.7, 10: 1, 5: 1.1, ...cumulativeShare }
  return statisticsOf({ between: Float64Array.from(between), cumulativeShare: all })
}

/** A metric vector whose whitened components are `x`. */
function metric(s: Statistics, x: number[]): Float64Array {
  return Float64Array.from(x, (value, i) => value * metricWeight(s.between[i]!))
}

const near = (actual: number, expected: number, tolerance = 1e-4): void =>
  assert.ok(Math.abs(actual - expected) < tolerance, `${actual} is not ${expected}`)

test('one dimension, one species at the top: the posterior of a normal mean, by hand', () => {
  const s = statistics([4])
  const tree = new Tree(s, [{ id: 1, parentId: null, rankLevel: 10 }])
  tree.add({ taxonId: 1, group: 'a', vector: metric(s, [2]) })
  // Root variance 0.05 b = 0.2; the species is one step of b = 4 below: prior variance 4.2, one example of variance 1.
  // v = 4.2 / 5.2 = 0.807692, mean = 2 v = 1.615385; log p(3) = -1/2 (1.384615^2 / 1.807692 + ln 1.807692) = -0.826284.
  const { nodes, known } = tree.score(metric(s, [3]))
  assert.deepEqual(
    nodes.map(({ id }) => id),
    [0, 1],
  )
  near(known[1]!, -0.826284)
})

test('two species of one dimension: what one says reaches the other through their parent, and only that', () => {
  const s = statistics([4])
  const taxa = [
    { id: 1, parentId: null, rankLevel: 10 },
    { id: 2, parentId: null, rankLevel: 10 },
  ]
  const tree = new Tree(s, taxa)
  tree.add({ taxonId: 1, group: 'a', vector: metric(s, [2]) })
  tree.add({ taxonId: 2, group: 'b', vector: metric(s, [-1]) })
  // Species 2 says: precision 1 / (4 + 1) = 0.2, weighted mean -0.2. Species 1 hears the root without its own message:
  // precision 5 + 0.2 = 5.2, mean -0.2 / 5.2 = -0.0384615, so v0 = 4 + 1 / 5.2 = 4.192308, v = 4.192308 / 5.192308 =
  // 0.807407, m = v (2 - 0.0384615 / 4.192308) = 1.607407; log p(0) = -1/2 (m^2 / 1.807407 + ln 1.807407) = -1.010742.
  near(tree.score(metric(s, [0])).known[1]!, -1.010742)
  // Something new at the top: mean (0.4 - 0.2) / 5.4 = 0.037037, variance 1 + 1 / 5.4 + 4 = 5.185185.
  near(tree.score(metric(s, [1])).novel[0]!, -0.5 * (0.962963 ** 2 / 5.185185 + Math.log(5.185185)))
})

test('a chain of single children is one normal step of the summed variance', () => {
  const s = statistics([4])
  const chain = new Tree(s, [
    { id: 1, parentId: null, rankLevel: 50 },
    { id: 2, parentId: 1, rankLevel: 30 },
    { id: 3, parentId: 2, rankLevel: 10 },
  ])
  const flat = new Tree(s, [{ id: 3, parentId: null, rankLevel: 10 }])
  for (const tree of [chain, flat]) tree.add({ taxonId: 3, group: 'a', vector: metric(s, [2]) })
  near(chain.score(metric(s, [3])).known[3]!, flat.score(metric(s, [3])).known[1]!, 1e-5)
})

test('examples of one group count as 1 + ln k', () => {
  const s = statistics([4])
  const tree = new Tree(s, [{ id: 1, parentId: null, rankLevel: 10 }])
  for (let k = 0; k < 3; k++) tree.add({ taxonId: 1, group: 'burst', vector: metric(s, [2]) })
  near(tree.node(1)!.direct!.weight / 2 ** 20, 1 + Math.log(3), 1e-6)
  assert.equal(tree.exampleCount(1), 3)
})

test('examples at an inner taxon act as one unseen child', () => {
  const s = statistics([4])
  const taxa = [
    { id: 1, parentId: null, rankLevel: 20 },
    { id: 2, parentId: 1, rankLevel: 10 },
    { id: 3, parentId: 1, rankLevel: 10 },
  ]
  const inner = new Tree(s, taxa)
  const child = new Tree(s, taxa)
  inner.add({ taxonId: 1, group: 'a', vector: metric(s, [2]) })
  child.add({ taxonId: 2, group: 'a', vector: metric(s, [2]) })
  for (const tree of [inner, child]) tree.add({ taxonId: 3, group: 'b', vector: metric(s, [-1]) })
  // The unseen child's variance below a genus is that of a species' step, so species 3 hears the same of both.
  const at = (tree: Tree) => {
    const { nodes, known } = tree.score(metric(s, [0.5]))
    return known[nodes.findIndex(({ id }) => id === 3)]!
  }
  near(at(inner), at(child), 1e-6)
})

const taxa: TaxonNode[] = [
  { id: 1, parentId: null, rankLevel: 50 },
  { id: 2, parentId: null, rankLevel: 50 },
  { id: 3, parentId: 1, rankLevel: 30 },
  { id: 4, parentId: 1, rankLevel: 20 },
  { id: 5, parentId: 3, rankLevel: 10 },
  { id: 6, parentId: 3, rankLevel: 10 },
  { id: 7, parentId: 4, rankLevel: 10 },
  { id: 8, parentId: 7, rankLevel: 5 },
  { id: 9, parentId: 2, rankLevel: 10 },
]
const s3 = statistics([6, 1.5, 0.3])
const arbitraryExample: fc.Arbitrary<Example> = fc.record({
  taxonId: fc.integer({ min: 1, max: 9 }),
  group: fc.constantFrom('a', 'b', 'c', 'd'),
  vector: fc
    .array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 3, maxLength: 3 })
    .map((x) => metric(s3, x)),
})
const arbitraryExamples = fc.array(arbitraryExample, { minLength: 1, maxLength: 25 })
const query = metric(s3, [0.7, -1.2, 0.4])

/** Everything observable: scores and counts, by taxon. */
function observe(tree: Tree) {
  const { nodes, known, novel, outcomes } = tree.score(query)
  return {
    outcomes,
    byTaxon: nodes.map(({ id, count }, i) => [id, count, known[i], novel[i]]),
    sums: nodes.map(({ direct, totals }) => [direct && Array.from(direct.sum), totals && Array.from(totals.mean)]),
  }
}

function taught(examples: readonly Example[], rows: readonly TaxonNode[] = taxa): Tree {
  const tree = new Tree(s3, rows)
  for (const example of examples) tree.add(example)
  return tree
}

test('any order of the same examples gives the same tree, to the bit', () => {
  fc.assert(
    fc.property(arbitraryExamples, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (examples, keys) => {
      const order = examples.map((example) => ({ example, key: keys.next().value as number })) // The stream never ends.
      order.sort((a, b) => a.key - b.key)
      assert.deepEqual(observe(taught(order.map(({ example }) => example))), observe(taught(examples)))
      const atOnce = new Tree(s3, taxa)
      const half = Math.floor(order.length / 2)
      atOnce.addAll(examples.slice(0, half))
      atOnce.addAll(examples.slice(half))
      assert.deepEqual(observe(atOnce), observe(taught(examples)))
    }),
    { seed: 1, numRuns: 60 },
  )
})

test('what is added and taken away again leaves no trace, whatever was asked in between', () => {
  fc.assert(
    fc.property(arbitraryExamples, arbitraryExamples, (kept, passing) => {
      const tree = taught(kept)
      for (const example of passing) {
        tree.add(example)
        tree.score(query)
      }
      for (const example of [...passing].reverse()) tree.remove(example)
      assert.deepEqual(observe(tree), observe(taught(kept)))
    }),
    { seed: 2, numRuns: 60 },
  )
})

test('moving a taxon gives the tree that would have grown in the new place', () => {
  const moves: [number, number | null, number][] = [
    [5, 4, 10],
    [7, 3, 10],
    [4, 2, 20],
    [3, null, 30],
    [9, 4, 10],
    [4, 1, 30],
  ]
  fc.assert(
    fc.property(arbitraryExamples, fc.constantFrom(...moves), (examples, [id, parentId, rankLevel]) => {
      const tree = taught(examples)
      tree.setTaxon({ id, parentId, rankLevel })
      const rows = taxa.map((taxon) => (taxon.id === id ? { id, parentId, rankLevel } : taxon))
      assert.deepEqual(observe(tree), observe(taught(examples, rows)))
    }),
    { seed: 3, numRuns: 100 },
  )
})

test('merging a taxon gives the tree that would have grown with its examples at the other', () => {
  fc.assert(
    fc.property(arbitraryExamples, (examples) => {
      const tree = taught(examples)
      for (const example of examples.filter(({ taxonId }) => taxonId === 5)) {
        tree.remove(example)
        tree.add({ ...example, taxonId: 6 })
      }
      for (const id of tree.taxonomy.children(5)) tree.setTaxon({ ...tree.taxonomy.need(id), parentId: 6 })
      tree.removeTaxon(5)
      const merged = examples.map((example) => (example.taxonId === 5 ? { ...example, taxonId: 6 } : example))
      assert.deepEqual(
        observe(tree),
        observe(
          taught(
            merged,
            taxa.filter(({ id }) => id !== 5),
          ),
        ),
      )
    }),
    { seed: 4, numRuns: 60 },
  )
})

test('children and novelty sum to their parent, and all to one', () => {
  fc.assert(
    fc.property(arbitraryExamples, fc.double({ min: 0.3, max: 3, noNaN: true }), (examples, sharpness) => {
      const tree = taught(examples)
      const scores = tree.score(query)
      const calibration = { ...PRIOR_CALIBRATION, sharpnessByRank: { 100: 1, 50: sharpness, 20: 1 / sharpness } }
      const neighbours = [{ taxonId: examples[0]!.taxonId, similarity: 0.8, group: 'x' }]
      const { total, known, novel } = posterior(scores, calibration, examples.length, neighbours)
      const sums = Float64Array.from(known, (value, i) => value + novel[i]!)
      for (let i = 1; i < total.length; i++) sums[scores.parents[i]!]! += total[i]!
      near(total[0]!, 1, 1e-9)
      for (let i = 0; i < total.length; i++) near(sums[i]!, total[i]!, 1e-9)
    }),
    { seed: 5, numRuns: 100 },
  )
})

test('untaught taxa change nothing, and a tree without examples has no outcomes', () => {
  const example = { taxonId: 5, group: 'a', vector: metric(s3, [1, 2, 3]) }
  const names = Array.from({ length: 500 }, (_, i) => ({ id: 100 + i, parentId: 3, rankLevel: 10 }))
  assert.deepEqual(observe(taught([example], [...taxa, ...names])), observe(taught([example])))
  const empty = new Tree(s3, taxa).score(query)
  assert.deepEqual([...empty.known, ...empty.novel], [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY])
})

test('an example that the tree does not hold cannot be taken away, and nothing changes', () => {
  const example = { taxonId: 5, group: 'a', vector: metric(s3, [1, 2, 3]) }
  const tree = taught([example])
  const before = observe(tree)
  assert.throws(() => tree.remove({ ...example, group: 'b' }), /that the tree holds/)
  assert.throws(() => tree.remove({ ...example, vector: metric(s3, [1, 2, 4]) }), /that the tree holds/)
  assert.throws(() => tree.add({ ...example, vector: new Float32Array(2) }), /Expected a metric vector of 3 numbers/)
  assert.throws(() => tree.add({ ...example, taxonId: 77 }), /id 77/)
  assert.deepEqual(observe(tree), before)
})
