// What a command asks the server that holds the data folder.

import { DataFolderInUse } from '../../db/connection/data-folder-lock.ts'
import type { Config } from '../config.ts'

/** Asks the server that made `error`. Throws `error` where it is another one, and where no server answers there. */
export async function askHolder(error: unknown, path: string, config: Pick<Config, 'apiToken'>): Promise<Response> {
  if (!(error instanceof DataFolderInUse) || !error.holder?.url) throw error
  const headers: Record<string, string> = config.apiToken === null ? {} : { Authorization: `Bearer ${config.apiToken}` }
  const response = await fetch(new URL(path, error.holder.url), { headers })
  if (!response.ok)
    throw new Error(`The server at ${error.holder.url} answered ${response.status}: ${await response.text()}`)
  return response
}
