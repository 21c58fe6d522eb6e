// How many suggestions would be wrong if they were all accepted now, and whether a person may stop. The sum of what the
// tree itself gives for a wrong answer is corrected by the animals that were drawn at random and named: the log odds
// of a wrong answer are a + b · the tree's, with normal priors, as in CamTrapTools' calibration.

/** How many animals of one burst there are on average, as an animal sees it: they tend to be wrong together. */
export type Left = { bins: ArrayLike<number>; burst: number }
/**
 * An animal that was drawn at random: how probable the suggestion was before it was named, and whether it was right.
 * What the present tree says without it would be worse than what it says of others: of a rare taxon it is an example.
 */
export type Drawn = { probability: number; right: boolean }
/** `low` to `high`: where the number lies in nine of ten reviews. */
export type WrongLeft = { expected: number; low: number; high: number }

/** Animals are counted by the probability of their suggestion, in so many equal steps. */
export const PROBABILITY_BINS = 200
export const binOf = (probability: number): number =>
  Math.min(PROBABILITY_BINS - 1, Math.max(0, Math.floor(probability * PROBABILITY_BINS)))

/**
 * Trees that hold few examples are right more often than they say: on the library 0.78 of what waits where they say
 * 0.55 (eval --stopping, 2026-11-27). The standard deviation leaves room for what they say.
 */
const OFFSET_MEAN = -1
const OFFSET_SD = 1.5
/** The tree grows: an animal drawn so many draws ago counts half. */
const HALF_LIFE = 10
const SLOPE_SD = 0.3
const OFFSETS = Array.from({ length: 61 }, (_, i) => (i - 30) / 6)
const SLOPES = Array.from({ length: 13 }, (_, i) => 0.4 + i / 10)
/** Animals of one burst share so much of what makes them wrong. */
const SHARED = 0.5
const INTERVAL = [0.05, 0.95] as const

/** `drawn`: in the order in which they were named. */
export function wrongLeft({ bins, burst }: Left, drawn: readonly Drawn[]): WrongLeft {
  const odds = Array.from({ length: PROBABILITY_BINS }, (_, bin) => logOddsWrong((bin + 0.5) / PROBABILITY_BINS))
  const checked = drawn.flatMap(({ probability, right }, i) =>
    // Where nothing was suggested there was nothing to be wrong.
    probability > 0
      ? [{ odds: odds[binOf(probability)]!, right, weight: 2 ** ((i + 1 - drawn.length) / HALF_LIFE) }]
      : [],
  )
  const models: Believed[] = []
  for (const slope of SLOPES)
    for (const offset of OFFSETS) {
      let log = -(((offset - OFFSET_MEAN) / OFFSET_SD) ** 2 + ((slope - 1) / SLOPE_SD) ** 2) / 2
      for (const { odds, right, weight } of checked)
        log += weight * Math.log(logistic((right ? -1 : 1) * (offset + slope * odds)))
      let sum = 0
      let variance = 0
      for (let bin = 0; bin < PROBABILITY_BINS; bin++) {
        const count = bins[bin]!
        if (count === 0) continue
        const wrong = logistic(offset + slope * odds[bin]!)
        sum += count * wrong
        variance += count * wrong * (1 - wrong)
      }
      models.push({ log, mean: sum, sd: Math.sqrt(variance * (1 + SHARED * (Math.max(1, burst) - 1))) })
    }
  const most = Math.max(...models.map(({ log }) => log))
  const weighted = models.map((model) => ({ ...model, weight: Math.exp(model.log - most) }))
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0)
  const all = Array.from(bins).reduce((sum, count) => sum + count, 0)
  const at = (share: number) => quantileOf(weighted, total * share, all)
  return {
    expected: weighted.reduce((sum, { weight, mean }) => sum + weight * mean, 0) / total,
    low: Math.floor(at(INTERVAL[0])),
    high: Math.ceil(at(INTERVAL[1])),
  }
}

type Believed = { log: number; mean: number; sd: number }

/** The number of wrong ones below which so much weight lies, by halving. */
function quantileOf(models: readonly (Believed & { weight: number })[], weight: number, all: number): number {
  let [low, high] = [0, all]
  while (high - low > 0.1) {
    const middle = (low + high) / 2
    const below = models.reduce(
      (sum, { mean, sd, weight }) => sum + weight * logistic(PROBIT * ((middle - mean) / Math.max(sd, 0.1))),
      0,
    )
    if (below < weight) low = middle
    else high = middle
  }
  return (low + high) / 2
}
/** The logistic curve of this steepness is the normal one within 0.01. */
const PROBIT = 1.702

const logistic = (x: number): number => 1 / (1 + Math.exp(-x))
const logOddsWrong = (probability: number): number => Math.log((1 - probability) / probability)

/** Fewer drawn animals say little of the rest. */
export const FEWEST_DRAWN = 10

/**
 * `check`: too few drawn animals are named to say; `stop`: even the high end is as rare as asked; `stopAtFamily`: of
 * families alone; `goOn`: neither.
 */
export type StopAdvice = 'check' | 'stop' | 'stopAtFamily' | 'goOn'

/** `share`: of wrong suggestions, that a person accepts. */
export function adviseStop(
  animals: number,
  { species, family }: { species: WrongLeft; family: WrongLeft },
  { drawn, share }: { drawn: number; share: number },
): StopAdvice {
  if (drawn < FEWEST_DRAWN) return 'check'
  if (species.high <= share * animals) return 'stop'
  return family.high <= share * animals ? 'stopAtFamily' : 'goOn'
}
