// Inspects a queue server without changing it, for `npm run doctor`.

import { openProbe } from './bullmq.ts'

export type QueueFacts = {
  /** Such as 7.2.4. */
  version: string
  /** What Redis does when its memory is full. A queue needs `noeviction`. */
  evictionPolicy: string
}

export async function inspectQueue(url: string): Promise<QueueFacts> {
  const { redis, close } = await openProbe(url)
  try {
    const info = `${await redis.info('server')}\n${await redis.info('memory')}`
    const value = (key: string) => new RegExp(`^${key}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? 'unknown'
    return { version: value('redis_version'), evictionPolicy: value('maxmemory_policy') }
  } finally {
    close()
  }
}
