import type pg from 'pg'

/** Rows per query. */
const IDS = 5000

/** All rows of a select without conditions, in order of id, a page at a time. */
export async function* byId<T extends object>(
  client: pg.ClientBase,
  select: string,
): AsyncGenerator<T & { id: number }> {
  for (let after = 0; ; ) {
    const { rows } = await client.query<T & { id: number }>(`${select} where id > $1 order by id limit ${IDS}`, [after])
    yield* rows
    const last = rows.at(-1)
    if (!last || rows.length < IDS) return
    after = last.id
  }
}
