// Which differences of an imported list are applied: whole kinds, and single exceptions.

import { type Accessor, createMemo, createSignal } from 'solid-js'
import type { TaxonomyImport } from '../../../api/contract/taxonomy-import.ts'

export type Difference = TaxonomyImport['differences'][number]
export type Kind = Difference['kind']

export const KINDS: readonly { kind: Kind; one: string; many: string }[] = [
  { kind: 'new', one: 'new taxon', many: 'new taxa' },
  { kind: 'renamed', one: 'renamed', many: 'renamed' },
  { kind: 'moved', one: 'moved', many: 'moved' },
  { kind: 'merged', one: 'merged', many: 'merged' },
  { kind: 'named', one: 'gets more names or ids', many: 'get more names or ids' },
]

export function createImportChoice(compared: Accessor<TaxonomyImport | null>) {
  const [kinds, setKinds] = createSignal<ReadonlySet<Kind>>(new Set<Kind>())
  const [flipped, setFlipped] = createSignal<ReadonlySet<string>>(new Set())
  const count = createMemo(() => {
    const answer = compared()
    if (!answer) return 0
    let total = 0
    for (const kind of kinds()) total += answer.counts[kind]
    for (const one of answer.differences) if (flipped().has(one.key)) total += kinds().has(one.kind) ? -1 : 1
    return total
  })
  return {
    kinds,
    count,
    isChosen: (one: Difference) => kinds().has(one.kind) !== flipped().has(one.key),
    flip: (key: string) =>
      setFlipped((known) => {
        const next = new Set(known)
        if (!next.delete(key)) next.add(key)
        return next
      }),
    /** Selects or clears all differences of a kind. */
    turn(kind: Kind, on: boolean) {
      setKinds((known) => (on ? new Set([...known, kind]) : new Set([...known].filter((one) => one !== kind))))
      setFlipped((known) => new Set([...known].filter((key) => !key.startsWith(`${kind} `))))
    },
    /** Selects everything in the list. */
    chooseAll(answer: TaxonomyImport) {
      setFlipped(new Set<string>())
      setKinds(new Set(KINDS.map(({ kind }) => kind).filter((kind) => answer.counts[kind] > 0)))
    },
    /** The choice in the form that the service expects. */
    request(answer: TaxonomyImport) {
      const single = answer.differences.filter(({ key }) => flipped().has(key))
      return {
        kinds: [...kinds()],
        except: single.filter(({ kind }) => kinds().has(kind)).map(({ key }) => key),
        keys: single.filter(({ kind }) => !kinds().has(kind)).map(({ key }) => key),
      }
    },
  }
}
