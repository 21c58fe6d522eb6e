import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { idArray } from '../sql.ts'
import { type Command, subjectsOf } from './commands/command.ts'
import { subtreesOf } from './states.ts'

/** How much an edit touches, for the person to see before and after it. */
export type Touches = {
  /** Photos identified as a taxon that the command is about, or as one below it. */
  photos: number
  /** Identifications of these taxa that were not withdrawn. */
  identifications: number
  /** Of these, the ones that name another taxon afterwards. */
  moved: number
  /** Taxa below the ones that the command is about. */
  children: number
  /** Taxa whose row or names change. */
  taxa: number
}

/** What is known before the command is performed. */
export async function countTouches(
  tx: Db,
  command: Command,
): Promise<Pick<Touches, 'photos' | 'identifications' | 'children'>> {
  const subjects = subjectsOf(command)
  const whole = await subtreesOf(tx, subjects)
  const chosen = command.kind === 'split' ? sql`and d.id = any(${idArray(command.detectionIds)})` : sql``
  const { rows } = await tx.execute<{ photos: number; identifications: number }>(sql`
    select (select count(distinct d.media_id) from detection d
        where d.taught_taxon_id = any(${idArray(whole)}) ${chosen}) as photos,
      (select count(*) from identification i join detection d on d.id = i.detection_id
        where i.taxon_id = any(${idArray(whole)}) and i.withdrawn_at is null ${chosen}) as identifications`)
  const { photos = 0, identifications = 0 } = rows[0] ?? {}
  const children = command.kind === 'split' ? (command.childIds?.length ?? 0) : whole.length - subjects.length
  return { photos, identifications, children: Math.max(0, children) }
}
