// The only way to the API: a typed client whose routes and shapes are the API's own. Every failure is thrown as a
// Problem whose message says what the person can do.

import { type ClientResponse, hc } from 'hono/client'
import type { App } from '../../api/app.ts'
import { person } from '../person/person.ts'

export class Problem extends Error {
  readonly status: number
  readonly requestId: string | null
  constructor(status: number, message: string, requestId: string | null = null) {
    super(message)
    this.name = 'Problem'
    this.status = status
    this.requestId = requestId
  }
}

const fallback: Record<number, string> = {
  0: 'The service does not answer. Is it still running? This page keeps trying.',
  401: 'Please sign in first: reload this page.',
  403: 'This is not allowed from this address. Open the page under the address of the service.',
  404: 'This is no longer there. Somebody may have deleted it.',
  409: 'Somebody has changed this in the meantime. Check it, then try again.',
  413: 'This is too large to upload.',
  415: 'This kind of file cannot be read. Use JPEG, PNG, WebP, AVIF, HEIC, TIFF, GIF or a camera’s raw files.',
  422: 'This photo could not be read. It may be damaged.',
  429: 'Too many requests at once. Wait a moment, then try again.',
  503: 'The service is busy or restarting. Try again in a moment.',
}

async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null)
  // narrowed before the cast
  const field = (name: string) =>
    typeof body === 'object' && body !== null && name in body ? (body as Record<string, unknown>)[name] : undefined
  const told = field('detail') ?? field('title')
  const requestId = field('requestId')
  const sentence =
    typeof told === 'string' ? told : (fallback[response.status] ?? 'Something went wrong in the service. Try again.')
  return new Problem(response.status, sentence, typeof requestId === 'string' ? requestId : null)
}

let signedOut = () => {}
/** Sets what happens when the service asks for a token in the middle of work, because the session has ended. */
export const whenSignedOut = (act: () => void): void => {
  signedOut = act
}

/** Header values are Latin-1, so other names are percent-encoded. */
export const headerSafe = (name: string) => (/^[\x20-\x24\x26-\x7e]*$/.test(name) ? name : encodeURIComponent(name))

/** Like fetch, but names the person and turns every failure except an aborted request into a Problem. */
export async function send(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  headers.set('Clavis-Person', headerSafe(person()))
  let response: Response
  try {
    response = await fetch(input, { ...init, headers })
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new Problem(0, fallback[0] ?? '', null)
  }
  if (response.status === 401) signedOut()
  if (!response.ok) throw await problemOf(response)
  return response
}

export const { api } = hc<App>('/', { fetch: send })

type Good<R> =
  R extends ClientResponse<infer Body, infer Status, 'json'> ? (Status extends 200 | 201 | 202 ? Body : never) : never

/** The body of a successful answer; for all others `send` has thrown. */
export async function bodyOf<R extends ClientResponse<unknown>>(call: Promise<R>): Promise<Good<R>> {
  const response = await call
  return (await response.json()) as Good<R> // the status is a good one
}

export const sentenceOf = (error: unknown): string =>
  error instanceof Error ? error.message : 'Something went wrong in this page. Reload it and try again.'
