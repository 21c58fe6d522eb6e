// Where the deployments of a Camtrap DP package stood, and which photos can be written.

import { clockToUtc, readClock } from '../../../local-time.ts'
import type { ExportSource, WrittenDeployment, WrittenPhoto } from '../writer.ts'

export type Place = {
  id: string
  latitude: number
  longitude: number
  start: string
  end: string
  row: WrittenDeployment
}
/** Deployments with a place: their own, else where their photos say they were taken. Those with neither are listed. */
export async function findPlaces(source: ExportSource): Promise<Map<string, Place>> {
  const places = new Map<string, Place>()
  const said = new Map<string, { latitude: number; longitude: number }>()
  const used = new Set<string>()
  for await (const { deployment, latitude, longitude } of source.photos()) {
    if (deployment === null) continue
    used.add(deployment)
    if (latitude !== null && longitude !== null && !said.has(deployment)) said.set(deployment, { latitude, longitude })
  }
  const omit = (row: WrittenDeployment, why: string) => source.omitted.push({ what: `deployment ${row.name}`, why })
  for (const row of source.deployments.filter(({ name }) => used.has(name))) {
    const place =
      row.latitude !== null && row.longitude !== null
        ? { latitude: row.latitude, longitude: row.longitude }
        : said.get(row.name)
    const first = earliest(row.startAt, row.first)
    const last = latest(row.endAt, row.last)
    if (place === undefined) omit(row, 'It has no coordinates. Add them on the page of deployments.')
    else if (first === null || last === null) omit(row, 'Neither it nor its photos have a time.')
    else {
      places.set(row.name, { id: row.name, ...place, start: first, end: last, row })
      if (row.problems.length > 0)
        omit(row, 'The format has no field for the times at which the camera did not work. They are in its comments.')
    }
  }
  return places
}

export const earliest = (a: string | null, b: string | null) => [a, b].filter((one) => one !== null).sort()[0] ?? null
export const latest = (a: string | null, b: string | null) =>
  [a, b]
    .filter((one) => one !== null)
    .sort()
    .at(-1) ?? null

/** Null for a photo that cannot be written. */
export function placeOf(photo: WrittenPhoto, places: Map<string, Place>): Place | null {
  return photo.capturedAt === null || photo.deployment === null ? null : (places.get(photo.deployment) ?? null)
}

/** A zone is obligatory: the installation's, else UTC. */
export function withZone(clock: string, timeZone: string | null): string {
  const reading = clock.replace(' ', 'T').slice(0, 19)
  if (timeZone === null) return `${reading}Z`
  const minutes = Math.round((readClock(reading) - clockToUtc(readClock(reading), timeZone)) / 60_000)
  if (minutes === 0) return `${reading}Z`
  const two = (value: number) => String(value).padStart(2, '0')
  return `${reading}${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`
}

/** Where each photo lies in the package: at its own path, but for those that share one, or that the format refuses. */
export async function openFileNames(source: ExportSource): Promise<(photo: WrittenPhoto) => string> {
  const seen = new Set<string>()
  const twice = new Set<string>()
  for await (const { path } of source.photos()) (seen.has(path) ? twice : seen).add(path)
  return ({ path, sha256 }) =>
    twice.has(path) || path.includes('..') ? `media/${sha256}${/\.[A-Za-z0-9]{2,5}$/.exec(path)?.[0] ?? '.jpg'}` : path
}
