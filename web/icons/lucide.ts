// A build plugin: `lucide:NAME` is the component for one icon, so that the page contains only the icons it shows.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { z } from 'zod'

const COMPONENT = fileURLToPath(new URL('icon.tsx', import.meta.url))
const COLLECTION = createRequire(import.meta.url).resolve('@iconify-json/lucide/icons.json')
/** The attributes of every Lucide drawing. The component sets them instead, so that one icon can be drawn bolder. */
const STROKE = ' fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round" stroke-width="2"'

const collectionSchema = z.object({ icons: z.record(z.string(), z.object({ body: z.string() })) })

export function lucide(): Plugin {
  const { icons } = collectionSchema.parse(JSON.parse(readFileSync(COLLECTION, 'utf8')))
  return {
    name: 'lucide',
    resolveId: (id) => (id.startsWith('lucide:') ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith('\0lucide:')) return undefined
      const name = id.slice('\0lucide:'.length)
      const body = icons[name]?.body
      if (!body?.includes(STROKE)) throw new Error(`Expected the name of an outlined Lucide icon but received ${name}.`)
      const drawing = JSON.stringify(body.replace(STROKE, ''))
      const code = `import { icon } from ${JSON.stringify(COMPONENT)}\nexport default /* @__PURE__ */ icon(${drawing})`
      return { code, moduleSideEffects: false }
    },
  }
}
