// A new, empty database to measure in, on a Postgres server where databases may be created.

import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { DatabaseError } from '../../db/errors.ts'

/** Throws DatabaseError, in a sentence. */
export async function newBenchDatabase(server: string): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `clavis_bench_${randomBytes(6).toString('hex')}`
  const onServer = async (statement: string) => {
    const client = new pg.Client({ connectionString: server })
    await client.connect()
    try {
      await client.query(statement)
    } finally {
      await client.end()
    }
  }
  try {
    await onServer(`create database ${name}`)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new DatabaseError(`Expected a server where a database may be made to measure in, but: ${reason}`, { cause })
  }
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => onServer(`drop database if exists ${name} with (force)`) }
}
