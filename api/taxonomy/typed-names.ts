// Reads the names of taxa that people type, before anything is made or changed.

import type { Db } from '../../db/connection/connect.ts'
import type { Rank } from '../../db/schema.ts'
import { getTaxa, getTaxon } from '../../db/taxonomy/taxa.ts'
import type { WireCommand } from '../contract/taxonomy.ts'
import { Problem } from '../http/problem.ts'
import { readTypedName } from '../interchange/typed-names.ts'

/** Throws a Problem for what no taxon can be called. */
export async function nameTyped(db: Db, typed: string, rank: Rank, parentId: number | null): Promise<string> {
  const [parent = null] = parentId === null ? [] : await getTaxa(db, [parentId])
  const read = readTypedName(typed, rank, parent)
  if ('fault' in read) throw new Problem(400, read.fault)
  return read.name
}

/** The new name of a taxon; its present one stays as it is. */
export async function renameTyped(db: Db, id: number, typed: string): Promise<string> {
  const { name, rank, parentId } = await getTaxon(db, id)
  return typed === name ? typed : await nameTyped(db, typed, rank, parentId)
}

export async function withTypedName(db: Db, command: WireCommand): Promise<WireCommand> {
  switch (command.kind) {
    case 'add':
      return { ...command, name: await nameTyped(db, command.name, command.rank, numberOf(command.parentId)) }
    case 'rename':
      return { ...command, name: await renameTyped(db, Number(command.id), command.name) }
    case 'split': {
      const { into } = command
      const from = await getTaxon(db, Number(command.id))
      const parentId = into.parentId === undefined ? from.parentId : numberOf(into.parentId)
      return { ...command, into: { ...into, name: await nameTyped(db, into.name, into.rank ?? from.rank, parentId) } }
    }
    default:
      return command
  }
}

const numberOf = (id: string | null) => (id === null ? null : Number(id))
