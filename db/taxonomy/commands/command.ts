// The commands that change the taxonomy. Edits from the page, from an import and from the log all use them.

import type { PlaceRule, Rank } from '../../schema.ts'
import type { TaxonName, TaxonState } from '../states.ts'

/**
 * What a taxon is to become: the named fields. `from`: what they must be now. `to` null: the taxon is removed.
 */
export type StateChange = { id: number; from?: Partial<TaxonState> | null; to: Partial<TaxonState> | null }
/** Statements (or labels of photos that wait) that name one taxon and are to name another. */
export type Retarget = { from: number; to: number; ids: number[] }

export type Command =
  | {
      kind: 'add'
      /** The id that it gets; the log always has it. */
      id?: number
      name: string
      rank: Rank
      parentId: number | null
      names?: TaxonName[]
      externalIds?: string[]
      needsPlacing?: boolean
    }
  /** `was`: its name before, as the log records it. */
  | { kind: 'rename'; id: number; name: string; was?: string }
  | { kind: 'setNames'; id: number; names: TaxonName[] }
  | { kind: 'setExternalIds'; id: number; externalIds: string[] }
  /** To another parent (null: to the top) with everything below it, and to another rank where `rank` is given. */
  | { kind: 'move'; id: number; parentId: number | null; rank?: Rank }
  | { kind: 'setPlacing'; id: number; needsPlacing: boolean }
  /** How exactly others may know where it was seen. */
  | { kind: 'setPlaceRule'; id: number; placeRule: PlaceRule | null }
  /** Its children, statements, names and external ids become the other's, and its id leads there. */
  | { kind: 'merge'; id: number; intoId: number }
  /** Chosen detections and children of it become those of a new taxon. */
  | {
      kind: 'split'
      id: number
      into: { id?: number; name: string; rank?: Rank; parentId?: number | null; names?: TaxonName[] }
      detectionIds: number[]
      childIds?: number[]
    }
  | { kind: 'deactivate'; id: number }
  | { kind: 'activate'; id: number }
  /** Refused where something depends on it, unless `moveTo` says where that goes. `name`: as the log records it. */
  | { kind: 'delete'; id: number; moveTo?: number; name?: string }
  /** Rows as they were: the inverse of every command. */
  | { kind: 'restore'; taxa: StateChange[]; statements: Retarget[]; labels: Retarget[] }
  /** Many as one: an import. `note`: its file. */
  | { kind: 'batch'; note: string; commands: Command[] }

export type CommandOf<Kind extends Command['kind']> = Extract<Command, { kind: Kind }>

/** Taxa that the command names as its subjects before it is performed. */
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
