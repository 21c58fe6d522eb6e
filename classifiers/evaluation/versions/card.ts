// The card of a version: what it was made from, how good it is, what changed and how to make it again. It holds no
// clock but the version's own, and the same rows give the same bytes.

import type { Verdict } from '../gate.ts'
import { rounded, type VersionFigures } from './figures.ts'
import { answersAt, type KeptAnswers, type PairedFigures, pairedFigures, pairsOf } from './kept-answers.ts'

/** Ways in which examples came to be named. */
export const SOURCES = ['import', 'suggestion', 'search', 'similar', 'bulk'] as const
export type Source = (typeof SOURCES)[number]
export type SourceCounts = Partial<Record<Source, number>>

export type TaxonCount = { taxonId: number; examples: number; bySource: SourceCounts }

export type Material = {
  /** Of everything that teaches. */
  examples: number
  groups: number
  taxa: TaxonCount[]
  bySource: SourceCounts
  /** Names of detectors that found the examples, by sha256; null: boxes of people and of other programs. */
  detectors: { sha256: string | null; examples: number }[]
  /** How many examples the statistics were estimated from, and how many were held out. */
  used: number
  heldOut: number
  /** sha256 of the ids, taxa and groups of all examples in order; and of the taxonomy. */
  examplesSha256: string
  taxonomySha256: string
  statisticsSha256: string
  referenceSha256: string
}

export type NamedTaxon = { id: number; name: string; rank: string }
export type Net = { kind: 'detector' | 'embedder'; name: string; sha256: string; examples: number }
type Settings = Record<string, number | null>

export type Card = {
  format: 'clavis-version-card-1'
  version: number
  /** When it was made: the time of the version's row. */
  createdAt: string
  decision: Verdict['decision'] | 'notCompared'
  nets: Net[]
  material: Omit<Material, 'taxa' | 'detectors'>
  taxa: { listed: TaxonCount[]; others: { taxa: number; examples: number }; all: number }
  /** `heldOut`: groups that nothing was fitted on; `folds`: cross-validation, where there are few examples. */
  judgedBy: 'heldOut' | 'folds'
  figures: VersionFigures
  settings: Settings
  gate: { reasons: string[]; figures: Verdict['figures']; losses: Verdict['losses']; photos: number } | null
  /** Null for the first. */
  since: Since | null
  /** Names of all taxa that the card mentions, in order of id. */
  names: NamedTaxon[]
}

export type Since = {
  version: number
  examples: number
  taxa: number
  /** Taxa with the most examples more or fewer; `before` 0: it is new. */
  changed: { taxonId: number; before: number; now: number }[]
  netChanged: boolean
  /** On the photos that both versions were judged by. */
  ranks: (PairedFigures & { rank: string })[]
}

/** More taxa are counted together: the card of 100,000 taxa is no longer than that of so many. */
export const MOST_LISTED = 500
const MOST_CHANGED = 30

export type CardParts = Omit<
  Card,
  'format' | 'taxa' | 'material' | 'gate' | 'names' | 'decision' | 'since' | 'nets'
> & {
  material: Material
  verdict: Verdict | null
  answers: KeptAnswers
  /** Of models, by sha256. */
  modelNames: ReadonlyMap<string, string>
  embedderSha256: string
  before: { card: Card; answers: KeptAnswers } | null
}

/** `names` is left to whoever can look them up. */
export function cardOf(parts: CardParts): Omit<Card, 'names'> {
  const { version, createdAt, judgedBy, figures, settings, verdict, material } = parts
  const { taxa, detectors, ...rest } = material
  const ordered = [...taxa].sort((a, b) => b.examples - a.examples || a.taxonId - b.taxonId)
  const others = ordered.slice(MOST_LISTED)
  return {
    format: 'clavis-version-card-1',
    version,
    createdAt,
    decision: verdict?.decision ?? 'notCompared',
    nets: netsOf(parts, detectors),
    material: rest,
    taxa: {
      listed: ordered.slice(0, MOST_LISTED),
      others: { taxa: others.length, examples: others.reduce((sum, { examples }) => sum + examples, 0) },
      all: taxa.length,
    },
    judgedBy,
    figures,
    settings,
    gate: verdict && {
      reasons: verdict.reasons,
      figures: verdict.figures.map(({ what, before, candidate }) => ({
        what,
        before: rounded(before),
        candidate: rounded(candidate),
      })),
      losses: verdict.losses,
      photos: verdict.photos,
    },
    since: parts.before && sinceOf(parts, parts.before, ordered),
  }
}

function netsOf({ embedderSha256, modelNames, material }: CardParts, detectors: Material['detectors']): Net[] {
  const nameOf = (sha256: string) => modelNames.get(sha256) ?? 'unknown'
  const found = detectors
    .flatMap(({ sha256, examples }) => (sha256 === null ? [] : [{ sha256, examples }]))
    .sort((a, b) => b.examples - a.examples || (a.sha256 < b.sha256 ? -1 : 1))
  return [
    { kind: 'embedder', name: nameOf(embedderSha256), sha256: embedderSha256, examples: material.examples },
    ...found.map(({ sha256, examples }): Net => ({ kind: 'detector', name: nameOf(sha256), sha256, examples })),
  ]
}

function sinceOf(
  { answers, embedderSha256, material }: CardParts,
  { card, answers: earlier }: NonNullable<CardParts['before']>,
  taxa: readonly TaxonCount[],
): Since {
  const counts = new Map(card.taxa.listed.map(({ taxonId, examples }) => [taxonId, examples]))
  // Where the card before lists only its largest taxa, what it does not list is not known to be new.
  const isWhole = card.taxa.others.taxa === 0
  const now = new Map(taxa.map(({ taxonId, examples }) => [taxonId, examples]))
  const ids = new Set([...now.keys(), ...counts.keys()])
  const changed = [...ids].flatMap((taxonId) => {
    const before = counts.get(taxonId) ?? (isWhole ? 0 : null)
    const after = now.get(taxonId) ?? 0
    return before === null || before === after ? [] : [{ taxonId, before, now: after }]
  })
  changed.sort((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before) || a.taxonId - b.taxonId)
  return {
    version: card.version,
    examples: material.examples - card.material.examples,
    taxa: taxa.length - card.taxa.all,
    changed: changed.slice(0, MOST_CHANGED),
    netChanged: card.nets.find(({ kind }) => kind === 'embedder')?.sha256 !== embedderSha256,
    ranks: answers.ranks.flatMap((rank) => {
      const paired = pairedFigures(pairsOf(answersAt(earlier, rank), answersAt(answers, rank)))
      return paired ? [{ rank, ...paired }] : []
    }),
  }
}

/** Every taxon that the card mentions, in order of id. */
export function mentioned({ taxa, figures, gate, since }: Omit<Card, 'names'>): number[] {
  const ids = [
    ...taxa.listed.map(({ taxonId }) => taxonId),
    ...figures.confusions.flatMap(({ truthId, saidId }) => [truthId, saidId]),
    ...figures.weakest.map(({ taxonId }) => taxonId),
    ...(gate?.losses ?? []).map(({ taxonId }) => taxonId),
    ...(since?.changed ?? []).map(({ taxonId }) => taxonId),
  ]
  return [...new Set(ids)].sort((a, b) => a - b)
}

export const cardText = (card: Card): string => `${JSON.stringify(card, null, 1)}\n`
