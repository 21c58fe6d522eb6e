// Photos of one camera in quick succession are one sequence, in whatever order they arrive.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { getDeployments, listDeployments } from '../../../db/photos/deployments.ts'
import { getDetection } from '../../../db/photos/detections.ts'
import { getMedia } from '../../../db/photos/media.ts'
import { lastLesson } from '../../../db/trees/lessons.ts'
import { addIndexed, labelled, lessonSubjects, openWithTaxa } from '../../support/rows.ts'

const { db, taxa } = await openWithTaxa('media', 'deployment', 'import_batch', 'lesson')

describe('sequences', () => {
  const at = (time: string, deployment: string | null = 'camera 1', more = {}) =>
    addIndexed(db, { deployment, capturedAt: `2024-05-01 ${time}`, label: labelled(taxa.corax), ...more })
  const sequence = async (mediaId: number) => (await getMedia(db, mediaId)).sequenceId
  const groupKey = async (detectionId: number) => (await getDetection(db, detectionId)).groupKey

  test('gaps of up to 60 s join, longer ones and other cameras do not', async () => {
    const a = await at('06:00:00')
    const b = await at('06:01:00')
    const c = await at('06:02:01')
    const other = await at('06:00:30', 'camera 2')
    const nowhere = await at('06:00:30', null)
    assert.equal(await sequence(b.mediaId), await sequence(a.mediaId))
    assert.notEqual(await sequence(c.mediaId), await sequence(b.mediaId))
    assert.notEqual(await sequence(other.mediaId), await sequence(a.mediaId))
    assert.equal(await sequence(nowhere.mediaId), null)
    assert.equal(await groupKey(b.detectionId), `s:${a.mediaId}`)
    assert.equal(await groupKey(nowhere.detectionId), `m:${nowhere.mediaId}`)
  })
  test('a photo between two sequences joins them; what was taught there is told', async () => {
    const late = await at('06:01:40')
    const later = await at('06:02:10')
    const early = await at('06:00:00')
    assert.notEqual(await sequence(early.mediaId), await sequence(late.mediaId))
    const before = await lastLesson(db)
    const bridge = await at('06:00:50')
    for (const one of [early, bridge, late, later]) {
      assert.equal(await sequence(one.mediaId), late.mediaId)
      assert.equal(await groupKey(one.detectionId), `s:${late.mediaId}`)
    }
    assert.deepEqual(await lessonSubjects(db, before), [early.detectionId, bridge.detectionId])
  })
  test('any order of arrival gives the same sequences', async () => {
    const times = ['06:00:00', '06:00:40', '06:01:20', '06:03:00', '06:03:59', '06:05:00']
    const expected = [[0, 1, 2], [3, 4], [5]]
    const orders = [
      [0, 1, 2, 3, 4, 5],
      [5, 4, 3, 2, 1, 0],
      [2, 0, 4, 1, 5, 3],
      [1, 4, 0, 3, 5, 2],
    ]
    for (const [index, order] of orders.entries()) {
      const found = new Map<number | null, number[]>()
      const media = new Map<number, number>()
      for (const i of order) media.set(i, (await at(times[i]!, `camera ${index + 10}`)).mediaId)
      for (const i of times.keys()) {
        const id = await sequence(media.get(i)!)
        found.set(id, [...(found.get(id) ?? []), i])
      }
      assert.deepEqual([...found.values()], expected)
      assert.deepEqual(
        [...found.keys()],
        expected.map((group) => Math.min(...group.map((i) => media.get(i)!))),
      )
    }
  })
  test('photos of one camera added at once', async () => {
    const added = await Promise.all(Array.from({ length: 20 }, (_, i) => at(`06:${String(i).padStart(2, '0')}:00`)))
    const ids = new Set(await Promise.all(added.map((one) => sequence(one.mediaId))))
    assert.equal(ids.size, 1)
    const keys = new Set(await Promise.all(added.map((one) => groupKey(one.detectionId))))
    assert.deepEqual([...keys], [`s:${Math.min(...added.map((one) => one.mediaId))}`])
  })
  test('a group overrides the sequence', async () => {
    const a = await at('06:00:00', 'camera 1', { group: 'fox 7' })
    const b = await at('06:00:30')
    assert.equal(await groupKey(a.detectionId), 'g:fox 7')
    assert.equal(await groupKey(b.detectionId), `s:${a.mediaId}`)
  })
  test('deployments are listed by name', async () => {
    await at('06:00:00', 'b')
    await at('06:00:00', 'a')
    await at('06:00:00', 'b')
    const listed = await listDeployments(db)
    assert.deepEqual(
      listed.map((one) => one.name),
      ['a', 'b'],
    )
    assert.equal((await getDeployments(db, [listed[1]!.id])).get(listed[1]!.id)?.name, 'b')
  })
})
