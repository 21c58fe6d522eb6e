// Inspects a database without changing it: versions, how its migrations compare to this code, room for connections.

import { getSetting } from '../settings.ts'
import { connectDatabase, type Database } from './connect.ts'
import { newestApplied, newestMigration } from './migrate.ts'

export type DatabaseFacts = {
  kind: Database['kind']
  /** Such as 17.6. */
  version: string
  /** Version of the extension in this database; null where it was not created yet. */
  pgvector: string | null
  /** Version of the extension that the server could create; null where the package is not installed. */
  pgvectorAvailable: string | null
  /**
   * `none`: it has no tables of Clavis yet. `older`: the next start brings it up to date. `newer`: this code refuses
   * it.
   */
  migrations: 'none' | 'older' | 'current' | 'newer'
  /** How many more connections the server accepts. */
  connectionsLeft: number
  /** The setting that was asked for; undefined where it was never set. */
  setting: unknown
}

/** Throws DatabaseError where it cannot be reached. */
export async function inspectDatabase(url: string, settingKey: string): Promise<DatabaseFacts> {
  const database = await connectDatabase(url)
  try {
    const { rows } = await database.pool.query<{
      version: string
      pgvector: string | null
      available: string | null
      left: number
    }>(`select current_setting('server_version') as version,
      (select extversion from pg_extension where extname = 'vector') as pgvector,
      (select default_version from pg_available_extensions where name = 'vector') as available,
      current_setting('max_connections')::int - (select count(*)::int from pg_stat_activity) as left`)
    const [facts] = rows
    if (!facts) throw new Error('Expected a row about the server')
    const client = await database.pool.connect()
    const applied = await newestApplied(client).finally(() => client.release())
    const known = newestMigration()
    return {
      kind: database.kind,
      version: facts.version.split(' ')[0] ?? facts.version,
      pgvector: facts.pgvector,
      pgvectorAvailable: facts.available,
      migrations: applied === 0 ? 'none' : applied < known ? 'older' : applied === known ? 'current' : 'newer',
      connectionsLeft: facts.left,
      setting: applied === 0 ? undefined : await getSetting(database.db, settingKey),
    }
  } finally {
    await database.close()
  }
}
