// Keeping the knowledge clean with real photos: forty planted errors are found and mended in the page as a person does
// it, and an unknown species is found as a card, named, and suggested next. Drawn animals are never taken for each
// other, so there is no walk without the photos.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import type { DoubtedLabels } from '../../api/contract/cohorts/labels.ts'
import type { UnknownCards } from '../../api/contract/cohorts/unknowns.ts'
import type { Answer } from '../../api/contract/suggestion.ts'
import { shared } from '../support/shared.ts'
import { apiOf, until } from './support/api.ts'
import { shoot } from './support/browser.ts'
import { type Photo, send } from './support/fill.ts'
import { DARK_PHONE, DESKTOP, skip as noBrowser, openWalk, visitViews } from './support/walk.ts'

const LIBRARY = shared('data/library/photos')
const skip = noBrowser || (existsSync(LIBRARY) ? false : `${LIBRARY} is not here`)

const KNOWN = [
  'Danaus_plexippus',
  'Vanessa_cardui',
  'Vanessa_atalanta',
  'Heliconius_erato',
  'Papilio_cresphontes',
  'Pieris_rapae',
  'Macaca_fuscata',
  'Cebuella_pygmaea',
  'Erythrocebus_patas',
  'Alouatta_palliata',
  'Cardinalis_cardinalis',
  'Colaptes_auratus',
]
const EACH = 20
/** Of these species so many photos in a row have the label of the next one: somebody took one for the other. */
const COHORTS = { species: 5, photos: 4 }
/** Further photos have any other label: slips. */
const SLIPS = 20
const STRANGER = 'Oncorhynchus_mykiss'
const STRANGERS = 14
const NAME = 'Oncorhynchus sp. 3'

/** Background work on a busy machine. */
const SLOW_MS = 300_000

/** Photos of the library are cut close enough. */
const WHOLE = [[0, 0, 1, 1]]

const speciesOf = (folder: string) => folder.replace('_', ' ')
const photosOf = async (folder: string) =>
  (await readdir(join(LIBRARY, folder))).sort().map((name) => join(LIBRARY, folder, name))

/** What is on each photo, by the end of its path. */
const truths = new Map<string, string>()
let later: string[] = []

/** The label of the i-th photo of the k-th species. */
function labelOf(k: number, i: number): string {
  if (k < COHORTS.species && i < COHORTS.photos) return KNOWN[k + 1]!
  const slip = (i - COHORTS.photos) * KNOWN.length + k
  if (i < COHORTS.photos || slip >= SLIPS) return KNOWN[k]!
  return KNOWN[(k + 1 + ((5 * slip) % (KNOWN.length - 1))) % KNOWN.length]!
}

const walk = openWalk({
  person: 'Ada',
  timeoutMs: 900_000,
  async fill({ service }) {
    if (skip !== false) return
    const labelled: Photo[] = []
    for (const [k, species] of KNOWN.entries())
      for (const [i, file] of (await photosOf(species)).slice(0, EACH).entries()) {
        const name = `${species}-${i}.jpg`
        truths.set(name, speciesOf(species))
        const label = labelOf(k, i)
        labelled.push({ file, facts: { path: `${label}/${name}`, folders: [label], boxes: WHOLE } })
      }
    const strangers = await photosOf(STRANGER)
    // Few of one fish follow each other.
    const some = strangers.filter((_, i) => i % 5 === 0)
    later = some.slice(STRANGERS)
    await send(service.url, 'labelled', labelled)
    await send(
      service.url,
      'plain',
      some.slice(0, STRANGERS).map((file, i) => ({ file, facts: { path: `stranger-${i}.jpg`, boxes: WHOLE } })),
    )
  },
})
const { ask } = apiOf(walk)

type Listed = { items: { filename: string; detections?: { id: string; taxon: { name: string } | null }[] }[] }

/** What each labelled animal is, and what it is labelled as. */
async function labels(): Promise<Map<string, { truth: string; label: string | undefined }>> {
  const found = new Map<string, { truth: string; label: string | undefined }>()
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Listed & { nextCursor: string | null } = await ask(
      `/api/media?limit=200${cursor && `&cursor=${cursor}`}`,
    )
    for (const { filename, detections = [] } of page.items) {
      const truth = truths.get(filename.split('/').at(-1)!)
      if (truth !== undefined) for (const { id, taxon } of detections) found.set(id, { truth, label: taxon?.name })
    }
    cursor = page.nextCursor
  }
  return found
}

const wrongOf = (all: Awaited<ReturnType<typeof labels>>) =>
  [...all].filter(([, { truth, label }]) => truth !== label).map(([id]) => id)

const doubted = () =>
  until(
    'doubts',
    () => ask<DoubtedLabels>('/api/labels/doubted?limit=60'),
    (now) => now.doubted > 0 && now.progress === null,
    SLOW_MS,
  )

/** Answers each card once, as a person who looks at the crops and knows the species. */
async function answerCards(page: Page, truthOf: (id: string) => string | undefined): Promise<void> {
  const card = page.locator('.doubted-labels-card')
  for (;;) {
    const cards = await page.locator('main [role=status]').last().innerText()
    const names = await card.locator('.taxon-name-scientific').allInnerTexts()
    const [label, rival] = names.map((name) => name.trim())
    const tiles = card.locator('.crop-choices-tile')
    const ids = await tiles.evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.id ?? ''))
    const isRival = ids.map((id) => truthOf(id) === rival)
    const [, place, of] = /Card (\d+) of (\d+)/.exec(cards) ?? []
    if (isRival.includes(true)) {
      for (const [i, stays] of isRival.entries()) if (!stays) await tiles.nth(i).click()
      await page.keyboard.press('Enter')
    } else if (ids.every((id) => truthOf(id) === label)) await page.keyboard.press('k')
    else if (place === of) return
    else await page.keyboard.press('ArrowRight')
    const gone = isRival.includes(true) ? ids[isRival.indexOf(true)] : ids[0]
    await page.waitForFunction((id) => document.querySelector(`.doubted-labels-card [data-id="${id}"]`) === null, gone)
    if (await page.getByText('No doubted labels').isVisible()) return
  }
}

test('forty planted errors are found and mended in the page', { skip, timeout: 600_000 }, async (t) => {
  const { page } = walk.main
  const before = await labels()
  const planted = wrongOf(before)
  assert.equal(planted.length, COHORTS.species * COHORTS.photos + SLIPS)
  const { cohorts } = await doubted()
  const flagged = cohorts.flatMap(({ tiles }) => tiles.map(({ id }) => id))
  const found = flagged.slice(0, planted.length).filter((id) => planted.includes(id))
  t.diagnostic(`${found.length} of the first ${planted.length} flagged were planted, ${flagged.length} flagged in all`)
  assert.ok(found.length >= 0.9 * planted.length)
  const views = [['labels', '/labels', '.doubted-labels-card img']] as const
  await visitViews(walk, views, { prefix: 'knowledge-', looks: [DESKTOP, DARK_PHONE] })
  await page.goto('/labels')
  const card = page.locator('.doubted-labels-card')
  await card.locator('.crop-choices-tile').first().waitFor()
  await page.keyboard.press('Enter')
  await page.getByText(/^\d+ labels? corrected to/).waitFor()
  assert.notDeepEqual(await labels(), before)
  await page.keyboard.press('Control+z')
  await page.getByText('Undone: Corrected').first().waitFor()
  assert.deepEqual(await labels(), before)
  await page.reload()
  await card.waitFor()
  await answerCards(page, (id) => before.get(id)?.truth)
  const left = wrongOf(await labels())
  t.diagnostic(`${planted.length - left.length} of ${planted.length} mended`)
  assert.equal(left.length, 0)
})

test('an unknown species is found as a card, named, and suggested next', { skip, timeout: 600_000 }, async (t) => {
  const { page } = walk.main
  const cards = () => ask<UnknownCards>('/api/unknowns')
  const found = await until('a card', cards, (now) => now.cards.length > 0 && !now.working, SLOW_MS)
  const sizes = found.cards.map(({ animals }) => animals)
  t.diagnostic(`${STRANGERS} animals of one unknown species on cards of ${sizes.join(', ')}`)
  assert.ok(sizes[0]! > STRANGERS / 2)
  const views = [['unknowns', '/unknowns', '.unknown-animals-card img']] as const
  await visitViews(walk, views, { prefix: 'knowledge-', looks: [DESKTOP, DARK_PHONE] })
  await page.goto('/unknowns')
  const name = async () => {
    await page.getByLabel('Name of the new taxon').fill(NAME)
    await page.keyboard.press('Enter')
    await page.getByText(`Named ${NAME}`).first().waitFor()
  }
  await name()
  await page.keyboard.press('Control+z')
  await page.getByText('Undone: Named').first().waitFor()
  const back = await until('the card again', cards, (now) => now.cards[0]?.animals === sizes[0])
  assert.equal(back.cards[0]?.id, found.cards[0]?.id)
  await page.reload()
  await name()
  await page.goto('/identify')
  await page.getByLabel('Photos', { exact: true }).setInputFiles(later[0]!)
  const first = page.locator('.suggestion-list li').first()
  await first.getByText(NAME).waitFor()
  await shoot(page, 'knowledge-suggested')
  const answers = await Promise.all(
    later.map(async (file) =>
      ask<Answer>('/api/suggestions', {
        method: 'POST',
        headers: { 'Content-Type': 'image/jpeg' },
        body: new Uint8Array(await readFile(file)),
      }),
    ),
  )
  const right = answers.filter(({ detections: [one] }) => one?.suggestions[0]?.taxon.name === NAME)
  t.diagnostic(`${right.length} of ${later.length} further photos are suggested to be ${NAME} first`)
  assert.ok(right.length >= 0.75 * later.length)
  assert.deepEqual(walk.main.errors, [])
})
