// The figures of `npm run eval -- --day-one` as text: each without the cap and with it.

import type { Change } from '../../../classifiers/evaluation/change.ts'
import type { OneSpecies, WrongStops } from '../../../classifiers/evaluation/day-one.ts'
import type { Coverage, Figures } from '../../../classifiers/evaluation/figures.ts'
import { type Pair, RULE_NAMES, type Rule } from '../../../classifiers/evaluation/strangers.ts'
import type { Stream } from '../../../classifiers/evaluation/stream.ts'
import { fixed, table } from './tables.ts'

export type DayOneReport = {
  /** P0: the library's own column split. */
  library: Record<Rule, { figures: Figures; coverage: Coverage[] }>
  parts: {
    sources: string
    photos: number
    /** P1: the whole library is taught, and strangers are shown. */
    wrong: WrongStops[]
    /** P2: one species of the strangers is named. */
    one: OneSpecies[]
    /** The same with fewer photos of known species, and a few dozen of strangers. */
    newcomer: OneSpecies[]
    /** P3: strangers come one by one, and each is named. */
    stream: Stream[]
    /** The same with a sudden change of camera. */
    change: Change[]
  }[]
  /** P4: new species of the library, by photos of each. */
  shots: { photos: number; first: Pair; inFive: Pair; known: Pair; atNew: Pair; right: Pair }[]
}

export function renderDayOne({ library, parts, shots }: DayOneReport): string {
  return [
    'Each figure: without the cap on what is unlike anything taught → with it, ± their standard errors.',
    libraryTable(library),
    ...parts.flatMap(({ sources, photos, wrong, one, newcomer, stream, change }) => [
      `Strangers, ${sources} sources, ${photos} photos`,
      wrongTable(wrong),
      oneTable('P2: named photos', one),
      oneTable('P2: of a newcomer', newcomer),
      streamTable(stream),
      changeTable(change),
    ]),
    shotsTable(shots),
  ].join('\n\n')
}

function pair({ today, capped }: Pair): string {
  const one = ({ mean, error }: Pair['today']) => `${fixed(mean)} ±${fixed(error)}`
  return `${one(today)} → ${one(capped)}`
}

function libraryTable(library: DayOneReport['library']): string {
  const both = (of: (rule: DayOneReport['library'][Rule]) => number | undefined): string =>
    RULE_NAMES.map((rule) => fixed(of(library[rule]))).join(' → ')
  const ranks = Object.keys(library.capped.figures.ranks)
  const accuracies = table(
    ['P0: the library, column split', ...ranks],
    [
      ['right', ...ranks.map((rank) => both(({ figures }) => figures.ranks[rank]?.top1))],
      ['calibration error', ...ranks.map((rank) => both(({ figures }) => figures.ranks[rank]?.ece))],
    ],
  )
  const stops = table(
    ['asked', 'right when it stopped', 'stops', 'stops at the right species'],
    library.capped.coverage.map(({ asked }, k) => [
      String(asked),
      both(({ coverage }) => coverage[k]?.accuracy),
      both(({ coverage }) => coverage[k]?.coverage),
      both(({ coverage }) => coverage[k]?.species),
    ]),
  )
  return `${accuracies}\n\n${stops}`
}

function wrongTable(rows: readonly WrongStops[]): string {
  return table(
    ['P1: the library is taught; shown', 'known around it', 'photos', 'asked', 'wrong stops'],
    rows.map(({ shown, pool, asked, wrong }) => [
      shown,
      pool === 'import' ? 'its import' : 'nothing',
      String(wrong.capped.count),
      String(asked),
      pair(wrong),
    ]),
  )
}

function oneTable(title: string, rows: readonly OneSpecies[]): string {
  return table(
    [title, 'asked', 'species', 'others claimed', 'nothings claimed', 'own species found', 'right stops'],
    rows.map(({ photos, asked, species, others, nothings, hits, right }) => [
      String(photos),
      String(asked),
      String(species),
      pair(others),
      pair(nothings),
      pair(hits),
      pair(right),
    ]),
  )
}

function streamTable(rows: readonly Stream[]): string {
  return table(
    ['P3: asked', 'wrong among stops', 'calibration error of stops', 'known, at species', 'known, first', 'log loss'],
    rows.map(({ asked, wrong, stopError, atSpecies, first, loss }) => [
      String(asked),
      pair(wrong),
      pair(stopError),
      pair(atSpecies),
      pair(first),
      pair(loss),
    ]),
  )
}

const WHEN = { before: 'before', next50: 'next 50 photos', later: 'later' }

/** Each figure: the thresholds as fitted → following what was confirmed. */
function changeTable(rows: readonly Change[]): string {
  const watched = rows.filter((row) => row.watched)
  const plain = rows.filter((row) => !row.watched)
  const both = (row: Change, of: (row: Change) => Change['right']) => {
    const other = plain.find(({ from, asked, when }) => from === row.from && asked === row.asked && when === row.when)
    const [today, then] = [other && of(other), of(row)]
    return `${fixed(today?.mean)} ±${fixed(today?.error)} → ${fixed(then.mean)} ±${fixed(then.error)}`
  }
  return table(
    ['P3: cameras before', 'asked', 'change', 'right when it stopped', 'stops', 'known, at species'],
    watched.map((row) => [
      row.from,
      String(row.asked),
      WHEN[row.when],
      both(row, ({ right }) => right),
      both(row, ({ stops }) => stops),
      both(row, ({ atSpecies }) => atSpecies),
    ]),
  )
}

function shotsTable(rows: DayOneReport['shots']): string {
  return table(
    ['P4: photos of a new species', 'right first', 'in first 5', 'known first', 'stops at it', 'right stops'],
    rows.map(({ photos, first, inFive, known, atNew, right }) => [
      String(photos),
      pair(first),
      pair(inFive),
      pair(known),
      pair(atNew),
      pair(right),
    ]),
  )
}
