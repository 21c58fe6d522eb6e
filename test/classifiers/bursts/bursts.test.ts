// A burst: which boxes show one animal, and what its photos say together.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerBurst } from '../../../classifiers/bursts/burst-answer.ts'
import { type Frame, linkTracks } from '../../../classifiers/bursts/tracks.ts'
import { random, shuffled } from '../../../classifiers/seeded-random.ts'
import { similarity } from '../../../classifiers/statistics.ts'
import { type Judgement, judge } from '../../../classifiers/suggest.ts'
import { NO_THRESHOLDS } from '../../../classifiers/thresholds.ts'
import { Tree } from '../../../classifiers/tree.ts'
import { statisticsOf } from '../../support/statistics.ts'

const FOX = [1, 0.1, 0]
const DEER = [0.1, 1, 0]

function frame(detectionId: number, place: number, vector: number[], x = 0.1, isNew = false): Frame {
  return { detectionId, mediaId: 100 + place, place, bbox: [x, 0.1, 0.3, 0.3], vector, isNew }
}
/** As much as they look alike. */
const agree = (a: Frame, b: Frame) => similarity(a.vector, b.vector)
const ids = (tracks: Frame[][]) => tracks.map((track) => track.map(({ detectionId }) => detectionId))

test('an animal is followed by its looks and its place, whatever the order of the boxes', () => {
  const frames = [
    frame(1, 0, FOX),
    frame(2, 0, DEER, 0.6),
    frame(3, 1, DEER, 0.6),
    frame(4, 1, FOX, 0.15),
    frame(5, 2, FOX, 0.2),
    // Two of a kind in one photo are two animals.
    frame(6, 2, FOX, 0.65),
  ]
  const expected = [[1, 4, 5], [2, 3], [6]]
  assert.deepEqual(ids(linkTracks(frames, agree)), expected)
  for (let seed = 0; seed < 10; seed++)
    assert.deepEqual(ids(linkTracks(shuffled(frames, random(seed)), agree)), expected)
})

test('what is new and what is known is never one animal', () => {
  assert.deepEqual(ids(linkTracks([frame(1, 0, FOX), frame(2, 1, FOX, 0.1, true), frame(3, 2, FOX)], agree)), [
    [1, 3],
    [2],
  ])
})

/** Two families with two species each, well apart. */
function taughtTree(): { tree: Tree; at: (k: number) => number[] } {
  const taxa = [
    { id: 1, parentId: null, rankLevel: 30 },
    { id: 2, parentId: null, rankLevel: 30 },
    ...[11, 12, 21, 22].map((id) => ({ id, parentId: id < 20 ? 1 : 2, rankLevel: 10 })),
  ]
  const tree = new Tree(statisticsOf({ between: new Float64Array(4).fill(20) }), taxa)
  const at = (k: number) => Array.from({ length: 4 }, (_, i) => (i === k ? 4 : 0))
  for (const [k, taxonId] of [11, 12, 21, 22].entries())
    for (let n = 0; n < 8; n++)
      tree.add({ taxonId, group: `${k}-${n}`, vector: at(k).map((value) => value + 0.1 * (n % 3)) })
  return { tree, at }
}

const { tree, at } = taughtTree()
const look = (vector: number[]): Judgement => {
  const said = judge(tree, { vector: Float32Array.from(vector), neighbours: [], accuracy: null, limit: 0 })
  assert.ok(said)
  return said
}
const mix = (a: number, b: number, share: number) => at(a).map((value, i) => share * value + (1 - share) * at(b)[i]!)
const wanted = { accuracy: 0.8, thresholds: NO_THRESHOLDS, shift: 0 }

test('photos that repeat each other make the answer no surer, and one that hesitates does not undo it', () => {
  const one = answerBurst([look(at(0))], wanted)
  const five = answerBurst(
    Array.from({ length: 5 }, () => look(at(0))),
    wanted,
  )
  assert.equal(one.path.at(-1)?.taxonId, 11)
  five.path.forEach(({ probability }, i) => {
    assert.ok(Math.abs(probability - one.path[i]!.probability) < 1e-9)
  })
  const doubtful = answerBurst([look(at(0)), look(at(0)), look(mix(0, 1, 0.48))], wanted)
  assert.equal(doubtful.path.at(-1)?.taxonId, 11)
  assert.deepEqual(doubtful.odd, [])
})

test('the order of the photos does not matter, and children and novelty sum to their parent', () => {
  const photos = [look(at(0)), look(mix(0, 1, 0.6)), look(mix(0, 2, 0.7))]
  const forth = answerBurst(photos, wanted)
  const back = answerBurst([...photos].reverse(), wanted)
  forth.path.forEach((step, i) => {
    assert.equal(step.taxonId, back.path[i]?.taxonId)
    assert.ok(Math.abs(step.probability - back.path[i]!.probability) < 1e-12)
  })
  assert.ok(forth.path.every(({ probability }, i) => i === 0 || probability <= forth.path[i - 1]!.probability + 1e-12))
})

test('a photo that says something else is perhaps a second animal', () => {
  assert.deepEqual(answerBurst([look(at(0)), look(at(3)), look(at(0))], wanted).odd, [1])
  assert.deepEqual(answerBurst([look(at(3))], wanted).odd, [])
})
