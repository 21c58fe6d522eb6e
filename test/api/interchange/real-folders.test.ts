// Folders that camtrapR makes, against ../shared/data/interchange/expected.json, and whether each entry of that list is
// compared by a test. Skipped by name where those files are not there.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { factsOfFolders } from '../../../api/photos/labels/folder-labels.ts'
import { planListed as planImport } from '../../support/importing.ts'
import { shared, without } from '../../support/shared.ts'

const root = shared('data/interchange')
const options = { skip: without('data/interchange') }
type Counted = Record<string, unknown>
// Written by check/expected.py.
const expected = (options.skip ? {} : JSON.parse(readFileSync(join(root, 'expected.json'), 'utf8'))) as Record<
  string,
  Counted
>

function countOf(names: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

test('camtrapR: photos in folders of stations and species', options, async () => {
  const wanted = expected['camtrapr/sample_images_species_dir'] ?? {}
  const plan = await planImport(join(root, 'camtrapr/sample_images_species_dir'), {
    labelling: 'labelled',
    ignoreBoxes: false,
    splits: [],
    factsOfFolders: async ({ root: name, folders, labelling }) =>
      folders.map((parts) => factsOfFolders(name, parts, labelling, () => false)),
  })
  const isVideo = (path: string | undefined) => /\.(avi|mp4|mov)$/i.test(path ?? '')
  const photos = plan.photos.filter(({ facts }) => !isVideo(facts.path))
  assert.equal(photos.length, wanted.photos)
  assert.equal(plan.photos.length - photos.length, wanted.videos)
  assert.deepEqual(countOf(photos.map(({ facts }) => facts.path?.split('/')[0] ?? '')), wanted.stations)
  // "UNID" is nobody's name.
  const { UNID, ...species } = wanted.species as Record<string, number> // counts
  assert.deepEqual(countOf(photos.flatMap(({ facts }) => facts.folders?.at(-1) ?? [])), species)
  assert.equal(photos.filter(({ facts }) => facts.folders === undefined).length, UNID)
})

test('every file that was counted is compared', options, () => {
  const compared =
    /^(megadetector|speciesnet|coco|coco-camera-traps|cvat|voc|yolo|roboflow\/(voc|yolo)|label-studio|fiftyone|dwca|timelapse)\/|^(camtrap-dp\/(addaxai|mica-0\.1\.6)\/|wildlife-insights\/|inaturalist\/observations-(export|dwca)\.csv|camtrapr\/sample_images_species_(dir|tag)|xmp\/(adobe|digikam)-style\/.*)$/
  assert.deepEqual(
    Object.keys(expected).filter((path) => !compared.test(path)),
    [],
  )
})
