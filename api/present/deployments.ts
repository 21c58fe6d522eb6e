// Deployments as the API shows them, and back to fields of the database.

import {
  type DeploymentPhotos,
  type DeploymentRow,
  type DeploymentState,
  NEW_DEPLOYMENT,
} from '../../db/photos/deployments.ts'
import type { Deployment, DeploymentFields } from '../contract/survey/deployment.ts'

/** "2024-05-01 06:13:22" of the database with a T, as the API writes times. */
export const written = (time: string | null) => time?.replace(' ', 'T').slice(0, 19) ?? null
const stored = (time: string | null) => time?.replace('T', ' ') ?? null

export function presentFields({ startAt, endAt, problems, ...same }: DeploymentState): DeploymentFields {
  return {
    ...same,
    start: written(startAt),
    end: written(endAt),
    problems: problems.map(({ from, to, what }) => ({ from: written(from) ?? from, to: written(to) ?? to, what })),
  }
}

/** The fields of a deployment of which only the name is known. */
export const UNSAID: Omit<DeploymentFields, 'name'> = presentFields({ ...NEW_DEPLOYMENT, name: '' })

export function storedFields({ start, end, problems, ...same }: DeploymentFields): DeploymentState {
  return {
    ...same,
    startAt: stored(start),
    endAt: stored(end),
    problems: problems.map(({ from, to, what }) => ({ from: stored(from) ?? from, to: stored(to) ?? to, what })),
  }
}

export function presentDeployment(row: DeploymentRow, photos: DeploymentPhotos | undefined): Deployment {
  const { id, revision, ...state } = row
  return {
    id: String(id),
    ...presentFields(state),
    revision,
    photos: photos?.photos ?? 0,
    undated: photos?.undated ?? 0,
    firstPhoto: written(photos?.first ?? null),
    lastPhoto: written(photos?.last ?? null),
  }
}
