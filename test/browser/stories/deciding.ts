// Decisions in the review by keyboard: fifty photos, undo after a reload, marks, boxes, and a burst with one key.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Action } from '../../../api/contract/action.ts'
import type { Detection } from '../../../api/contract/detection.ts'
import { apiOf, until } from '../support/api.ts'
import { shoot } from '../support/browser.ts'
import type { Pictures } from '../support/pictures.ts'
import { decide, detectionOf, lessonOf, untilMoved, untilShown } from '../support/review.ts'
import { skip, type Walk } from '../support/walk.ts'

const PHOTOS = 50
/** The number of photos in the burst. */
export const BURST = 4

/** Identifies fifty photos, then undoes and redoes the last ones. */
export function testFiftyPhotos(walk: Walk, pictures: () => Pictures): void {
  const { ask, detail } = apiOf(walk)

  test('fifty photos by the keyboard alone', { skip, timeout: 600_000 }, async (t) => {
    const { page } = walk.main
    await page.goto('/review?queue=unidentified')
    await untilShown(page)
    const shownMs: number[] = []
    const began = performance.now()
    for (let i = 0; i < PHOTOS; i++) {
      const from = detectionOf(page)
      // Measured in the page: from the key to the next animal with its decoded picture and its suggestions.
      await page.evaluate(() => {
        const at = { key: 0, shown: 0 }
        Object.assign(window, { at })
        document.addEventListener(
          'keydown',
          async () => {
            at.key = performance.now()
            const before = location.pathname
            while (at.shown === 0) {
              await new Promise((resolve) => requestAnimationFrame(resolve))
              const picture = document.querySelector<HTMLImageElement>('.photo-sheet.settled img')
              const shown = picture?.complete === true && document.querySelector('.suggestion-list li') !== null
              if (location.pathname !== before && shown) at.shown = performance.now()
            }
          },
          { capture: true, once: true },
        )
      })
      await decide(page, i % 5 === 4 ? 'Shift+Digit1' : 'Enter')
      await page.waitForFunction(() => (window as unknown as { at: { shown: number } }).at.shown > 0) // put there above
      const { key, shown } = await page.evaluate(
        () => (window as unknown as { at: { key: number; shown: number } }).at, // put there above
      )
      shownMs.push(shown - key)
      assert.notEqual(detectionOf(page), from)
    }
    const seconds = (performance.now() - began) / 1000
    const actions = await until(
      'the history of fifty confirmations',
      () => ask<{ items: Action[] }>('/api/actions?person=Ada&limit=200'),
      ({ items }) => items.length >= PHOTOS,
    )
    assert.equal(new Set(actions.items.flatMap((action) => action.detectionIds)).size, PHOTOS)
    shownMs.sort((a, b) => a - b)
    const at = (share: number) => Math.round(shownMs[Math.floor(share * (PHOTOS - 1))] ?? 0)
    t.diagnostic(
      `${pictures().kind} photos: ${PHOTOS} in ${seconds.toFixed(1)} s, ${(seconds / PHOTOS).toFixed(2)} s each; key to next photo shown: median ${at(0.5)} ms, p95 ${at(0.95)} ms`,
    )
    await shoot(page, 'review-fifty')
  })

  test('undo goes many steps, also after a reload, and redo goes forth again', { skip, timeout: 180_000 }, async () => {
    const { page } = walk.main
    const { items } = await ask<{ items: Action[] }>('/api/actions?person=Ada&limit=200')
    const [last, one, two] = items.map((action) => action.detectionIds[0] ?? '')
    assert.ok(last && one && two)
    const undone = async (id: string) => {
      await page.keyboard.press('Control+z')
      await page.waitForURL(`**/review/${id}*`)
      await until(
        'taken back',
        () => detail(id),
        (seen) => seen.taxon === null,
      )
      await untilShown(page)
    }
    await undone(last)
    await undone(one)
    await page.reload()
    await untilShown(page)
    await undone(two)
    for (const id of [two, one]) {
      await page.keyboard.press('Control+Shift+Z')
      await until(
        'done again',
        () => detail(id),
        (seen) => seen.taxon !== null,
      )
      await lessonOf(page).getByText('Redone').waitFor()
      await page.waitForURL(`**/review/${id}*`)
    }
    assert.equal((await detail(last)).taxon, null)
  })
}

/** Marks, flags, notes. */
export function testMarks(walk: Walk): void {
  const { ask, detail } = apiOf(walk)

  test('unknown, not an animal, empty: said in one key, listed nowhere, taken back in one key', {
    skip,
    timeout: 180_000,
  }, async () => {
    const { page } = walk.main
    await page.goto('/review?queue=unidentified')
    for (const [key, mark] of [
      ['u', 'unknown'],
      ['x', 'notAnimal'],
    ] as const) {
      await untilShown(page)
      const id = detectionOf(page)
      await decide(page, key)
      await until(
        `marked ${mark}`,
        () => detail(id),
        (seen) => seen.mark === mark,
      )
    }
    const id = detectionOf(page)
    await decide(page, 'b')
    await until(
      'empty',
      () => detail(id),
      (seen) => seen.media.mark === 'empty',
    )
    const waiting = await ask<{ items: Detection[] }>('/api/detections?queue=unidentified&limit=200')
    assert.ok(!waiting.items.some((one) => one.id === id))
    await page.keyboard.press('Control+z')
    await page.waitForURL(`**/review/${id}*`)
    await until(
      'not empty',
      () => detail(id),
      (seen) => seen.media.mark === null,
    )
    await page.keyboard.press('f')
    await until(
      'flagged',
      () => detail(id),
      (seen) => seen.media.favourite,
    )
    await page.getByRole('button', { name: 'Flag', pressed: true }).waitFor()
    await page.keyboard.press('n')
    await page.keyboard.type('x behind the tree')
    await page.keyboard.press('Control+Enter')
    await until(
      'noted',
      () => detail(id),
      (seen) => seen.media.notes === 'x behind the tree',
    )
    assert.equal(detectionOf(page), id)
  })
}

/** Drawing and changing boxes; confirming a burst. */
export function testBoxes(walk: Walk): void {
  const { ask, detail } = apiOf(walk)

  test('a box is drawn, gets suggestions at once, is changed by keys, and is gone after undo', {
    skip,
    timeout: 180_000,
  }, async () => {
    const { page } = walk.main
    const first = detectionOf(page)
    const { media } = await detail(first)
    await page.keyboard.press('z')
    await page.keyboard.press('d')
    const editor = page.getByRole('application', { name: 'Draw a box' })
    const frame = await editor.boundingBox()
    assert.ok(frame)
    const at = (x: number, y: number) => [frame.x + frame.width * x, frame.y + frame.height * y] as const
    await page.mouse.move(...at(0.4, 0.4))
    await page.mouse.down()
    await page.mouse.move(...at(0.6, 0.65), { steps: 5 })
    await shoot(page, 'review-draw')
    await page.mouse.up()
    await untilMoved(page, first)
    const drawn = detectionOf(page)
    const made = await detail(drawn)
    assert.equal(made.media.id, media.id)
    assert.equal(made.source, 'person')
    await shoot(page, 'review-drawn')

    await page.keyboard.press('m')
    await page.getByRole('application', { name: 'Change the box' }).waitFor()
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Enter')
    const wider = await until(
      'the box changed',
      () => detail(drawn),
      (seen) => seen.bbox[0] < made.bbox[0],
    )
    assert.ok(wider.bbox[3] > made.bbox[3])
    await page.getByRole('application').waitFor({ state: 'detached' })

    await page.keyboard.press('ArrowRight')
    await untilMoved(page, drawn)
    await page.keyboard.press('Control+z')
    await until(
      'the box as it was',
      () => detail(drawn),
      (seen) => seen.bbox[0] === made.bbox[0],
    )
    await page.waitForURL(`**/review/${drawn}*`)
    await untilShown(page)
    await page.keyboard.press('Delete')
    await untilMoved(page, drawn)
    await until(
      'the box is gone',
      () => ask<{ detections: Detection[] }>(`/api/media/${media.id}`),
      ({ detections }) => !detections.some((one) => one.id === drawn),
    )
    await page.keyboard.press('Control+z')
    await page.waitForURL(`**/review/${drawn}*`)
    await page.keyboard.press('Delete')
    await untilMoved(page, drawn)
  })

  test('a burst is confirmed in one key and taken back in one', { skip, timeout: 180_000 }, async () => {
    const { page } = walk.main
    const { items } = await ask<{ items: Detection[] }>('/api/detections?limit=200&kind=animal')
    const together = items.filter((one) => items.filter((other) => other.groupKey === one.groupKey).length >= BURST)
    const ids = together.filter((one) => one.groupKey === together[0]?.groupKey).map((one) => one.id)
    assert.ok(ids.length >= BURST, `${ids.length} animals in the burst`)
    for (const id of ids) {
      const { identifications } = await detail(id)
      for (const said of identifications)
        await fetch(`${walk.service.url}/api/identifications/${said.id}`, { method: 'DELETE' })
    }
    await page.goto(`/review/${ids[0]}`)
    await untilShown(page)
    await page.locator('.burst-one').nth(1).waitFor()
    await shoot(page, 'review-burst')
    await decide(page, 'e')
    await until(
      'all identified',
      () => Promise.all(ids.map(detail)),
      (all) => all.every((one) => one.taxon !== null),
    )
    await lessonOf(page).getByText(`${ids.length} photos`).waitFor()
    await page.keyboard.press('Control+z')
    await until(
      'none identified',
      () => Promise.all(ids.map(detail)),
      (all) => all.every((one) => one.taxon === null),
    )
  })
}
