// Which boxes of the detector are animals, learned from what people said of boxes: multinomial logistic regression on
// what look.ts sees, with an offset per camera. Before anything is said, the answer is the detector's confidence,
// because the weights are pulled towards that. The fit is a function of the set of marks alone, so taking a mark back
// takes back all that it taught.

import { fitOffsets } from './fit-offsets.ts'
import { type BoxFacts, logOdds, lookWith, mixed, PRIOR, WIDTH } from './look.ts'

export type { BoxFacts } from './look.ts'
export const BOX_KINDS = ['animal', 'nothing', 'person', 'vehicle'] as const
export type BoxKind = (typeof BOX_KINDS)[number]
export type BoxMark = BoxFacts & { kind: BoxKind }
export type BoxJudge = {
  marks: number
  /** In the order of BOX_KINDS; they sum to 1. */
  probabilities(box: BoxFacts): number[]
}

/** Most detectors box only animals, so people and vehicles are rare until somebody marks them. */
const RARE = -4
/** Standard deviation of the log odds of "nothing" between cameras. */
const CAMERA_SPREAD = 0.7
/** Each kind in turn, the others fixed, so often at most; and after the sample was fitted. */
const ROUNDS = 20
const ROUNDS_AFTER = 2
const SETTLED = 0.02
/** So many marks are fitted first. */
const SAMPLE = 500

/** Weights of one kind against "animal", added to its base score; offsets by camera for "nothing". */
type Fitted = { weights: Float64Array; offsets: Float64Array }

export function fitBoxJudge(unsorted: readonly BoxMark[]): BoxJudge {
  // The order in which marks are given must not show in the last digits either.
  const marks = mixed(unsorted)
  const look = lookWith(marks)
  const cameras = new Map<string, number>()
  for (const { camera } of marks) if (!cameras.has(camera)) cameras.set(camera, cameras.size)
  const fitted = BOX_KINDS.map(
    (_, kind): Fitted => ({
      weights: kind === 1 ? PRIOR.mean.slice() : new Float64Array(WIDTH),
      offsets: new Float64Array(cameras.size),
    }),
  )
  fitKinds(marks, look, cameras, fitted)
  const row = new Float64Array(WIDTH)
  return {
    marks: marks.length,
    probabilities(box) {
      look(box, row)
      const camera = cameras.get(box.camera)
      return softmax(fitted.map((_, kind) => scoreOf(row, box, kind, fitted[kind]!, camera)))
    },
  }
}

/** Whether a photo shows no animal, from its boxes as if each were independent; 1 for a photo without boxes. */
export function noAnimal(judge: BoxJudge, boxes: readonly BoxFacts[]): number {
  return boxes.reduce((none, box) => none * (1 - judge.probabilities(box)[0]!), 1)
}

/** The kinds that no mark has keep their base scores, which saves time. */
function fitKinds(
  marks: readonly BoxMark[],
  look: (box: BoxFacts, row: Float64Array) => void,
  cameras: ReadonlyMap<string, number>,
  fitted: readonly Fitted[],
): void {
  // People who only name animals have not said how many boxes are none.
  if (marks.every(({ kind }) => kind === 'animal')) return
  const said = BOX_KINDS.flatMap((name, kind) =>
    kind === 1 || (kind > 1 && marks.some((mark) => mark.kind === name)) ? [kind] : [],
  )
  const rows = marks.map((mark) => {
    const row = new Float64Array(WIDTH)
    look(mark, row)
    return row
  })
  const camera = Int32Array.from(marks, (mark) => cameras.get(mark.camera)!)
  // The first marks are a sample: from what they teach, all of them need few steps, and each step takes long.
  const isMany = marks.length > 2 * SAMPLE
  const of = { rows, camera, cameras: cameras.size, said, fitted }
  if (isMany) fitRows(marks.slice(0, SAMPLE), of, ROUNDS)
  fitRows(marks, of, isMany ? ROUNDS_AFTER : ROUNDS)
}

/** Rows and cameras of the marks that are fitted, perhaps of more; and the kinds that people said. */
type ToFit = {
  rows: readonly Float64Array[]
  camera: Int32Array
  cameras: number
  said: readonly number[]
  fitted: readonly Fitted[]
}

function fitRows(marks: readonly BoxMark[], { rows, camera, cameras, said, fitted }: ToFit, rounds: number): void {
  const own = rows.slice(0, marks.length)
  const scores = BOX_KINDS.map((_, kind) =>
    Float64Array.from(marks, (mark, i) => scoreOf(own[i]!, mark, kind, fitted[kind]!, camera[i])),
  )
  const others = new Float64Array(marks.length)
  for (let round = 0; round < rounds; round++) {
    let moved = 0
    for (const kind of said) {
      otherScores(scores, kind, others)
      const isKind = Uint8Array.from(marks, (mark) => Number(mark.kind === BOX_KINDS[kind]))
      const isNothing = kind === 1
      const step = fitOffsets({
        rows: own,
        camera,
        cameras: isNothing ? cameras : 0,
        isKind,
        score: scores[kind]!,
        others,
        prior: isNothing ? PRIOR : { mean: NOTHING_KNOWN, spread: PRIOR.spread },
        cameraSpread: CAMERA_SPREAD,
        ...fitted[kind]!,
        steps: round === 0 ? rounds : 1,
        settled: SETTLED,
      })
      moved = Math.max(moved, step)
    }
    if (said.length < 2 || moved < SETTLED) return
  }
}

/** Logarithm of the summed exponents of all other kinds' scores, for each mark. */
function otherScores(scores: readonly Float64Array[], kind: number, into: Float64Array): void {
  const [a, b, c] = scores.filter((_, other) => other !== kind)
  for (let i = 0; i < into.length; i++) {
    const most = Math.max(a![i]!, b![i]!, c![i]!)
    into[i] = most + Math.log(Math.exp(a![i]! - most) + Math.exp(b![i]! - most) + Math.exp(c![i]! - most))
  }
}

const NOTHING_KNOWN = new Float64Array(WIDTH)

function scoreOf(
  row: Float64Array,
  { confidence }: BoxFacts,
  kind: number,
  { weights, offsets }: Fitted,
  camera: number | undefined,
): number {
  if (kind === 0) return logOdds(confidence)
  let score = (kind === 1 ? 0 : RARE) + (kind === 1 && camera !== undefined ? offsets[camera]! : 0)
  for (let i = 0; i < WIDTH; i++) score += weights[i]! * row[i]!
  return score
}

function softmax(scores: readonly number[]): number[] {
  const most = Math.max(...scores)
  const all = most + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - most), 0))
  return scores.map((score) => Math.exp(score - all))
}
