// The web page's files, from the folder that holds the built page; its index.html answers the page's own addresses.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { compress } from 'hono/compress'
import { Problem } from './problem.ts'
import type { Env } from './router.ts'

/** Built files carry a hash of their content in the name, so they never change. */
const FOREVER = 'public, max-age=31536000, immutable'

export function addPage(app: OpenAPIHono<Env>, dir: string): void {
  if (!existsSync(join(dir, 'index.html'))) {
    app.get('/', (c) =>
      c.text('The page is not built yet: run `npm run build`. The API is described at /api/docs.\n', 503),
    )
    return
  }
  app.get('/api/*', () => {
    throw new Problem(404, 'There is nothing at this address. The API is described at /api/docs.')
  })
  app.use('/*', compress())
  app.get(
    '/*',
    serveStatic({
      root: dir,
      onFound: (path, c) => {
        c.header('Cache-Control', path.includes('/assets/') ? FOREVER : 'no-cache')
      },
    }),
  )
  app.get(
    '/*',
    async (c, next) => {
      const isFile = /\.\w+$/.test(c.req.path)
      if (isFile) throw new Problem(404, `There is no file ${c.req.path}.`)
      await next()
    },
    serveStatic({
      root: dir,
      path: 'index.html',
      onFound: (_path, c) => {
        c.header('Cache-Control', 'no-cache')
      },
    }),
  )
}
