// What a Postgres server does by itself and PGlite, which has no background processes, does not: vacuum and analyse
// tables that changed much, so that files do not grow with every update and plans know how many rows there are.

import type pg from 'pg'

/** Postgres' own rules: a fifth of the rows are dead, or a tenth changed since the table was last analysed. */
const CHANGED = 'n_dead_tup > 500 + 0.2 * n_live_tup or n_mod_since_analyze > 500 + 0.1 * n_live_tup'

/** One table after another, so that waiting queries get their turn in between. Returns the names of the tables. */
export async function maintain(pool: pg.Pool): Promise<string[]> {
  await pool.query('select pg_stat_force_next_flush()')
  const { rows } = await pool.query<{ name: string }>(
    `select quote_ident(relname) as name from pg_stat_user_tables where schemaname = 'public' and (${CHANGED}) order by relname`,
  )
  for (const { name } of rows) await pool.query(`vacuum (analyze) ${name}`)
  return rows.map((row) => row.name)
}

/**
 * Runs `maintain` every `everyMs`, never twice at once, until the returned function is called. Calling it waits for a
 * run under way.
 */
export function maintainRegularly(pool: pg.Pool, everyMs: number): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve()
  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    // If a run fails, the next one does its work.
    running = maintain(pool)
      .catch(() => {})
      .finally(() => {
        busy = false
      })
  }, everyMs)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await running
  }
}
