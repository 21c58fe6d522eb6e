// Chromium for the browser walks. Pages record console errors, screenshots go to test/screenshots, and axe-core checks
// accessibility.

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { AxeResults } from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'

export const CHROMIUM = '/usr/bin/chromium'
const FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'
const SCREENSHOTS = fileURLToPath(new URL('../../screenshots/', import.meta.url))

export const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }
export type Look = { size: keyof typeof SIZES; theme: 'light' | 'dark' }

export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath: CHROMIUM, args: FLAGS.split(' ') })

export type Visit = { page: Page; errors: string[] }

/** `person` is the name already given; without it, the page asks for one. */
export async function visit(browser: Browser, baseURL: string, look: Look, person?: string): Promise<Visit> {
  const isPhone = look.size === 'phone'
  const context = await browser.newContext({
    baseURL,
    viewport: SIZES[look.size],
    colorScheme: look.theme,
    hasTouch: isPhone,
    isMobile: isPhone,
  })
  if (person !== undefined) await context.addInitScript((name) => localStorage.setItem('clavis.person', name), person)
  const page = await context.newPage()
  page.setDefaultTimeout(90_000)
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`)
  })
  return { page, errors }
}

export const shoot = (page: Page, name: string): Promise<Buffer> =>
  page.screenshot({ path: `${SCREENSHOTS}${name}.png` })

const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Describes the findings of serious or critical impact. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(await axeSource)
  // The line above put `axe` there.
  const results = await page.evaluate(() => (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run())
  return results.violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map(
      (v) =>
        `${v.id}: ${v.help} ${v.nodes
          .map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? ''}`)
          .slice(0, 6)
          .join(' | ')}`,
    )
}
