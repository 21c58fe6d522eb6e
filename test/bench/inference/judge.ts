// How long the judges of boxes and of photos without a box take to learn 5,000 marks, and to judge as many: processor
// time, in this process.

import { BACKGROUND_NUMBERS } from '../../../classifiers/boxes/background.ts'
import { BOX_KINDS, type BoxJudge, type BoxMark, fitBoxJudge } from '../../../classifiers/boxes/judge.ts'
import { NUMBERS } from '../../../classifiers/boxes/look.ts'
import { fitPhotoJudge, type PhotoMark } from '../../../classifiers/boxes/whole-photos.ts'
import { random } from '../../../classifiers/seeded-random.ts'

export const BENCH_JUDGE_HELP = `npm run bench -- judge

How long fitting the judge of boxes to 5,000 marks takes, and judging 5,000 boxes, and the same of photos without a box:
median processor time of 15 times.`

const MARKS = 5000
const CAMERAS = 40
const TIMES = 15
/** The first ones are compiled while they run. */
const WARM_UP = 5

export async function benchJudge(): Promise<number> {
  for (const [name, shares] of [
    ['animals and nothing', [0.6, 1, 1, 1]],
    ['people and vehicles among them', [0.55, 0.9, 0.96, 1]],
  ] as const) {
    const marks = drawMarks(shares)
    const judge: BoxJudge = fitBoxJudge(marks)
    const fit = medianMs(() => fitBoxJudge(marks))
    const judged = medianMs(() => marks.map((box) => judge.probabilities(box)))
    console.log(
      `${MARKS} marks, ${name}: learned in ${fit.toFixed(0)} ms, as many boxes judged in ${judged.toFixed(0)} ms`,
    )
  }
  const photos = drawPhotos()
  const judge = fitPhotoJudge(photos)
  const fit = medianMs(() => fitPhotoJudge(photos))
  const judged = medianMs(() => photos.map((photo) => judge.animal(photo)))
  console.log(
    `${MARKS} photos without a box: learned in ${fit.toFixed(0)} ms, as many judged in ${judged.toFixed(0)} ms`,
  )
  return 0
}

/** A tenth with an animal, each unlike the scene of its camera. */
function drawPhotos(): PhotoMark[] {
  const next = random(8)
  const draw = (spread: number) => Float32Array.from({ length: BACKGROUND_NUMBERS }, () => spread * (next() - 0.5))
  const scenes = Array.from({ length: CAMERAS }, () => draw(1))
  return Array.from({ length: MARKS }, (_, i) => {
    const hasAnimal = i % 10 === 0
    const noise = draw(hasAnimal ? 0.4 : 0.2)
    const seen = scenes[i % CAMERAS]!.map((value, k) => value + noise[k]!)
    const length = Math.hypot(...seen)
    const background = seen.map((value) => value / length)
    return { id: i + 1, groupKey: `${i}`, camera: `camera ${i % CAMERAS}`, background, hasAnimal }
  })
}

/** `shares`: the cumulated shares of the kinds. */
function drawMarks(shares: readonly number[]): BoxMark[] {
  const next = random(7)
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  return Array.from({ length: MARKS }, (_, i) => {
    const drawn = next()
    const at = shares.findIndex((share) => drawn < share)
    const kind = BOX_KINDS[at]!
    return {
      id: i + 1,
      confidence: 1 / (1 + Math.exp(-(1.5 * normal() + (kind === 'nothing' ? -1 : 1)))),
      bbox: [0.8 * next(), 0.8 * next(), 0.05 + 0.1 * next(), 0.05 + 0.1 * next()],
      vector: Float32Array.from({ length: NUMBERS }, (_, k) => normal() + (k === at ? 1.5 : 0)),
      camera: `camera ${i % CAMERAS}`,
      kind,
    }
  })
}

function medianMs(work: () => unknown): number {
  const times = Array.from({ length: WARM_UP + TIMES }, () => {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  return times.slice(WARM_UP).sort((a, b) => a - b)[Math.floor(TIMES / 2)]!
}
