// How often each taxon was met where a photo was taken. It changes how probable known taxa are beside each other, and
// nothing that is taught.
//
// A chain of Dirichlet distributions, each a function of counts of events alone: an even one over the taxa, then all
// stations, then the photo's own. A floor leaves every taxon a share, so that what was never met there can be found.
// The method is that of iNaturalist's and BirdNET's priors with counts instead of a map.

import type { Posterior } from './outcomes.ts'
import type { Step } from './path.ts'
import type { Taxonomy } from './taxonomy.ts'
import type { Scores } from './tree.ts'

/** Events by taxon, and of all taxa. */
export type Tally = { of(taxonId: number): number; total: number }
/** Events of all stations by taxon, January first; null where there are none. */
export type Months = { of(taxonId: number): readonly number[] | null; all: readonly number[] }
/** `month`: in which the photo was taken, 1 to 12; null: not known. */
export type Place = { here: Tally; everywhere: Tally; month: number | null; months: Months }

/** As many events as evenness among all stations' taxa, and as all stations count for at one of them. */
const EVEN_EVENTS = 20
const OTHER_STATIONS_EVENTS = 10
/**
 * The share of all events that is spread evenly. Of 0.1 to 0.4 the one at which animals that were never met there lose
 * least while residents gain as much (three draws of sites, column split, 2026-11-27).
 */
const FLOOR = 0.3
/** A taxon's months count from so many events on, and change its probability by at most this factor. */
const FEWEST_OF_MONTHS = 30
const EVEN_MONTHS_EVENTS = 12
const MOST_BY_MONTH = 4

/** How much more probable the taxon is there than if all `taxa` were equally frequent. */
export function placeRatio(taxonId: number, taxa: number, place: Place): number {
  const { here, everywhere } = place
  const anywhere = (everywhere.of(taxonId) + EVEN_EVENTS / taxa) / (everywhere.total + EVEN_EVENTS)
  const there = (here.of(taxonId) + OTHER_STATIONS_EVENTS * anywhere) / (here.total + OTHER_STATIONS_EVENTS)
  return ((1 - FLOOR) * there * taxa + FLOOR) * monthRatio(taxonId, place)
}

/** Against how many events of all taxa fell into the month and its neighbours: cameras do not run all year. */
function monthRatio(taxonId: number, { month, months }: Place): number {
  const own = months.of(taxonId)
  if (month === null || !own || sum(own) < FEWEST_OF_MONTHS) return 1
  // An even year counts as one event a month.
  const usual = (nearMonth(months.all, month) + 2) / (sum(months.all) + 12)
  const share = (nearMonth(own, month) + EVEN_MONTHS_EVENTS * usual) / (sum(own) + EVEN_MONTHS_EVENTS)
  return Math.min(MOST_BY_MONTH, Math.max(1 / MOST_BY_MONTH, share / usual))
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** The month, and half of those beside it. */
function nearMonth(events: readonly number[], month: number): number {
  const at = (m: number) => events[(m + 11) % 12]!
  return at(month) + (at(month - 1) + at(month + 1)) / 2
}

/**
 * Known taxa share their probability anew, in place, by how often they were met. Together they may lose to novelty but
 * never gain: an animal that is like nothing taught does not become known because a taxon is frequent there.
 */
export function weighByPlace(said: Posterior, { nodes, parents, outcomes, known: logs }: Scores, place: Place): void {
  const { total, known, novel } = said
  let before = 0
  let weighed = 0
  let left = 0
  for (let i = 0; i < nodes.length; i++) {
    before += known[i]!
    left += novel[i]!
    if (i > 0 && logs[i]! > Number.NEGATIVE_INFINITY) known[i]! *= placeRatio(nodes[i]!.id, outcomes.known, place)
    weighed += known[i]!
  }
  if (!(weighed > 0)) return
  const after = Math.min(before, ((before + left) * weighed) / (weighed + left))
  total.fill(0)
  for (let i = nodes.length - 1; i >= 0; i--) {
    known[i]! *= after / weighed
    if (left > 0) novel[i]! *= (before + left - after) / left
    total[i]! += known[i]! + novel[i]!
    if (i > 0) total[parents[i]!]! += total[i]!
  }
}

/**
 * The stop, and where one that knows nothing of the place names something else, what both have in common: a place may
 * make an answer deeper, but decides no dispute alone.
 */
export function agreedStop<Stop extends { taxonId: number; probability: number }>(
  taxonomy: Pick<Taxonomy, 'isWithin'>,
  path: readonly Step[],
  stop: Stop | null,
  anywhere: Stop | null,
): Stop | null {
  if (!stop || !anywhere || taxonomy.isWithin(anywhere.taxonId, stop.taxonId)) return stop
  if (taxonomy.isWithin(stop.taxonId, anywhere.taxonId)) return stop
  const shared = path.findLast(
    ({ taxonId }) => taxonomy.isWithin(stop.taxonId, taxonId) && taxonomy.isWithin(anywhere.taxonId, taxonId),
  )
  return shared ? { ...stop, taxonId: shared.taxonId, probability: shared.probability } : null
}
