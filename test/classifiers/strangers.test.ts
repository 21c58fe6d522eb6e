// Strangers: similarity, share and cap against numbers of an independent program, and the state that lessons change
// against one made from scratch.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { estimate } from '../../classifiers/fitting/estimate.ts'
import type { Posterior } from '../../classifiers/outcomes.ts'
import { cap } from '../../classifiers/posterior.ts'
import type { NearnessByRank } from '../../classifiers/statistics.ts'
import { logOdds, NOTHING, nearnessOf } from '../../classifiers/strangers.ts'
import { firstByHash, hashOf, SIZES } from '../../classifiers/surroundings/sample.ts'
import { type Asked, Surroundings } from '../../classifiers/surroundings/surroundings.ts'
import { type TaxonNode, Taxonomy } from '../../classifiers/taxonomy.ts'
import { raisedThreshold } from '../../classifiers/thresholds.ts'
import { Tree } from '../../classifiers/tree.ts'

const WEIGHTS: NearnessByRank = {
  10: { base: -15.47, similarity: 24.12, groups: -0.78 },
  20: { base: -15.19, similarity: 24.07, groups: -0.79 },
  30: { base: -13.05, similarity: 21.77, groups: -0.63 },
  40: { base: -12.01, similarity: 20.99, groups: -0.55 },
}
/** A class with two families: one of species 3 and 4, one of species 6. */
const TAXA: TaxonNode[] = [
  { id: 1, parentId: null, rankLevel: 50 },
  { id: 2, parentId: 1, rankLevel: 30 },
  { id: 3, parentId: 2, rankLevel: 10 },
  { id: 4, parentId: 2, rankLevel: 10 },
  { id: 5, parentId: 1, rankLevel: 30 },
  { id: 6, parentId: 5, rankLevel: 10 },
]

function unit(...values: number[]): Float32Array {
  const length = Math.hypot(...values)
  return Float32Array.from(values, (value) => value / length)
}

type Shown = { id: number; taxonId: number | null; group: string; embedding: Float32Array }
const shown = (id: number, taxonId: number | null, group: string, ...values: number[]): Shown => ({
  id,
  taxonId,
  group,
  embedding: unit(...values),
})
const EXAMPLES = [
  shown(101, 3, 'a', 4, 1, 0, 1),
  shown(102, 3, 'a', 4, 1, 1, 0),
  shown(103, 3, 'b', 3, 1, 1, 1),
  shown(104, 4, 'c', 1, 4, 0, 1),
  shown(105, 6, 'd', 0, 1, 5, 1),
  shown(106, 6, 'e', 1, 1, 3, 2),
]
const SEEN = [
  shown(201, null, 'f', 4, 1, 1, 1),
  shown(202, null, 'g', 0, 1, 0, 5),
  shown(203, null, 'g', 1, 0, 0, 5),
  shown(204, null, 'h', 0, 0, 1, 4),
  shown(205, null, 'i', 1, 2, 1, 4),
  shown(206, null, 'a', 2, 2, 1, 1),
]
const ofGroup = (group: string | null): Asked => ({ group, taxonIds: [], neighbours: [] })

function surroundingsOf(photos: readonly Shown[], sizes = SIZES, weights = WEIGHTS): Surroundings {
  const surroundings = new Surroundings(4, weights, new Taxonomy(TAXA), sizes)
  for (const { id, group, taxonId } of photos) surroundings.set(id, group, taxonId)
  give(surroundings, new Map(photos.map(({ id, embedding }) => [id, embedding])))
  return surroundings
}

function give(surroundings: Surroundings, embeddings: ReadonlyMap<number, Float32Array>): void {
  for (const id of surroundings.missing()) surroundings.give(id, embeddings.get(id)!)
}

/** A tree that holds the examples. Its vectors do not matter, because nearness reads only groups per taxon. */
function treeOf(examples: readonly Shown[]): Tree {
  const statistics = estimate({ taxonomy: [], examples: [], reference: null, dimensions: 4 })
  const tree = new Tree(statistics, TAXA)
  const vector = new Float32Array(statistics.size)
  for (const { taxonId, group } of examples) tree.add({ taxonId: taxonId!, group, vector })
  return tree
}

test('similarity, share of strangers and limits are those of an independent program', () => {
  const surroundings = surroundingsOf([...EXAMPLES, ...SEEN])
  const expected = [
    {
      asked: unit(4, 1, 1, 1),
      group: null,
      share: 0.3392368178,
      strange: 0.000181,
      limits: [0.9998201049, 0.9998066613, 0.999819, 0.0445759454, 0.518853409, 0.2579783399],
    },
    {
      asked: unit(1, 1, 1, 5),
      group: null,
      share: 0.376527093,
      strange: 0.104547017,
      limits: [0.9513037484, 0.2040288137, 0.0872407423, 0.0144602954, 0.9503409905, 0.8954529832],
    },
    {
      asked: unit(3, 1, 0, 1),
      group: 'a',
      share: 0.4105845722,
      strange: 0.000340522,
      limits: [0.9995407619, 0.9995554728, 0.9996594783, 0.1985501624, 0.0494358303, 0.0123378518],
    },
  ]
  for (const { asked, group, share, strange, limits } of expected) {
    const look = surroundings.look(asked, ofGroup(group))
    near(look.share, share)
    const tree = treeOf(EXAMPLES.filter((example) => example.group !== group))
    const scores = tree.score(new Float32Array(tree.statistics.size))
    const nearness = nearnessOf(scores, look, WEIGHTS, (id) => tree.node(id))
    near(nearness.strange, strange)
    limits.forEach((limit, i) => {
      near(nearness.limit[scores.nodes.findIndex(({ id }, k) => k > 0 && id === i + 1)]!, limit)
    })
  }
})

/** The program works in double precision, embeddings are stored in single. */
function near(value: number, expected: number): void {
  assert.ok(Math.abs(value - expected) < 2e-6, `Expected about ${expected} but received ${value}`)
}

const action = fc.record({
  id: fc.integer({ min: 1, max: 40 }),
  taxonId: fc.constantFrom(null, null, NOTHING, 2, 3, 4, 6),
  group: fc.integer({ min: 1, max: 15 }).map(String),
  values: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 4, maxLength: 4 }),
  does: fc.constantFrom('shows', 'shows', 'shows', 'goes', 'asks', 'asks', 'begins'),
})

/** At even odds where vectors of four small numbers mostly are, so that strangeness is neither 0 nor 1. */
const BALANCED: NearnessByRank = {
  10: { base: -21, similarity: 24, groups: -0.78 },
  30: { base: -20, similarity: 22, groups: -0.63 },
}

for (const [name, sizes] of [
  ['all are measured', { ...SIZES, unlabelled: 14, taught: 6 }],
  ['few are measured', { unlabelled: 14, taught: 6, measured: 10, perTaxon: 3, poolPerTaxon: [2, 1], poolMeasured: 7 }],
] as const) {
  test(`photos that come, are named and go leave what photos alone would have made, where ${name}`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 60, maxLength: 160 }), async (actions) => {
        const surroundings = surroundingsOf([], sizes, BALANCED)
        const present = new Map<number, Shown>()
        const embeddings = new Map<number, Float32Array>()
        for (const { id, taxonId, group, values, does } of actions) {
          const embedding = unit(1, ...values.slice(1))
          if (does === 'goes') {
            surroundings.remove(id)
            present.delete(id)
          } else if (does === 'shows') {
            const old = present.get(id)
            if (old?.group !== group) surroundings.remove(id)
            present.set(id, { id, taxonId, group, embedding: old?.group === group ? old.embedding : embedding })
            embeddings.set(id, present.get(id)!.embedding)
            surroundings.set(id, group, taxonId)
          } else if (does === 'begins') {
            // Work in parts may be interrupted, and continues after other changes.
            give(surroundings, embeddings)
            let steps = id
            const rest = async () => assert.ok(steps-- > 0, 'enough')
            await surroundings.settle(rest).catch(({ message }) => assert.equal(message, 'enough'))
          } else {
            give(surroundings, embeddings)
            const asked = { group, taxonIds: [1, 3, 6], neighbours: [] }
            const look = surroundings.look(embedding, asked)
            const again = surroundingsOf([...present.values()].reverse(), sizes, BALANCED).look(embedding, asked)
            assert.equal(look.share, again.share)
            assert.equal(look.nothings, again.nothings)
            assert.deepEqual(new Map(look.similarity), new Map(again.similarity))
          }
        }
      }),
      { seed: 1, numRuns: 60 },
    )
  })
}

test('an embedding that was not given is asked for', () => {
  const surroundings = new Surroundings(4, WEIGHTS, new Taxonomy(TAXA))
  surroundings.set(1, 'a', 3)
  assert.deepEqual(surroundings.missing(), [1])
  assert.throws(() => surroundings.look(unit(1, 0, 0, 0), ofGroup(null)), /Expected the embedding of photo 1/)
  surroundings.give(1, unit(1, 0, 0, 0))
  assert.equal(surroundings.look(unit(1, 0, 0, 0), ofGroup(null)).similarity.get(3), 1)
})

test('beyond a number of examples a look measures those of smallest hash of the taxa asked about, and the neighbours', () => {
  const sizes = { ...SIZES, measured: 3, perTaxon: 1 }
  const surroundings = surroundingsOf(EXAMPLES, sizes)
  const smallest = (taxa: readonly number[]) =>
    firstByHash(
      EXAMPLES.filter(({ taxonId }) => taxa.includes(taxonId!)).map((one) => ({ ...one, hash: hashOf(one.id) })),
      1,
      () => true,
    )[0]!
  const asked = unit(1, 1, 1, 1)
  const { similarity } = surroundings.look(asked, {
    group: null,
    taxonIds: [3, 2],
    neighbours: [{ taxonId: 6, embedding: asked }],
  })
  const inFamily = smallest([3, 4])
  const cosine = (a: Float32Array) => a.reduce((sum, value, i) => sum + value * asked[i]!, 0)
  near(similarity.get(3)!, cosine(smallest([3]).embedding))
  assert.equal(similarity.has(4), inFamily.taxonId === 4)
  near(similarity.get(6)!, 1)
})

test('what the cap takes from children becomes novelty of their parent', () => {
  const tree = treeOf([...EXAMPLES, shown(107, 2, 'h', 1, 1, 1, 1)])
  const scores = tree.score(new Float32Array(tree.statistics.size))
  const indexOf = (id: number) => scores.nodes.findIndex((node, i) => i > 0 && node.id === id)
  const posterior: Posterior = {
    total: new Float64Array(7),
    known: new Float64Array(7),
    novel: new Float64Array(7),
  }
  const put = (id: number, known: number, novel: number) => {
    const i = id === 0 ? 0 : indexOf(id)
    posterior.known[i] = known
    posterior.novel[i] = novel
  }
  put(0, 0, 0.05)
  put(1, 0, 0.05)
  put(2, 0.1, 0.1)
  put(3, 0.4, 0)
  put(4, 0.1, 0)
  put(5, 0, 0.1)
  put(6, 0.1, 0)
  const sumUp = () => {
    const total = new Float64Array(7)
    for (let i = 6; i >= 0; i--) {
      total[i]! += posterior.known[i]! + posterior.novel[i]!
      if (i > 0) total[scores.parents[i]!]! += total[i]!
    }
    return total
  }
  posterior.total.set(sumUp())
  const limit = new Float64Array(7).fill(1)
  limit[indexOf(2)] = 0.35
  limit[indexOf(3)] = 0.1
  cap(posterior, scores, limit)
  const of = (values: Float64Array, id: number) => values[id === 0 ? 0 : indexOf(id)]!
  // The family keeps half of 0.7: its species 0.2 and 0.05, of which one is limited to 0.1; its own examples and
  // novelty 0.05 each.
  const expected = { 1: 0.95, 2: 0.35, 3: 0.1, 4: 0.05, 5: 0.2, 6: 0.1 }
  for (const [id, total] of Object.entries(expected)) near(of(posterior.total, Number(id)), total)
  near(of(posterior.known, 2), 0.05)
  near(of(posterior.novel, 2), 0.15)
  near(of(posterior.novel, 1), 0.4)
  near(of(posterior.novel, 0), 0.05)
  sumUp().forEach((total, i) => {
    near(total, posterior.total[i]!)
  })
})

test('what is like nothing is probably nothing, limits every taxon, and changes no share of strangers', () => {
  const asked = unit(0, 1, 0, 5)
  const taught = [...EXAMPLES, ...SEEN]
  const before = surroundingsOf(taught).look(asked, ofGroup(null))
  const nothing = [shown(301, NOTHING, 'x', 0, 1, 0, 6), shown(302, NOTHING, 'y', 0, 1, 0, 7)]
  const surroundings = surroundingsOf([...taught, ...nothing])
  const look = { ...surroundings.look(asked, ofGroup(null)), share: before.share }
  assert.equal(look.nothings, 2)
  assert.equal(surroundings.look(asked, ofGroup('x')).nothings, 2)
  assert.ok(surroundings.look(asked, ofGroup('x')).similarity.get(NOTHING)! < look.similarity.get(NOTHING)!)
  const tree = treeOf(EXAMPLES)
  const scores = tree.score(new Float32Array(tree.statistics.size))
  const nodeOf = (id: number) => tree.node(id)
  const [without, with2] = [before, look].map((one) => nearnessOf(scores, one, WEIGHTS, nodeOf))
  assert.equal(without!.nothing, 0)
  assert.equal(without!.similarity, with2!.similarity)
  const odds = Math.exp(logOdds(WEIGHTS[10]!, look.similarity.get(NOTHING)!, 2))
  // Strangers weigh 1 + odds times as much as before, and odds of that is nothing.
  near(with2!.nothing, (with2!.strange * odds) / (1 + odds))
  for (let i = 1; i < scores.nodes.length; i++) {
    const [was, is] = [without!.limit[i]!, with2!.limit[i]!]
    near(is / (1 - is), was / (1 - was) / (1 + odds))
  }
  assert.ok(with2!.nothing > 0.5, String(with2!.nothing))
})

test('a strange photo needs the asked accuracy, a near one what was fitted', () => {
  assert.equal(raisedThreshold(0.5, 0.8, 0), 0.5)
  near(raisedThreshold(0.5, 0.8, 0.1), 0.59)
  assert.equal(raisedThreshold(0.5, 0.8, 0.5), 0.8)
  assert.equal(raisedThreshold(0.5, 0.95, 0.9), 0.95)
  assert.equal(raisedThreshold(0.97, 0.95, 0.9), 0.97)
  assert.equal(raisedThreshold(0.5, 1, 0.1), 1)
})
