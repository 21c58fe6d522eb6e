// Where a request comes from.

import type { Context } from 'hono'
import type { Env } from './router.ts'

/** The socket of a request; null in tests that call the app without a server. */
export function socketOf(c: Context<Env>): import('node:net').Socket | null {
  const env: unknown = c.env
  const incoming: unknown = typeof env === 'object' && env !== null ? Reflect.get(env, 'incoming') : undefined
  // @hono/node-server puts node's own request there.
  return typeof incoming === 'object' && incoming !== null
    ? (Reflect.get(incoming, 'socket') as import('node:net').Socket)
    : null
}

const LOOPBACK = /^(::ffff:)?127\.|^::1$/

/** The sender's address. A proxy on this machine says whose request it passes on; anybody else could say anything. */
export function addressOf(c: Context<Env>): string {
  const direct = socketOf(c)?.remoteAddress ?? ''
  const forwarded = c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim()
  return (LOOPBACK.test(direct) && forwarded ? forwarded : direct).slice(0, 100)
}
