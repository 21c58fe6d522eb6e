// Real photos and models beside the checkout, which may be missing: their paths, and the reason to skip a test
// without them.

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export function shared(path: string): string {
  return fileURLToPath(new URL(`../../../shared/${path}`, import.meta.url))
}

/** For node:test's `skip`: false when everything is there. */
export function without(...paths: string[]): string | false {
  const missing = paths.filter((path) => !existsSync(shared(path)))
  return missing.length > 0 ? `${missing.map((path) => `../shared/${path}`).join(', ')} not here` : false
}
