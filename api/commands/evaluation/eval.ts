// `npm run eval` measures on a labelled CSV how good the tree is on photos that it was not taught, compared with usual
// classifiers of the same vectors. Everything is seeded: the same CSV and model give the same figures.

import { writeFile } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { BASELINES } from '../../../classifiers/evaluation/baselines.ts'
import { pairedInterval } from '../../../classifiers/evaluation/calibration-error.ts'
import { coverageOf, type Figures, figuresOf, similarPrecision } from '../../../classifiers/evaluation/figures.ts'
import { ClavisMethod, fitBaseline, type Library, type Photo } from '../../../classifiers/evaluation/methods.ts'
import { fewShots, type Memoise, noveltyOf, withWrongLabels } from '../../../classifiers/evaluation/trials.ts'
import { mean, quantile } from '../../../classifiers/fitting/averages.ts'
import { FOLDS, foldsOf } from '../../../classifiers/fitting/folds.ts'
import { Taxonomy } from '../../../classifiers/taxonomy.ts'
import { RANK_LEVELS } from '../../../db/schema.ts'
import { lookAtFolder, measureDetector, readBoxedPhotos } from '../../../indexer/measure-detector.ts'
import { sha256OfFile } from '../../../indexer/models/checksum.ts'
import { DEFAULT_DETECTOR, DEFAULT_EMBEDDER, openModels } from '../../../indexer/models/models.ts'
import type { Config } from '../../config.ts'
import { modelFolders } from '../../installation/model-choice.ts'
import { withProgress } from '../progress.ts'
import { UsageError } from '../usage.ts'
import { average } from './average.ts'
import { keepIn } from './cache.ts'
import { namesTaxa, readLibrary, withUntaught } from './library.ts'
import { detectorTable, type Report, render } from './report.ts'

export const EVAL_HELP = `npm run eval -- LIBRARY.csv [options]

  --json FILE            Writes all figures as JSON.
  --splits column|5      The CSV's own column split (default), or five splits by group with paired differences.
  --noise 0.2            Also with that share of training labels wrong.
  --shots 1,2,5,10       Also: every other species is new and taught with so many photos (ten seeds).
  --hold-out-taxa 0.2    Also: animals of a fifth of species, genera, families that the tree does not know.
  --detector             Also the detector's boxes on the CSV's boxed photos; nothing else where the CSV names no taxa. With a
                         column complete, photos without boxes that have 1 there count as empty; with a column kinds, only
                         animals count.
  --held-out FILE        With --detector: only the photos named in FILE, one a line.
  --scenes FOLDER        Also what the detector finds in each photo below FOLDER, to look at.
  --baselines LIST       Only these (with commas; none: no baseline) of ${Object.keys(BASELINES).join(', ')}.
  --untaught FILE        Also: what known animals lose when the taxa of FILE (any taxonomy file) are added without photos.
  --model NAME           Embedder (default ${DEFAULT_EMBEDDER}).
  --resume FOLDER        Stores finished parts in FOLDER and reads those that are there: an interrupted run continues.
                         Only for the same code: delete the folder when anything but the options has changed.
`

const ASKED = [0.8, 0.9, 0.95, 0.99]
const SHOT_SEEDS = 10
const NOVELTY_DRAWS = 4

export async function evalCommand(args: string[], config: Config): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      splits: { type: 'string', default: 'column' },
      noise: { type: 'string' },
      shots: { type: 'string' },
      'hold-out-taxa': { type: 'string' },
      detector: { type: 'boolean', default: false },
      'held-out': { type: 'string' },
      scenes: { type: 'string' },
      baselines: { type: 'string', default: Object.keys(BASELINES).join(',') },
      untaught: { type: 'string' },
      model: { type: 'string' },
      resume: { type: 'string' },
    },
  })
  const [csv] = positionals
  if (csv === undefined) throw new UsageError(EVAL_HELP)
  if (values.splits !== 'column' && values.splits !== '5') {
    throw new UsageError(`Expected column or 5 for --splits but received ${values.splits}.`)
  }
  const shares = { noise: share('noise', values.noise), holdOut: share('hold-out-taxa', values['hold-out-taxa']) }
  const shots = values.shots?.split(',').map(Number)
  if (shots?.some((n) => !Number.isInteger(n) || n < 1)) {
    throw new UsageError(`Expected numbers of photos for --shots but received ${values.shots}.`)
  }
  const baselines = values.baselines === 'none' ? [] : values.baselines.split(',')
  const unknown = baselines.find((name) => !(name in BASELINES))
  if (unknown !== undefined) {
    throw new UsageError(
      `Expected ${Object.keys(BASELINES).join(', ')} or none for --baselines but received ${unknown}.`,
    )
  }
  const models = await openModels({
    folders: modelFolders(config),
    detector: config.detector ?? DEFAULT_DETECTOR,
    detectorSize: config.detectorSize,
    embedder: values.model ?? DEFAULT_EMBEDDER,
    threads: config.threads,
    device: config.device,
  })
  try {
    if (values.detector && !(await namesTaxa(csv))) {
      const detector = await measureDetector(models.detector, await readBoxedPhotos(csv, values['held-out'] ?? null))
      console.log(detectorTable(detector))
      if (values.json) await writeFile(values.json, `${JSON.stringify({ detector }, null, 2)}\n`)
      return 0
    }
    const library = await withProgress('photos', (say) => readLibrary(csv, models, say))
    const facts = { library: await sha256OfFile(csv), model: models.embedder.manifest }
    const keep: Memoise = values.resume === undefined ? (_part, work) => work() : keepIn(values.resume, facts)
    const report = judgeSplits(library, values.splits, models.embedder, baselines, keep)
    if (shares.noise !== null) report.noise = judgeNoise(library, shares.noise, keep)
    if (shots) {
      report.shots = await withProgress('curves', async (say) => fewShots(library, shots, SHOT_SEEDS, keep, say))
    }
    if (shares.holdOut !== null) {
      const left = shares.holdOut
      report.novelty = await withProgress('draws', async (say) => noveltyOf(library, left, NOVELTY_DRAWS, keep, say))
    }
    if (values.untaught !== undefined) {
      const more = await withUntaught(library, values.untaught)
      report.untaught = judgeUntaught(library, more, keep)
    }
    if (values.detector) {
      report.detector = await measureDetector(models.detector, await readBoxedPhotos(csv, values['held-out'] ?? null))
    }
    if (values.scenes !== undefined) report.scenes = await lookAtFolder(models.detector, values.scenes)
    console.log(render(report))
    if (values.json) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`)
    return 0
  } finally {
    await models.close()
  }
}

function share(name: string, text: string | undefined): number | null {
  if (text === undefined) return null
  const value = Number(text)
  if (!(value > 0 && value < 1))
    throw new UsageError(`Expected a share between 0 and 1 for --${name} but received ${text}.`)
  return value
}

/** The library's own split, or five splits by group, in which each fold is the test set once. */
function judgeSplits(
  library: Library,
  splits: 'column' | '5',
  model: { name: string; sha256: string },
  names: readonly string[],
  keep: Memoise,
): Report {
  const photos = library.photos
  const folds = foldsOf(photos)
  const tests: ((photo: Photo, i: number) => boolean)[] =
    splits === 'column'
      ? [(photo) => photo.test]
      : Array.from({ length: FOLDS }, (_, fold) => (_photo: Photo, i: number) => folds[i] === fold)
  const taxonomy = new Taxonomy(library.taxa)
  const runs = tests.map((isTest, seed) => {
    const train = photos.filter((photo, i) => !isTest(photo, i))
    const test = photos.filter(isTest)
    if (train.length === 0 || test.length === 0) {
      throw new UsageError('Expected rows for training and for testing: fill the column split, or use --splits 5.')
    }
    const judged = keep(`split ${splits} ${seed} ours`, () => judgeOurs(library, train, test, seed))
    const baselines: Record<string, Figures> = {}
    for (const name of names) {
      process.stderr.write(`split ${seed + 1} of ${tests.length}: ${name}\n`)
      baselines[name] = keep(`split ${splits} ${seed} ${name}`, () =>
        figuresOf(test.map(fitBaseline(name, library.taxa, train)), taxonomy, RANK_LEVELS, seed),
      )
    }
    return { train: train.length, test: test.length, baselines, ...judged }
  })
  const first = runs[0]!
  return {
    model,
    photos: photos.length,
    train: first.train,
    test: first.test,
    splits,
    ours: averageRanks(runs.map((run) => run.ours)),
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

function judgeOurs(library: Library, train: readonly Photo[], test: readonly Photo[], seed: number) {
  const taxonomy = new Taxonomy(library.taxa)
  const begun = performance.now()
  const ours = ClavisMethod.fit(library.taxa, train, test)
  const fitSeconds = (performance.now() - begun) / 1000
  const figures = (alone: boolean) =>
    figuresOf(
      test.map((photo) => ours.answer(photo, { alone })),
      taxonomy,
      RANK_LEVELS,
      seed,
    )
  return {
    ours: figures(false),
    treeAlone: figures(true),
    coverage: coverageOf(ours, test, ASKED),
    similar: similarPrecision(ours, train, test),
    timing: { fitSeconds, ...updateTiming(ours, test) },
  }
}

/** Milliseconds to learn and unlearn an example, and to answer. */
function updateTiming(ours: ClavisMethod, test: readonly Photo[]) {
  const examples = test.slice(0, 200).map((photo) => ours.exampleOf(photo))
  const timed = (work: (example: (typeof examples)[number]) => void): number[] =>
    examples.map((example) => {
      const begun = performance.now()
      work(example)
      return performance.now() - begun
    })
  const update = timed((example) => ours.tree.add(example))
  timed((example) => ours.tree.remove(example))
  const score = timed((example) => ours.tree.score(example.vector))
  return { updateP95Ms: quantile(update, 0.95), scoreP50Ms: quantile(score, 0.5) }
}

function judgeNoise(library: Library, wrong: number, keep: Memoise): Report['noise'] {
  const train = library.photos.filter((photo) => !photo.test)
  return {
    share: wrong,
    clean: keep('noise 0', () => topByRank(library, train).species ?? Number.NaN),
    noisy: keep(`noise ${wrong}`, () => topByRank(library, withWrongLabels(train, wrong, 1)).species ?? Number.NaN),
  }
}

/** `more` is the same library with more taxa. */
function judgeUntaught(library: Library, more: Library, keep: Memoise): Report['untaught'] {
  const train = library.photos.filter((photo) => !photo.test)
  return {
    taxa: more.taxa.length - library.taxa.length,
    without: keep('untaught 0', () => topByRank(library, train)),
    with: keep(`untaught ${more.taxa.length}`, () => topByRank(more, train)),
  }
}

/** Top-1 per rank on the column's test photos, taught with `train`. */
function topByRank({ taxa, photos }: Library, train: readonly Photo[]): Record<string, number> {
  const test = photos.filter((photo) => photo.test)
  const ours = ClavisMethod.fit(taxa, train, test)
  const answers = test.map((photo) => ours.answer(photo))
  const { ranks } = figuresOf(answers, new Taxonomy(taxa), RANK_LEVELS, 0)
  return Object.fromEntries(Object.entries(ranks).map(([rank, { top1 }]) => [rank, top1]))
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
