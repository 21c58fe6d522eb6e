// What a package's datapackage.json says: its version, its tables, and the taxa that its observations name.

import { RANKS, type Rank } from '../../../../../db/schema.ts'
import { ExchangeError } from '../../exchange-error.ts'
import { isObject, listOf, objectOf, textOf } from '../../json-entries.ts'
import { beside, bytesOf, type FileSet } from '../../reader.ts'
import type { TaxonWords } from '../../records.ts'

const READABLE = ['1.0', '1.0.1', '1.0.2']

export type Package = {
  version: string
  tables: Record<'deployments' | 'media' | 'observations', string[]>
  taxa: Map<string, TaxonWords>
}

/** Throws ExchangeError with a sentence. */
export async function describePackage(files: FileSet, path: string): Promise<Package> {
  let document: unknown
  try {
    document = JSON.parse((await bytesOf(files, path)).toString('utf8').replace(/^\uFEFF/, '')) as unknown
  } catch (error) {
    throw new ExchangeError(`Expected JSON in ${path} but it is damaged.`, { cause: error })
  }
  const whole = objectOf(document)
  const version = /camtrap-dp\/([^/]+)\//.exec(textOf(whole.profile))?.[1] ?? 'unknown'
  if (!READABLE.includes(version))
    throw new ExchangeError(
      `Expected Camtrap DP ${READABLE.join(', ')} but this package has version ${version}. Export it again in version 1.0.`,
    )
  const tables: Package['tables'] = { deployments: [], media: [], observations: [] }
  for (const resource of listOf(whole.resources).filter(isObject)) {
    const name = textOf(resource.name)
    if (name !== 'deployments' && name !== 'media' && name !== 'observations') continue
    const paths = (Array.isArray(resource.path) ? resource.path : [resource.path]).map(textOf)
    for (const one of paths) {
      const at = beside(path, one)
      // Some packages list their resources several times.
      if (!tables[name].includes(at) && (await files.has(at))) tables[name].push(at)
    }
  }
  for (const name of ['deployments', 'media', 'observations'] as const) {
    const usual = beside(path, `${name}.csv`)
    if (tables[name].length === 0 && (await files.has(usual))) tables[name].push(usual)
    if (tables[name].length === 0)
      throw new ExchangeError(`Expected the table ${name} beside ${path}. Give the whole folder, or its zip.`)
  }
  return { version, tables, taxa: taxaOf(listOf(whole.taxonomic)) }
}

/** Only the package tells ranks; observations have only a name. */
function taxaOf(taxonomic: unknown[]): Map<string, TaxonWords> {
  const taxa = new Map<string, TaxonWords>()
  for (const taxon of taxonomic.filter(isObject)) {
    const name = textOf(taxon.scientificName)
    if (name === '') continue
    const words: TaxonWords = { label: name, scientificName: name }
    for (const rank of ['kingdom', 'phylum', 'class', 'order', 'family', 'genus'] as const)
      if (textOf(taxon[rank]) !== '') words[rank] = textOf(taxon[rank])
    const rank = textOf(taxon.taxonRank)
    if (isRank(rank)) words.rank = rank
    const common = objectOf(taxon.vernacularNames)
    const named = textOf(common.eng) || textOf(common.en)
    if (named !== '') words.commonName = named
    taxa.set(name, words)
  }
  return taxa
}

const isRank = (text: string): text is Rank => (RANKS as readonly string[]).includes(text)
