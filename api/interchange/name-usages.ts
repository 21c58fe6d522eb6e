// Usages of names, as checklists have them: accepted names and synonyms in any order, each with an id and the id of its
// parent or of the accepted name. They become accepted taxa of the known ranks, which carry their synonyms and
// vernacular names.

import { RANK_LEVELS, type Rank } from '../../db/schema.ts'
import { nameOfRank } from './listed-names.ts'
import { common, type FileFormat, type Listed, Listing, languageOf, synonym, type TaxonomyFile } from './listing.ts'

/** A line of a table by what its columns mean. */
export type Row = Map<string, string>

export const isExternalId = (id: string) => /^[^\s:]+:\S/.test(id)

export type Usage = {
  id: string
  parentId: string
  acceptedId: string
  name: string
  rank: string
  isSynonym: boolean
  /** Ranks above it, from columns of their own; used where it has no parent. */
  path: { rank: Rank; name: string }[]
  /** Ids in other lists, as `scheme:id`. */
  ids: string[]
  /**
   * The id of the name itself, in lists that number names and taxa separately. It identifies a taxon whose own id is
   * new.
   */
  nameId?: string
}

const RANK_WORDS: Record<string, Rank> = { division: 'phylum', infraspecies: 'subspecies' }

/** Usages in any order, made into taxa once all are known. */
export class Usages {
  readonly #format: FileFormat
  readonly #scheme: string
  #all: Usage[] = []
  #byId = new Map<string, Usage>()
  #names = new Map<string, Listed['names']>()
  #listing = new Listing()

  constructor(format: FileFormat, scheme: string) {
    this.#format = format
    this.#scheme = scheme
  }

  take(usage: Usage): void {
    if (usage.id === '' || usage.name === '') {
      this.#listing.skip('A line has no id or no name.')
      return
    }
    this.#all.push(usage)
    this.#byId.set(usage.id, usage)
  }

  name(id: string, name: string, language: string | undefined, preferred: boolean): void {
    if (name === '') return
    const one = common(name, languageOf(language), preferred)
    const known = this.#names.get(id)
    if (known) known.push(one)
    else this.#names.set(id, [one])
  }

  finish(): TaxonomyFile {
    for (const usage of this.#all) if (!isAccepted(usage)) this.#listing.skip(null)
    for (const usage of this.#all) {
      if (!isAccepted(usage)) continue
      const rank = rankOf(usage)
      if (rank === null) {
        this.#listing.skip(usage.rank === '' ? `${usage.name} has no rank.` : null)
        continue
      }
      const name = nameOfRank(usage.name, rank)
      if (name === null) {
        this.#listing.skip(`${usage.name} is no certain name of a ${rank}.`)
        continue
      }
      this.#listing.add({
        key: usage.id,
        parentKey: this.#parentOf(usage, rank),
        name,
        rank,
        names: this.#names.get(usage.id) ?? [],
        externalIds: this.#idsOf(usage),
        absorbs: [],
      })
    }
    for (const usage of this.#all) {
      if (isAccepted(usage)) continue
      const accepted = this.#listing.get(usage.acceptedId)
      if (!accepted) continue
      const rank = rankOf(usage)
      accepted.names.push(synonym((rank && nameOfRank(usage.name, rank)) ?? usage.name))
      accepted.absorbs.push(...this.#idsOf(usage))
    }
    const { skipped, problems } = this.#listing
    return { format: this.#format, listed: this.#listing.values(), skipped, problems }
  }

  /** The next usage above of a known, higher rank: by id, or by the columns of ranks. */
  #parentOf(usage: Usage, rank: Rank): string | null {
    const seen = new Set([usage.id])
    for (let at = this.#byId.get(usage.parentId); at && !seen.has(at.id); at = this.#byId.get(at.parentId)) {
      seen.add(at.id)
      const above = rankOf(at)
      if (isAccepted(at) && above !== null && RANK_LEVELS[above] > RANK_LEVELS[rank]) return at.id
    }
    if (usage.parentId !== '') return null
    const path = usage.path.filter((step) => RANK_LEVELS[step.rank] > RANK_LEVELS[rank])
    return this.#listing.addPath(path)?.key ?? null
  }

  /** Ids that other lists know. Ids by Clavis mean something in one installation only. */
  #idsOf(usage: Usage): string[] {
    const within = (id: string, prefix = '') =>
      isExternalId(id) ? id : `${this.#scheme}:${prefix}${id.replaceAll(' ', '_')}`
    const own = [within(usage.id), ...(usage.nameId === undefined ? [] : [within(usage.nameId, 'name:')])]
    return [...new Set([...usage.ids, ...own.filter((id) => !id.startsWith('clavis:'))])]
  }
}

const isAccepted = (usage: Usage) => !usage.isSynonym && usage.acceptedId === ''

function rankOf(usage: Usage): Rank | null {
  const word = usage.rank.toLowerCase()
  const known = RANK_WORDS[word] ?? word
  return known in RANK_LEVELS ? (known as Rank) : null // it is one of the keys
}
