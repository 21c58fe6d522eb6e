// Commands between the wire and the log: ids are strings outside and numbers inside, and an edit is shown with a
// sentence that says what was done and with the names of its taxa.

import type { Db } from '../../db/connection/connect.ts'
import type { PlaceRule } from '../../db/schema.ts'
import type { Command } from '../../db/taxonomy/commands/command.ts'
import type { Edit as EditRow } from '../../db/taxonomy/log.ts'
import { readStates, type TaxonState } from '../../db/taxonomy/states.ts'
import type { Edit, WireCommand } from '../contract/taxonomy.ts'

export function toCommand(wire: WireCommand): Command {
  const parent = (id: string | null) => (id === null ? null : Number(id))
  switch (wire.kind) {
    case 'add':
      return { ...wire, parentId: parent(wire.parentId) }
    case 'move':
      return { ...wire, id: Number(wire.id), parentId: parent(wire.parentId) }
    case 'merge':
      return { ...wire, id: Number(wire.id), intoId: Number(wire.intoId) }
    case 'split': {
      const { parentId, ...into } = wire.into
      return {
        kind: 'split',
        id: Number(wire.id),
        into: { ...into, ...(parentId !== undefined && { parentId: parent(parentId) }) },
        detectionIds: wire.detectionIds.map(Number),
        ...(wire.childIds && { childIds: wire.childIds.map(Number) }),
      }
    }
    case 'delete':
      return { kind: 'delete', id: Number(wire.id), ...(wire.moveTo !== undefined && { moveTo: Number(wire.moveTo) }) }
    default:
      return { ...wire, id: Number(wire.id) }
  }
}

const ID_KEYS = new Set(['id', 'parentId', 'intoId', 'moveTo', 'mergedIntoId', 'from', 'to'])
const ID_LISTS = new Set(['detectionIds', 'childIds', 'ids'])

/** Ids are strings outside. */
function toWire(value: unknown, key = ''): unknown {
  if (typeof value === 'number' && ID_KEYS.has(key)) return String(value)
  if (Array.isArray(value)) return value.map((one) => (ID_LISTS.has(key) ? String(one) : toWire(one)))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([inner, one]) => [inner, toWire(one, inner)]))
}

export async function presentEdits(db: Db, rows: EditRow[]): Promise<Edit[]> {
  const mentioned = rows.flatMap((row) => [...row.taxa, ...idsIn(row.command)])
  const states = new Map((await readStates(db, [...new Set(mentioned)])).map((state) => [state.id, state]))
  return rows.map((row) => ({
    id: String(row.id),
    person: row.person,
    at: row.at.toISOString(),
    why: row.why,
    kind: row.undoes === null ? row.command.kind : 'undo',
    summary: row.undoes === null ? summaryOf(row.command, states) : `Undid edit ${row.undoes}`,
    taxa: row.taxa.flatMap((id) => {
      const state = states.get(id)
      return state ? [{ id: String(id), name: state.name, rank: state.rank }] : []
    }),
    taxaCount: row.taxaCount,
    // An object in, an object out.
    command: toWire(row.command) as Record<string, unknown>,
    undoes: row.undoes === null ? null : String(row.undoes),
    undoneBy: row.undoneBy === null ? null : String(row.undoneBy),
  }))
}

function idsIn(command: Command): number[] {
  switch (command.kind) {
    case 'add':
      return command.parentId === null ? [] : [command.parentId]
    case 'move':
      return command.parentId === null ? [command.id] : [command.id, command.parentId]
    case 'merge':
      return [command.id, command.intoId]
    case 'delete':
      return command.moveTo === undefined ? [] : [command.moveTo]
    case 'restore':
    case 'batch':
      return []
    default:
      return [command.id]
  }
}

function summaryOf(command: Command, states: Map<number, TaxonState>): string {
  const name = (id: number) => states.get(id)?.name ?? 'a deleted taxon'
  const place = (id: number | null) => (id === null ? 'the top' : name(id))
  switch (command.kind) {
    case 'add':
      return `Added ${command.rank} ${command.name} below ${place(command.parentId)}`
    case 'rename':
      return `Renamed ${command.was ?? name(command.id)} to ${command.name}`
    case 'setNames':
      return `Set the names of ${name(command.id)}: ${command.names.map((one) => one.name).join(', ') || 'none'}`
    case 'setExternalIds':
      return `Set the external ids of ${name(command.id)}: ${command.externalIds.join(', ') || 'none'}`
    case 'move':
      return `Moved ${name(command.id)} below ${place(command.parentId)}${command.rank ? ` as a ${command.rank}` : ''}`
    case 'setPlacing':
      return command.needsPlacing ? `${name(command.id)} needs placing` : `${name(command.id)} is placed correctly`
    case 'setPlaceRule':
      return placesOf(name(command.id), command.placeRule)
    case 'merge':
      return `Merged ${name(command.id)} into ${name(command.intoId)}`
    case 'split':
      return `Split ${command.into.name} from ${name(command.id)} with ${command.detectionIds.length} examples`
    case 'deactivate':
      return `${name(command.id)} is no longer suggested`
    case 'activate':
      return `${name(command.id)} may be suggested again`
    case 'delete':
      return `Deleted ${command.name ?? 'a taxon'}${command.moveTo === undefined ? '' : `; what it had moved to ${name(command.moveTo)}`}`
    case 'restore':
      return 'Restored rows'
    case 'batch':
      return command.note
  }
}

function placesOf(name: string, rule: PlaceRule | null): string {
  if (rule === null) return `Where ${name} was seen is no secret`
  return rule === 'hidden' ? `Where ${name} was seen is hidden` : `Where ${name} was seen is rounded to ${rule}°`
}
