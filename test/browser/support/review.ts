// Steps in the review.

import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'

/** The id of the detection in the address; empty if there is none. */
export const detectionOf = (page: Page): string => /\/review\/(\d+)/.exec(page.url())?.[1] ?? ''
export const lessonOf = (page: Page): Locator => page.locator('.lesson-line [role=status]')
export const untilShown = (page: Page): Promise<void> => page.locator('.suggestion-list li').first().waitFor()

/** Waits until the review shows another detection than `from`, with its own answer. */
export async function untilMoved(page: Page, from: string): Promise<void> {
  await page.waitForFunction(
    (id) => !location.pathname.endsWith(`/${id}`) && /\/review\/\d+/.test(location.pathname),
    from,
  )
  await untilShown(page)
}

/** Presses a key that decides, repeatedly: the page ignores a key right after the answer has changed. */
export async function decide(page: Page, key: string): Promise<void> {
  const from = detectionOf(page)
  const giveUpAt = Date.now() + 60_000
  while (detectionOf(page) === from) {
    assert.ok(Date.now() < giveUpAt, `${key} does not go on from ${from}`)
    // If no name is sure, none is proposed and Enter would skip the animal. The 1 may be ignored like any other key.
    const named = page.locator('.decision-bar .primary .taxon-name-scientific')
    if (/^(Enter|e)$/.test(key) && (await named.count()) === 0) {
      await page.keyboard.press('1')
      const isNamed = await named
        .first()
        .waitFor({ timeout: 1500 })
        .then(
          () => true,
          () => false,
        )
      if (!isNamed) continue
    }
    const question = page.getByRole('dialog', { name: /^Confirm all/ })
    await page.keyboard.press((await question.count()) > 0 ? 'Enter' : key)
    await page
      .waitForFunction((id) => !location.pathname.endsWith(`/${id}`), from, { timeout: 1500 })
      .catch(() => undefined) // the key was ignored
  }
  await untilShown(page)
}
