// The api killed at random moments while invitations and keys are made and revoked: nothing that was acknowledged is
// lost, and the audit tells all of it.

import { setTimeout as sleep } from 'node:timers/promises'
import { random as seeded } from '../../../classifiers/seeded-random.ts'
import { PASSWORD } from '../../support/people.ts'
import { newInstallation, type Server, serve } from '../../support/processes.ts'
import { joinFirst, withCookie } from './join-first.ts'

const MOST_MS = 1500

export async function killAgain(kills: number) {
  const env = { ...(await newInstallation()), HOST: '0.0.0.0', LOG_LEVEL: 'info' }
  const random = seeded(3)
  const keys = new Map<string, { prefix: string; revoked: boolean }>()
  const people: string[] = []
  let server = await serve(env)
  await joinFirst(server)
  for (let kill = 0; kill < kills; kill++) {
    const working = work(await signIn(server), server, keys, people, kill)
    await sleep(random() * MOST_MS)
    server.child.kill('SIGKILL')
    await server.ended
    await working
    server = await serve(env)
  }
  const { lost, untold } = await compare(await signIn(server), keys, people)
  await server.stop()
  for (const one of lost) console.error(`lost: ${one}`)
  return { kills, acknowledged: keys.size + people.length, lost: lost.length, 'without audit': untold.length }
}

async function signIn(server: Server): Promise<Server['ask']> {
  const answer = await server.ask('/api/session', { json: { name: 'Ada', password: PASSWORD } })
  if (answer.status !== 200) throw new Error(`Expected to sign in: ${await answer.text()}`)
  return withCookie(server, (answer.headers.get('set-cookie') ?? '').split(';')[0]!)
}

/** Until the service is gone. Only what was answered counts. */
async function work(
  ask: Server['ask'],
  server: Server,
  keys: Map<string, { prefix: string; revoked: boolean }>,
  people: string[],
  round: number,
): Promise<void> {
  try {
    for (let i = 0; ; i++) {
      const made = await ask('/api/keys', { json: { name: `key ${round}-${i}`, scopes: ['read'] } })
      const { id, prefix } = await made.json()
      keys.set(id, { prefix, revoked: false })
      if (i % 2 === 0) {
        const revoked = await ask(`/api/keys/${id}`, { method: 'DELETE' })
        if (revoked.status === 204) keys.set(id, { prefix, revoked: true })
      }
      if (i % 5 > 0) continue
      const invited = await ask('/api/invitations', { json: { role: 'reviewer' } })
      const { token } = await invited.json()
      const name = `Person ${round}-${i}`
      const joined = await server.ask('/api/people', { json: { invitation: token, name, password: PASSWORD } })
      await joined.arrayBuffer()
      if (joined.status === 201) people.push(name)
    }
  } catch {
    // It was killed.
  }
}

async function compare(ask: Server['ask'], keys: Map<string, { prefix: string; revoked: boolean }>, people: string[]) {
  const list = async (path: string) => (await (await ask(path)).json()).items as Record<string, string>[]
  const valid = new Set((await list('/api/keys')).map(({ id }) => id))
  const names = new Set((await list('/api/people')).map(({ name }) => name))
  const told: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await (await ask(`/api/audit?limit=200${cursor === '' ? '' : `&cursor=${cursor}`}`)).json()
    told.push(...page.items.map((entry: Record<string, string>) => `${entry.person}: ${entry.what}`))
    cursor = page.nextCursor
  }
  const text = told.join('\n')
  const lost = [
    ...[...keys].filter(([id, { revoked }]) => revoked === valid.has(id)).map(([id]) => `key ${id}`),
    ...people.filter((name) => !names.has(name)),
  ]
  const untold = [
    ...[...keys.values()].filter(({ prefix }) => !text.includes(`made the key ${prefix}`)),
    ...[...keys.values()].filter(({ prefix, revoked }) => revoked && !text.includes(`revoked the key ${prefix}`)),
    ...people.filter((name) => !text.includes(`${name}: joined by a link`)),
  ]
  return { lost, untold }
}
