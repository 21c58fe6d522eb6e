// The set-up of tests of faults: an installation on servers of its own, two species, photos, and a record of what the
// service acknowledged.

import type { Media, MediaItem } from '../../../api/contract/media.ts'
import type { TaxonDetail } from '../../../api/contract/taxon.ts'
import { COLOURS, drawAnimal } from '../photos.ts'
import { type Environment, newInstallation, removeAtEnd, type Server, serve, until } from '../processes.ts'
import { form } from '../service.ts'
import { type OwnServer, startPostgres, startRedis } from './own-servers.ts'
import type { Acknowledged } from './soundness.ts'

/** Settings of an empty installation on a Postgres that the test may kill; `removeAll` removes both. */
export async function installOnPostgres(): Promise<{ postgres: OwnServer; env: Environment }> {
  const postgres = await startPostgres()
  removeAtEnd(postgres.remove)
  return {
    postgres,
    env: { ...(await newInstallation({ embedded: true, neverStarted: true })), DATABASE_URL: postgres.url },
  }
}

/** The same with a Redis, for several processes. */
export async function installOnServers(): Promise<{ postgres: OwnServer; redis: OwnServer; env: Environment }> {
  const { postgres, env } = await installOnPostgres()
  const redis = await startRedis()
  removeAtEnd(redis.remove)
  return { postgres, redis, env: { ...env, QUEUE_URL: redis.url } }
}

export type Species = { red: string; blue: string }

export async function makeSpecies(server: Server): Promise<Species> {
  let parentId: string | null = null
  const make = async (name: string, rank: string) =>
    (await server.read<TaxonDetail>(201, '/api/taxa', { json: { name, rank, parentId } })).id
  for (const [name, rank] of [
    ['Insecta', 'class'],
    ['Danaus', 'genus'],
  ] as const)
    parentId = await make(name, rank)
  return { red: await make('Danaus plexippus', 'species'), blue: await make('Danaus chrysippus', 'species') }
}

/** A server with two species to name, and a record of what it acknowledges. */
export async function serveWithSpecies(env: Environment) {
  const server = await serve(env)
  return { server, species: await makeSpecies(server), acknowledged: nothing() }
}

/** Different photos with one animal each; `from` is the first seed. */
export function drawMany(colour: 'red' | 'blue', count: number, from = 0): Promise<Buffer[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => drawAnimal(COLOURS[colour], { seed: from + i })))
}

/** Sends photos until the server acknowledges them, and records that. */
export async function bring(server: Server, photos: Buffer[], acknowledged: Acknowledged): Promise<string[]> {
  const items = await until('the photos to be taken', async () => {
    const response = await server.ask('/api/media', { method: 'POST', body: form(photos) }).catch(() => null)
    if (response?.status !== 202) return null
    return ((await response.json()) as { items: MediaItem[] }).items
  }, [server])
  const ids = items.map(({ id, failure }) => {
    if (id === null) throw new Error(`Expected a photo to be taken: ${failure?.message}`)
    return id
  })
  acknowledged.media.push(...ids)
  return ids
}

/** Waits until a photo is indexed, then names its animal until the server acknowledges it. */
export async function identify(
  server: Server,
  mediaId: string,
  taxonId: string,
  acknowledged: Acknowledged,
): Promise<void> {
  const detectionId = await until('an indexed photo', async () => {
    const response = await server.ask(`/api/media/${mediaId}`).catch(() => null)
    return response?.status === 200 ? ((await response.json()) as Media).detections[0]?.id : null
  }, [server])
  const body = {
    json: { detectionId, taxonId, basis: { kind: 'search' } },
    headers: { 'Idempotency-Key': `say-${detectionId}` },
  }
  await until('the statement to be taken', async () => {
    const status = await server.ask('/api/identifications', body).then(
      (response) => response.status,
      () => 0,
    )
    // 409: the server had taken it, but the answer was lost with a process or a connection.
    return status === 201 || status === 409
  }, [server])
  acknowledged.identified.set(detectionId, taxonId)
}

export const nothing = (): Acknowledged => ({ media: [], identified: new Map() })
