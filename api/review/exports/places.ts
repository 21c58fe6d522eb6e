// What an export may tell of places: coordinates as the rules of sensitive taxa allow, and the list of what that cost.

import type { DeploymentRow } from '../../../db/photos/deployments.ts'
import type { Media } from '../../../db/photos/media.ts'
import { onGrid, type Secrecy, sensitivePlaces } from '../../../db/taxonomy/place-rules.ts'
import type { Omissions } from '../../interchange/exchange/writers/writer.ts'
import type { Service } from '../../service.ts'

type Coordinates = { latitude: number | null; longitude: number | null }

export type ToldPlaces = {
  ofDeployment<Row extends DeploymentRow>(row: Row): Row & { grid: number | null }
  /** Where the photo was taken; null where a format that needs coordinates must leave the photo out. */
  ofPhoto(photo: Pick<Media, 'id' | 'filename' | 'deploymentId'> & Coordinates): Coordinates | null
  /** Whether the coordinates in the photo's own file say more than they may. */
  isSecret(photo: { id: number; deploymentId: number | null }): boolean
}

/** `needsPlaces`: as the writer's. What is rounded or left out is added to `omitted`, once. */
export async function openPlaces(
  { db }: Pick<Service, 'db'>,
  needsPlaces: boolean,
  omitted: Omissions,
): Promise<ToldPlaces> {
  const sensitive = await sensitivePlaces(db)
  const listed = new Set<string>()
  const list = (what: string, why: string) => {
    if (listed.has(what)) return
    listed.add(what)
    omitted.push({ what, why })
  }
  const secrecyOf = (id: number, deploymentId: number | null): Secrecy | undefined =>
    deploymentId === null ? sensitive.media.get(id) : sensitive.deployments.get(deploymentId)
  const tell = ({ latitude, longitude }: Coordinates, { grid, hidden }: Secrecy): Coordinates => {
    if (latitude === null || longitude === null || (hidden && !needsPlaces)) return { latitude: null, longitude: null }
    return grid === null
      ? { latitude, longitude }
      : { latitude: onGrid(latitude, grid), longitude: onGrid(longitude, grid) }
  }
  return {
    ofDeployment(row) {
      const secrecy = sensitive.deployments.get(row.id)
      if (secrecy === undefined || row.latitude === null) return { ...row, grid: null }
      list(`deployment ${row.name}`, reasonOf(secrecy, needsPlaces))
      return { ...row, ...tell(row, secrecy), grid: secrecy.grid }
    },
    ofPhoto(photo) {
      const { latitude, longitude } = photo
      const own = sensitive.media.get(photo.id)
      if (own?.hidden && needsPlaces) {
        list(photo.filename, 'It shows a taxon whose places are hidden, and the format tells the place of every photo.')
        return null
      }
      const secrecy = secrecyOf(photo.id, photo.deploymentId)
      if (secrecy === undefined || latitude === null) return { latitude, longitude }
      if (photo.deploymentId === null) list(photo.filename, reasonOf(secrecy, needsPlaces))
      return tell(photo, secrecy)
    },
    isSecret({ id, deploymentId }) {
      const secrecy = secrecyOf(id, deploymentId)
      return secrecy !== undefined && (secrecy.grid !== null || !needsPlaces)
    },
  }
}

function reasonOf({ grid, hidden }: Secrecy, needsPlaces: boolean): string {
  if (hidden && !needsPlaces) return 'Its coordinates are left out: a taxon whose places are hidden was seen there.'
  if (grid !== null) return `Its coordinates are rounded to ${grid}°: a sensitive taxon was seen there.`
  return 'Photos of a taxon whose places are hidden are left out.'
}
