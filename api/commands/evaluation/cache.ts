// Finished parts of a long evaluation, stored in a folder, so that an interrupted run continues. They depend on the
// library, the model and the options, but not on the code.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { Memoise } from '../../../classifiers/evaluation/trials.ts'

/** `facts` identify the library and the model; the names of parts hold the options. */
export function keepIn(folder: string, facts: unknown): Memoise {
  mkdirSync(folder, { recursive: true })
  const run = createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16)
  return (part, work) => {
    const file = join(folder, `${run} ${part}`)
    if (existsSync(file)) return deserialize(readFileSync(file))
    const result = work()
    writeFileSync(`${file}.new`, serialize(result))
    renameSync(`${file}.new`, file)
    return result
  }
}
