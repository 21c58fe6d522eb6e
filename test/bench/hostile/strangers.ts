// Strangers who send slowly, much or half, and what somebody inside notices of them.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { joinFirst } from '../../support/people/join-first.ts'
import { newInstallation, type Server, serve } from '../../support/processes.ts'
import { quantile } from '../measuring.ts'
import { residentBytes } from '../processes.ts'

const ATTACKERS = fileURLToPath(new URL('./attackers.ts', import.meta.url))
/** Calm and crowded in turns, because a machine's speed varies from minute to minute. */
const ROUNDS = 3
const BETWEEN_MS = 40
const WARM_SECONDS = 5

type Times = { ms: number[]; refused: number; processorMs: number }

export async function meetStrangers(count: number, seconds: number) {
  const server = await serve({ ...(await newInstallation()), HOST: '0.0.0.0', LOG_LEVEL: 'error' })
  const { ask: inside } = await joinFirst(server)
  const calm = noTimes()
  const crowded = noTimes()
  await work(server, inside, WARM_SECONDS, noTimes())
  let before = 0
  let after = 0
  for (let round = 0; round < ROUNDS; round++) {
    await work(server, inside, seconds, calm)
    before ||= (await residentBytes(server.child.pid!)) ?? 0
    const attackers = spawn(process.execPath, ['--import', 'tsx', ATTACKERS, new URL(server.url).port, `${count}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    await sleep(WARM_SECONDS * 1000)
    await work(server, inside, seconds, crowded)
    after = (await residentBytes(server.child.pid!)) ?? 0
    attackers.kill('SIGKILL')
    await once(attackers, 'exit')
    await sleep(2000)
  }
  await server.stop()
  return {
    strangers: count,
    'p50 calm, ms': quantile(calm.ms, 0.5),
    'p50 with them, ms': quantile(crowded.ms, 0.5),
    'p95 calm, ms': quantile(calm.ms, 0.95),
    'p95 with them, ms': quantile(crowded.ms, 0.95),
    'answers calm': calm.ms.length,
    'answers with them': crowded.ms.length,
    'refused to people inside': calm.refused + crowded.refused,
    'processor calm, ms per s': calm.processorMs / (seconds * ROUNDS),
    'processor with them, ms per s': crowded.processorMs / (seconds * ROUNDS),
    'memory before, MB': before / 1e6,
    'memory with them, MB': after / 1e6,
  }
}

const noTimes = (): Times => ({ ms: [], refused: 0, processorMs: 0 })

/** What a page asks for, one after the other, as somebody who works asks. */
async function work(server: Server, ask: Server['ask'], seconds: number, times: Times): Promise<void> {
  const before = await processorMs(server.child.pid!)
  const until = performance.now() + seconds * 1000
  while (performance.now() < until) {
    for (const path of ['/api/taxa', '/api/queues', '/api/detections']) {
      const start = performance.now()
      const answer = await ask(path)
      await answer.arrayBuffer()
      if (answer.status === 200) times.ms.push(performance.now() - start)
      else times.refused++
    }
    await sleep(BETWEEN_MS)
  }
  times.processorMs += (await processorMs(server.child.pid!)) - before
}

/** User and system time of a process; Linux counts it in hundredths of a second. */
async function processorMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return 10 * (Number(fields[11]) + Number(fields[12]))
}
