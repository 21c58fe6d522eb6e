// GET /api/events: the service's events as server-sent events, a JSON document each, and a heartbeat so that proxies
// and pages notice a dead connection.

import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import type { ServiceEvent } from '../contract/event.ts'
import type { Events } from '../http/events.ts'
import { newRoutes, routesOf } from '../http/router.ts'

const route = routesOf('Events')

const HEARTBEAT_MS = 15_000
/** So often, and before each event, the stream looks whether its reader was shut out. */
const ADMITTED_MS = 5000
/** A reader this far behind loses the oldest events; it asks for lists again when it reconnects. */
const MAX_WAITING = 1000

const eventsRoute = route('get /api/events', 'What happens, as it happens', {
  description:
    'Server-sent events: `import` (an Import), `indexed` ({mediaId, status, detectionIds}), `learned` ({treeVersion, detectionId, taxonId}), `publishing` ({share}: of the work of a coming version, 1 when it has ended), `published` ({treeVersion}), `refused` ({treeVersion, reasons}: a new version answers worse, the present one stays), `taxon` ({id}), `changed` ({detectionIds, mediaIds}: by people), `searchIndex` ({version, share built}).',
  responses: {
    200: { description: 'An endless stream', content: { 'text/event-stream': { schema: { type: 'string' } } } },
  },
})

type Deps = { events: Events; closing: AbortSignal }

export function eventRoutes(deps: Deps, heartbeatMs = HEARTBEAT_MS) {
  return newRoutes().openapi(eventsRoute, (c) =>
    streamSSE(c, (stream) => follow(deps, stream, heartbeatMs, c.var.isStillAdmitted)),
  )
}

/** Writes events until the reader leaves or is shut out, or the service closes. */
async function follow(
  { events, closing }: Deps,
  stream: SSEStreamingApi,
  heartbeatMs: number,
  isStillAdmitted: () => Promise<boolean>,
): Promise<void> {
  const beatMs = Math.min(heartbeatMs, ADMITTED_MS)
  let silentMs = 0
  const waiting: ServiceEvent[] = []
  let wake = () => {}
  const unsubscribe = events.subscribe((event) => {
    waiting.push(event)
    if (waiting.length > MAX_WAITING) waiting.shift()
    wake()
  })
  const end = () => wake()
  closing.addEventListener('abort', end)
  stream.onAbort(() => wake())
  try {
    await stream.write('retry: 1000\n: hello\n\n')
    while (!stream.aborted && !closing.aborted && (await isStillAdmitted())) {
      const event = waiting.shift()
      if (event !== undefined) {
        silentMs = 0
        await stream.writeSSE({ event: event.name, data: JSON.stringify(event.data) })
        continue
      }
      const woken = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), beatMs)
        wake = () => {
          clearTimeout(timer)
          resolve(true)
        }
      })
      silentMs = woken ? 0 : silentMs + beatMs
      if (silentMs < heartbeatMs) continue
      silentMs = 0
      await stream.write(': heartbeat\n\n')
    }
  } finally {
    unsubscribe()
    closing.removeEventListener('abort', end)
  }
}
