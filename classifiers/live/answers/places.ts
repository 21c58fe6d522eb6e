// What was met at which station, kept as the database has it.

import type { Db } from '../../../db/connection/connect.ts'
import { heedsPlaces, type MetRow, metRows, stationsOfDeployments } from '../../../db/trees/met.ts'
import type { Sighting } from '../../met.ts'
import type { LiveTree } from '../live-tree.ts'

/** Reads what all examples show, which is needed where a deployment changed. */
export async function loadPlaces(db: Db, live: LiveTree): Promise<void> {
  live.places.met.replace(sightingsOf(await metRows(db)))
  live.places.setStations(await stationsOfDeployments(db), await heedsPlaces(db))
}

/** Deployments may have been added, which have no example yet. */
export async function followStations(db: Db, live: LiveTree): Promise<void> {
  live.places.setStations(await stationsOfDeployments(db), await heedsPlaces(db))
}

export function sightingsOf(rows: readonly MetRow[]): Map<number, Sighting> {
  return new Map(rows.map(({ detectionId, ...sighting }) => [detectionId, sighting]))
}
