// The api killed at random moments while people, roles, sessions, keys and taxa change: nothing that was acknowledged
// is lost, and the audit tells of everything that is in effect, acknowledged or not.

import { setTimeout as sleep } from 'node:timers/promises'
import { random as seeded } from '../../../classifiers/seeded-random.ts'
import { joinFirst, withCookie } from '../../support/people/join-first.ts'
import { PASSWORD } from '../../support/people/people.ts'
import { newInstallation, type Server, serve, until } from '../../support/processes.ts'

const MOST_MS = 1200
const ROLES = ['viewer', 'reviewer', 'editor'] as const

type Ask = Server['ask']
/** What was answered, by what it is about. */
type Acknowledged = {
  /** By id. */
  keys: Map<string, { prefix: string; revoked: boolean }>
  /** By name. `changing`: a change of the role was not answered, so either may be in effect. */
  people: Map<string, { id: string; role: string; changing: string | null }>
  /** Cookies, and whether their session was ended. */
  sessions: Map<string, { ended: boolean | 'asked' }>
  taxa: Set<string>
}

export async function killAgain(kills: number, seed = 3) {
  const env = { ...(await newInstallation()), HOST: '0.0.0.0' }
  const random = seeded(seed)
  const known: Acknowledged = { keys: new Map(), people: new Map(), sessions: new Map(), taxa: new Set() }
  let server = await serve(env)
  const { cookie } = await joinFirst(server)
  const count = () => known.keys.size + known.people.size + known.sessions.size + known.taxa.size
  for (let kill = 0; kill < kills; kill++) {
    const before = count()
    const ask = withCookie(server, cookie)
    const working = [changeKeys, changePeople, changeSessions, changeTaxa].map((work) =>
      repeat(random, (name) => work(ask, server, known, `${name} ${kill}`)),
    )
    await until('the first answer', () => count() > before, [server])
    await sleep(random() * MOST_MS)
    server.child.kill('SIGKILL')
    await server.ended
    await Promise.all(working)
    server = await serve(env)
  }
  const { lost, untold } = await compare(withCookie(server, cookie), server, known)
  await server.stop()
  for (const one of lost) console.error(`lost: ${one}`)
  for (const one of untold) console.error(`not in the audit: ${one}`)
  return { kills, acknowledged: count(), lost: lost.length, 'without audit': untold.length }
}

/** Until the service is gone. */
async function repeat(random: () => number, work: (name: string) => Promise<void>): Promise<void> {
  try {
    for (let i = 0; ; i++) {
      await work(`${i}`)
      await sleep(random() * 30)
    }
  } catch {
    // It was killed.
  }
}

async function changeKeys(ask: Ask, _: Server, { keys }: Acknowledged, name: string): Promise<void> {
  const made = await bodyOf(ask('/api/keys', { json: { name, scopes: ['read'] } }), 201)
  const one = { prefix: made.prefix!, revoked: false }
  keys.set(made.id!, one)
  if (Number(name.split(' ')[0]) % 2 > 0) return
  keys.delete(made.id!)
  await bodyOf(ask(`/api/keys/${made.id}`, { method: 'DELETE' }), 204)
  keys.set(made.id!, { ...one, revoked: true })
}

async function changePeople(ask: Ask, server: Server, { people }: Acknowledged, at: string): Promise<void> {
  const { token } = await bodyOf(ask('/api/invitations', { json: { role: 'viewer' } }), 201)
  const name = `Person ${at}`
  const { id } = await bodyOf(server.ask('/api/people', { json: { invitation: token, name, password: PASSWORD } }), 201)
  const one: { id: string; role: string; changing: string | null } = { id: id!, role: 'viewer', changing: null }
  people.set(name, one)
  for (const role of ROLES.toReversed()) {
    one.changing = role
    await bodyOf(ask(`/api/people/${id}`, { method: 'PATCH', json: { role } }), 200)
    Object.assign(one, { role, changing: null })
  }
}

async function changeSessions(ask: Ask, server: Server, { sessions }: Acknowledged): Promise<void> {
  const answer = await server.ask('/api/session', { json: { name: 'Ada', password: PASSWORD } })
  await bodyOf(Promise.resolve(answer), 200)
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0]!
  const one: { ended: boolean | 'asked' } = { ended: false }
  sessions.set(cookie, one)
  const { items } = await (await withCookie(server, cookie)('/api/sessions')).json()
  const { id } = items.find((session: { current: boolean }) => session.current)
  if (Number(id) % 2 > 0) return
  one.ended = 'asked'
  await bodyOf(ask(`/api/sessions/${id}`, { method: 'DELETE' }), 204)
  one.ended = true
}

async function changeTaxa(ask: Ask, _: Server, { taxa }: Acknowledged, at: string): Promise<void> {
  const name = `Taxon ${at}`
  await bodyOf(ask('/api/taxa', { json: { name, rank: 'genus', parentId: null } }), 201)
  taxa.add(name)
}

async function bodyOf(asked: Promise<Response>, status: number): Promise<Record<string, string>> {
  const answer = await asked
  const text = await answer.text()
  if (answer.status !== status) throw new Error(`Expected ${status} but received ${answer.status} ${text}`)
  return text === '' ? {} : JSON.parse(text)
}

async function compare(ask: Ask, server: Server, { keys, people, sessions, taxa }: Acknowledged) {
  const list = async (path: string) => await allPages(ask, path)
  const valid = new Map((await list('/api/keys')).map(({ id, prefix }) => [id!, prefix!]))
  const accounts = new Map((await list('/api/people')).map(({ name, role }) => [name!, role!]))
  const taxonNames = new Set((await list('/api/taxa?limit=100')).map(({ name }) => name))
  const audit = (await list('/api/audit?limit=200')).map(({ person, what, how }) => ({ person, what: what!, how }))
  const said = new Set(audit.map(({ person, what }) => `${person}: ${what}`))
  const text = [...said].join('\n')

  const lost = [
    ...[...keys].filter(([id, { revoked }]) => revoked === valid.has(id)).map(([id]) => `key ${id}`),
    ...[...people]
      .filter(([name, { role, changing }]) => ![role, changing].includes(accounts.get(name) ?? ''))
      .map(([name, { role }]) => `${name} as ${role}`),
    ...[...taxa].filter((name) => !taxonNames.has(name)),
  ]
  for (const [cookie, { ended }] of sessions) {
    const { status } = await withCookie(server, cookie)('/api/taxa?limit=1')
    if (ended !== 'asked' && (status === 200) === ended) lost.push(`a session that was ${ended ? 'ended' : 'begun'}`)
  }
  const count = (pattern: RegExp) => audit.filter(({ what }) => pattern.test(what)).length
  const untold = [
    ...[...valid.values()].filter((prefix) => !text.includes(`made the key ${prefix}`)),
    ...[...keys.values()].filter(({ prefix, revoked }) => revoked && !text.includes(`revoked the key ${prefix}`)),
    ...[...accounts].filter(([name]) => !said.has(`${name}: joined by a link`)).map(([name]) => name),
    ...[...accounts].filter(
      ([name, role]) => role !== 'viewer' && name !== 'Ada' && !said.has(`Ada: made ${name} ${role}`),
    ),
    ...(count(/^POST \/api\/taxa$/) < taxonNames.size ? ['taxa that nobody asked for'] : []),
    ...(count(/^signed in$/) < sessions.size ? ['a session'] : []),
  ]
  return { lost, untold }
}

async function allPages(ask: Ask, path: string): Promise<Record<string, string | null>[]> {
  const items: Record<string, string | null>[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const more: string = cursor === '' ? '' : `${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`
    const page = await (await ask(path + more)).json()
    items.push(...page.items)
    cursor = page.nextCursor ?? null
  }
  return items
}
