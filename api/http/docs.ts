// The interface described by itself. In: the routes' declarations. Out: OpenAPI 3.1 as JSON and a readable page that needs no
// network.

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Env } from './router.ts'

const DESCRIPTION = `
Clavis suggests species for animal photos and learns from every identification.

Ids are opaque strings. Lists answer \`{items, nextCursor}\` and take \`limit\` and \`cursor\`. Times are ISO 8601; a photo's own
time is what its camera's clock said. Probabilities are absolute fractions 0..1. Boxes are \`[xmin, ymin, width, height]\`,
fractions of the upright photo, origin top left. Who asks is said in the header \`Clavis-Person\` (percent-encoded where it is
not ASCII). Where API_TOKEN is set, requests carry it as \`Authorization: Bearer TOKEN\`.

Faults are problem details (RFC 9457, \`application/problem+json\`) with a sentence in \`detail\` and the request's id:
400 malformed, 401 no token, 403 foreign page or host, 404 not found, 409 conflict, 413 too big, 415 unsupported type,
422 readable request that cannot be used, 503 busy (with Retry-After), 500 our fault.
`

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Clavis API</title>
    <script type="module" src="/api/docs/rapidoc.js"></script>
  </head>
  <body>
    <rapi-doc spec-url="/api/openapi.json" load-fonts="false" theme="light" render-style="read" show-header="false"
      allow-server-selection="false" schema-style="table" regular-font="system-ui, sans-serif" mono-font="ui-monospace, monospace"
      primary-color="#2f6f4f"></rapi-doc>
  </body>
</html>
`

/** Adds the description of all routes that `app` has by now or gets later. */
export function addDocs(app: OpenAPIHono<Env>): void {
  const script = createRequire(import.meta.url).resolve('rapidoc/dist/rapidoc-min.js')
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
  app.get('/api/openapi.json', (c) =>
    c.json(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'Clavis',
          version: '1',
          description: DESCRIPTION,
          license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
        },
        servers: [{ url: '/' }],
        security: [{ token: [] }, {}],
      }),
    ),
  )
  app.get('/api/docs', (c) => c.html(PAGE))
  app.get('/api/docs/rapidoc.js', async (c) =>
    c.body(await readFile(script), 200, {
      'Content-Type': 'text/javascript',
      'Cache-Control': 'public, max-age=86400',
    }),
  )
}
