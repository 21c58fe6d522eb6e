// People of a test service, made as the page makes them.

import type { TestService } from '../service.ts'

export const PASSWORD = 'correct horse battery'

type Ask = (path: string, init?: RequestInit & { json?: unknown }) => Promise<Response>
export type SignedIn = { id: string; name: string; cookie: string; ask: Ask }

export const cookieOf = (answer: Response): string => (answer.headers.get('set-cookie') ?? '').split(';')[0]!

/** Asks with a browser's cookie. */
export const withCookie =
  (service: TestService, cookie: string): Ask =>
  (path, init = {}) =>
    service.ask(path, { ...init, headers: { ...init.headers, Cookie: cookie } })

/** Joins by an invitation's token. */
export async function join(service: TestService, invitation: string, name: string): Promise<SignedIn> {
  const answer = await service.ask('/api/people', { json: { invitation, name, password: PASSWORD } })
  const body = await answer.json()
  if (answer.status !== 201) throw new Error(`Expected ${name} to join: ${JSON.stringify(body)}`)
  const cookie = cookieOf(answer)
  return { id: body.id, name, cookie, ask: withCookie(service, cookie) }
}

export async function invite(admin: Ask, role: string): Promise<string> {
  const answer = await admin('/api/invitations', { json: { role } })
  const body = await answer.json()
  if (answer.status !== 201) throw new Error(`Expected an invitation: ${JSON.stringify(body)}`)
  return body.token
}
