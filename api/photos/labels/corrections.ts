// Names that a person corrected before an import: "Osselot" is Leopardus pardalis.

import type { TaxonWords } from '../../contract/exchange/findings.ts'
import type { PhotoFacts } from '../../contract/exchange/import.ts'
import { tidyText } from '../../contract/exchange/text.ts'
import { folderWords } from './folder-labels.ts'

type Corrections = NonNullable<PhotoFacts['corrections']>

const keyOf = (name: string) => folderWords(tidyText(name)).toLowerCase()

function correctionOf(corrections: Corrections, name: string | undefined): string | null {
  if (name === undefined || name === '') return null
  const wanted = keyOf(name)
  for (const [written, meant] of Object.entries(corrections)) if (keyOf(written) === wanted) return meant
  return null
}

/** A corrected label is the name that is meant, and nothing else is said of the taxon. */
export function withCorrections({ corrections, ...said }: PhotoFacts): PhotoFacts {
  if (corrections === undefined) return said
  const { class: _, order: __, family, genus, species, commonName, folders = [], ...others } = said
  const labels = [species, commonName, genus, family, folders.at(-1)]
  const meant = labels.map((label) => correctionOf(corrections, label)).find((name) => name !== null)
  return meant === undefined ? said : { ...others, folders: [meant] }
}

/** The same for what a file calls an animal. */
export function correctedWords(words: TaxonWords, corrections: Corrections | undefined): TaxonWords {
  if (corrections === undefined) return words
  const meant = [words.label, words.scientificName, words.species, words.commonName, words.genus]
    .map((name) => correctionOf(corrections, name))
    .find((name) => name !== null)
  return meant === undefined ? words : { label: meant, scientificName: meant }
}
