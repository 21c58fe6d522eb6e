// GET /api/events. In: the service's events. Out: server-sent events, one JSON document each, and a heartbeat so that proxies
// and pages notice a dead connection.

import { createRoute } from '@hono/zod-openapi'
import { streamSSE } from 'hono/streaming'
import type { ServiceEvent } from '../contract/event.ts'
import type { Events } from '../http/events.ts'
import { newRoutes } from '../http/router.ts'

const HEARTBEAT_MS = 15_000
/** A reader this far behind loses the oldest events; it asks for lists again when it reconnects. */
const MAX_WAITING = 1000

export function eventRoutes(deps: { events: Events; closing: AbortSignal }, heartbeatMs = HEARTBEAT_MS) {
  return newRoutes().openapi(
    createRoute({
      method: 'get',
      path: '/api/events',
      tags: ['Events'],
      summary: 'What happens, as it happens',
      description:
        'Server-sent events: `import` (an Import), `indexed` ({mediaId, status, detectionIds}), `learned` ({treeVersion, detectionId, taxonId}), `published` ({treeVersion}), `taxon` ({id}), `changed` ({detectionIds, mediaIds}: by people), `searchIndex` ({version, share made}).',
      responses: {
        200: { description: 'An endless stream', content: { 'text/event-stream': { schema: { type: 'string' } } } },
      },
    }),
    (c) =>
      streamSSE(c, async (stream) => {
        const waiting: ServiceEvent[] = []
        let wake = () => {}
        const unsubscribe = deps.events.subscribe((event) => {
          waiting.push(event)
          if (waiting.length > MAX_WAITING) waiting.shift()
          wake()
        })
        const end = () => wake()
        deps.closing.addEventListener('abort', end)
        stream.onAbort(() => wake())
        try {
          await stream.write('retry: 1000\n: hello\n\n')
          while (!stream.aborted && !deps.closing.aborted) {
            const event = waiting.shift()
            if (event !== undefined) {
              await stream.writeSSE({ event: event.name, data: JSON.stringify(event.data) })
              continue
            }
            const woken = await new Promise<boolean>((resolve) => {
              const timer = setTimeout(() => resolve(false), heartbeatMs)
              wake = () => {
                clearTimeout(timer)
                resolve(true)
              }
            })
            if (!woken) await stream.write(': heartbeat\n\n')
          }
        } finally {
          unsubscribe()
          deps.closing.removeEventListener('abort', end)
        }
      }),
  )
}
