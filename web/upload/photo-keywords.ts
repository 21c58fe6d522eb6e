// Photos in which people wrote keywords with digiKam, Lightroom and others. Only the beginnings of such photos are sent
// to be read, which is where the keywords are.

import type { Found } from './found.ts'

/** EXIF with its thumbnail comes first, at most 64 KB, then the keywords. */
const BEGINNING_BYTES = 262_144
/** How many photos are looked at before the others: where none of them has keywords, none has. */
const SAMPLED = 12
const AT_ONCE = 16

const KEYWORDS = /hierarchicalSubject|TagsList|LastKeywordXMP|CatalogSets|subject|8BIM/
const SPECIES = /(species|taxon|taxa|animals?|fauna)[|/]/i

type Beginning = { file: File; path: string }

export async function beginningsWithKeywords(photos: readonly Found[]): Promise<Beginning[]> {
  // One of a few folders may be the one that somebody worked on.
  const step = Math.max(1, Math.floor(photos.length / SAMPLED))
  const sample = photos.filter((_, i) => i % step === 0).slice(0, SAMPLED)
  if ((await read(sample)).length === 0) return []
  return await read(photos)
}

async function read(photos: readonly Found[]): Promise<Beginning[]> {
  const found: Beginning[] = []
  for (let start = 0; start < photos.length; start += AT_ONCE) {
    const some = await Promise.all(photos.slice(start, start + AT_ONCE).map(beginningOf))
    found.push(...some.filter((one) => one !== null))
  }
  return found
}

/** Null where there are no keywords, or the file cannot be opened: sending it says why. */
async function beginningOf({ file: { name }, path, open }: Found): Promise<Beginning | null> {
  try {
    const bytes = (await open()).slice(0, BEGINNING_BYTES)
    const text = new TextDecoder('latin1').decode(await bytes.arrayBuffer())
    return KEYWORDS.test(text) && SPECIES.test(text) ? { file: new File([bytes], name), path } : null
  } catch {
    return null
  }
}
