// Sites at which some species are frequent: how much an answer gains that knows what was met there, and what animals
// that were never met there lose. Sites are drawn from photos that were not taught. Each is answered, then confirmed.

import { mean } from '../fitting/averages.ts'
import { Met } from '../met.ts'
import type { Place } from '../place.ts'
import { random, shuffled } from '../seeded-random.ts'
import type { Suggestions } from '../suggest.ts'
import { calibrationError } from './calibration-error.ts'
import type { ClavisMethod, Photo } from './methods.ts'
import { ASKED, isOf, type Stranger } from './strangers.ts'

const SITES = 10
const SPECIES_OF_SITE = 10
const RESIDENTS = 80
const VAGRANTS = 4
/** The k-th most frequent species of a site is met k to the power of minus this as often as the first. */
const ZIPF = 1.2

/** A photo is taken. `vagrant`: of a species that does not live there. */
export type Visit = { site: number; photo: Photo; vagrant: boolean }

/** All visits in the order in which they happen, those of all sites mixed. */
export function visitsOf(photos: readonly Photo[], seed: number): Visit[] {
  const next = random(seed + 1)
  const ofSpecies = new Map<number, Photo[]>()
  for (const photo of photos) ofSpecies.set(photo.taxonId, [...(ofSpecies.get(photo.taxonId) ?? []), photo])
  const species = [...ofSpecies.keys()].sort((a, b) => a - b)
  const visits = Array.from({ length: SITES }, (_, site) => {
    const order = shuffled(species, next)
    const residents = order.slice(0, SPECIES_OF_SITE)
    // The photos of a species come round again only when all were used.
    const decks = new Map(order.map((id) => [id, shuffled(ofSpecies.get(id)!, next)]))
    const drawn = new Map<number, number>()
    const visitBy = (id: number, vagrant: boolean): Visit => {
      const deck = decks.get(id)!
      const k = drawn.get(id) ?? 0
      drawn.set(id, k + 1)
      return { site, photo: deck[k % deck.length]!, vagrant }
    }
    const shares = residents.map((_, k) => (k + 1) ** -ZIPF)
    const whole = shares.reduce((sum, share) => sum + share, 0)
    const resident = (): number => {
      let left = next() * whole
      for (const [k, share] of shares.entries()) {
        left -= share
        if (left < 0) return residents[k]!
      }
      return residents[0]!
    }
    const strangers = order.slice(SPECIES_OF_SITE)
    return [
      ...Array.from({ length: RESIDENTS }, () => visitBy(resident(), false)),
      ...Array.from({ length: VAGRANTS }, () => visitBy(strangers[Math.floor(next() * strangers.length)]!, true)),
    ]
  })
  return shuffled(visits.flat(), next)
}

export const WHO = ['residents', 'vagrants', 'strangers'] as const
export type Who = (typeof WHO)[number]
/** Without and with what was met there. */
export const KNOWING = ['without', 'with'] as const
export type Knowing = (typeof KNOWING)[number]

/**
 * First species right, minus the log probability of the truth, the calibration error of the first species, stops at
 * the species asked 0.8, and by asked accuracy the shares of photos with a stop and of right ones among stops. Of
 * strangers, whose taxa are not taught, the stops alone.
 */
export type SiteFigures = {
  photos: number
  right: number
  loss: number
  error: number
  atSpecies: number
  stops: number[]
  rightStops: number[]
}
export type SiteDraw = Record<Knowing, Record<Who, SiteFigures>>

type Said = {
  first: { probability: number; right: boolean; group: string } | null
  loss: number
  atSpecies: boolean
  /** By asked accuracy; null: no stop. */
  stops: (boolean | null)[]
}

/** `strangers`: photos of untaught taxa and of nothing, asked at the sites when all else is confirmed. */
export function visitSites(
  method: ClavisMethod,
  photos: readonly Photo[],
  strangers: readonly Stranger[],
  seed: number,
): SiteDraw {
  const met = new Met()
  const said: Record<Knowing, Record<Who, Said[]>> = {
    without: { residents: [], vagrants: [], strangers: [] },
    with: { residents: [], vagrants: [], strangers: [] },
  }
  const ask = (photo: Stranger | Photo, place: Place | null, who: Who) => {
    said.without[who].push(answered(method, photo, null))
    said.with[who].push(answered(method, photo, place))
  }
  visitsOf(photos, seed).forEach(({ site, photo, vagrant }, i) => {
    const station = String(site)
    ask(photo, met.at(station, null, null), vagrant ? 'vagrants' : 'residents')
    met.set(i, { taxonId: photo.taxonId, groupKey: String(i), station, month: null, inBulk: false })
  })
  for (const [i, photo] of strangers.entries()) ask(photo, met.at(String(i % SITES), null, null), 'strangers')
  const figures = (knowing: Knowing) => ({
    residents: figuresOf(said[knowing].residents),
    vagrants: figuresOf(said[knowing].vagrants),
    strangers: figuresOf(said[knowing].strangers),
  })
  return { without: figures('without'), with: figures('with') }
}

function answered(method: ClavisMethod, photo: Stranger | Photo, place: Place | null): Said {
  const how = place ? { place } : {}
  const { suggestions, byAccuracy } = stopsOf(method, photo, how)
  const first = suggestions[0]
  const { taxonomy } = method.tree
  const { total } = method.answer(photo, how)
  const isRight = (taxonId: number) =>
    isOf(taxonomy, { ...photo, source: '', isTrap: true, isDevelopment: true }, taxonId)
  return {
    first: first
      ? { probability: first.probability, right: first.taxonId === photo.taxonId, group: photo.group }
      : null,
    loss: -Math.log((total.get(photo.taxonId ?? 0) ?? 0) + 1e-12),
    atSpecies: byAccuracy[0]?.taxonId === photo.taxonId,
    stops: byAccuracy.map((stop) => stop && isRight(stop.taxonId)),
  }
}

function stopsOf(method: ClavisMethod, photo: Stranger | Photo, how: { place?: Place }) {
  const byAccuracy = ASKED.map((accuracy) => method.suggest(photo, accuracy, 2, how))
  return {
    suggestions: byAccuracy[0]?.suggestions ?? [],
    byAccuracy: byAccuracy.map(({ stop }): Suggestions['stop'] => stop),
  }
}

function figuresOf(said: readonly Said[]): SiteFigures {
  const firsts = said.flatMap(({ first }) => first ?? [])
  const share = (values: readonly boolean[]) => mean(values.map((value) => (value ? 1 : 0)))
  return {
    photos: said.length,
    right: share(said.map(({ first }) => first?.right ?? false)),
    loss: mean(said.map(({ loss }) => loss)),
    error: calibrationError(firsts),
    atSpecies: share(said.map(({ atSpecies }) => atSpecies)),
    stops: ASKED.map((_, k) => share(said.map(({ stops }) => stops[k] !== null))),
    rightStops: ASKED.map((_, k) => share(said.flatMap(({ stops }) => stops[k] ?? []))),
  }
}
