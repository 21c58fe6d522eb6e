// What a Postgres server does for itself and PGlite, having no background processes, does not. In: a pool. Out: tables that changed
// much are vacuumed and analysed, so that files do not grow with every update and plans know how many rows there are.

import type pg from 'pg'

/** Postgres' own rules: a fifth of the rows dead, or a tenth changed since the last look. */
const CHANGED = 'n_dead_tup > 500 + 0.2 * n_live_tup or n_mod_since_analyze > 500 + 0.1 * n_live_tup'

/** One table after another, so that queries that wait get their turn in between. Answers which. */
export async function maintain(pool: pg.Pool): Promise<string[]> {
  await pool.query('select pg_stat_force_next_flush()')
  const { rows } = await pool.query<{ name: string }>(
    `select quote_ident(relname) as name from pg_stat_user_tables where schemaname = 'public' and (${CHANGED}) order by relname`,
  )
  for (const { name } of rows) await pool.query(`vacuum (analyze) ${name}`)
  return rows.map((row) => row.name)
}

/** Every `everyMs`, one run at a time, until the returned function is called, which waits for a run under way. */
export function maintainRegularly(pool: pg.Pool, everyMs: number): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve()
  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    // A run that fails is only late: the next one does its work.
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
