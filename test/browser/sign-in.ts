// Signing in to a service with a token, in real Chromium. Saves a screenshot.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seriousFindings, shoot } from './support/browser.ts'
import { openWalk, skip } from './support/walk.ts'

const TOKEN = 'a-token-of-this-walk'

const walk = openWalk({ token: TOKEN })

test('a service with a token asks for it once', { skip, timeout: 120_000 }, async () => {
  const { page } = walk.main
  await page.goto('/review')
  await page.getByLabel('Token').fill('not this one')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('This is not the right token.').waitFor()
  await shoot(page, 'sign-in')
  assert.deepEqual(await seriousFindings(page), [])
  await page.getByLabel('Token').fill(TOKEN)
  await page.keyboard.press('Enter')
  await page.getByText('No photos yet').waitFor()
  await page.reload()
  await page.getByText('No photos yet').waitFor()
})
