// Cards of animals that fit no known taxon. Naming one makes a taxon and its examples, in one step that can be undone.

import { z } from '@hono/zod-openapi'
import { Conflict, NotFound } from '../../db/errors.ts'
import { getDetections } from '../../db/photos/detections.ts'
import type { Rank } from '../../db/schema.ts'
import { identifyMany } from '../../db/statements/bulk-identifications.ts'
import {
  addCardLike,
  type CardContents,
  contentsOf,
  lockUnknowns,
  nextProvisionalNumber,
  setCards,
  taxonToName,
  type UnknownCard as UnknownCardRow,
} from '../../db/statements/unknown-cards.ts'
import { change, type RecordEntry } from '../change.ts'
import {
  cardIdsSchema,
  splitSchema,
  type UnknownAnswer,
  type UnknownCards,
  type UnknownName,
  unknownAnswerSchema,
  unknownCardsSchema,
  unknownNameSchema,
} from '../contract/cohorts/unknowns.ts'
import { idParam } from '../contract/id.ts'
import { keySchema, type RepeatableRequest, repeatable } from '../http/idempotency.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { readTypedName } from '../interchange/typed-names.ts'
import { presentDetections } from '../present/detections.ts'
import { nameOf, taxonLookup } from '../present/taxa.ts'
import { readUnknownCards } from '../present/unknown-cards.ts'
import type { Service } from '../service.ts'

const route = routesOf('Unknown animals')

const MOST_CARDS = 40
const MOST_TILES = 90

const listRoute = route('get /api/unknowns', 'Animals that fit no known taxon, as cards', {
  description:
    'Each card holds what is probably one unknown taxon. Cards are worked out in the background, below the deepest known taxon that the animals are new in; their ids stay.',
  request: {
    query: z.object({
      state: z.enum(['open', 'dismissed']).default('open'),
      limit: z.coerce.number().int().min(1).max(MOST_CARDS).default(12),
    }),
  },
  responses: { 200: jsonAnswer('Those with the most animals first', unknownCardsSchema), ...problems(400) },
})

const stored = { 201: jsonAnswer('Stored', unknownAnswerSchema), ...problems(400, 404, 409, 422) }
const nameRoute = route('post /api/unknowns/{id}/name', 'Make a taxon of a card, and its animals the examples', {
  description: 'Undoing it withdraws the identifications and makes the taxon inactive.',
  request: { params: idParam, headers: keySchema, body: jsonBody(unknownNameSchema) },
  responses: stored,
})
const joinRoute = route('post /api/unknowns/{id}/join', 'Join a card with another one', {
  request: { params: idParam, headers: keySchema, body: jsonBody(cardIdsSchema) },
  responses: stored,
})
const splitRoute = route('post /api/unknowns/{id}/split', 'Put some animals of a card on a card of their own', {
  request: { params: idParam, headers: keySchema, body: jsonBody(splitSchema) },
  responses: stored,
})
const dismissRoute = route('post /api/unknowns/{id}/dismiss', 'Show a card no more', {
  description: 'Its animals wait as before. New ones that look like them join it.',
  request: { params: idParam, headers: keySchema, body: jsonBody(z.object({})) },
  responses: stored,
})

export function unknownRoutes(service: Service) {
  return newRoutes()
    .openapi(listRoute, async (c) => c.json(await listCards(service, c.req.valid('query')), 200))
    .openapi(nameRoute, async (c) => {
      const body = c.req.valid('json')
      const request = repeatable(c, { ...body, ...c.req.valid('param') }, unknownAnswerSchema)
      return c.json(await nameCard(service, request, c.req.valid('param').id, body), 201)
    })
    .openapi(joinRoute, async (c) => {
      const { id } = c.req.valid('param')
      const intoId = Number(c.req.valid('json').intoId)
      const request = repeatable(c, { id, intoId }, unknownAnswerSchema)
      return c.json(
        await changeCards(service, request, [id, intoId], 'Joined two cards of unknown animals', ([from, into]) =>
          from && into && from.id !== into.id
            ? [
                { ...into, pinned: true, detectionIds: [...into.detectionIds, ...from.detectionIds] },
                { ...from, state: 'dismissed', detectionIds: [] },
              ]
            : null,
        ),
        201,
      )
    })
    .openapi(splitRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { detectionIds } = c.req.valid('json')
      const request = repeatable(c, { id, detectionIds }, unknownAnswerSchema)
      return c.json(await splitCard(service, request, id, new Set(detectionIds.map(Number))), 201)
    })
    .openapi(dismissRoute, async (c) => {
      const { id } = c.req.valid('param')
      const request = repeatable(c, { id, dismiss: true }, unknownAnswerSchema)
      return c.json(
        await changeCards(service, request, [id], 'Dismissed a card of unknown animals', ([card]) =>
          card?.state === 'open' ? [{ ...card, state: 'dismissed' }] : null,
        ),
        201,
      )
    })
}

async function listCards(
  service: Service,
  { state, limit }: { state: 'open' | 'dismissed'; limit: number },
): Promise<UnknownCards> {
  const { db, models, learning } = service
  const cards = (await readUnknownCards(service, db, { modelSha256: models.embedder.sha256, state })).slice(0, limit)
  const shown = cards.map(({ detectionIds }) => detectionIds.slice(0, MOST_TILES))
  const rows = await presentDetections(service, await getDetections(db, shown.flat()))
  const detections = new Map(rows.map((row) => [row.id, row]))
  const taxa = await taxonLookup(
    service,
    cards.flatMap(({ underId, nearestId }) => [underId, nearestId]),
  )
  const codes = await codesOf(service, cards)
  return {
    cards: cards.map(({ id, underId, nearestId, nearestSimilarity, ...card }, i) => {
      const nearest = taxa.find(nearestId)
      return {
        id: String(id),
        under: taxa.find(underId),
        code: codes[i]!,
        animals: card.detectionIds.length,
        pinned: card.pinned,
        nearest: nearest && { taxon: nearest, similarity: nearestSimilarity ?? 0 },
        cameraPurity: card.cameraPurity,
        lookPurity: card.lookPurity,
        tiles: shown[i]!.flatMap((one) => detections.get(String(one)) ?? []),
      }
    }),
    working: learning.clustering(),
  }
}

const stemOf = (service: Service, underId: number | null) => (underId === null ? 'Unknown' : nameOf(service, underId))

/** "Setophaga sp. 3": numbers that no taxon has, each card another. */
async function codesOf(service: Service, cards: readonly UnknownCardRow[]): Promise<string[]> {
  const next = new Map<string, number>()
  const codes: string[] = []
  for (const { underId } of cards) {
    const stem = stemOf(service, underId)
    const number = next.get(stem) ?? (await nextProvisionalNumber(service.db, stem))
    next.set(stem, number + 1)
    codes.push(`${stem} sp. ${number}`)
  }
  return codes
}

async function openCard(service: Service, tx: Service['db'], id: number): Promise<UnknownCardRow> {
  const modelSha256 = service.models.embedder.sha256
  const [card] = await readUnknownCards(service, tx, { modelSha256, state: 'open', ids: [id] })
  if (!card) throw new NotFound('card of unknown animals', id)
  return card
}

/** Throws a Problem for what no species can be called. */
function nameTyped(name: string, under: { name: string; rank: Rank } | null): string {
  const read = readTypedName(name, 'species', under)
  if ('fault' in read) throw new Problem(400, read.fault)
  return read.name
}

async function nameCard(
  service: Service,
  request: RepeatableRequest<UnknownAnswer>,
  id: number,
  { name, leaveOut }: UnknownName,
): Promise<UnknownAnswer> {
  const { person } = request
  return await change(service, request, null, {
    async write(tx, record) {
      await lockUnknowns(tx)
      const card = await openCard(service, tx, id)
      const out = new Set(leaveOut.map(Number))
      const detectionIds = card.detectionIds.filter((one) => !out.has(one))
      if (detectionIds.length === 0) throw new Conflict('Expected at least one animal to be named')
      const stem = stemOf(service, card.underId)
      const under = card.underId === null ? null : service.learning.taxonomy.taxon(card.underId)
      const called =
        name === undefined ? `${stem} sp. ${await nextProvisionalNumber(tx, stem)}` : nameTyped(name, under)
      const { taxonId, wasActive } = await taxonToName(tx, { name: called, parentId: card.underId, person })
      const before = await contentsOf(tx, [id])
      const said = await identifyMany(tx, { detectionIds, taxonId, person, basis: { kind: 'bulk' } })
      const after = before.map((one): CardContents => ({ ...one, state: 'named', detectionIds }))
      await setCards(tx, after)
      const action = await record({
        kind: 'bulk',
        summary: `Named ${detectionIds.length} unknown animals ${called}`,
        change: {
          type: 'unknownCards',
          before,
          after,
          naming: { taxonId, wasActive, made: said.made.map((one) => one.id) },
        },
        subjects: { kind: 'detection', ids: detectionIds },
      })
      return { action, taxonId }
    },
    async present({ taxonId }, { action, learned }) {
      const taxa = await taxonLookup(service, [taxonId])
      service.learning.clusterSoon()
      return { action, taxon: taxa.find(taxonId), learned }
    },
  })
}

async function changeCards(
  service: Service,
  request: RepeatableRequest<UnknownAnswer>,
  ids: readonly number[],
  summary: string,
  turn: (cards: (CardContents | undefined)[]) => CardContents[] | null,
): Promise<UnknownAnswer> {
  return await change(service, request, null, {
    async write(tx, record) {
      await lockUnknowns(tx)
      for (const id of ids) await openCard(service, tx, id)
      const cards = await contentsOf(tx, ids)
      const after = turn(ids.map((id) => cards.find((one) => one.id === id)))
      return { action: after && (await recordCards(tx, record, { before: cards, after, summary })) }
    },
    present: async (_, { action, learned }) => present(service, action, learned),
  })
}

async function splitCard(
  service: Service,
  request: RepeatableRequest<UnknownAnswer>,
  id: number,
  chosen: ReadonlySet<number>,
): Promise<UnknownAnswer> {
  return await change(service, request, null, {
    async write(tx, record) {
      await lockUnknowns(tx)
      await openCard(service, tx, id)
      const [card] = await contentsOf(tx, [id])
      const apart = card!.detectionIds.filter((one) => chosen.has(one))
      const left = card!.detectionIds.filter((one) => !chosen.has(one))
      if (apart.length === 0 || left.length === 0) return { action: null }
      const [fresh] = await contentsOf(tx, [await addCardLike(tx, id)])
      const after: CardContents[] = [
        { ...card!, pinned: true, detectionIds: left },
        { ...fresh!, state: 'open', detectionIds: apart },
      ]
      const before: CardContents[] = [{ ...fresh!, state: 'dismissed' }, card!]
      return { action: await recordCards(tx, record, { before, after, summary: 'Split a card of unknown animals' }) }
    },
    present: async (_, { action, learned }) => present(service, action, learned),
  })
}

async function recordCards(
  tx: Service['db'],
  record: RecordEntry,
  { before, after, summary }: { before: CardContents[]; after: CardContents[]; summary: string },
) {
  await setCards(tx, after)
  return await record({
    kind: 'mark',
    summary,
    change: { type: 'unknownCards', before, after, naming: null },
    subjects: { kind: 'detection', ids: [...new Set(after.flatMap(({ detectionIds }) => detectionIds))] },
  })
}

function present(
  { learning }: Service,
  action: UnknownAnswer['action'],
  learned: UnknownAnswer['learned'],
): UnknownAnswer {
  learning.clusterSoon()
  return { action, taxon: null, learned }
}
