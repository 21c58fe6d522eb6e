// Names of an upload that nothing has, with taxa that are spelt nearly so. A person says which is meant; then the
// service is told with each photo.

import type { PhotoFacts } from '../../../api/contract/exchange/import.ts'
import type { Named } from '../../../api/contract/exchange/reading.ts'
import type { AskNames } from '../../server/exchange/readings.ts'
import type { Plan, Planned } from '../plan.ts'

export type Near = Named['near'][number]
export type Corrections = Readonly<Record<string, string>>
export type Misspelt = {
  written: string
  photos: number
  near: Near[]
  /** False: a folder that is not taken for a label, and is one once its name is corrected. */
  isLabel: boolean
}

type Words = Parameters<AskNames>[0][number]

/** The taxonomy is asked for no more names than these. */
const MOST_ASKED = 300
/** A folder may be a place: only names that are words can be names of animals. */
const IS_WORDS = /^\p{L}[\p{L} _'’-]{4,}$/u
/** Folders that hold photos of anything. */
const IS_PLAIN =
  /^(photos?|fotos?|images?|imgs?|pictures?|pics|videos?|media|cameras?|traps?|data|files?|uploads?|crops?)$/i

export async function findMisspelt(plan: Plan, ask: AskNames): Promise<Misspelt[]> {
  const asked = new Map<string, { words: Words; photos: number; isLabel: boolean }>()
  const count = (words: Words, isLabel: boolean) => {
    const known = asked.get(words.label)
    if (known === undefined) asked.set(words.label, { words, photos: 1, isLabel })
    else known.photos++
  }
  for (const { facts } of plan.photos) {
    const label = labelOf(facts)
    if (label !== null) count(label, true)
    for (const folder of foldersOf(plan.name, facts))
      if (IS_WORDS.test(folder) && !IS_PLAIN.test(folder)) count({ label: folder }, false)
  }
  const questions = [...asked.values()].slice(0, MOST_ASKED)
  const named = questions.length === 0 ? [] : await ask(questions.map(({ words }) => words))
  const found = questions.map(({ words, photos, isLabel }, i): Misspelt => {
    return { written: words.label, photos, near: named[i]?.near ?? [], isLabel }
  })
  const said = (plan.reading?.names ?? []).map(({ label, count: photos, near }): Misspelt => {
    return { written: label, photos, near, isLabel: true }
  })
  const others = said.filter(({ written }) => !asked.has(written))
  return [...found, ...others].filter(({ near }) => near.length > 0)
}

/** The label of a photo as a file calls it. */
function labelOf({ species, genus, family, commonName, folders }: PhotoFacts): Words | null {
  const label = species ?? genus ?? family ?? commonName ?? folders?.at(-1)
  if (label === undefined) return null
  if (folders !== undefined) return { label }
  return {
    label,
    ...(species !== undefined && { species }),
    ...(genus !== undefined && { genus }),
    ...(family !== undefined && { family }),
    ...(commonName !== undefined && { commonName }),
  }
}

/** Folders around a photo that are no labels. */
function foldersOf(root: string, { path = '', folders = [], deployment }: PhotoFacts): string[] {
  const around = path.split('/').slice(0, -1)
  const names = around.length === 0 && deployment === root ? [root] : around
  return names.filter((name) => !folders.includes(name))
}

/** The plan with what a person corrected, for each photo. */
export function withCorrections(plan: Plan, corrections: Corrections): Plan {
  if (Object.keys(corrections).length === 0) return plan
  const correct = <T extends { facts: PhotoFacts }>(one: T): T => ({ ...one, facts: { ...one.facts, corrections } })
  const { reading } = plan
  return {
    ...plan,
    photos: plan.photos.map((photo): Planned => correct(photo)),
    reading: reading && { ...reading, photos: reading.photos.map(correct), known: reading.known.map(correct) },
  }
}
