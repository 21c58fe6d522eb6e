// The flat regression: which species it knows, that it only redistributes what the tree gives them, and its bytes.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { estimate } from '../../classifiers/fitting/estimate.ts'
import { RegressionFit } from '../../classifiers/fitting/regression-fit.ts'
import { alignedTo, posterior } from '../../classifiers/posterior.ts'
import { regress } from '../../classifiers/regression.ts'
import { random } from '../../classifiers/seeded-random.ts'
import { project } from '../../classifiers/statistics.ts'
import { decodeStatistics, encodeStatistics } from '../../classifiers/statistics-bytes.ts'
import { suggest } from '../../classifiers/suggest.ts'
import { Taxonomy } from '../../classifiers/taxonomy.ts'
import { Tree } from '../../classifiers/tree.ts'

const GENUS = 1
const [OFTEN, ALSO, THIRD, RARE] = [2, 3, 4, 5] as const
const taxa = [
  { id: GENUS, parentId: null, rankLevel: 20 },
  ...[OFTEN, ALSO, THIRD, RARE].map((id) => ({ id, parentId: GENUS, rankLevel: 10 })),
]
const next = random(3)
const photo = (taxonId: number): Float32Array => {
  const x = Array.from({ length: 8 }, (_, i) => (i === taxonId ? 1 : 0.4) + 0.5 * next())
  const length = Math.hypot(...x)
  return Float32Array.from(x, (value) => value / length)
}
const examples = [OFTEN, ALSO, THIRD, RARE].flatMap((taxonId) =>
  Array.from({ length: taxonId === RARE ? 3 : 12 }, (_, k) => ({
    taxonId,
    group: `${taxonId}/${k}`,
    embedding: photo(taxonId),
  })),
)
const fitting = new RegressionFit(new Taxonomy(taxa), examples)

test('it knows the species with enough examples, and names them', () => {
  const regression = fitting.fit(examples)!
  assert.deepEqual(regression.taxonIds, [OFTEN, ALSO, THIRD])
  for (const taxonId of regression.taxonIds) {
    const said = regress(regression, photo(taxonId))
    const sum = [...said.values()].reduce((total, log) => total + Math.exp(log), 0)
    assert.ok(Math.abs(sum - 1) < 1e-9)
    assert.equal([...said].sort((a, b) => b[1] - a[1])[0]![0], taxonId)
  }
})

test('one species is nothing to compare', () => {
  assert.equal(fitting.fit(examples.filter(({ taxonId }) => taxonId === OFTEN)), null)
})

test('it shares out among its species what the tree gave them, and leaves the rest as it was', () => {
  const statistics = estimate({ taxonomy: taxa, examples, reference: null, alone: true })
  assert.equal(statistics.regression, null)
  const tree = new Tree(statistics, taxa)
  for (const { taxonId, group, embedding } of examples) {
    tree.add({ taxonId, group, vector: project(statistics, embedding) })
  }
  const query = photo(ALSO)
  const scores = tree.score(project(statistics, query))
  const said = alignedTo(scores, regress(fitting.fit(examples)!, query))!
  const at = (id: number): number => scores.nodes.findIndex((node) => node.id === id)
  assert.ok(Number.isNaN(said[at(RARE)]))
  assert.ok(Number.isNaN(said[at(GENUS)]))
  const hear = (share: number) => {
    const calibration = {
      ...statistics,
      sharpnessByRank: { 100: 1 },
      fusion: { ...statistics.fusion, regression: share },
    }
    return posterior(scores, calibration, examples.length, [], said)
  }
  const [without, heard, alone] = [hear(0), hear(0.5), hear(1)]
  const known = ({ total }: typeof heard): number => [OFTEN, ALSO, THIRD].reduce((sum, id) => sum + total[at(id)]!, 0)
  for (const one of [heard, alone]) {
    assert.ok(Math.abs(known(one) - known(without)) < 1e-12)
    assert.ok(Math.abs(one.total[at(RARE)]! - without.total[at(RARE)]!) < 1e-12)
    assert.ok(Math.abs(one.novel[at(GENUS)]! - without.novel[at(GENUS)]!) < 1e-12)
  }
  for (const id of [OFTEN, ALSO, THIRD]) {
    assert.ok(Math.abs(alone.total[at(id)]! / known(alone) - Math.exp(said[at(id)]!)) < 1e-9)
    const ratio = (one: typeof heard): number => Math.log(one.total[at(id)]! / one.total[at(ALSO)]!)
    assert.ok(Math.abs(ratio(heard) - (ratio(without) + ratio(alone)) / 2) < 1e-9)
  }
  const regression = fitting.fit(examples)!
  const { suggestions } = suggest(tree, {
    vector: project(statistics, query),
    neighbours: [],
    regression: regress(regression, query),
    accuracy: null,
    limit: 4,
  })
  const evidence = new Map(suggestions.map((one) => [one.taxonId, one.evidence.regression]))
  assert.equal(evidence.get(RARE), null)
  assert.ok(Math.abs(evidence.get(ALSO)! - Math.exp(said[at(ALSO)]!)) < 1e-12)

  const stored = { ...statistics, regression }
  assert.deepEqual(decodeStatistics(encodeStatistics(stored)), stored)
})
