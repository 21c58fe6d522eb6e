// What an import of another program's files is about to do, for people, and the list of what it left out.

import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { stringify } from 'csv-stringify'
import { harmlessCell } from '../../interchange/exchange/table-rows.ts'
import { count } from '../progress.ts'
import type { ExchangePlan } from './exchange-plan.ts'
import type { LeftOut } from './planned.ts'

const MOST_NAMES = 20
const MOST_LISTED = 20

export function showPlan({ found, counts, names }: ExchangePlan): void {
  for (const { title, files, version, detector, threshold } of found.formats) {
    const parts = [
      `Recognised ${title}${version === null ? '' : ` ${version}`}: ${files.length === 1 ? [...files][0] : `${count(files.length)} files`}`,
    ]
    if (detector !== null) parts.push(`boxes by ${detector}`)
    if (threshold !== null) parts.push(`from a confidence of ${threshold}`)
    console.error(`${parts.join(', ')}.`)
  }
  const { boxes, verified, proposals, empty, photos, events } = found.counts
  console.error(
    `It is about ${count(photos)} photos: ${count(counts.here)} found, ${count(counts.known)} imported before, ${count(counts.missing)} missing.`,
  )
  console.error(
    `${count(boxes)} boxes, ${count(verified)} labels by people, ${count(proposals)} proposals by machines, ${count(empty)} photos said to be empty${events > 0 ? `, ${count(events)} events` : ''}.`,
  )
  for (const { label, count: times, verified: byPeople, becomes, name, taxon } of names.slice(0, MOST_NAMES)) {
    const made =
      name === null ? (byPeople ? 'a new taxon' : 'left out, because no taxon has this name') : `${name} (a new taxon)`
    const to = becomes === 'known' ? `${name} (${taxon?.rank})` : made
    console.error(`  ${label} (${count(times)} ${byPeople ? 'labels' : 'proposals'}) → ${to}`)
  }
  if (names.length > MOST_NAMES) console.error(`  and ${count(names.length - MOST_NAMES)} more names.`)
}

/** The first ones on the screen, all of them in the file where one is named. */
export async function reportLeftOut(lists: readonly Iterable<LeftOut>[], file: string | undefined): Promise<void> {
  const all = function* () {
    for (const list of lists) yield* list
  }
  let seen = 0
  for (const { what, why } of all()) if (++seen <= MOST_LISTED) console.log(`${what}: ${why}`)
  if (seen > MOST_LISTED)
    console.log(
      `${count(seen - MOST_LISTED)} more are left out${file === undefined ? '; --left-out FILE lists all' : ''}.`,
    )
  if (file === undefined) return
  const rows = function* () {
    for (const { what, why } of all()) yield { what: harmlessCell(what), why: harmlessCell(why) }
  }
  await pipeline(rows, stringify({ header: true, columns: ['what', 'why'] }), createWriteStream(file))
  console.log(`${file} lists what was left out and why: ${count(seen)} rows.`)
}
