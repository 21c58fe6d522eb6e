// What a list of detections holds: a queue and what narrows it, as conditions of SQL. The tables are d (detection),
// s (suggestion) and m (media).

import { type SQL, sql } from 'drizzle-orm'
import { type DetectionKind, type DetectionMark, isDrawn, kindOf, type MediaMark, sampleOrder } from '../schema.ts'
import { atStation, idArray } from '../sql.ts'
import { type ObservationNarrowing, observationConditions } from './observations.ts'

export type QueueName =
  | 'useful'
  | 'unsure'
  | 'results'
  | 'conflict'
  | 'wrongLabel'
  | 'novel'
  | 'firstHere'
  | 'unidentified'
  | 'falseTrigger'
  | 'recent'
  | 'flagged'
  | 'secondLook'
  | 'marked'
export type DetectionState = 'unidentified' | 'identified' | 'conflict' | 'proposed'

/**
 * How an animal stands among all others: `duplicate` almost the same as one of another burst, `mismatch` also with
 * another label, `unique` unlike all, `representative` typical of many, `hard` to tell.
 */
export type Standing = 'duplicate' | 'mismatch' | 'unique' | 'representative' | 'hard'

export type DetectionNarrowing = ObservationNarrowing & {
  state?: DetectionState
  kind?: DetectionKind
  /** Marked so, or in a photo that is. */
  mark?: DetectionMark | MediaMark
  /** It teaches one of these, or, where it teaches nothing, one of these is suggested. */
  taxonIds?: number[]
  /** Whether the suggestion stops at a taxon; where there are `taxonIds`, at one of these. */
  sure?: boolean
  mediaId?: number
  importId?: number
  deploymentId?: number
  /** The name of a station. */
  site?: string
  /** Taken at or after the one and before the other, by the camera's clock. */
  from?: string
  before?: string
  /** Without the boxes that wait and are probably no animals, or only they. */
  unlikely?: 'hide' | 'only'
  minConfidence?: number
  maxConfidence?: number
  /** Identified by this person. */
  person?: string
  groupKey?: string
  selectionId?: number
  standing?: Standing
  /** Who asks: second looks, and where `several` must agree all that waits, leave out what this person identified. */
  asker?: { person: string; several: boolean }
  /** Only what one of these assigns. */
  assigned?: Assigned[]
}

/** Animals that are all of it. */
export type Assigned = {
  deploymentId: number | null
  /** Suggested as one of these. */
  taxonIds: number[] | null
  /** Of so many equal shares of all photos the one with this number. */
  share: { part: number; parts: number } | null
}

/** Queues whose detections all wait, so that what they teach need not be looked at. */
const OPEN: QueueName[] = ['useful', 'unsure', 'results', 'novel', 'firstHere', 'unidentified', 'falseTrigger']

export const list = (parts: SQL[]) => sql.join(parts, sql`, `)
export const and = (parts: (SQL | null | undefined)[]) =>
  sql.join(
    parts.filter((part) => part != null),
    sql` and `,
  )

/** What a list holds. */
export type Contents = DetectionNarrowing & { queue?: QueueName }

/** Everything that the filter finds waits to be identified. */
export const isOpen = ({ queue, state }: Contents) =>
  queue === undefined ? state === 'unidentified' || state === 'proposed' : OPEN.includes(queue)

/** `appraised`: only animals that are. */
export function tables(filter: Contents, summaries: 'inner' | 'left', appraised = filter.standing !== undefined): SQL {
  const { importId, deploymentId, site, from, before, assigned } = filter
  const photo = [importId, deploymentId, site, from, before, assigned].some((value) => value !== undefined)
  const inner = summaries === 'inner' || ['novel', 'firstHere', 'wrongLabel'].includes(filter.queue ?? '')
  return sql`from detection d ${inner ? sql`join` : sql`left join`} suggestion s on s.detection_id = d.id
    ${photo ? sql`join media m on m.id = d.media_id` : sql``}
    ${appraised ? sql`join appraisal a on a.detection_id = d.id` : sql``}`
}

export function conditions(filter: Contents): (SQL | null)[] {
  const { state, kind, mark, taxonIds, mediaId, importId, deploymentId, site, from, before, person } = filter
  const { groupKey, selectionId } = filter
  const when = (value: unknown, condition: () => SQL) => (value === undefined ? null : condition())
  const set = taxonIds && sql`any(${idArray(taxonIds)})`
  const suggested = set && sql`s.taxon_id = ${set}`
  return [
    isOpen(filter) ? sql`d.open` : sql`d.hidden_at is null`,
    filter.queue ? queueCondition(filter.queue) : null,
    state ? stateCondition(state) : null,
    when(kind, () => sql`${kindOf({ kind: sql`d.kind`, mark: sql`d.mark` })} = ${kind}`),
    when(mark, () =>
      mark === 'empty' || mark === 'unusable'
        ? sql`d.set_aside and d.media_id in (select id from media where mark = ${mark})`
        : sql`d.mark = ${mark}`,
    ),
    set && suggested
      ? isOpen(filter)
        ? sql`s.open and ${suggested}`
        : sql`(d.taught_taxon_id = ${set} or d.taught_taxon_id is null and ${suggested})`
      : null,
    when(filter.sure, () => sql`${stopsAt(set)} is ${filter.sure ? sql`true` : sql`not true`}`),
    when(mediaId, () => sql`d.media_id = ${mediaId}`),
    when(importId, () => sql`m.import_id = ${importId}`),
    when(deploymentId, () => sql`m.deployment_id = ${deploymentId}`),
    site === undefined ? null : atStation(site),
    when(from, () => sql`m.captured_at >= ${from}::timestamp`),
    when(before, () => sql`m.captured_at < ${before}::timestamp`),
    when(filter.unlikely, () => unlikelyCondition(filter.unlikely === 'only')),
    when(filter.minConfidence, () => sql`d.confidence >= ${filter.minConfidence}::real`),
    when(filter.maxConfidence, () => sql`d.confidence <= ${filter.maxConfidence}::real`),
    when(groupKey, () => sql`d.group_key = ${groupKey}`),
    when(selectionId, () => sql`d.id in (select unnest(detection_ids) from selection where id = ${selectionId})`),
    filter.standing ? STANDINGS[filter.standing] : null,
    ...observationConditions(filter),
    when(filter.assigned, () => assignedCondition(filter.assigned ?? [])),
    filter.asker && ((filter.asker.several && isOpen(filter)) || filter.queue === 'secondLook')
      ? sql`not exists (select 1 from identification i where i.person = ${filter.asker.person} and i.detection_id = d.id
          and i.withdrawn_at is null and not i.proposal)`
      : null,
    when(
      person,
      () => sql`exists (select 1 from identification i where i.person = ${person} and i.detection_id = d.id
        and i.withdrawn_at is null and not i.proposal)`,
    ),
  ]
}

/** A box that somebody named since it was judged does not wait any more. */
const unlikelyCondition = (only: boolean) =>
  sql`${only ? sql`` : sql`not`} (d.open and exists (select 1 from unlikely_box u where u.detection_id = d.id))`

const stopsAt = (set: SQL | undefined) =>
  set === undefined ? sql`(s.stop_taxon_id is not null)` : sql`(s.stop_taxon_id = ${set})`

/** Entropies from log 2 on: as between two equally probable taxa. */
const STANDINGS: Record<Standing, SQL> = {
  duplicate: sql`a.duplicate_id is not null`,
  mismatch: sql`a.duplicate_id is not null and a.duplicate_differs`,
  unique: sql`a.uniqueness >= 0.75`,
  representative: sql`a.representativeness >= 0.75`,
  hard: sql`a.hardness >= 0.693`,
}

export function queueCondition(queue: QueueName): SQL | null {
  if (queue === 'useful' || queue === 'unsure' || queue === 'unidentified') return null
  if (queue === 'results') return sql`d.id in (select detection_id from results_question)`
  if (queue === 'conflict') return sql`d.conflict`
  if (queue === 'falseTrigger') return sql`d.source = 'wholePhoto'`
  if (queue === 'recent') return sql`d.latest_statement_id is not null`
  if (queue === 'flagged') return sql`d.media_id in (select id from media where favourite)`
  if (queue === 'marked') return sql`(d.mark is not null or d.set_aside)`
  if (queue === 'secondLook') return secondLook()
  if (queue === 'firstHere') return sql`s.open and s.first_here is not null`
  if (queue === 'novel') return sql`s.open and s.novelty > s.probability`
  // Where a second person names the same taxon, somebody has looked, and the label is no longer suspect.
  return sql`s.suspect and d.taught_taxon_id is not null and not d.conflict and d.mark is null and not d.set_aside
    and (select count(*) from identification i where i.detection_id = d.id and i.taxon_id = d.taught_taxon_id
      and i.withdrawn_at is null and not i.proposal) < 2
    and not exists (select 1 from kept_label k where k.detection_id = d.id and k.taxon_id = d.taught_taxon_id)`
}

/** How many of a person's first animals somebody else looks at too. */
const FIRST = 10

/** All conflicts; of what one person alone identified, one in twenty and the first ten of everybody. */
const secondLook = () => sql`d.latest_statement_id is not null and d.mark is null and not d.set_aside
  and d.id = any(array(
    select id from detection where conflict
    union select id from detection where ${isDrawn({ id: sql`id`, latestStatementId: sql`latest_statement_id` })}
    union select first.detection_id from person p cross join lateral (
      select i.detection_id from identification i where i.person = p.name and not i.proposal
      order by i.id limit ${FIRST}) as first))
  and (d.conflict or (select count(distinct i.person) from identification i where i.detection_id = d.id
    and i.withdrawn_at is null and not i.proposal and i.person not like 'import:%') < 2)`

function assignedCondition(assigned: Assigned[]): SQL {
  const each = assigned.map(({ deploymentId, taxonIds, share }) =>
    and([
      sql`true`,
      deploymentId === null ? null : sql`m.deployment_id = ${deploymentId}`,
      taxonIds && sql`s.taxon_id = any(${idArray(taxonIds)})`,
      share && sql`(${sampleOrder(sql`d.media_id`)} * ${share.parts}::int >> 32) = ${share.part}::int`,
    ]),
  )
  return each.length === 0 ? sql`false` : sql`(${sql.join(each, sql` or `)})`
}

function stateCondition(state: DetectionState): SQL | null {
  if (state === 'unidentified') return sql`d.open`
  if (state === 'identified') return sql`d.taught_taxon_id is not null and not d.conflict`
  if (state === 'conflict') return sql`d.conflict`
  return sql`d.open and exists (select 1 from identification i
    where i.detection_id = d.id and i.proposal and i.withdrawn_at is null)`
}
