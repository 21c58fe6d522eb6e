// Novelty from scores alone: what is fitted keeps the assumed average, separates new from known no worse, and stays a
// distribution.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auroc } from '../../classifiers/fitting/auroc.ts'
import { mean } from '../../classifiers/fitting/averages.ts'
import { PRIOR_CALIBRATION } from '../../classifiers/fitting/calibration.ts'
import type { HeldOut } from '../../classifiers/fitting/held-out.ts'
import { ASSUMED_NEW, fitNovelty } from '../../classifiers/fitting/novelty.ts'
import { type Calibration, outcomeProbabilities } from '../../classifiers/outcomes.ts'
import { random } from '../../classifiers/seeded-random.ts'
import type { Scores } from '../../classifiers/tree.ts'

const SPECIES = 12
const RANK_LEVELS = [100, 30, ...Array.from({ length: SPECIES }, () => 10)]

/** The root, a family, and its species. Densities are `loud` times what they should be. */
function draw(next: () => number, isKnown: boolean, loud: number, examples = 500): HeldOut {
  const truth = 2 + Math.floor(next() * SPECIES)
  const known = Float64Array.from(RANK_LEVELS, (_, i) =>
    i < 2 ? Number.NEGATIVE_INFINITY : loud * (8 * (next() - 0.5) + (isKnown && i === truth ? 4 : 0)),
  )
  const novel = Float64Array.from(RANK_LEVELS, (_, i) =>
    i < 2 ? loud * (8 * (next() - 0.5) + (isKnown ? 0 : 3)) : Number.NEGATIVE_INFINITY,
  )
  const nodes = RANK_LEVELS.map((rankLevel, id) => ({ id, rankLevel }) as unknown as Scores['nodes'][number])
  return {
    scores: {
      nodes,
      parents: Int32Array.from(RANK_LEVELS, (_, i) => Math.min(i, 2) - 1),
      known,
      novel,
      weight: new Float64Array(RANK_LEVELS.length).fill(20),
      outcomes: {
        known: SPECIES,
        inner: new Map([
          [100, 1],
          [30, 1],
        ]),
      },
    },
    neighbours: [],
    regression: null,
    examples,
    path: isKnown ? [1, truth] : [1],
    known: isKnown,
    taxonId: truth,
  }
}

function drawBoth(seed: number, loud: number) {
  const next = random(seed)
  const list = (isKnown: boolean) => Array.from({ length: 400 }, () => draw(next, isKnown, loud))
  return { known: list(true), leftOut: list(false) }
}

const START: Calibration = { ...PRIOR_CALIBRATION, fusion: { weight: 0, sharpness: 10, regression: 0 } }
const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)
const noveltyOf = ({ scores, examples }: HeldOut, calibration: Calibration): number =>
  sum(outcomeProbabilities(scores, calibration, examples).novel)

test('fitted novelty averages what is assumed, and tells new from known no worse than before', () => {
  for (const [seed, loud] of [
    [1, 0.5],
    [2, 4],
    [3, 40],
  ] as const) {
    const { known, leftOut } = drawBoth(seed, loud)
    const fitted = fitNovelty(known, leftOut, START, 1)
    const fresh = drawBoth(seed + 100, loud)
    const said = (calibration: Calibration) => ({
      known: fresh.known.map((answer) => noveltyOf(answer, calibration)),
      leftOut: fresh.leftOut.map((answer) => noveltyOf(answer, calibration)),
    })
    const [before, after] = [said(START), said(fitted)]
    const average = (1 - ASSUMED_NEW) * mean(after.known) + ASSUMED_NEW * mean(after.leftOut)
    assert.ok(Math.abs(average - ASSUMED_NEW) < 0.012, `loud ${loud}: ${average}`)
    assert.ok(auroc(after.leftOut, after.known) > auroc(before.leftOut, before.known) - 0.01, `loud ${loud}`)
  }
})

test('the louder the densities, the less they are believed', () => {
  const beliefs = [4, 40].map((loud) => {
    const { known, leftOut } = drawBoth(7, loud)
    const { noveltySharpness, noveltyTemperature } = fitNovelty(known, leftOut, START, 1)
    return noveltySharpness / noveltyTemperature
  })
  assert.ok(beliefs[1]! < beliefs[0]!, String(beliefs))
})

test('with no share for the answers, the start stays but for its priors', () => {
  const { known, leftOut } = drawBoth(5, 4)
  const start = { ...START, noveltyTemperature: 3, noveltySharpness: 0.5, noveltyBias: -1.5 }
  const fitted = fitNovelty(known, leftOut, start, 0)
  for (const name of ['temperature', 'noveltyTemperature', 'noveltySharpness', 'noveltyBias'] as const) {
    assert.ok(Math.abs(fitted[name] - start[name]) < 1e-9, name)
  }
})

test('every outcome together has probability 1, whatever was fitted; few examples make novelty likelier, however it was fitted', () => {
  const next = random(11)
  for (let i = 0; i < 200; i++) {
    const calibration = {
      ...START,
      temperature: 1 + 20 * next(),
      noveltyTemperature: 1 + 20 * next(),
      noveltySharpness: 0.1 + next(),
      noveltyBias: 8 * (next() - 0.5),
    }
    const answer = draw(next, next() < 0.5, 10)
    const { known, novel } = outcomeProbabilities(answer.scores, calibration, answer.examples)
    assert.ok(Math.abs(sum(known) + sum(novel) - 1) < 1e-9)
    assert.ok([...known, ...novel].every((value) => value >= 0 && value <= 1))
    const many = noveltyOf({ ...answer, examples: 5000 }, calibration)
    const few = noveltyOf({ ...answer, examples: 3 }, calibration)
    assert.ok(few > many || many > 1 - 1e-9, `${few} of 3, ${many} of 5000`)
  }
})
