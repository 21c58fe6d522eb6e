// How often others agree with a person. Only admins see it, and nothing is decided by it but where to look twice.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'

/** Before anything is known of somebody: as many right statements as a careful person would have made. */
const PRIOR = { right: 19, all: 20 }

export type Accuracy = {
  person: string
  /** Animals that the person identified. */
  identified: number
  /** Of these, those at which somebody else looked too, and it is settled what they are. */
  checked: number
  /** Of these, those at which the person's statement is on one path with what was settled. */
  agreed: number
  /** `agreed` of `checked`, drawn towards 0.95 by twenty imaginary ones. */
  accuracy: number
}

export async function accuracyOfPeople(db: Db): Promise<Accuracy[]> {
  const { rows } = await db.execute<Omit<Accuracy, 'accuracy'>>(sql`
    with said as (
      select distinct on (i.detection_id, i.person) i.detection_id, i.person, i.taxon_id, i.withdrawn_at, i.withdrawn_by
      from identification i
      where not i.proposal and i.person not like 'import:%' and (i.withdrawn_at is null or i.withdrawn_by <> i.person)
      order by i.detection_id, i.person, i.id desc),
    shared as (
      select s.*, d.taught_taxon_id as taught from said s join detection d on d.id = s.detection_id
      where not d.conflict and d.taught_taxon_id is not null
        and exists (select 1 from said o where o.detection_id = s.detection_id and o.person <> s.person)),
    pair as (select distinct taxon_id, taught from shared),
    judged as (
      select p.taxon_id, p.taught, exists (
        with recursive above as (
          select id, parent_id from taxon where id = p.taxon_id
          union all select t.id, t.parent_id from taxon t join above a on t.id = a.parent_id)
        select 1 from above where id = p.taught) or exists (
        with recursive above as (
          select id, parent_id from taxon where id = p.taught
          union all select t.id, t.parent_id from taxon t join above a on t.id = a.parent_id)
        select 1 from above where id = p.taxon_id) as fits
      from pair p)
    select said.person, count(*)::int as identified, count(shared.detection_id)::int as checked,
      (count(*) filter (where judged.fits and shared.withdrawn_at is null))::int as agreed
    from said
      left join shared on shared.detection_id = said.detection_id and shared.person = said.person
      left join judged on judged.taxon_id = shared.taxon_id and judged.taught = shared.taught
    group by said.person order by said.person`)
  return rows.map((row) => ({ ...row, accuracy: (row.agreed + PRIOR.right) / (row.checked + PRIOR.all) }))
}
