// Cards of animals that fit no known taxon, and what people do with them: join, split, dismiss, name. Each is one
// change, stored as what the cards held before and after.

import { sql } from 'drizzle-orm'
import { ADVISORY_LOCKS } from '../connection/advisory-locks.ts'
import type { Db } from '../connection/connect.ts'
import { pagesById } from '../pages.ts'
import type { UnknownCardState } from '../schema.ts'
import { arrayParameter, idArray } from '../sql.ts'
import { applyEdit } from '../taxonomy/edits.ts'
import { findByName } from '../taxonomy/paths.ts'
import { lockTaxonomy } from '../taxonomy-lock.ts'
import { restoreMany, withdrawMany } from './bulk-identifications.ts'

export type UnknownCard = {
  id: number
  underId: number | null
  state: UnknownCardState
  pinned: boolean
  nearestId: number | null
  nearestSimilarity: number | null
  cameraPurity: number | null
  lookPurity: number
  /** The most typical first. */
  detectionIds: number[]
  /** Where the answers for its animals stop, of those that have one; null: at no taxon. */
  stopIds: (number | null)[]
}
/** A card as a change has it. */
export type CardContents = { id: number; state: UnknownCardState; pinned: boolean; detectionIds: number[] }
/** The taxon that a card became, and the identifications of its animals. `wasActive`: it was suggested before, too. */
export type Naming = { taxonId: number; made: number[]; wasActive?: boolean }
export type UnknownCardsChange = { before: CardContents[]; after: CardContents[]; naming: Naming | null }

/** Cards change one at a time, also those that are worked out. */
export async function lockUnknowns(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS.unknowns})`)
}

/** Animals of a card that still wait. Reads rows named `u` and `d`. */
const waiting = sql`join detection d on d.id = u.detection_id and d.open`

/** Those with the most animals first. */
export async function listUnknownCards(
  db: Db,
  of: { modelSha256: string; state: UnknownCardState; ids?: readonly number[] },
): Promise<UnknownCard[]> {
  const { rows } = await db.execute<UnknownCard>(sql`
    select c.id, c.under_id as "underId", c.state, c.pinned, c.nearest_id as "nearestId",
      c.nearest_similarity as "nearestSimilarity", c.camera_purity as "cameraPurity", c.look_purity as "lookPurity",
      array_agg(d.id order by u.similarity desc, d.id) as "detectionIds",
      coalesce(array_agg(s.stop_taxon_id) filter (where s.detection_id is not null), '{}') as "stopIds"
    from unknown_card c join unknown_member u on u.card_id = c.id ${waiting}
      left join suggestion s on s.detection_id = d.id
    where c.model_sha256 = ${of.modelSha256} and c.state = ${of.state}
      ${of.ids ? sql`and c.id = any(${idArray(of.ids)})` : sql``}
    group by c.id order by count(*) desc, c.id`)
  return rows
}

/** What the cards hold, for a change; all their animals, waiting or not. */
export async function contentsOf(tx: Db, ids: readonly number[]): Promise<CardContents[]> {
  const { rows } = await tx.execute<CardContents>(sql`
    select c.id, c.state, c.pinned,
      coalesce(array_agg(u.detection_id order by u.detection_id) filter (where u.detection_id is not null), '{}')
        as "detectionIds"
    from unknown_card c left join unknown_member u on u.card_id = c.id
    where c.id = any(${idArray(ids)}) group by c.id order by c.id`)
  return rows
}

/** Animals that were removed meanwhile are left out; those that another card got since go back. */
export async function setCards(tx: Db, cards: readonly CardContents[]): Promise<void> {
  for (const { id, state, pinned, detectionIds } of cards) {
    await tx.execute(sql`update unknown_card set state = ${state}, pinned = ${pinned} where id = ${id}`)
    await tx.execute(
      sql`delete from unknown_member where card_id = ${id} and detection_id <> all(${idArray(detectionIds)})`,
    )
    await tx.execute(sql`
      insert into unknown_member (detection_id, card_id, similarity)
      select d.id, ${id}, 0 from detection d
      where d.id = any(${idArray(detectionIds)}) and exists (select 1 from unknown_card where id = ${id})
      on conflict (detection_id) do update set card_id = excluded.card_id`)
  }
}

/** An empty card like another one. Returns its id. */
export async function addCardLike(tx: Db, id: number): Promise<number> {
  const { rows } = await tx.execute<{ id: number }>(sql`
    insert into unknown_card (model_sha256, under_id, state, pinned, nearest_id, nearest_similarity)
    select model_sha256, under_id, 'open', true, nearest_id, nearest_similarity from unknown_card where id = ${id}
    returning id`)
  return rows[0]!.id
}

/** The taxon of that name, which is suggested from now on, or a new species. */
export async function taxonToName(
  tx: Db,
  { name, parentId, person }: { name: string; parentId: number | null; person: string },
): Promise<Pick<Naming, 'taxonId' | 'wasActive'>> {
  await lockTaxonomy(tx)
  const [known] = await findByName(tx, name)
  if (known) {
    if (!known.active) await applyEdit(tx, { command: { kind: 'activate', id: known.id }, person })
    return { taxonId: known.id, wasActive: known.active }
  }
  const why = 'Unknown animals that look alike'
  const { command } = await applyEdit(tx, { command: { kind: 'add', name, rank: 'species', parentId }, person, why })
  if (command.kind !== 'add' || command.id === undefined) throw new Error('Expected the id of an added taxon')
  return { taxonId: command.id, wasActive: false }
}

/** The taxon stays, because withdrawn statements name it, but it is not suggested. */
export async function undoNaming(tx: Db, naming: Naming | null, person: string): Promise<void> {
  if (!naming) return
  await lockTaxonomy(tx)
  await withdrawMany(tx, naming.made, person)
  if (!naming.wasActive) await applyEdit(tx, { command: { kind: 'deactivate', id: naming.taxonId }, person })
}

export async function redoNaming(tx: Db, naming: Naming | null, person: string): Promise<void> {
  if (!naming) return
  await lockTaxonomy(tx)
  if (!naming.wasActive) await applyEdit(tx, { command: { kind: 'activate', id: naming.taxonId }, person })
  await restoreMany(tx, naming.made)
}

export type UnknownAnimal = {
  detectionId: number
  boxVersion: number
  groupKey: string
  camera: string | null
}

const PAGE_ROWS = 5000

/** Waiting animals that are more probably new than any known taxon, and those on cards that people made. */
export async function* unknownAnimals(db: Db, modelSha256: string): AsyncGenerator<UnknownAnimal[]> {
  yield* pagesById(PAGE_ROWS, async (after) => {
    const { rows } = await db.execute<UnknownAnimal>(sql`
      select d.id as "detectionId", d.box_version as "boxVersion", d.group_key as "groupKey",
        m.deployment_id::text as camera
      from detection d join media m on m.id = d.media_id
      left join suggestion s on s.detection_id = d.id
      left join unknown_member u on u.detection_id = d.id
      left join unknown_card c on c.id = u.card_id
      where d.id > ${after} and d.open and (s.novelty > s.probability or c.pinned or c.state = 'dismissed')
        and exists (select 1 from embedding e where e.model_sha256 = ${modelSha256} and e.detection_id = d.id)
      order by d.id limit ${PAGE_ROWS}`)
    return rows
  })
}

export type NewCard = {
  id: number | null
  underId: number | null
  nearestId: number | null
  nearestSimilarity: number | null
  cameraPurity: number | null
  lookPurity: number
  members: { id: number; similarity: number }[]
}

/** Puts these in place of all cards of a model that are not named. Cards that lost all animals are removed. */
export async function putUnknownCards(tx: Db, modelSha256: string, cards: readonly NewCard[]): Promise<void> {
  await tx.execute(sql`
    delete from unknown_member where card_id in
      (select id from unknown_card where model_sha256 = ${modelSha256} and state <> 'named')`)
  const kept: number[] = []
  for (const { id, members, ...facts } of cards) kept.push(await putCard(tx, modelSha256, id, facts, members))
  await tx.execute(sql`
    delete from unknown_card where model_sha256 = ${modelSha256} and state = 'open' and id <> all(${idArray(kept)})`)
}

async function putCard(
  tx: Db,
  modelSha256: string,
  known: number | null,
  facts: Omit<NewCard, 'id' | 'members'>,
  members: NewCard['members'],
): Promise<number> {
  const { rows } = await tx.execute<{ id: number }>(
    known === null
      ? sql`insert into unknown_card (model_sha256, under_id, nearest_id, nearest_similarity, camera_purity, look_purity)
          values (${modelSha256}, ${facts.underId}, ${facts.nearestId}, ${facts.nearestSimilarity},
            ${facts.cameraPurity}, ${facts.lookPurity}) returning id`
      : sql`update unknown_card set under_id = ${facts.underId}, nearest_id = ${facts.nearestId},
            nearest_similarity = ${facts.nearestSimilarity}, camera_purity = ${facts.cameraPurity},
            look_purity = ${facts.lookPurity}
          where id = ${known} returning id`,
  )
  const id = rows[0]?.id
  if (id === undefined) throw new Error(`Expected a card ${known} of unknown animals`)
  await tx.execute(sql`
    insert into unknown_member (detection_id, card_id, similarity)
    select i.id, ${id}, i.similarity
    from unnest(${arrayParameter(
      members.map((one) => one.id),
      'bigint',
    )},
      ${arrayParameter(
        members.map((one) => one.similarity),
        'real',
      )}) as i (id, similarity)
    join detection d on d.id = i.id
    on conflict (detection_id) do nothing`)
  return id
}

/** All cards that are not named, with all their animals. */
export async function cardsBefore(db: Db, modelSha256: string) {
  const { rows } = await db.execute<{ id: number; underId: number | null; pinned: boolean; memberIds: number[] }>(sql`
    select c.id, c.under_id as "underId", (c.pinned or c.state = 'dismissed') as pinned,
      array_agg(u.detection_id order by u.detection_id) as "memberIds"
    from unknown_card c join unknown_member u on u.card_id = c.id
    where c.model_sha256 = ${modelSha256} and c.state <> 'named' group by c.id order by c.id`)
  return rows
}

/** The smallest number that no taxon "NAME sp. N" has. */
export async function nextProvisionalNumber(db: Db, stem: string): Promise<number> {
  const { rows } = await db.execute<{ name: string }>(
    sql`select name from taxon where left(name, ${stem.length + 5}) = ${`${stem} sp. `}`,
  )
  const taken = new Set(rows.map(({ name }) => Number(name.slice(stem.length + 5))))
  let number = 1
  while (taken.has(number)) number++
  return number
}
