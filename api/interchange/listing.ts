// What a file of taxa lists, whatever its format, and what its readers share.

import type { Rank } from '../../db/schema.ts'
import type { TaxonName } from '../../db/taxonomy/states.ts'
import { tidyText } from '../contract/exchange/text.ts'

/** A taxon as a file lists it. */
export type Listed = {
  /** Unique in the file. */
  key: string
  /** The next one above of a known rank; null: the file names none. */
  parentKey: string | null
  name: string
  rank: Rank
  names: TaxonName[]
  externalIds: string[]
  /** Ids of its synonyms: taxa with these ids are part of it now. */
  absorbs: string[]
}

export type FileFormat = 'csv' | 'speciesnet' | 'dwca' | 'coldp'
export type TaxonomyFile = {
  format: FileFormat
  listed: Listed[]
  /** Lines or taxa that are not used. */
  skipped: number
  /** The first reasons. */
  problems: string[]
}

/** A file in no known format; the sentence says what is expected. */
export class TaxonomyFileError extends Error {
  override name = 'TaxonomyFileError'
}

const SHOWN_PROBLEMS = 20

/** Collects listed taxa. A taxon that is listed again adds its names and ids. */
export class Listing {
  #byKey = new Map<string, Listed>()
  skipped = 0
  problems: string[] = []

  add(one: Listed): Listed {
    const known = this.#byKey.get(one.key)
    if (!known) {
      this.#byKey.set(one.key, one)
      return one
    }
    known.names.push(...one.names)
    known.externalIds = [...new Set([...known.externalIds, ...one.externalIds])]
    return known
  }

  get(key: string): Listed | undefined {
    return this.#byKey.get(key)
  }

  delete(key: string): void {
    this.#byKey.delete(key)
  }

  values(): Listed[] {
    return [...this.#byKey.values()]
  }

  skip(why: string | null = null): void {
    this.skipped++
    if (why !== null && this.problems.length < SHOWN_PROBLEMS) this.problems.push(why)
  }

  /** Adds the taxa of a path, which may leave ranks out, and returns the last one. */
  addPath(path: { rank: Rank; name: string }[]): Listed | null {
    let last: Listed | null = null
    let key = ''
    for (const { rank, name } of path) {
      key += `/${rank}:${name.toLowerCase()}`
      const parentKey = last?.key ?? null
      last = this.add({ key, parentKey, name, rank, names: [], externalIds: [], absorbs: [] })
    }
    return last
  }
}

export const common = (name: string, language: string | null, preferred = false): TaxonName => ({
  kind: 'common',
  language,
  name,
  preferred,
})
export const synonym = (name: string): TaxonName => ({ kind: 'synonym', language: null, name, preferred: false })

/** "eng" is "en"; null for text that is no language. */
export function languageOf(text: string | undefined): string | null {
  const code = tidyText(text)
  if (code === '') return null
  try {
    return Intl.getCanonicalLocales(code)[0] ?? null
  } catch {
    return null
  }
}
