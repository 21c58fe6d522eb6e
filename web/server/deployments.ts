// Where cameras stood and when, and the zone of their clocks.

import { queryOptions } from '@tanstack/solid-query'
import type { Deployment, DeploymentTable } from '../../api/contract/survey/deployment.ts'
import { api, bodyOf, send } from './client.ts'
import { queries } from './query-client.ts'

export type { Deployment, DeploymentTable }
/** What a person can change. */
export type DeploymentForm = Omit<Deployment, 'id' | 'revision' | 'photos' | 'undated' | 'firstPhoto' | 'lastPhoto'>

const { deployments } = api

export const deploymentList = () =>
  queryOptions({
    queryKey: ['deployments'],
    queryFn: ({ signal }) => bodyOf(deployments.$get({}, { init: { signal } })),
  })

export const timeZone = () =>
  queryOptions({
    queryKey: ['time-zone'],
    queryFn: ({ signal }) => bodyOf(api['time-zone'].$get({}, { init: { signal } })),
  })

export const EXPORT_ADDRESS = '/api/deployments/export.csv'

export const addDeployment = (json: DeploymentForm) => bodyOf(deployments.$post({ json, header: {} }))
export const changeDeployment = (id: string, json: Partial<DeploymentForm> & { revision?: number }) =>
  bodyOf(deployments[':id'].$patch({ param: { id }, json }))
export const removeDeployment = (id: string) => bodyOf(deployments[':id'].$delete({ param: { id } }))
export const setTimeZone = (zone: string | null) => bodyOf(api['time-zone'].$put({ json: { timeZone: zone } }))

/** `dryRun`: tells what the table would do. */
export async function importDeployments(table: Blob, dryRun: boolean): Promise<DeploymentTable> {
  const response = await send(`/api/deployments/import?dryRun=${dryRun}`, {
    method: 'POST',
    headers: { 'Content-Type': 'text/csv' },
    body: table,
  })
  return (await response.json()) as DeploymentTable // the route's answer
}

/** After a change: photos, results and the history show it too. */
export const refetchDeployments = () => void queries.invalidateQueries()
