// The API describes itself: OpenAPI 3.1 as JSON from the routes' declarations, and a reference page that needs no
// network.

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { compress } from 'hono/compress'
import { JSON_TYPE } from './json.ts'
import { withNullableReferences } from './nullable-references.ts'
import type { Env } from './router.ts'

const DESCRIPTION = `
Clavis suggests species for animal photos and learns from every identification.

Ids are opaque strings. Lists answer \`{items, nextCursor}\` and take \`limit\` and \`cursor\`. Times are ISO 8601; a photo's own
time is what its camera's clock said. Probabilities are absolute fractions 0..1. Boxes are \`[xmin, ymin, width, height]\`,
fractions of the upright photo, origin top left. The header \`Clavis-Person\` names the person who asks
(percent-encoded if it is not ASCII). Where API_TOKEN is set, requests carry it as \`Authorization: Bearer TOKEN\`.

Faults are problem details (RFC 9457, \`application/problem+json\`) with a sentence in \`detail\` and the request's id:
400 malformed, 401 no token, 403 foreign page or host, 404 not found, 409 conflict, 413 too big, 415 unsupported type,
422 readable request that cannot be used, 503 busy (with Retry-After), 500 a fault of the service.
`

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Clavis API</title>
    <link rel="icon" href="/icon.svg">
    <link rel="stylesheet" href="/api/docs/swagger-ui.css">
    <script defer src="/api/docs/swagger-ui-bundle.js"></script>
    <script defer src="/api/docs/start.js"></script>
  </head>
  <body>
    <main id="reference"></main>
  </body>
</html>
`

/** Without `validatorUrl: null` the page would ask a validator on the internet. */
const START = `
const dark = matchMedia('(prefers-color-scheme: dark)')
const followScheme = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', followScheme)
followScheme()
SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#reference', deepLinking: true, validatorUrl: null })
`

const FILES = { 'swagger-ui-bundle.js': 'text/javascript', 'swagger-ui.css': 'text/css' }

/** Adds the description of all routes that `app` has by now or gets later. */
export function addDocs(app: OpenAPIHono<Env>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
  app.get('/api/openapi.json', (c) => {
    const document = app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'Clavis',
        version: '1',
        description: DESCRIPTION,
        license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      },
      servers: [{ url: '/' }],
      security: [{ token: [] }, {}],
    })
    return c.body(JSON.stringify(withNullableReferences(document)), 200, { 'Content-Type': JSON_TYPE })
  })
  app.get('/api/docs', (c) => c.html(PAGE))
  app.use('/api/docs/*', compress())
  app.get('/api/docs/start.js', (c) => c.body(START, 200, { 'Content-Type': 'text/javascript' }))
  const { resolve } = createRequire(import.meta.url)
  for (const [name, type] of Object.entries(FILES))
    app.get(`/api/docs/${name}`, async (c) =>
      c.body(await readFile(resolve(`swagger-ui-dist/${name}`)), 200, {
        'Content-Type': type,
        'Cache-Control': 'public, max-age=86400',
      }),
    )
}
