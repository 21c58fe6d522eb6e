// What setting the clock of a Redis back does: keys that end at a time of day end that much later. Set forward (less
// than 0), they end earlier, or are gone.

import { Redis } from 'ioredis'

export async function setRedisBack(url: string, prefix: string, ms: number): Promise<void> {
  const redis = new Redis(url)
  try {
    for (const key of await redis.keys(`${prefix}:*`)) {
      const left = await redis.pttl(key)
      if (left < 0) continue
      if (left + ms > 0) await redis.pexpire(key, left + ms)
      else await redis.del(key)
    }
  } finally {
    redis.disconnect()
  }
}
