// A small OpenID provider on this machine, with a key of its own. It asks nothing: whoever comes is `subject`.

import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export const CLIENT = { id: 'clavis', secret: 'a secret of the client' }

export async function openProvider() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const codes = new Map<string, { nonce: string; challenge: string }>()
  const who = { subject: 'ada-17', name: 'Ada of the lab', nonce: null as string | null }
  let issuer = ''
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const tokenFor = (nonce: string) => {
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: issuer, aud: CLIENT.id, sub: who.subject, name: who.name, nonce, iat: now, exp: now + 60 }
    const signed = `${part({ alg: 'RS256', kid: '1', typ: 'JWT' })}.${part(claims)}`
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`
  }
  const server = createServer(async (request, response) => {
    const json = (value: object) => {
      response.setHeader('Content-Type', 'application/json')
      response.end(JSON.stringify(value))
    }
    const { pathname } = new URL(request.url ?? '/', issuer)
    if (pathname === '/.well-known/openid-configuration')
      return json({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        id_token_signing_alg_values_supported: ['RS256'],
        code_challenge_methods_supported: ['S256'],
      })
    if (pathname === '/jwks')
      return json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: '1', alg: 'RS256', use: 'sig' }] })
    const body = new URLSearchParams(await text(request))
    const code = codes.get(body.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url')
    if (pathname !== '/token' || code === undefined || code.challenge !== challenge) {
      response.statusCode = 400
      return json({ error: 'invalid_grant' })
    }
    codes.delete(body.get('code') ?? '')
    json({
      access_token: randomUUID(),
      token_type: 'Bearer',
      expires_in: 60,
      id_token: tokenFor(who.nonce ?? code.nonce),
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on a port
  return {
    issuer,
    who,
    /** What a browser does at the authorization endpoint: the address to which it is sent back. */
    visit(url: string): URL {
      const asked = new URL(url)
      assert.equal(asked.origin, issuer)
      assert.equal(asked.searchParams.get('client_id'), CLIENT.id)
      const code = randomUUID()
      const { nonce = '', code_challenge: challenge = '', state = '' } = Object.fromEntries(asked.searchParams)
      codes.set(code, { nonce, challenge })
      const back = new URL(asked.searchParams.get('redirect_uri') ?? '')
      back.search = new URLSearchParams({ code, state }).toString()
      return back
    },
    close: () => server.close(),
  }
}
