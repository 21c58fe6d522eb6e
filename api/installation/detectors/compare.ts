// Two detectors on the same photos with known boxes. Differences are paired, and whole bursts are drawn, as for
// versions of the tree (classifiers/evaluation/gate.ts).

import { quantile } from '../../../classifiers/fitting/averages.ts'
import { random } from '../../../classifiers/seeded-random.ts'
import type { Bbox } from '../../../db/schema.ts'
import type { Found } from '../../../indexer/detect.ts'
import { judge } from '../../../indexer/measure-detector.ts'
import type { Comparison, DetectorFigures } from '../../contract/models/detector.ts'

type Boxes = readonly Pick<Found, 'bbox' | 'confidence'>[]
export type ComparedPhoto = {
  group: string
  camera: string | null
  /** The animals. */
  boxes: readonly Bbox[]
  old: Boxes
  candidate: Boxes
}

/** False boxes per photo that are put up with. */
const LEVELS = [0.1, 0.3, 1] as const
/** Shares of the photo's area below which an animal is small, or medium. */
const SMALL = 0.01
const MEDIUM = 0.1
export const LEAST_BOXES = 20
const DRAWS = 400
/** A candidate may fall short by so much. */
const TOLERATED = 0.01
/** And the favourable end of the 90 % interval of its gain by so much, as for versions of the tree. */
const TOLERATED_END = -0.005
const IOU = 0.5

type Size = Comparison['bySize'][number]['size']
const sizeOf = ([, , width, height]: Bbox): Size =>
  width * height < SMALL ? 'small' : width * height < MEDIUM ? 'medium' : 'large'

type Verdict = { photo: number; confidence: number; right: boolean; size: Size }
/** Most confident first. `size` of a right box is that of the known one. */
type Judged = { verdicts: Verdict[]; photos: readonly ComparedPhoto[] }

function judgeAll(photos: readonly ComparedPhoto[], of: 'old' | 'candidate'): Judged {
  const verdicts = photos.flatMap((photo, index) =>
    judge({ boxes: photo.boxes, found: photo[of] }, IOU).map(({ one, confidence, box }) => ({
      photo: index,
      confidence,
      right: box !== null,
      size: sizeOf(box ?? one.bbox),
    })),
  )
  return { verdicts: verdicts.sort((a, b) => b.confidence - a.confidence), photos }
}

type Numbers = { ap50: number; recall: number[] }

/** `weight`: how often a photo counts. */
function numbersOf({ verdicts, photos }: Judged, weight: (photo: number) => number): Numbers {
  let total = 0
  let boxes = 0
  photos.forEach((photo, index) => {
    total += weight(index)
    boxes += weight(index) * photo.boxes.length
  })
  let [right, wrong] = [0, 0]
  const recall: number[] = LEVELS.map(() => 0)
  const curve: { precision: number; gained: number }[] = []
  for (const verdict of verdicts) {
    const w = weight(verdict.photo)
    if (w === 0) continue
    if (verdict.right) right += w
    else wrong += w
    LEVELS.forEach((level, k) => {
      if (wrong <= level * total) recall[k] = right
    })
    curve.push({ precision: right / (right + wrong), gained: verdict.right ? w : 0 })
  }
  let [area, best] = [0, 0]
  for (const { precision, gained } of curve.reverse()) {
    best = Math.max(best, precision)
    area += best * gained
  }
  return { ap50: area / boxes, recall: recall.map((found) => found / boxes) }
}

const one = () => 1

function figuresOf(judged: Judged): DetectorFigures {
  const boxes = judged.photos.reduce((sum, photo) => sum + photo.boxes.length, 0)
  const { ap50, recall } = numbersOf(judged, one)
  const orNull = (value: number) => (boxes === 0 ? null : value)
  return {
    boxes,
    ap50: orNull(ap50),
    recall: LEVELS.map((falseBoxesPerPhoto, k) => ({ falseBoxesPerPhoto, recall: orNull(recall[k]!) })),
  }
}

/** Boxes of one size alone, known and found. */
const ofSize = ({ verdicts, photos }: Judged, size: Size): Judged => ({
  verdicts: verdicts.filter((verdict) => verdict.size === size),
  photos: photos.map((photo) => ({ ...photo, boxes: photo.boxes.filter((box) => sizeOf(box) === size) })),
})

export type Figures = Pick<Comparison, 'notWorse' | 'reasons' | 'all' | 'bySize' | 'byCamera'>

export function compareDetectors(photos: readonly ComparedPhoto[]): Figures {
  const old = judgeAll(photos, 'old')
  const candidate = judgeAll(photos, 'candidate')
  const pair = (make: (judged: Judged) => Judged) => ({
    old: figuresOf(make(old)),
    candidate: figuresOf(make(candidate)),
  })
  const cameras = [...new Set(photos.flatMap(({ camera }) => camera ?? []))].sort()
  const all = pair((judged) => judged)
  const reasons = reasonsAgainst(all, old, candidate)
  return {
    notWorse: reasons.length === 0,
    reasons,
    all,
    bySize: (['small', 'medium', 'large'] as const).map((size) => ({
      size,
      ...pair((judged) => ofSize(judged, size)),
    })),
    byCamera: cameras.map((camera) => {
      const own = photos.filter((photo) => photo.camera === camera)
      return {
        camera,
        old: figuresOf(judgeAll(own, 'old')),
        candidate: figuresOf(judgeAll(own, 'candidate')),
      }
    }),
  }
}

function reasonsAgainst(all: Figures['all'], old: Judged, candidate: Judged): string[] {
  const { boxes } = all.old
  if (boxes < LEAST_BOXES)
    return [`Only ${boxes} known boxes: expected at least ${LEAST_BOXES} to tell which detector is better.`]
  const gains = drawnGains(old, candidate)
  const figures: [what: string, of: (numbers: Numbers) => number][] = [
    ['Average precision', ({ ap50 }) => ap50],
    ...LEVELS.map((level, k): [string, (numbers: Numbers) => number] => [
      `The share found at ${level} false boxes per photo`,
      ({ recall }) => recall[k]!,
    ]),
  ]
  const [before, after] = [numbersOf(old, one), numbersOf(candidate, one)]
  return figures.flatMap(([what, of]) => {
    const end = quantile(
      gains.map(([then, now]) => of(now) - of(then)),
      0.95,
    )
    if (of(after) >= of(before) - TOLERATED && end >= TOLERATED_END) return []
    return [`${what} is ${of(after).toFixed(3)} instead of ${of(before).toFixed(3)}.`]
  })
}

/** Both on the same draws of whole groups. */
function drawnGains(old: Judged, candidate: Judged): [Numbers, Numbers][] {
  const groups = [...new Set(old.photos.map(({ group }) => group))]
  const place = new Map(groups.map((group, i) => [group, i]))
  const groupOf = old.photos.map(({ group }) => place.get(group)!)
  const next = random(1)
  const draws = Array.from({ length: DRAWS }, (): [Numbers, Numbers] => {
    const times = new Uint16Array(groups.length)
    for (let i = 0; i < groups.length; i++) times[Math.floor(next() * groups.length)]!++
    const weight = (photo: number) => times[groupOf[photo]!]!
    return [numbersOf(old, weight), numbersOf(candidate, weight)]
  })
  // A draw may have no box at all.
  return draws.filter(([{ ap50 }]) => Number.isFinite(ap50))
}
