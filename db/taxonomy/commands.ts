// The words in which the taxonomy is changed. In: nothing. Out: one type of command, whichever way an edit comes: from the page,
// from an import, from the log.

import type { Rank } from '../schema.ts'
import type { TaxonName, TaxonState } from './taxon-states.ts'

/** What a taxon is to become; only the named fields. `from`: what they must be now. `to` null: no such taxon. */
export type StateChange = { id: number; from?: Partial<TaxonState> | null; to: Partial<TaxonState> | null }
/** Statements (or labels that wait) that name one taxon and are to name another. */
export type Retarget = { from: number; to: number; ids: number[] }

export type Command =
  | {
      kind: 'add'
      /** Which id it gets; the log always says. */
      id?: number
      name: string
      rank: Rank
      parentId: number | null
      names?: TaxonName[]
      externalIds?: string[]
      needsPlacing?: boolean
    }
  /** `was`: its name before, as the log says it. */
  | { kind: 'rename'; id: number; name: string; was?: string }
  | { kind: 'setNames'; id: number; names: TaxonName[] }
  | { kind: 'setExternalIds'; id: number; externalIds: string[] }
  /** To another parent, null: to the top; with everything below. `rank`: and to another rank. */
  | { kind: 'move'; id: number; parentId: number | null; rank?: Rank }
  | { kind: 'setPlacing'; id: number; needsPlacing: boolean }
  /** Everything of it becomes the other's: children, statements, names, external ids. Its id leads there. */
  | { kind: 'merge'; id: number; intoId: number }
  /** Part of it becomes a taxon of its own: chosen detections and children. */
  | {
      kind: 'split'
      id: number
      into: { id?: number; name: string; rank?: Rank; parentId?: number | null; names?: TaxonName[] }
      detectionIds: number[]
      childIds?: number[]
    }
  | { kind: 'deactivate'; id: number }
  | { kind: 'activate'; id: number }
  /** Refused where something depends on it, unless `moveTo` says where that goes. `name`: as the log says it. */
  | { kind: 'delete'; id: number; moveTo?: number; name?: string }
  /** Rows as they were: the inverse of every command. */
  | { kind: 'restore'; taxa: StateChange[]; statements: Retarget[]; labels: Retarget[] }
  /** Many as one: an import. `note`: its file. */
  | { kind: 'batch'; note: string; commands: Command[] }

/** Taxa that the command itself names as its subjects, before it is done. */
export function subjectsOf(command: Command): number[] {
  switch (command.kind) {
    case 'add':
      return []
    case 'restore':
      return command.taxa.map(({ id }) => id)
    case 'batch':
      return [...new Set(command.commands.flatMap(subjectsOf))]
    default:
      return [command.id]
  }
}
