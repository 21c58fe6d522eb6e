// What was met where a photo was taken.

import { Met } from '../../met.ts'
import type { Place } from '../../place.ts'

/** Where and when a photo was taken; null where nobody knows. */
export type TakenAt = { deploymentId: number | null; month: number | null }
/** What was met at a photo's station. */
export type NamedPlace = { station: string; place: Place }

export class LivePlaces {
  /** Whether or not answers heed it. */
  readonly met = new Met()
  #stations: ReadonlyMap<number, string> = new Map()
  #heeded = true

  /** Replaces the stations of deployments, and says whether answers heed what was met there. */
  setStations(stations: ReadonlyMap<number, string>, heeded: boolean): void {
    this.#stations = stations
    this.#heeded = heeded
  }

  /** Without the photo's own burst; null where answers do not heed it. */
  at({ deploymentId, month }: TakenAt, groupKey: string | null): NamedPlace | null {
    const station = deploymentId === null || !this.#heeded ? undefined : this.#stations.get(deploymentId)
    if (station === undefined) return null
    const place = this.met.at(station, month, groupKey)
    return place && { station, place }
  }
}
