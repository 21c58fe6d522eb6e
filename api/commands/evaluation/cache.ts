// Finished parts of a long evaluation, stored in a folder, so that an interrupted run continues. They depend on the
// library, the model and the options, but not on the code.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'

/** Does a part, or returns what it gave before. */
export type Keep = (part: string, work: () => Promise<unknown>) => Promise<unknown>

/** `facts` identify the library and the model; the names of parts hold the options. */
export function keepIn(folder: string, facts: unknown): Keep {
  mkdirSync(folder, { recursive: true })
  const run = createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16)
  return async (part, work) => {
    const file = join(folder, `${run} ${part}`)
    if (existsSync(file)) return deserialize(readFileSync(file))
    const result = await work()
    writeFileSync(`${file}.new`, serialize(result))
    renameSync(`${file}.new`, file)
    return result
  }
}
