// Parts of a long evaluation that are done already. In: a folder, and what the figures depend on but the code. Out: a way to do each
// part once: its result is written there, and read where it is there, so that a run that was broken off goes on.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { Memoise } from '../../../classifiers/evaluation/trials.ts'

/** `facts`: what tells this library and model from others; what was chosen is in the names of parts. */
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
