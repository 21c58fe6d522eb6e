// What was met at which station: events of the examples, counted once for each burst. A pure function of the set of
// sightings, so they may come and go in any order; all weights are sums of powers of two, so counts are exact.

import type { Place, Tally } from './place.ts'

/** Where and when an example was taken, and what it teaches. */
export type Sighting = {
  taxonId: number
  groupKey: string
  station: string
  /** 1 to 12; null: not known. */
  month: number | null
  /** It was named together with many others, which nobody may have looked at one by one. */
  inBulk: boolean
}

/** An event that was only named in bulk repeats what the answers said, which the counts may have caused. */
const BULK_WEIGHT = 0.25

type Event = Pick<Sighting, 'taxonId' | 'groupKey' | 'station'> & { members: Map<number, Sighting> }

/** Taxon to events. */
class Counts {
  readonly #of = new Map<number, number>()
  total = 0

  add(taxonId: number, weight: number): void {
    const now = (this.#of.get(taxonId) ?? 0) + weight
    if (now === 0) this.#of.delete(taxonId)
    else this.#of.set(taxonId, now)
    this.total += weight
  }

  of(taxonId: number): number {
    return this.#of.get(taxonId) ?? 0
  }

  get taxa(): number {
    return this.#of.size
  }
}

const emptyYear = (): number[] => new Array<number>(12).fill(0)

export class Met {
  readonly #sightings = new Map<number, Sighting>()
  readonly #events = new Map<string, Event>()
  readonly #groups = new Map<string, Set<Event>>()
  readonly #stations = new Map<string, Counts>()
  readonly #everywhere = new Counts()
  readonly #months = new Map<number, number[]>()
  readonly #year = emptyYear()

  /** Null: the detection teaches nothing, or nobody knows where it was taken. */
  set(detectionId: number, sighting: Sighting | null): void {
    const old = this.#sightings.get(detectionId)
    if (old) this.#change(old, (event) => event.members.delete(detectionId))
    this.#sightings.delete(detectionId)
    if (!sighting) return
    this.#sightings.set(detectionId, sighting)
    this.#change(sighting, (event) => event.members.set(detectionId, sighting))
  }

  /** Only these are known. */
  replace(all: ReadonlyMap<number, Sighting>): void {
    for (const id of [...this.#sightings.keys()]) if (!all.has(id)) this.set(id, null)
    for (const [id, sighting] of all) this.set(id, sighting)
  }

  /** By name: how many events, and of how many taxa. */
  stations(): { station: string; events: number; taxa: number }[] {
    return [...this.#stations]
      .map(([station, { total, taxa }]) => ({ station, events: total, taxa }))
      .sort((a, b) => (a.station < b.station ? -1 : 1))
  }

  /** Events of a taxon itself at a station. */
  eventsOf(taxonId: number, station: string): number {
    return this.#stations.get(station)?.of(taxonId) ?? 0
  }

  /** Null where no event is known. `without`: a burst whose events do not count. */
  at(station: string, month: number | null, without: string | null): Place | null {
    const own = without === null ? [] : [...(this.#groups.get(without) ?? [])]
    const everywhere = less(this.#everywhere, own)
    if (everywhere.total === 0) return null
    const here = less(
      this.#stations.get(station) ?? new Counts(),
      own.filter((event) => event.station === station),
    )
    return {
      here,
      everywhere,
      month,
      months: {
        of: (taxonId) => yearLess(this.#months.get(taxonId), own, taxonId),
        all: yearLess(this.#year, own) ?? emptyYear(),
      },
    }
  }

  #change(sighting: Sighting, edit: (event: Event) => void): void {
    const { taxonId, groupKey, station } = sighting
    const key = JSON.stringify([taxonId, groupKey, station])
    const event = this.#events.get(key) ?? { taxonId, groupKey, station, members: new Map() }
    this.#count(event, -1)
    edit(event)
    this.#count(event, 1)
    const group = this.#groups.get(groupKey) ?? new Set()
    if (event.members.size > 0) {
      this.#events.set(key, event)
      this.#groups.set(groupKey, group.add(event))
    } else {
      this.#events.delete(key)
      group.delete(event)
      if (group.size === 0) this.#groups.delete(groupKey)
    }
  }

  #count(event: Event, sign: 1 | -1): void {
    const weight = sign * weightOf(event)
    if (weight === 0) return
    const { taxonId, station } = event
    const counts = this.#stations.get(station) ?? new Counts()
    counts.add(taxonId, weight)
    if (counts.total === 0) this.#stations.delete(station)
    else this.#stations.set(station, counts)
    this.#everywhere.add(taxonId, weight)
    const month = monthOf(event)
    if (month === null) return
    const year = this.#months.get(taxonId) ?? emptyYear()
    this.#months.set(taxonId, year)
    for (const events of [year, this.#year]) events[month - 1]! += weight
  }
}

function weightOf({ members }: Event): number {
  if (members.size === 0) return 0
  return [...members.values()].every(({ inBulk }) => inBulk) ? BULK_WEIGHT : 1
}

/** The earliest month of the year that any of its photos has: a burst lies in one. */
function monthOf({ members }: Event): number | null {
  const months = [...members.values()].flatMap(({ month }) => month ?? [])
  return months.length === 0 ? null : Math.min(...months)
}

function less(counts: Counts, events: readonly Event[]): Tally {
  if (events.length === 0) return counts
  const of = (id: number) =>
    events.reduce((sum, event) => (event.taxonId === id ? sum - weightOf(event) : sum), counts.of(id))
  return { of, total: events.reduce((sum, event) => sum - weightOf(event), counts.total) }
}

function yearLess(year: readonly number[] | undefined, events: readonly Event[], taxonId?: number): number[] | null {
  if (!year) return null
  const left = [...year]
  for (const event of events) {
    const month = monthOf(event)
    if (month !== null && (taxonId === undefined || event.taxonId === taxonId)) left[month - 1]! -= weightOf(event)
  }
  return left
}
