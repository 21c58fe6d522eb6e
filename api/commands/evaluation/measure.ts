// Asks for the parts of an evaluation and puts their figures together.

import { pairedInterval } from '../../../classifiers/evaluation/calibration-error.ts'
import { changeOf } from '../../../classifiers/evaluation/change.ts'
import { oneSpeciesOf } from '../../../classifiers/evaluation/day-one.ts'
import type { Figures } from '../../../classifiers/evaluation/figures.ts'
import type { Library } from '../../../classifiers/evaluation/methods.ts'
import { bySources, estimateOf, forRules, SEEDS, type Stranger } from '../../../classifiers/evaluation/strangers.ts'
import { streamOf } from '../../../classifiers/evaluation/stream.ts'
import { LEFT_OUT, type Novelty, type Shots } from '../../../classifiers/evaluation/trials.ts'
import { mean } from '../../../classifiers/fitting/averages.ts'
import { FOLDS } from '../../../classifiers/fitting/folds.ts'
import { UsageError } from '../usage.ts'
import { average } from './average.ts'
import type { DayOneReport } from './day-one-report.ts'
import type { Draws } from './draw-pool.ts'
import { divide, type Split, type Splits } from './draws.ts'
import type { Report } from './report.ts'

const SHOT_SEEDS = 10
const NOVELTY_DRAWS = 4
/** Of the day-one protocol of new library species: two of each half of the species. */
const RULE_SEEDS = 4
const RULE_SHOTS = [1, 2, 5, 10]
/** Of the day-one protocol of a newcomer, whose draws are small. */
const NEWCOMER_SEEDS = 6

const seeds = (count: number): number[] => Array.from({ length: count }, (_, seed) => seed)

/** The library's own split, or five by group: each fold is the test set once. */
export async function measureSplits(
  library: Library,
  splits: Splits,
  model: { name: string; sha256: string },
  names: readonly string[],
  draws: Draws,
): Promise<Report> {
  const all = seeds(splits === 'column' ? 1 : FOLDS).map((seed) => ({ splits, seed }))
  const sizes = all.map((split) => divide(library, split))
  if (sizes.some(({ train, test }) => train.length === 0 || test.length === 0)) {
    throw new UsageError('Expected rows for training and for testing: fill the column split, or use --splits 5.')
  }
  const runs = await Promise.all(
    all.map(async (split) => {
      const [ours, ...figures] = await Promise.all([
        draws.run('ours', split),
        ...names.map((name) => draws.run('baseline', { name, ...split })),
      ])
      return { ...ours, baselines: Object.fromEntries(names.map((name, i) => [name, figures[i]!])) }
    }),
  )
  const first = sizes[0]!
  return {
    model: { name: model.name, sha256: model.sha256 },
    photos: library.photos.length,
    train: first.train.length,
    test: first.test.length,
    splits,
    ours: averageRanks(runs.map((run) => run.ours)),
    bySplit: runs.map(({ ours }) => ours.ranks),
    treeAlone: averageRanks(runs.map((run) => run.treeAlone)),
    baselines: Object.fromEntries(names.map((name) => [name, averageRanks(runs.map((run) => run.baselines[name]!))])),
    intervals: runs.length > 1 ? intervalsOf(runs, names) : undefined,
    differences: runs.length > 1 && names.length > 0 ? differencesOf(runs, names) : undefined,
    meanRankDistance: mean(runs.map((run) => run.ours.meanRankDistance)),
    meanNovelty: mean(runs.map((run) => run.ours.meanNovelty)),
    coverage: average(runs.map((run) => run.coverage)),
    similar: average(runs.map((run) => run.similar)),
    timing: average(runs.map((run) => run.timing)),
  }
}

const COLUMN: Split = { splits: 'column', seed: 0 }

async function columnTop1(draws: Draws): Promise<Record<string, number>> {
  const { ours } = await draws.run('ours', COLUMN)
  return Object.fromEntries(Object.entries(ours.ranks).map(([rank, { top1 }]) => [rank, top1]))
}

export async function measureNoise(share: number, draws: Draws): Promise<Report['noise']> {
  const [clean, noisy] = await Promise.all([columnTop1(draws), draws.run('noise', { share })])
  return { share, clean: clean.species ?? Number.NaN, noisy: noisy.species ?? Number.NaN }
}

/** `taxa`: how many taxa there are besides the library's. */
export async function measureUntaught(taxa: number, draws: Draws): Promise<Report['untaught']> {
  const [without, more] = await Promise.all([columnTop1(draws), draws.run('untaught', { taxa })])
  return { taxa, without, with: more }
}

export async function measureShots(shots: number[], draws: Draws): Promise<Shots[]> {
  const known = await Promise.all([0, 1].map((seed) => draws.run('known', { seed })))
  const curves = await Promise.all(
    seeds(SHOT_SEEDS).map((seed) => draws.run('shots', { shots, seed, capped: true }, known[seed % 2]!)),
  )
  return average(curves)
}

export async function measureNovelty(share: number, draws: Draws): Promise<Novelty[]> {
  return await Promise.all(
    LEFT_OUT.map(async ({ level, leftOut }) => {
      const rows = await Promise.all(seeds(NOVELTY_DRAWS).map((draw) => draws.run('novelty', { level, share, draw })))
      const measured = rows.filter((row) => row !== null)
      const over = (figure: keyof (typeof measured)[number]) => mean(measured.map((row) => row[figure]))
      return {
        leftOut,
        auroc: over('auroc'),
        byDistance: over('byDistance'),
        byLargest: over('byLargest'),
        stoppedAbove: over('stoppedAbove'),
        knownNovelty: over('knownNovelty'),
      }
    }),
  )
}

export async function measureDayOne(strangers: readonly Stranger[], draws: Draws): Promise<DayOneReport> {
  const column = draws.run('ours', COLUMN)
  const libraryFigures = column.then(({ fitted }) => draws.run('rules', {}, fitted))
  const known = Promise.all([0, 1].map((seed) => draws.run('known', { seed })))
  const parts = Promise.all(
    bySources(strangers).map(async ({ sources, strangers }) => {
      const [wrong, one, newcomer, stream, change] = await Promise.all([
        column.then(({ fitted }) => draws.run('wrongStops', { sources }, fitted)),
        Promise.all(seeds(SEEDS).map((seed) => draws.run('oneSpecies', { sources, seed }))),
        Promise.all(seeds(NEWCOMER_SEEDS).map((seed) => draws.run('newcomer', { sources, seed }))),
        Promise.all(seeds(SEEDS).map((seed) => draws.run('stream', { sources, seed }))),
        Promise.all(seeds(SEEDS).map((seed) => draws.run('change', { sources, seed }))),
      ])
      const streams = { stream: streamOf(stream), change: changeOf(change) }
      const named = { one: oneSpeciesOf(one), newcomer: oneSpeciesOf(newcomer) }
      return { sources, photos: strangers.length, wrong, ...named, ...streams }
    }),
  )
  const shots = forRules((rule) =>
    known.then((fitted) =>
      Promise.all(
        seeds(RULE_SEEDS).map((seed) =>
          draws.run('shots', { shots: RULE_SHOTS, seed, capped: rule === 'capped' }, fitted[seed % 2]!),
        ),
      ),
    ),
  )
  const [library, measured, today, capped] = await Promise.all([libraryFigures, parts, shots.today, shots.capped])
  return {
    library,
    parts: measured,
    shots: RULE_SHOTS.map((photos, row) => {
      const over = (figure: keyof Shots) => ({
        today: estimateOf(today.map((curve) => curve[row]![figure])),
        capped: estimateOf(capped.map((curve) => curve[row]![figure])),
      })
      return {
        photos,
        first: over('newTop1'),
        inFive: over('newTop5'),
        known: over('knownTop1'),
        atNew: over('stoppedAtNew'),
        right: over('newStopsRight'),
      }
    }),
  }
}

/** Top-1 per rank over the splits, ours and each baseline's. */
function intervalsOf(
  runs: readonly { ours: Figures; baselines: Record<string, Figures> }[],
  names: readonly string[],
): Report['intervals'] {
  const over = (figuresIn: (run: (typeof runs)[number]) => Figures) =>
    Object.fromEntries(
      Object.keys(runs[0]!.ours.ranks).map((rank) => [
        rank,
        pairedInterval(runs.map((run) => figuresIn(run).ranks[rank]!.top1)),
      ]),
    )
  return {
    ours: over(({ ours }) => ours),
    ...Object.fromEntries(names.map((name) => [name, over(({ baselines }) => baselines[name]!)])),
  }
}

/** ClavisMethod minus each baseline per rank, paired by split. */
function differencesOf(
  runs: readonly { ours: Figures; baselines: Record<string, Figures> }[],
  names: readonly string[],
): Report['differences'] {
  return Object.fromEntries(
    names.map((name) => [
      name,
      Object.fromEntries(
        Object.keys(runs[0]!.ours.ranks).map((rank) => [
          rank,
          pairedInterval(runs.map((run) => run.ours.ranks[rank]!.top1 - run.baselines[name]!.ranks[rank]!.top1)),
        ]),
      ),
    ]),
  )
}

function averageRanks(runs: readonly Figures[]): Figures['ranks'] {
  return average(runs.map(({ ranks }) => ranks))
}
