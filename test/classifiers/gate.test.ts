// Whether a candidate version may replace the one that answers: sabotaged ones may not, equal ones may.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareAnswers, judgeCandidate, judgeNets, type Verdict } from '../../classifiers/evaluation/gate.ts'
import { ClavisMethod, type Photo } from '../../classifiers/evaluation/methods.ts'
import { type Answered, answerPhotos } from '../../classifiers/evaluation/versions/judged.ts'
import { type KeptAnswers, keepAnswers } from '../../classifiers/evaluation/versions/kept-answers.ts'
import { estimate } from '../../classifiers/fitting/estimate.ts'
import { random, shuffled } from '../../classifiers/seeded-random.ts'
import type { Statistics } from '../../classifiers/statistics.ts'
import { gaussian } from '../support/gaussian.ts'

const DIMENSIONS = 12
const SPECIES = 12
const PER_SPECIES = 42
const rankLevels = { class: 50, genus: 20, species: 10 }

const taxa = [{ id: 1, parentId: null, rankLevel: 50 }]
for (let genus = 0; genus < SPECIES / 3; genus++) taxa.push({ id: 10 + genus, parentId: 1 as never, rankLevel: 20 })
for (let s = 0; s < SPECIES; s++) taxa.push({ id: 100 + s, parentId: (10 + Math.floor(s / 3)) as never, rankLevel: 10 })

function drawPhotos(): Photo[] {
  const normal = gaussian(random(11))
  const row = (scale: number) => Float64Array.from({ length: DIMENSIONS }, () => scale * normal())
  const genera = Array.from({ length: SPECIES / 3 }, () => row(0.8))
  return Array.from({ length: SPECIES }, (_, s) => {
    const centre = row(0.55).map((value, d) => value + genera[Math.floor(s / 3)]![d]!)
    return Array.from({ length: PER_SPECIES }, (_, k): Photo => {
      const values = Float32Array.from(row(0.8), (noise, d) => noise + centre[d]! + 1.5)
      const length = Math.hypot(...values)
      const test = (k >> 1) % 3 === 0
      return {
        path: `${s}/${k}`,
        taxonId: 100 + s,
        group: `${s}/${k >> 1}`,
        test,
        embedding: values.map((v) => v / length),
      }
    })
  }).flat()
}

const photos = drawPhotos()
const heldOutGroups = new Set(photos.filter(({ test }) => test).map(({ group }) => group))
const heldOut = photos.filter(({ group }) => heldOutGroups.has(group))
const train = photos.filter(({ group }) => !heldOutGroups.has(group))
const fit = (examples: readonly Photo[]): Statistics => ({
  ...estimate({ taxonomy: taxa, examples, reference: null, alone: true }),
  nearness: null,
})
const before = fit(train)
const judge = (candidate: Statistics): Verdict =>
  judgeCandidate({ taxa, train, heldOut, before, candidate, rankLevels })

test('of 20 candidates from resampled examples at most one is refused', () => {
  const groups = [...new Set(train.map(({ group }) => group))]
  const refused = Array.from({ length: 20 }, (_, seed) => {
    const left = new Set(shuffled(groups, random(seed + 1)).slice(0, Math.round(groups.length * 0.9)))
    return judge(fit(train.filter(({ group }) => left.has(group))))
  }).filter(({ decision }) => decision !== 'accepted')
  assert.ok(refused.length <= 1, JSON.stringify(refused.map(({ reasons, losses }) => ({ reasons, losses }))))
})

test('20 sabotaged candidates are refused, each with a reason', () => {
  const noise = (seed: number) => {
    const normal = gaussian(random(seed))
    return before.projection.map(() => normal() * 3)
  }
  const shuffledLabels = (seed: number) => {
    const labels = shuffled(
      train.map(({ taxonId }) => taxonId),
      random(seed),
    )
    return fit(train.map((photo, i) => ({ ...photo, taxonId: labels[i]! })))
  }
  const scaled = (factor: number) => ({
    ...before,
    temperature: before.temperature * factor,
    noveltyTemperature: before.noveltyTemperature * factor,
  })
  const { theta, accuracy } = before.thresholds
  const candidates: [string, Statistics][] = [
    ...[1, 2, 3, 4, 5, 6].map((seed): [string, Statistics] => [
      `noise ${seed}`,
      { ...before, projection: noise(seed) },
    ]),
    ...[1, 2, 3, 4].map((seed): [string, Statistics] => [`shuffled labels ${seed}`, shuffledLabels(seed)]),
    ...[0.1, 0.2, 5, 8, 20].map((factor): [string, Statistics] => [`temperature times ${factor}`, scaled(factor)]),
    ...[0.05, 0.2].map((low): [string, Statistics] => [
      `thresholds of ${low}`,
      { ...before, thresholds: { ...before.thresholds, theta: theta.map(() => low), accuracy: accuracy.map(() => 1) } },
    ]),
    ['stops nowhere', { ...before, thresholds: { ...before.thresholds, theta: theta.map(() => 1.1) } }],
    ['everything is new', { ...before, noveltyBias: before.noveltyBias + 8 }],
    ['a flat metric', { ...before, between: before.between.map(() => 1e-6) }],
  ]
  assert.equal(candidates.length, 20)
  for (const [name, candidate] of candidates) {
    const { decision, reasons } = judge(candidate)
    assert.equal(decision, 'refused', name)
    assert.ok(reasons.length > 0, name)
  }
})

test('a candidate that is equal but for one well-known species waits for a person', () => {
  const groups = Array.from({ length: 1000 }, (_, i) => ({ group: `${i}`, taxonId: 100 + Math.floor(i / 25) }))
  const answers = (wrong: (i: number) => boolean): Answered[] =>
    groups.map(({ group }, i) => {
      const right = !wrong(i)
      const judged = { probability: 0.8, right, group }
      const stop = { right: 1, depth: 2 }
      return { ranks: { species: judged }, stops: [stop, stop], novelty: 0, right }
    })
  const often = (i: number) => i % 5 === 0
  const of = (wrong: (i: number) => boolean) => compareAnswers(groups, answers(often), answers(wrong), ['species'])
  assert.deepEqual([of(often).decision, of(often).reasons, of(often).losses], ['accepted', [], []])
  // Four more of 25 photos of one species are wrong, and as many fewer of the others.
  const verdict = of((i) => (i < 25 ? i % 5 < 2 && i < 20 : often(i) && i % 250 !== 50))
  assert.equal(verdict.decision, 'loses')
  assert.deepEqual(
    verdict.losses.map(({ taxonId, photos }) => [taxonId, photos]),
    [[100, 25]],
  )
  assert.ok(verdict.losses[0]!.before - verdict.losses[0]!.candidate > 0.1)
})

/** Another net sees the same photos: each vector as `see` makes it of the present one. */
function byNet(see: (embedding: Float32Array, row: number) => Float32Array): KeptAnswers {
  const some = photos
  const seen = some.map((photo, row): Photo => {
    const values = see(photo.embedding, row)
    const length = Math.hypot(...values)
    return { ...photo, embedding: values.map((value) => value / length) }
  })
  const known = seen.filter(({ group }) => !heldOutGroups.has(group))
  const asked = seen.filter(({ group }) => heldOutGroups.has(group))
  const ids = asked.map(({ path }) => some.findIndex((photo) => photo.path === path))
  return keepAnswers(answerPhotos(new ClavisMethod(fit(known), taxa, known), asked, rankLevels), ids, rankLevels)
}

/** A rotation that turns every pair of numbers, so that nothing is lost. */
const turned = (values: Float32Array, next: () => number): Float32Array => {
  const result = values.slice()
  for (let i = 0; i < result.length; i++)
    for (let j = i + 1; j < result.length; j++) {
      const angle = 2 * Math.PI * next()
      const [a, b] = [result[i]!, result[j]!]
      result[i] = Math.cos(angle) * a - Math.sin(angle) * b
      result[j] = Math.sin(angle) * a + Math.cos(angle) * b
    }
  return result
}

/** 20 take half a minute: GATE_NETS=20. */
const NETS = Number(process.env.GATE_NETS ?? 4)

test('nets that see less are refused, and nets that see the same are not', () => {
  const now = byNet((embedding) => embedding)
  const noisy = (values: Float32Array, share: number, seed: number) => {
    const normal = gaussian(random(seed))
    return values.map((value) => value + share * normal())
  }
  const equal = Array.from({ length: NETS === 4 ? 2 : NETS }, (_, seed) =>
    byNet((embedding, row) => noisy(turned(embedding, random(seed + 1)), 0.01, 1000 * seed + row)),
  ).map((net) => judgeNets(now, net))
  const refused = equal.filter((verdict) => verdict?.decision !== 'accepted')
  assert.ok(refused.length <= NETS / 20, JSON.stringify(refused))
  const worse: [string, (embedding: Float32Array, row: number, seed: number) => Float32Array][] = [
    ['nothing but noise', (embedding, row, seed) => noisy(embedding.fill(0), 1, 1000 * seed + row)],
    ['much noise', (embedding, row, seed) => noisy(embedding, 0.8, 1000 * seed + row)],
    ['two numbers', (embedding, _, seed) => embedding.map((value, d) => (d === seed || d === seed + 4 ? value : 0.01))],
    ['another photo', (_, row, seed) => photos[(row * 97 + 31 * (seed + 1)) % photos.length]!.embedding],
  ]
  for (const [name, see] of worse)
    for (let seed = 0; seed < NETS / 4; seed++) {
      const verdict = judgeNets(
        now,
        byNet((embedding, row) => see(embedding.slice(), row, seed)),
      )
      assert.notEqual(verdict?.decision, 'accepted', `${name} ${seed}`)
      assert.ok((verdict?.reasons.length ?? 0) + (verdict?.losses.length ?? 0) > 0, `${name} ${seed}`)
    }
  assert.equal(judgeNets({ ...now, photos: now.photos.slice(0, 20) }, now), null, 'too few photos prove nothing')
})
