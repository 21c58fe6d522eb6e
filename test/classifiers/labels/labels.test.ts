// Wrong labels, near duplicates, the odd and the typical, and cards of unknown animals, on vectors whose answer is
// known.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { estimate } from '../../../classifiers/fitting/estimate.ts'
import { doubtAcrossFolds } from '../../../classifiers/labels/across-folds.ts'
import { doubtLabels, type LabelDoubt } from '../../../classifiers/labels/doubts.ts'
import { nearRows } from '../../../classifiers/labels/near-rows.ts'
import { nearDuplicates, representativeness, uniqueness } from '../../../classifiers/labels/standing.ts'
import { random } from '../../../classifiers/seeded-random.ts'
import { project } from '../../../classifiers/statistics.ts'
import { Tree } from '../../../classifiers/tree.ts'
import { type CardBefore, clusterUnknowns } from '../../../classifiers/unknowns/cards.ts'
import { surelyIn } from '../../../classifiers/unknowns/surely-in.ts'
import { emptyReference } from '../../support/learning.ts'

/** Rows in the plane, by their angle in degrees. */
function atAngles(...degrees: number[]) {
  const values = Float32Array.from(
    degrees.flatMap((one) => [Math.cos((one * Math.PI) / 180), Math.sin((one * Math.PI) / 180)]),
  )
  return { values, size: 2 }
}

test('neighbours are the nearest of other groups, nearest first', () => {
  const near = nearRows(atAngles(0, 1, 10, 30), ['a', 'a', 'b', 'c'], 2)
  assert.deepEqual([...near.rows], [2, 3, 2, 3, 1, 0, 2, 1])
  assert.ok(Math.abs(near.similarities[0]! - Math.cos(Math.PI / 18)) < 1e-6)
})

test('where there are no others, there are no neighbours', () => {
  const near = nearRows(atAngles(0, 1), ['a', 'a'], 2)
  assert.deepEqual([...near.rows], [-1, -1, -1, -1])
  assert.deepEqual([...uniqueness(near, 2)], [1, 1])
  assert.deepEqual([...representativeness(near, 2)], [0, 0])
})

test('among many rows nearly all neighbours are found without comparing all', () => {
  const next = random(5)
  const count = 12_500
  const values = Float32Array.from({ length: count * 4 }, () => next() - 0.5)
  const groups = Array.from({ length: count }, (_, i) => String(i))
  const near = nearRows({ values, size: 4 }, groups, 1)
  let found = 0
  for (let row = 0; row < 50; row++) {
    let best = -1
    let most = -2
    for (let other = 0; other < count; other++) {
      if (other === row) continue
      let [dot, a, b] = [0, 0, 0]
      for (let d = 0; d < 4; d++) {
        dot += values[row * 4 + d]! * values[other * 4 + d]!
        a += values[row * 4 + d]! ** 2
        b += values[other * 4 + d]! ** 2
      }
      const cosine = dot / Math.sqrt(a * b)
      if (cosine > most) [best, most] = [other, cosine]
    }
    if (near.rows[row] === best) found++
  }
  assert.ok(found >= 45, `${found} of 50`)
})

test('an animal far from all is unique, one among many stands for them, and a copy is a duplicate', () => {
  const angles = [0, 10, 20, 30, 30.2, 180]
  const near = nearRows(atAngles(...angles), angles.map(String), 3)
  const unique = uniqueness(near, angles.length)
  assert.equal(unique[5], 1)
  assert.ok(unique[3]! < unique[0]!)
  const typical = representativeness(near, angles.length)
  assert.equal(Math.max(...typical), 1)
  assert.ok(typical[5]! < 0.1)
  assert.deepEqual([...nearDuplicates(near, angles.length)], [-1, -1, -1, 4, 3, -1])
})

test('unknown animals that look alike share a card, which keeps its id and what a person put on it', () => {
  const statistics = { ...emptyReference(6), between: new Float64Array(6).fill(25), temperature: 1 }
  const at = (kind: number, i: number) =>
    Float32Array.from({ length: 6 }, (_, d) => (d === kind ? 5 : 0.02 * ((i * (d + 3)) % 5)))
  const unknown = (id: number, kind: number) => ({
    id,
    group: `g${id}`,
    camera: id % 2 ? 'a' : 'b',
    vector: at(kind, id),
  })
  const unknowns = [1, 2, 3, 4, 5, 6].map((id) => unknown(id, id <= 3 ? 0 : 1))
  const examples = [{ taxonId: 1, group: 'e', vector: at(2, 9) }]
  const taxa = [{ id: 1, parentId: null, rankLevel: 10 }]
  const cards = (before: CardBefore[], more: typeof unknowns = []) =>
    clusterUnknowns({ statistics, taxa, examples, unknowns: [...unknowns, ...more], before })
  const membersOf = (found: ReturnType<typeof cards>) =>
    found.map(({ id, members }) => [id, members.map((one) => one.id).sort((a, b) => a - b)])
  const first = cards([])
  assert.deepEqual(membersOf(first), [
    [null, [1, 2, 3]],
    [null, [4, 5, 6]],
  ])
  assert.ok(first.every(({ lookPurity, nearest }) => lookPurity === 1 && nearest?.taxonId === 1))
  assert.ok(Math.abs(first[0]!.cameraPurity! - 2 / 3) < 1e-9)
  const before = [
    { id: 8, underId: null, pinned: false, memberIds: [4, 5] },
    { id: 9, underId: null, pinned: false, memberIds: [1, 2, 6] },
  ]
  assert.deepEqual(membersOf(cards(before, [unknown(7, 1)])), [
    [9, [1, 2, 3]],
    [8, [4, 5, 6, 7]],
  ])
  const pinned = { id: 12, underId: null, pinned: true, memberIds: [1, 4] }
  const kept = membersOf(cards([pinned])).find(([id]) => id === 12)?.[1]
  assert.ok(Array.isArray(kept) && kept.includes(1) && kept.includes(4))
})

test('a card of unknown animals lies where the answers for its animals are sure', () => {
  const above = new Map([
    [1, [1]],
    [2, [1, 2]],
    [3, [1, 2, 3]],
  ])
  const place = (stops: (number | null)[]) =>
    surelyIn([1, 2, 3], stops, (id, aboveId) => above.get(id)?.includes(aboveId) === true)
  assert.equal(place([3, 3, 1]), 3)
  assert.equal(place([2, 3, 1]), 2)
  assert.equal(place([1, 1, null]), 1)
  assert.equal(place([null, null, 1]), null)
  assert.equal(place([]), 3, 'nothing was answered yet')
})

test('wrong labels among fewer photos than numbers are doubted by metrics that have not seen them', () => {
  const next = random(3)
  const [dimensions, species, each] = [80, 4, 12]
  const noise = () => next() + next() + next() - 1.5
  const means = Array.from({ length: species }, () => Float32Array.from({ length: dimensions }, noise))
  const isWrong = (row: number) => row % 9 === 0
  const crops = Array.from({ length: species * each }, (_, row) => ({
    taxonId: 1 + (isWrong(row) ? (row + 1) % species : row % species),
    group: `g${row}`,
    embedding: means[row % species]!.map((value) => 0.8 * value + noise()),
  }))
  const taxa = [1, 2, 3, 4].map((id) => ({ id, parentId: null, rankLevel: 10 }))
  const examples = { taxonomy: taxa, examples: crops, reference: null }
  const statistics = estimate({ ...examples, alone: true, uncapped: true })
  const tree = new Tree(statistics, taxa)
  const labelled = crops.map((crop) => ({ ...crop, vector: project(statistics, crop.embedding) }))
  for (const example of labelled) tree.add(example)
  const foundBy = (doubts: readonly LabelDoubt[]) => doubts.filter(({ doubt }, row) => isWrong(row) && doubt > 0).length
  const across = doubtAcrossFolds({ statistics, reference: null, taxa, crops })
  const own = doubtLabels(tree, labelled)
  assert.ok(foundBy(across) >= 5, `${foundBy(across)} of 6`)
  assert.ok(foundBy(own) < foundBy(across), `${foundBy(own)} of 6`)
})
