// Names of a planned import that nothing has, with taxa that are spelt nearly so: shown, and corrected where the person
// who asked wants that.

import type { TaxonWords } from '../../contract/exchange/findings.ts'
import type { PhotoFacts } from '../../contract/exchange/import.ts'
import type { Named } from '../../contract/exchange/reading.ts'
import { count } from '../progress.ts'
import type { ImportClient } from './client.ts'
import type { ExchangePlan } from './exchange-plan.ts'
import type { Plan, PlannedPhotos } from './planned.ts'

export type Misspelt = { written: string; near: Named['near'] }
export type Corrections = Record<string, string>

/** The taxonomy is asked for no more names than these. */
const MOST_ASKED = 300
const MOST_SHOWN = 20
/** A folder may be a place: only names that are words can be names of animals. */
const IS_WORDS = /^\p{L}[\p{L} _'’-]{4,}$/u

/** Longer ones are refused with their photos. */
const isShort = (name: unknown) => String(name).length <= 300

export async function findMisspelt(client: Pick<ImportClient, 'names'>, plan: Plan): Promise<Misspelt[]> {
  const asked = new Map<string, TaxonWords>()
  for (const { facts, sha256 } of plan.photos) {
    if (asked.size >= MOST_ASKED) break
    // What another program's files say was asked when they were read.
    if (sha256 !== undefined || facts.findings !== undefined) continue
    const words = labelOf(facts)
    if (words !== null && Object.values(words).every(isShort)) asked.set(words.label, words)
    const around = [...(facts.path ?? '').split('/').slice(0, -1), facts.deployment ?? '']
    for (const name of around)
      if (IS_WORDS.test(name) && isShort(name) && !asked.has(name)) asked.set(name, { label: name })
  }
  const questions = [...asked.values()].slice(0, MOST_ASKED)
  const named = questions.length === 0 ? [] : await client.names(questions)
  return questions.flatMap(({ label }, i) => misspelt(label, named[i]?.near ?? []))
}

export const misspeltIn = ({ names }: Pick<ExchangePlan, 'names'>): Misspelt[] =>
  names.flatMap(({ label, near }) => misspelt(label, near))

const misspelt = (written: string, near: Named['near']): Misspelt[] => (near.length === 0 ? [] : [{ written, near }])

/** The label of a photo as a table or a folder calls it. */
function labelOf({ species, genus, family, commonName, folders }: PhotoFacts): TaxonWords | null {
  const label = species ?? genus ?? family ?? commonName ?? folders?.at(-1)
  if (label === undefined) return null
  const columns = Object.entries({ species, genus, family, commonName }).filter(([, name]) => name !== undefined)
  return folders === undefined ? { ...Object.fromEntries(columns), label } : { label }
}

/** A sentence for each, and what takes them. */
export function showMisspelt(found: readonly Misspelt[], correct: boolean): void {
  for (const { written, near } of found.slice(0, MOST_SHOWN)) {
    const [first, ...others] = near.map(({ name, commonName }) =>
      commonName === null ? name : `${commonName} (${name})`,
    )
    const or = others.length === 0 ? '' : `, or ${others.join(', or ')}`
    console.error(correct ? `  ${written} → ${first}` : `  ${written}: did you mean ${first}${or}?`)
  }
  if (found.length > MOST_SHOWN) console.error(`  and ${count(found.length - MOST_SHOWN)} more names.`)
  if (found.length > 0 && !correct)
    console.error('--correct takes the first of each; --mean "WRITTEN=NAME" takes one that you choose.')
}

/** The nearest taxon for each. */
export const nearest = (found: readonly Misspelt[]): Corrections =>
  Object.fromEntries(
    found.flatMap(({ written, near: [first] }) => (first === undefined ? [] : [[written, first.name]])),
  )

/** The photos with the corrections, each made when it is its turn. */
export const correctedPhotos = (photos: PlannedPhotos, corrections: Corrections): PlannedPhotos => ({
  length: photos.length,
  *[Symbol.iterator]() {
    for (const photo of photos) yield { ...photo, facts: { ...photo.facts, corrections } }
  },
})
