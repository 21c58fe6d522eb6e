// Where animals of sensitive taxa were seen, and how exactly others may be told. A rule counts for its taxon and for
// everything below it; of several, the strictest. One such animal at a deployment makes the place of all its photos
// secret, because others of them would tell it.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { PLACE_RULES } from '../schema.ts'

export type Secrecy = {
  /** Degrees that coordinates are rounded to; null: they need not be. */
  grid: number | null
  /** The coordinates are told to nobody. */
  hidden: boolean
}

export type SensitivePlaces = {
  deployments: Map<number, Secrecy>
  /** The same by the names of deployments. */
  named: Map<string, Secrecy>
  /** Photos that show such an animal themselves. */
  media: Map<number, Secrecy>
  /** The strictest of photos that belong to no deployment; null: none is sensitive. */
  undeployed: Secrecy | null
}

type Row = { mediaId: number; deploymentId: number | null; deployment: string | null; strictness: number }

/** What people named counts, and of animals that wait, what the tree would call them. */
export async function sensitivePlaces(db: Db): Promise<SensitivePlaces> {
  const rules = sql.join(
    PLACE_RULES.map((rule) => sql`${rule}::text`),
    sql`, `,
  )
  const { rows } = await db.execute<Row>(sql`
    with recursive below as (
      select id, array_position(array[${rules}], place_rule) as strictness from taxon
        where place_rule is not null and merged_into_id is null
      union select t.id, b.strictness from taxon t join below b on t.parent_id = b.id),
    ruled as (select id, max(strictness) as strictness from below group by id),
    named as (
      select i.detection_id, r.strictness from identification i join ruled r on r.id = i.taxon_id
        where i.withdrawn_at is null
      union all select s.detection_id, r.strictness from suggestion s join ruled r on r.id = s.stop_taxon_id
        where s.open)
    select m.id as "mediaId", m.deployment_id as "deploymentId", p.name as deployment,
      max(n.strictness)::int as strictness
    from named n join detection d on d.id = n.detection_id and d.hidden_at is null
      join media m on m.id = d.media_id left join deployment p on p.id = m.deployment_id
    group by m.id, m.deployment_id, p.name`)
  const places: SensitivePlaces = { deployments: new Map(), named: new Map(), media: new Map(), undeployed: null }
  for (const { mediaId, deploymentId, deployment, strictness } of rows) {
    const secrecy = secrecyOf(strictness)
    places.media.set(mediaId, secrecy)
    if (deploymentId !== null) add(places.deployments, deploymentId, secrecy)
    else places.undeployed = stricter(places.undeployed ?? undefined, secrecy)
    if (deployment !== null) add(places.named, deployment, secrecy)
  }
  return places
}

function secrecyOf(strictness: number): Secrecy {
  const rule = PLACE_RULES[strictness - 1]
  return rule === undefined || rule === 'hidden' ? { grid: null, hidden: true } : { grid: Number(rule), hidden: false }
}

function add<Key>(map: Map<Key, Secrecy>, key: Key, secrecy: Secrecy): void {
  map.set(key, stricter(map.get(key), secrecy))
}

export const stricter = (a: Secrecy | undefined, b: Secrecy): Secrecy => ({
  grid: a?.grid == null ? b.grid : Math.max(a.grid, b.grid ?? 0),
  hidden: (a?.hidden ?? false) || b.hidden,
})

/** The nearest corner of the grid. */
export const onGrid = (degrees: number, grid: number): number => Number((Math.round(degrees / grid) * grid).toFixed(6))

/** Of a station, at which several deployments stood. Undefined: no secret. */
export function secrecyOfAll(deployments: Map<number, Secrecy>, ids: readonly number[]): Secrecy | undefined {
  return ids.reduce<Secrecy | undefined>((strictest, id) => {
    const own = deployments.get(id)
    return own === undefined ? strictest : stricter(strictest, own)
  }, undefined)
}
