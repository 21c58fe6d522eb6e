// The set-up of a walk: the built page, a real service, a browser and a first visit, opened before the tests of a file
// and closed after them. Only tests and hooks may read the fields of a walk.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { CHROMIUM, type Look, openBrowser, seriousFindings, shoot, type Visit, visit } from './browser.ts'
import { buildPage } from './page.ts'
import { type RunningService, startService } from './service.ts'

/** For node:test's `skip`. */
export const skip = existsSync(CHROMIUM) ? false : `${CHROMIUM} is not here`

export const DESKTOP: Look = { size: 'desktop', theme: 'light' }
export const DARK: Look = { size: 'desktop', theme: 'dark' }
export const PHONE: Look = { size: 'phone', theme: 'light' }
export const DARK_PHONE: Look = { size: 'phone', theme: 'dark' }

export type Walk = {
  service: RunningService
  browser: Browser
  /** Desktop, light. */
  main: Visit
}

export type WalkOptions = {
  /** The token that the service requires; empty for none. */
  token?: string
  /** The address that the service listens on; with any but this machine's own, people sign in. */
  host?: string
  /** The name already given; without it, the page asks for one. */
  person?: string
  /** Fills the data folder before the service opens it. */
  prepare?: (dataDir: string) => Promise<void>
  /** Fills the running service before the first test. */
  fill?: (walk: Walk) => Promise<void>
  timeoutMs?: number
}

export function openWalk({ token = '', host, person, prepare, fill, timeoutMs = 300_000 }: WalkOptions = {}): Walk {
  const walk = {} as Walk // filled below, before any test runs
  before(
    async () => {
      if (skip !== false) return
      await buildPage()
      // Kept one by one, so that what has opened is closed even if the next does not open.
      const service = startService(token, prepare, host).then((opened) => Object.assign(walk, { service: opened }))
      const browser = openBrowser().then((opened) => Object.assign(walk, { browser: opened }))
      await Promise.all([service, browser])
      walk.main = await visit(walk.browser, walk.service.url, DESKTOP, person)
      await fill?.(walk)
    },
    { timeout: timeoutMs },
  )
  after(async () => {
    await walk.browser?.close()
    await walk.service?.close()
  })
  return walk
}

/** Fails if the page scrolls sideways. */
export async function assertFits(page: Page, what: string): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  assert.equal(wide, 0, `${what} scrolls sideways by ${wide} px`)
}

/** The smallest letters that a person can be expected to read, in pixels. */
const LEGIBLE_PX = 12

/** Fails if text is set smaller, also in drawings that are scaled. */
export async function assertLegible(page: Page, what: string): Promise<void> {
  const small = await page.evaluate((leastPx) => {
    const found: string[] = []
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const words = texts.currentNode.textContent?.trim() ?? ''
      const element = texts.currentNode.parentElement
      const box = element?.getBoundingClientRect()
      // What only screen readers get is one pixel large.
      if (words === '' || !element || !box || box.width < 2 || box.height < 2) continue
      const svg = element.closest('svg')
      const scale = svg && svg.viewBox.baseVal.width > 0 ? svg.clientWidth / svg.viewBox.baseVal.width : 1
      const px = Number.parseFloat(getComputedStyle(element).fontSize) * scale
      if (px < leastPx - 0.01) found.push(`${px.toFixed(1)} px: ${words.slice(0, 40)}`)
    }
    return found
  }, LEGIBLE_PX)
  assert.deepEqual(small, [], `${what} has small letters`)
}

type View = readonly [name: string, path: string, ready: string]
type Viewing = { prefix?: string; looks: readonly Look[]; isFault?: (error: string) => boolean }

/**
 * Opens each view in each look, takes a screenshot, and fails on findings, sideways scrolling, small letters or console
 * errors.
 */
export async function visitViews(
  { browser, service }: Walk,
  views: readonly View[],
  { prefix = '', looks, isFault = () => true }: Viewing,
): Promise<void> {
  for (const look of looks) {
    const { page, errors } = await visit(browser, service.url, look, 'Ada')
    for (const [name, path, ready] of views) {
      await page.goto(path)
      await page.locator(ready).first().waitFor()
      await page.waitForTimeout(500)
      assert.equal(await page.evaluate(() => window.scrollY), 0, `${name} opens at its top`)
      await shoot(page, `${prefix}${name}-${look.size}-${look.theme}`)
      assert.deepEqual(await seriousFindings(page), [], `${name}, ${look.size}, ${look.theme}`)
      await assertFits(page, name)
      await assertLegible(page, name)
    }
    assert.deepEqual(errors.filter(isFault), [])
    await page.context().close()
  }
}
