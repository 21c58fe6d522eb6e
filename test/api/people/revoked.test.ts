// Who is shut out in one process is refused by all others that share its database.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { onPostgres } from '../../support/database.ts'
import { joinFirst, withCookie } from '../../support/people/join-first.ts'
import { invite, PASSWORD } from '../../support/people/people.ts'
import { newFolder, newInstallation, removeAll, serve } from '../../support/processes.ts'
import { writeTestModels } from '../../support/test-models.ts'

after(removeAll)

test('a session and a key that end in one process are refused within a second in another', {
  skip: !onPostgres && 'needs TEST_DATABASE_URL: an embedded database has one process',
}, async () => {
  const env = { ...(await newInstallation()), HOST: '0.0.0.0', QUEUE_URL: process.env.TEST_QUEUE_URL ?? '' }
  const one = await serve(env)
  const admin = await joinFirst(one)
  const folder = await newFolder()
  await writeTestModels(join(folder, 'models'))
  const two = await serve({ ...env, DATA_DIR: folder })

  const invitation = await invite(admin.ask, 'reviewer')
  const joined = await one.ask('/api/people', { json: { invitation, name: 'Ben', password: PASSWORD } })
  assert.equal(joined.status, 201)
  const { id } = (await joined.json()) as { id: string } // as the contract has it
  const ben = withCookie(two, (joined.headers.get('set-cookie') ?? '').split(';')[0]!)
  const made = await admin.ask('/api/keys', { json: { name: 'trap', scopes: ['read'] } })
  assert.equal(made.status, 201)
  const key = (await made.json()) as { id: string; key: string } // as the contract has it
  const byKey = async () => await two.ask('/api/taxa', { headers: { Authorization: `Bearer ${key.key}` } })
  assert.deepEqual([(await ben('/api/taxa')).status, (await byKey()).status], [200, 200])

  assert.equal((await admin.ask(`/api/keys/${key.id}`, { method: 'DELETE' })).status, 204)
  const json = JSON.stringify({ disabled: true })
  const headers = { 'Content-Type': 'application/json' }
  assert.equal((await admin.ask(`/api/people/${id}`, { method: 'PATCH', body: json, headers })).status, 200)
  await sleep(1000)
  assert.deepEqual([(await ben('/api/taxa')).status, (await byKey()).status], [401, 401])
})
