// Which boxes of the detector are animals, learned from what people said of boxes: multinomial logistic regression on
// the detector's confidence, the box's area and the first numbers of the crop's vector in the metric of the tree.
// Before anything is said, the answer is the detector's confidence, because the weights are pulled towards that. The
// fit is a function of the marks alone, so taking a mark back takes back all that it taught.

import { addOuterProducts, cholesky, packedLength, packedRow, solve } from '../fitting/covariance.ts'
import { minimiseLbfgs } from '../fitting/lbfgs.ts'

export const BOX_KINDS = ['animal', 'nothing', 'person', 'vehicle'] as const
export type BoxKind = (typeof BOX_KINDS)[number]
export type BoxFacts = {
  /** The detector's, 0 to 1; null where a person drew the box. */
  confidence: number | null
  /** Share of the photo. */
  area: number
  /** In the metric of the tree; empty where there is none. */
  vector: ArrayLike<number>
  /** Photos of one camera have the same one. */
  camera: string
}
export type BoxMark = BoxFacts & { kind: BoxKind }
export type BoxJudge = {
  marks: number
  /** In the order of BOX_KINDS; they sum to 1. */
  probabilities(box: BoxFacts): number[]
}

/** Numbers of the vector that are used. */
const NUMBERS = 32
/** Confidence, area, the numbers, and 1. */
const WIDTH = NUMBERS + 3
/**
 * How far each weight may be expected to lie from what it is before any mark (standard deviations of a normal prior).
 * Those of the vector are small, because 32 numbers would otherwise explain the first 20 marks by chance.
 */
const SPREAD = { confidence: 0.5, area: 0.5, number: 0.1, one: 1, camera: 0.7 }
/** Most detectors box only animals, so people and vehicles are rare until somebody marks them. */
const RARE = -4
/** Where a person drew the box. */
const DRAWN = 0.5
const CERTAIN = 1e-3
/** The logarithm of the usual area, and its spread. */
const AREA = { middle: Math.log(0.04), spread: 1.5 }

export function fitBoxJudge(marks: readonly BoxMark[]): BoxJudge {
  const cameras = new Map<string, number>()
  for (const { camera } of marks) if (!cameras.has(camera)) cameras.set(camera, cameras.size)
  const rows = marks.map(featuresOf)
  const labels = marks.map(({ kind }) => BOX_KINDS.indexOf(kind))
  const at = marks.map(({ camera }) => cameras.get(camera)!)
  const weights = new Float64Array(BOX_KINDS.length * WIDTH + cameras.size)
  const precision = precisions(cameras.size)
  if (marks.length > 0) {
    const said = BOX_KINDS.map((_, kind) => labels.includes(kind))
    minimiseLbfgs(objective(rows, labels, at, precision, said), weights, {
      steps: 40,
      tolerance: 0.05,
      precondition: preconditionerOf(rows, precision),
    })
  }
  return {
    marks: marks.length,
    probabilities(box) {
      const scores = new Float64Array(BOX_KINDS.length)
      scoresOf(featuresOf(box), cameras.get(box.camera) ?? null, weights, scores)
      return [...softmax(scores)]
    },
  }
}

/** Whether a photo shows no animal, from its boxes as if each were independent; 1 for a photo without boxes. */
export function noAnimal(judge: BoxJudge, boxes: readonly BoxFacts[]): number {
  return boxes.reduce((none, box) => none * (1 - judge.probabilities(box)[0]!), 1)
}

function featuresOf({ confidence, area, vector }: BoxFacts): Float64Array {
  const row = new Float64Array(WIDTH)
  const sure = Math.min(1 - CERTAIN, Math.max(CERTAIN, confidence ?? DRAWN))
  row[0] = Math.log(sure / (1 - sure))
  row[1] = (Math.log(Math.max(1e-6, area)) - AREA.middle) / AREA.spread
  for (let i = 0; i < Math.min(NUMBERS, vector.length); i++) row[i + 2] = vector[i]!
  row[WIDTH - 1] = 1
  return row
}

function precisions(cameras: number): Float64Array {
  const all = new Float64Array(BOX_KINDS.length * WIDTH + cameras)
  const one = (spread: number) => 1 / spread ** 2
  for (let kind = 0; kind < BOX_KINDS.length; kind++) {
    const from = kind * WIDTH
    all.fill(one(SPREAD.number), from, from + WIDTH)
    all[from] = one(SPREAD.confidence)
    all[from + 1] = one(SPREAD.area)
    all[from + WIDTH - 1] = one(SPREAD.one)
  }
  return all.fill(one(SPREAD.camera), BOX_KINDS.length * WIDTH)
}

/** The weights are added to those that give the detector's own confidence. `camera`: null for one without marks. */
function scoresOf(row: Float64Array, camera: number | null, weights: Float64Array, scores: Float64Array): void {
  for (let kind = 0; kind < scores.length; kind++) {
    let sum = kind === 0 ? row[0]! : kind === 1 ? 0 : RARE
    const from = kind * WIDTH
    // A kind that no mark has keeps weights of zero.
    if (weights[from + WIDTH - 1] !== 0) for (let i = 0; i < WIDTH; i++) sum += weights[from + i]! * row[i]!
    scores[kind] = sum
  }
  if (camera !== null) scores[1]! += weights[scores.length * WIDTH + camera]!
}

function softmax(scores: Float64Array): Float64Array {
  const most = Math.max(...scores)
  let sum = 0
  for (let k = 0; k < scores.length; k++) {
    scores[k] = Math.exp(scores[k]! - most)
    sum += scores[k]!
  }
  for (let k = 0; k < scores.length; k++) scores[k]! /= sum
  return scores
}

/** The inverse of a curvature that is nowhere exceeded (Böhning 1992), for each kind alone. */
function preconditionerOf(rows: readonly Float64Array[], precision: Float64Array): (gradient: Float64Array) => void {
  const moments = new Float64Array(packedLength(WIDTH))
  addOuterProducts(moments, rows, new Float64Array(rows.length).fill(0.25))
  for (let i = 0; i < WIDTH; i++) moments[packedRow(i) + i]! += precision[i]!
  const factor = cholesky(moments, WIDTH)
  return (gradient) => {
    solve(
      factor,
      BOX_KINDS.map((_, kind) => gradient.subarray(kind * WIDTH, (kind + 1) * WIDTH)),
    )
    for (let i = BOX_KINDS.length * WIDTH; i < gradient.length; i++) gradient[i]! /= precision[i]! + rows.length / 4
  }
}

/** `said`: the kinds that some mark has. The others stay as rare as they are, which halves the time. */
function objective(
  rows: readonly Float64Array[],
  labels: number[],
  at: number[],
  precision: Float64Array,
  said: readonly boolean[],
) {
  const scores = new Float64Array(BOX_KINDS.length)
  return (weights: Float64Array, gradient: Float64Array): number => {
    let loss = 0
    for (let i = 0; i < weights.length; i++) {
      gradient[i] = precision[i]! * weights[i]!
      loss += 0.5 * precision[i]! * weights[i]! ** 2
    }
    for (const [r, row] of rows.entries()) {
      scoresOf(row, at[r]!, weights, scores)
      softmax(scores)
      loss -= Math.log(Math.max(1e-300, scores[labels[r]!]!))
      scores[labels[r]!]! -= 1
      for (let kind = 0; kind < scores.length; kind++) {
        const error = scores[kind]!
        if (!said[kind]) continue
        const from = kind * WIDTH
        for (let i = 0; i < WIDTH; i++) gradient[from + i]! += error * row[i]!
      }
      gradient[scores.length * WIDTH + at[r]!]! += scores[1]!
    }
    return loss
  }
}
