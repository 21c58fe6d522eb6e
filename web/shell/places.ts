// The sections of the page, with their titles. The bar shows the first ones; all others are in the menu "More".

import type { Role } from '../../api/contract/people/person.ts'
import { mayAs } from '../person/person.ts'

/** `bar`: on every screen, only on a wide one, or in the menu alone. `least`: the role that can do something there. */
type Place = { href: string; name: string; bar: 'always' | 'wide' | 'never'; end?: boolean; least?: Role }

export const places = [
  { href: '/', name: 'Overview', bar: 'always', end: true },
  { href: '/add', name: 'Add', bar: 'wide', end: true, least: 'editor' },
  { href: '/review', name: 'Review', bar: 'always' },
  { href: '/grid', name: 'Grid', bar: 'always' },
  { href: '/photos', name: 'Photos', bar: 'wide' },
  { href: '/taxa', name: 'Taxa', bar: 'wide' },
  { href: '/deployments', name: 'Deployments', bar: 'wide' },
  { href: '/results', name: 'Results', bar: 'always' },
  { href: '/insight', name: 'Insight', bar: 'wide' },
  { href: '/identify', name: 'Identify', bar: 'never' },
  { href: '/add/false-triggers', name: 'Photos without an animal', bar: 'never', least: 'editor' },
  { href: '/add/repeats', name: 'The same place again', bar: 'never', least: 'editor' },
  { href: '/labels', name: 'Doubted labels', bar: 'never', least: 'reviewer' },
  { href: '/unknowns', name: 'Unknown animals', bar: 'never', least: 'editor' },
  { href: '/history', name: 'History', bar: 'never' },
] as const satisfies readonly Place[]
/** Those where a person of this standing can do something. */
export const openPlaces = () => places.filter(isOpen)
const isOpen = (place: Place) => place.least === undefined || mayAs(place.least)
/** Whether a person of this standing can do something at an address of this page. */
export const mayOpen = (href: string) =>
  places.every((place) => isOpen(place) || place.href !== href.replace(/[?#].*/, ''))
export type PlaceName = (typeof places)[number]['name']

/** Sections that the bar and its menu do not list. */
const others: readonly (readonly [href: string, name: string])[] = [
  ['/imports', 'Import'],
  ['/insight/map', 'Map of look-alikes'],
  ['/insight/versions', 'Versions'],
  ['/models', 'Models'],
  ['/people', 'People'],
  ['/account', 'Your account'],
]

/** The section that an address is in; undefined where there is no page. */
export function sectionOf(path: string): string | undefined {
  if (path === '/') return 'Overview'
  const all = [...places.map(({ href, name }) => [href, name] as const), ...others]
  const inside = all.filter(([href]) => href !== '/' && (path === href || path.startsWith(`${href}/`)))
  return inside.sort(([a], [b]) => b.length - a.length)[0]?.[1]
}
