// The card of a version as one page to print, with its figures drawn.

import type { VersionCard } from '../../contract/models/version.ts'
import { barFigure, lineFigure, shareFigure } from '../report/figures.ts'
import { factsOf, figureOf, htmlPage, sectionOf } from '../report/html.ts'
import type { Table } from '../report/tables.ts'

const MOST_BARS = 30

const share = (value: number) => value.toFixed(3)
const interval = ({ low, high }: { low: number; high: number }) => `${share(low)} to ${share(high)}`
const signed = (value: number) => `${value > 0 ? '+' : ''}${value}`
const gained = (value: number) => `${value > 0 ? '+' : ''}${share(value)}`

export function cardReport(card: VersionCard): string {
  const state = card.refused ? 'It was refused; the version before it stayed.' : ''
  return htmlPage(
    `Version ${card.version} of the tree`,
    `Made by Clavis on ${card.createdAt.slice(0, 16).replace('T', ' ')} UTC. ${state}`,
    [
      factsOf(mainFacts(card)),
      ...(card.reasons.length > 0
        ? [sectionOf('What speaks against it', [['reason'], ...card.reasons.map((one) => [one])])]
        : []),
      accuracyFigure(card),
      ...reliabilityFigures(card),
      sectionOf('Asked accuracy', [
        ['asked', 'stops', 'right', 'ranks named'],
        ...card.asked.map(({ accuracy, stops, right, ranks }) => [accuracy, stops, share(right), ranks.toFixed(1)]),
      ]),
      sectionOf('Calibration', [
        ['rank', 'calibration error', 'of perfect calibration'],
        ...card.reliability.map(({ rank, calibrationError, calibrationFloor }) => [
          ...[rank, share(calibrationError), share(calibrationFloor)],
        ]),
      ]),
      sectionOf('How far mistakes are off', mistakesTable(card), 'No answer was wrong.'),
      sectionOf(
        'Taken for each other',
        [
          ['animal', 'taken for', 'rank', 'photos', 'of'],
          ...card.confusions.map(({ truth, said, rank, photos, of }) => [truth.name, said.name, rank, photos, of]),
        ],
        'No taxon was taken for another.',
      ),
      sectionOf(
        'Weakest taxa',
        [
          ['taxon', 'right', 'of', 'share', '95 % interval'],
          ...card.weakest.map((one) => [one.taxon.name, one.right, one.photos, share(one.share), interval(one)]),
        ],
        'No taxon with five photos or more had a wrong answer.',
      ),
      ...sinceParts(card),
      examplesFigure(card),
      sectionOf('Examples by taxon', taxaTable(card)),
      sectionOf('Nets', [
        ['kind', 'name', 'sha256', 'examples'],
        ...card.nets.map(({ kind, name, sha256, examples }) => [kind, name, sha256, examples]),
      ]),
      sectionOf('Settings', [
        ['setting', 'value'],
        ...Object.entries(card.settings).map(([name, value]) => [spaced(name), value]),
      ]),
      sectionOf('How to make it again', [
        ['what', 'value'],
        ['command', card.rebuild.command],
        ['sha256 of the examples', card.rebuild.examplesSha256],
        ['sha256 of the taxonomy', card.rebuild.taxonomySha256],
        ['sha256 of the embedder’s statistics', card.rebuild.referenceSha256],
        ['sha256 of the statistics made', card.rebuild.statisticsSha256],
      ]),
    ],
  )
}

/** "leastProbability" as "least probability". */
const spaced = (name: string) =>
  name.replace(/([a-z])([A-Z0-9])|(\d)([A-Z])/g, (pair) => `${pair[0]} ${pair[1]}`).toLowerCase()

const JUDGED_BY = {
  heldOut: 'photos of groups that nothing was fitted on',
  folds: 'photos, each by what was fitted without its fold; the calibration was fitted on these answers',
} as const

function mainFacts(card: VersionCard): [string, string][] {
  const { judged, judgedBy, examples, taxa, groups, used, heldOut } = card
  const sources = Object.entries(card.bySource).map(([source, count]) => `${count} by ${source}`)
  return [
    ['Examples', `${examples} in ${groups} groups, of ${taxa} taxa`],
    ['Named', sources.join(', ')],
    ['Statistics from', `${used - heldOut} examples${used < examples ? `, a sample of ${examples}` : ''}`],
    ['Judged by', `${judged.photos} ${JUDGED_BY[judgedBy]}, in ${judged.groups} groups`],
  ]
}

const accuracyFigure = ({ ranks }: VersionCard) =>
  figureOf({
    name: 'accuracy',
    title: 'How often it is right',
    svg: shareFigure(
      'Share of right answers by rank',
      ranks.map(({ rank, share: value, low, high, right, photos }) => ({
        ...{ name: rank, value, low, high },
        text: `${share(value)}, ${right} of ${photos}`,
      })),
    ),
    made: 'The most probable taxon of each rank against the label, with 95 % intervals that draw whole groups.',
  })

/** Of the lowest two ranks, where most mistakes are. */
const reliabilityFigures = ({ reliability }: VersionCard) =>
  reliability.slice(-2).map(({ rank, bins }) =>
    figureOf({
      name: `reliability-${rank}`,
      title: `Can the probabilities of the ${rank} be trusted?`,
      svg: lineFigure(
        `Share right by probability, ${rank}`,
        bins.map(({ said, right }) => ({ x: said, y: right })),
        { x: 'probability', y: 'share right', from: 0, to: 1 },
        [
          { x: 0, y: 0 },
          { x: 1, y: 1 },
        ],
      ),
      made: 'On the dashed line, of all answers with 0.8, 80 % are right. Below it, the tree is too sure.',
    }),
  )

const mistakesTable = ({ mistakes }: VersionCard): Table => [
  ['deepest rank that is right', 'photos'],
  ...mistakes.map(({ rank, photos }) => [rank ?? 'none', photos]),
]

function sinceParts({ since }: VersionCard): string[] {
  if (since === null) return []
  return [
    sectionOf(
      `Changed since version ${since.version}`,
      [
        ['rank', 'photos', 'before', 'now', 'gain', '90 % interval', 'better', 'worse'],
        ...since.ranks.map(({ rank, photos, before, now, gain, low, high, better, worse }) => [
          ...[rank, photos, share(before), share(now), gained(gain)],
          ...[`${gained(low)} to ${gained(high)}`, better, worse],
        ]),
      ],
      'No photo was judged by both.',
    ),
    factsOf([
      ['Examples', signed(since.examples)],
      ['Taxa', signed(since.taxa)],
      ['Embedder', since.netChanged ? 'another' : 'the same'],
    ]),
    sectionOf(
      'Taxa with the most examples more or fewer',
      [['taxon', 'before', 'now'], ...since.changed.map(({ taxon, before, now }) => [taxon.name, before, now])],
      'The same examples.',
    ),
  ]
}

const examplesFigure = ({ listed }: VersionCard) =>
  figureOf({
    name: 'examples',
    title: 'Examples',
    svg: barFigure(
      'Examples by taxon',
      listed
        .slice(0, MOST_BARS)
        .map(({ taxon, examples }) => ({ name: taxon.name, value: examples, text: String(examples) })),
    ),
    made: listed.length > MOST_BARS ? `The ${MOST_BARS} taxa with the most examples.` : 'All taxa.',
  })

const taxaTable = ({ listed, others, bySource }: VersionCard): Table => {
  const sources = Object.keys(bySource)
  return [
    ['taxon', 'rank', 'examples', ...sources],
    ...listed.map(({ taxon, examples, bySource: counts }) => [
      ...[taxon.name, taxon.rank, examples],
      ...sources.map((source) => counts[source] ?? 0),
    ]),
    ...(others.taxa > 0 ? [[`${others.taxa} more taxa`, '', others.examples, ...sources.map(() => null)]] : []),
  ]
}
