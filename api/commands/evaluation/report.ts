// The figures of `npm run eval` as tables for people. The report itself is the JSON.

import type { Against, Difference } from '../../../classifiers/evaluation/against.ts'
import type { Coverage, RankFigures } from '../../../classifiers/evaluation/figures.ts'
import type { Novelty, Shots } from '../../../classifiers/evaluation/trials.ts'
import type { DetectorMeasures, FolderLook } from '../../../indexer/measure-detector.ts'
import { type DayOneReport, renderDayOne } from './day-one-report.ts'
import { fixed, signed, table } from './tables.ts'

export type Report = {
  model: { name: string; sha256: string }
  photos: number
  train: number
  test: number
  splits: 'column' | '5'
  ours: Record<string, RankFigures>
  bySplit: Record<string, RankFigures>[]
  /** The figures of the tree without regression and neighbours. */
  treeAlone: Record<string, RankFigures>
  baselines: Record<string, Record<string, RankFigures>>
  /**
   * Top-1 per rank, ours and each baseline's, with 95 % intervals over the splits; and ours minus the baseline, paired.
   */
  intervals?: Intervals
  differences?: Intervals
  against?: Against
  meanRankDistance: number
  meanNovelty: number
  coverage: Coverage[]
  similar: { inMetric: number; rawCosine: number }
  timing: { fitSeconds: number; updateP95Ms: number; scoreP50Ms: number }
  noise?: { share: number; clean: number; noisy: number }
  /** Top-1 per rank, without and with so many more taxa that have no photos. */
  untaught?: { taxa: number; without: Record<string, number>; with: Record<string, number> }
  shots?: Shots[]
  novelty?: Novelty[]
  dayOne?: DayOneReport
  detector?: DetectorMeasures
  scenes?: FolderLook[]
}

/** By method, by rank. */
type Intervals = Record<string, Record<string, { mean: number; low: number; high: number }>>

export function render(report: Report): string {
  const { name, sha256 } = report.model
  const parts = [
    `${name} (${sha256.slice(0, 12)}), ${report.photos} photos: ${report.train} taught, ${report.test} asked, splits: ${report.splits}`,
    accuracies(report),
    calibration(report.ours),
    `Wrong answers are ${fixed(report.meanRankDistance, 2)} ranks away on average. Mean novelty ${fixed(report.meanNovelty)}.`,
    reliabilityTable(report.ours),
    coverageTable(report.coverage),
    `First five similar photos of the right species: ${fixed(report.similar.inMetric)} in the tree's metric, ${fixed(report.similar.rawCosine)} by plain cosine.`,
    `Fit ${fixed(report.timing.fitSeconds, 1)} s; learning one example p95 ${fixed(report.timing.updateP95Ms, 2)} ms; scoring p50 ${fixed(report.timing.scoreP50Ms, 2)} ms.`,
  ]
  if (report.intervals) parts.push(intervalsTable('top-1 over the splits', report.intervals, fixed))
  if (report.differences) parts.push(intervalsTable('top-1, ours minus', report.differences, signed))
  if (report.against) parts.push(againstTable(report.against))
  if (report.noise) {
    const { share, clean, noisy } = report.noise
    parts.push(`With ${share * 100} % of labels wrong, species top-1 goes from ${fixed(clean)} to ${fixed(noisy)}.`)
  }
  if (report.untaught) parts.push(untaughtTable(report.untaught))
  if (report.shots) parts.push(shotsTable(report.shots))
  if (report.novelty) parts.push(noveltyTable(report.novelty))
  if (report.dayOne) parts.push(renderDayOne(report.dayOne))
  if (report.detector) parts.push(detectorTable(report.detector))
  if (report.scenes) parts.push(scenesTable(report.scenes))
  return parts.join('\n\n')
}

function accuracies({ ours, treeAlone, baselines }: Report): string {
  const ranks = Object.keys(ours)
  const row = (name: string, figures: Record<string, RankFigures>): string[] => [
    name,
    ...ranks.map((rank) => fixed(figures[rank]?.top1)),
    fixed(figures.species?.top5),
    fixed(figures.species?.ece),
  ]
  return table(
    ['top-1', ...ranks, 'species top-5', 'species ECE'],
    [
      row('ours', ours),
      row('its tree alone', treeAlone),
      ...Object.entries(baselines).map(([name, figures]) => row(name, figures)),
    ],
  )
}

function calibration(ours: Record<string, RankFigures>): string {
  return table(
    ['calibration error', 'as answered', '95 % by groups', 'perfect would show', 'over known taxa'],
    Object.entries(ours).map(([rank, { ece, eceLow, eceHigh, eceFloor, eceKnown }]) => [
      rank,
      fixed(ece),
      `${fixed(eceLow)} to ${fixed(eceHigh)}`,
      fixed(eceFloor),
      fixed(eceKnown),
    ]),
  )
}

function reliabilityTable(ours: Record<string, RankFigures>): string {
  return table(
    ['species said', 'photos', 'mean said', 'right'],
    (ours.species?.reliability ?? []).map(({ from, to, count, said, right }) => [
      `${fixed(from, 2)} to ${fixed(to, 2)}`,
      String(Math.round(count)),
      fixed(said),
      fixed(right),
    ]),
  )
}

function coverageTable(coverage: readonly Coverage[]): string {
  return table(
    ['asked', 'right', 'worst tenth of species', 'stops', 'mean depth', 'right species', 'rule'],
    coverage.map(({ asked, accuracy, worstTenth, coverage, meanDepth, species, rule }) => [
      String(asked),
      fixed(accuracy),
      fixed(worstTenth),
      fixed(coverage),
      fixed(meanDepth, 2),
      fixed(species),
      rule,
    ]),
  )
}

function intervalsTable(title: string, intervals: Intervals, show: (value: number) => string): string {
  const ranks = Object.keys(Object.values(intervals)[0] ?? {})
  return table(
    [title, ...ranks],
    Object.entries(intervals).map(([name, byRank]) => [
      name,
      ...ranks.map((rank) => {
        const { mean, low, high } = byRank[rank]!
        return `${show(mean)} (${show(low)} to ${show(high)})`
      }),
    ]),
  )
}

function untaughtTable({ taxa, without, with: more }: NonNullable<Report['untaught']>): string {
  const ranks = Object.keys(without)
  const row = (name: string, top1: Record<string, number>) => [name, ...ranks.map((rank) => fixed(top1[rank]))]
  return table(['top-1', ...ranks], [row('as it is', without), row(`with ${taxa} untaught taxa`, more)])
}

function shotsTable(shots: readonly Shots[]): string {
  return table(
    [
      'photos of a new species',
      'top-1',
      'top-5',
      'known top-1',
      'stops at it',
      'right stops',
      'neighbour top-5',
      'in metric',
    ],
    shots.map((row) => [
      String(row.shots),
      fixed(row.newTop1),
      fixed(row.newTop5),
      fixed(row.knownTop1),
      fixed(row.stoppedAtNew),
      fixed(row.newStopsRight),
      fixed(row.neighbourTop5),
      fixed(row.metricNeighbourTop5),
    ]),
  )
}

function noveltyTable(novelty: readonly Novelty[]): string {
  return table(
    ['left out', 'AUROC', 'by distance', 'by largest', 'stops at or above the truth', 'novelty of known'],
    novelty.map((row) => [
      row.leftOut,
      fixed(row.auroc),
      fixed(row.byDistance),
      fixed(row.byLargest),
      fixed(row.stoppedAbove),
      fixed(row.knownNovelty),
    ]),
  )
}

export function detectorTable(measures: DetectorMeasures): string {
  const { photos, boxes, ap50, kept, atDefault, atOneFalseBoxPerPhoto } = measures
  const share = (n: number, of: number) => `${n} of ${of}${of > 0 ? ` (${fixed(n / of)})` : ''}`
  const agreements = table(
    [`detector, ${photos} photos, ${boxes} boxes`, 'threshold', 'precision', 'recall', 'false boxes per photo'],
    [...atDefault, atOneFalseBoxPerPhoto].map((one) => [
      `IoU ${one.iou}`,
      fixed(one.threshold),
      fixed(one.precision),
      fixed(one.recall),
      fixed(one.falseBoxesPerPhoto),
    ]),
  )
  const keeping = table(
    [`photos with a box at ${fixed(kept.threshold)}`, 'photos', 'AP at IoU 0.5'],
    [
      ['with animals', share(kept.withAnimals, kept.ofWithAnimals), fixed(ap50)],
      ['without animals', share(kept.empty, kept.ofEmpty), ''],
    ],
  )
  return `${agreements}\n\n${keeping}`
}

function scenesTable(scenes: readonly FolderLook[]): string {
  const boxed = scenes.filter(({ found }) => found.length > 0).length
  return table(
    [`scenes: ${boxed} of ${scenes.length} photos have a box`, 'found'],
    scenes.map(({ file, found, failure }) => [
      file,
      failure ?? (found.map(({ label, confidence }) => `${label} ${fixed(confidence, 2)}`).join(', ') || 'nothing'),
    ]),
  )
}

function againstTable({ model, top1, ece }: Against): string {
  const row = (name: string, byRank: Record<string, Difference>) => [
    name,
    ...Object.values(byRank).map(({ mean, standardError }) => `${signed(mean)} (${standardError.toFixed(4)})`),
  ]
  return table(
    [`minus ${model}, paired by split (standard error)`, ...Object.keys(top1)],
    [row('top-1', top1), row('calibration error', ece)],
  )
}
