// Settings that are rows.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { getSetting, setSetting } from '../../db/settings.ts'
import { openTestDatabase } from '../support/database.ts'

const { db, close } = await openTestDatabase()
after(close)

test('settings are kept by key', async () => {
  assert.equal(await getSetting(db, 'model'), undefined)
  await setSetting(db, 'model', { detector: 'a' })
  await setSetting(db, 'model', { detector: 'b', n: [1, null] })
  assert.deepEqual(await getSetting(db, 'model'), { detector: 'b', n: [1, null] })
})
