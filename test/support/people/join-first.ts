// The first admin of a server that has just started, by the link that it prints.

import { type Server, until } from '../processes.ts'
import { PASSWORD } from './people.ts'

export async function joinFirst(server: Server): Promise<{ cookie: string; ask: Server['ask'] }> {
  const token = await until('the link', () => /\/join#(\S+?)["\s.]/.exec(`${server.said()} `)?.[1], [server])
  const answer = await server.ask('/api/people', { json: { invitation: token, name: 'Ada', password: PASSWORD } })
  if (answer.status !== 201) throw new Error(`Expected to join: ${await answer.text()}`)
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0]!
  return { cookie, ask: withCookie(server, cookie) }
}

/** Also on the next server of the same installation. */
export const withCookie =
  (server: Server, Cookie: string): Server['ask'] =>
  (path, init = {}) =>
    server.ask(path, { ...init, headers: { ...init.headers, Cookie } })
