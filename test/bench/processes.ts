// Memory and processor time of a service and its inference process, from Linux's /proc.

import { readFile } from 'node:fs/promises'

/** Of a second; the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100

/** Memory of the server and its inference process; null where there is no /proc. */
export async function residentBytes(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null)
  if (status === null) return null
  let total = Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
  for (const child of await childrenOf(pid)) total += (await residentBytes(child)) ?? 0
  return total
}

/** What a process and its children have used so far, user and system; NaN where there is no /proc. */
export async function processorSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (stat === null) return Number.NaN
  // The name, in brackets, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  let total = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  for (const child of await childrenOf(pid)) total += await processorSeconds(child)
  return total
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return text
    .split(' ')
    .filter((id) => id.trim() !== '')
    .map(Number)
}
