// `npm run eval` measures on a labelled CSV how good the tree is on photos that it was not taught, compared with usual
// classifiers of the same vectors. Everything is seeded: the same CSV and model give the same figures.

import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { measureAgainst } from '../../../classifiers/evaluation/against.ts'
import { BASELINES } from '../../../classifiers/evaluation/baselines.ts'
import type { Library } from '../../../classifiers/evaluation/methods.ts'
import { shareCosines } from '../../../classifiers/evaluation/reuse.ts'
import { type BoxedPhoto, lookAtFolder, measureDetector, readBoxedPhotos } from '../../../indexer/measure-detector.ts'
import { sha256OfFile } from '../../../indexer/models/checksum.ts'
import {
  DEFAULT_DETECTOR,
  DEFAULT_EMBEDDER,
  type ModelChoice,
  type Models,
  openModels,
} from '../../../indexer/models/models.ts'
import type { Config } from '../../config.ts'
import { modelFolders } from '../../installation/model-choice.ts'
import { readReference } from '../../installation/reference.ts'
import { withProgress } from '../progress.ts'
import { UsageError } from '../usage.ts'
import { type Keep, keepIn } from './cache.ts'
import { type Draws, openDraws } from './draw-pool.ts'
import type { Material, Splits } from './draws.ts'
import { measureInstead, SEEDED_OPTIONS } from './instead.ts'
import { type JudgeReport, judgeTable, reportJudge } from './judging.ts'
import { namesTaxa, readLibrary, readStrangers, withUntaught } from './library.ts'
import { measureDayOne, measureNoise, measureNovelty, measureShots, measureSplits, measureUntaught } from './measure.ts'
import { detectorTable, type Report, render } from './report.ts'

export const EVAL_HELP = `npm run eval -- LIBRARY.csv [options]

  --json FILE            Writes all figures as JSON.
  --splits column|5      The CSV's own column split (default), or five splits by group with paired differences.
  --against NAME         With --splits 5: also what NAME, another embedder, is better or worse at, paired by split.
  --review 5             Instead: how fast the tree learns new species when a person names what is asked at random, the least
                         probable first, the smallest lead first, or the most useful first; so many seeds.
  --stopping 5           Instead: how many wrong suggestions are said to be left in a review, and how many there are; so many seeds.
  --sites 5              Instead: what answers gain that heed what was met at the station, at simulated sites; so many draws. With
                         --day-one also what is claimed of its photos there.
  --unknown-clusters 5   Instead: how well photos of 11 species that are held out are clustered by species; so many draws.
  --wrong-labels 5       Instead: how well planted wrong labels are found, random slips and look-alike errors; so many seeds.
  --noise 0.2            Also with that share of training labels wrong.
  --shots 1,2,5,10       Also: every other species is new and taught with so many photos (ten seeds).
  --hold-out-taxa 0.2    Also: animals of a fifth of species, genera, families that the tree does not know.
  --detector             Also the detector's boxes on the CSV's boxed photos; nothing else where the CSV names no taxa. With a
                         column complete, photos without boxes that have 1 there count as empty; with a column kinds, only
                         animals count.
  --held-out FILE        With --detector: only the photos named in FILE, one a line.
  --judge                With --detector, where the CSV names no taxa: also how well boxes are told from animals after 0 to 300 marks,
                         on these photos and on cameras generated from them.
  --scenes FOLDER        Also what the detector finds in each photo below FOLDER, to look at.
  --baselines LIST       Only these (with commas; none: no baseline) of ${Object.keys(BASELINES).join(', ')}.
  --day-one FILE         Also: what is claimed of the photos from unknown cameras in this CSV, with and without the cap on
                         what is unlike anything taught. Columns path, ranks, kind, domain, source, split, original.
  --untaught FILE        Also: what known animals lose when the taxa of FILE (any taxonomy file) are added without photos.
  --model NAME           Embedder (default ${DEFAULT_EMBEDDER}).
  --resume FOLDER        Stores finished parts in FOLDER and reads those that are there: an interrupted run continues.
                         Only for the same code: delete the folder when anything but the options has changed.
`

export async function evalCommand(args: string[], config: Config): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      splits: { type: 'string', default: 'column' },
      ...SEEDED_OPTIONS,
      noise: { type: 'string' },
      shots: { type: 'string' },
      'hold-out-taxa': { type: 'string' },
      detector: { type: 'boolean', default: false },
      'held-out': { type: 'string' },
      judge: { type: 'boolean', default: false },
      scenes: { type: 'string' },
      baselines: { type: 'string', default: Object.keys(BASELINES).join(',') },
      'day-one': { type: 'string' },
      untaught: { type: 'string' },
      model: { type: 'string' },
      against: { type: 'string' },
      resume: { type: 'string' },
    },
  })
  const [csv] = positionals
  if (csv === undefined) throw new UsageError(EVAL_HELP)
  const { splits } = values
  if (splits !== 'column' && splits !== '5') {
    throw new UsageError(`Expected column or 5 for --splits but received ${splits}.`)
  }
  if (values.against !== undefined && splits !== '5')
    throw new UsageError('Expected --splits 5 together with --against.')
  const shares = { noise: share('noise', values.noise), holdOut: share('hold-out-taxa', values['hold-out-taxa']) }
  const shots = values.shots?.split(',').map(Number)
  if (shots?.some((n) => !Number.isInteger(n) || n < 1)) {
    throw new UsageError(`Expected numbers of photos for --shots but received ${values.shots}.`)
  }
  const instead = measureInstead(values)
  const baselines = values.baselines === 'none' ? [] : values.baselines.split(',')
  const unknown = baselines.find((name) => !(name in BASELINES))
  if (unknown !== undefined) {
    throw new UsageError(
      `Expected ${Object.keys(BASELINES).join(', ')} or none for --baselines but received ${unknown}.`,
    )
  }
  const choice = {
    folders: modelFolders(config),
    detector: config.detector ?? DEFAULT_DETECTOR,
    detectorSize: config.detectorSize,
    threads: config.threads,
    device: config.device,
  }
  const models = await openModels({ ...choice, embedder: values.model ?? DEFAULT_EMBEDDER })
  try {
    if (values.detector && !(await namesTaxa(csv))) {
      const photos = await readBoxedPhotos(csv, values['held-out'] ?? null)
      const detector = await measureDetector(models.detector, photos)
      console.log(detectorTable(detector))
      const judge = values.judge ? await judgeFigures(models, photos, config) : undefined
      if (judge) console.log(`\n${judgeTable(judge)}`)
      if (values.json) await writeFile(values.json, `${JSON.stringify({ detector, judge }, null, 2)}\n`)
      return 0
    }
    const library = await withProgress('photos', (say) => readLibrary(csv, models, say))
    const dayOne = await dayOneOf(values['day-one'], library, models, config)
    const more = values.untaught === undefined ? null : await withUntaught(library, values.untaught)
    const material = { library, untaught: more?.taxa ?? null, dayOne }
    const draws = await drawsOf(csv, material, models.embedder, values.resume)
    if (instead) {
      const { key, figures, text } = await instead(draws).finally(draws.close)
      console.log(text)
      if (values.json) await writeFile(values.json, `${JSON.stringify({ [key]: figures }, null, 2)}\n`)
      return 0
    }
    const report = await measure(draws, material, models.embedder, { splits, baselines, shots, ...shares }).finally(
      draws.close,
    )
    if (values.against !== undefined)
      report.against = await againstOther(csv, { ...choice, embedder: values.against }, report, values.resume)
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

async function againstOther(csv: string, choice: ModelChoice, report: Report, resume: string | undefined) {
  const models = await openModels(choice)
  try {
    const library = await withProgress('photos', (say) => readLibrary(csv, models, say))
    const { embedder } = models
    const draws = await drawsOf(csv, { library, untaught: null, dayOne: null }, embedder, resume)
    const { bySplit } = await measureSplits(library, '5', embedder, [], draws).finally(draws.close)
    return measureAgainst(report.bySplit, { model: embedder.name, bySplit })
  } finally {
    await models.close()
  }
}

async function drawsOf(
  csv: string,
  material: Omit<Material, 'shared'>,
  embedder: Models['embedder'],
  resume: string | undefined,
): Promise<Draws> {
  const facts = { library: await sha256OfFile(csv), model: embedder.manifest }
  const keep: Keep = resume === undefined ? (_part, work) => work() : keepIn(resume, facts)
  const photos = [...material.library.photos, ...(material.dayOne?.strangers ?? [])]
  const shared = shareCosines(photos.map(({ embedding }) => embedding))
  return openDraws({ ...material, shared }, keep, (line) => process.stderr.write(line))
}

async function judgeFigures(models: Models, photos: readonly BoxedPhoto[], config: Config): Promise<JudgeReport> {
  const statistics = await readReference(modelFolders(config), models.embedder.name)
  return withProgress('photos', (say) => reportJudge(models, statistics, photos, say))
}

/** Everything that was asked for, at the same time. */
async function measure(
  draws: Draws,
  { library, untaught, dayOne }: Omit<Material, 'shared'>,
  embedder: { name: string; sha256: string },
  asked: {
    splits: Splits
    baselines: string[]
    shots: number[] | undefined
    noise: number | null
    holdOut: number | null
  },
): Promise<Report> {
  const more = untaught && untaught.length - library.taxa.length
  const [report, noise, shots, novelty, moreTaxa, strangers] = await Promise.all([
    measureSplits(library, asked.splits, embedder, asked.baselines, draws),
    asked.noise === null ? undefined : measureNoise(asked.noise, draws),
    asked.shots && measureShots(asked.shots, draws),
    asked.holdOut === null ? undefined : measureNovelty(asked.holdOut, draws),
    more === null ? undefined : measureUntaught(more, draws),
    dayOne ? measureDayOne(dayOne.strangers, draws) : undefined,
  ])
  return { ...report, noise, shots, novelty, untaught: moreTaxa, dayOne: strangers }
}

/** Photos from unknown cameras, and what a new installation knows of the embedder's features. */
async function dayOneOf(
  csv: string | undefined,
  library: Library,
  models: Models,
  config: Config,
): Promise<Material['dayOne']> {
  if (csv === undefined) return null
  const reference = await readReference(modelFolders(config), models.embedder.name)
  const read = await withProgress('strangers', (say) => readStrangers(csv, library, models, say))
  return { ...read, reference }
}

function share(name: string, text: string | undefined): number | null {
  if (text === undefined) return null
  const value = Number(text)
  if (!(value > 0 && value < 1))
    throw new UsageError(`Expected a share between 0 and 1 for --${name} but received ${text}.`)
  return value
}
