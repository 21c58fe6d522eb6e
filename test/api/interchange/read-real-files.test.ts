// Readers of other programs' formats against real files: every number of ../shared/data/interchange/expected.json,
// which was counted without any of this code. Skipped by name where those files are not there.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openFile, openFolder, openZip } from '../../../api/interchange/exchange/file-sets.ts'
import { recognise } from '../../../api/interchange/exchange/recognise.ts'
import type { ExchangeRecord, PhotoRecord, Statement } from '../../../api/interchange/exchange/records.ts'
import { shared, without } from '../../support/shared.ts'

const root = shared('data/interchange')
const options = { skip: without('data/interchange', 'data/camtrap-dp-example') }
type Numbers = Record<string, never>
// Written by check/expected.py; each test reads the fields of its own format.
const expected = (options.skip ? {} : JSON.parse(readFileSync(join(root, 'expected.json'), 'utf8'))) as Record<
  string,
  Numbers
>

async function readAll(path: string, reader: string): Promise<ExchangeRecord[]> {
  const at = join(root, path)
  const isZip = path.endsWith('.zip')
  const isFile = /\.\w{3,4}$/.test(path) && !isZip
  const files = isZip ? await openZip(at) : isFile ? openFile(at) : await openFolder(at, (name) => name.startsWith('.'))
  try {
    const found = (await recognise(files)).find((one) => one.reader.name === reader)
    assert.ok(found, `${path} is not recognised as ${reader}`)
    const records: ExchangeRecord[] = []
    for await (const record of found.reader.read(files, found.paths, {})) records.push(record)
    return records
  } finally {
    files.close()
  }
}

const photosOf = (records: ExchangeRecord[]) => records.filter((one): one is PhotoRecord => one.type === 'photo')
const boxesOf = (photos: PhotoRecord[]) => photos.flatMap((photo) => photo.boxes)
const videosOf = (records: ExchangeRecord[]) => records.filter((one) => one.type === 'leftOut' && /video/.test(one.why))
function count(names: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
const labels = (statements: Statement[]) => count(statements.map((one) => one.taxon.label))
const of = (path: string): Record<string, unknown> => expected[path] ?? {}

for (const path of Object.keys(expected).filter((one) => one.startsWith('megadetector/')))
  test(`MegaDetector: ${path}`, options, async () => {
    const records = await readAll(path, 'megadetector')
    const wanted = of(path)
    const photos = photosOf(records)
    const videos = videosOf(records)
    const about = records.find((one) => one.type === 'about')
    assert.equal(about?.version, String(wanted.format_version))
    assert.equal(photos.length + videos.length, wanted.entries)
    assert.equal(videos.length, wanted.videos)
    // Videos that failed are videos first.
    const failures = photos.filter((one) => one.failure !== null).length
    assert.ok(failures === wanted.failures || failures + 1 === wanted.failures)
    const boxes = boxesOf(photos)
    // A video's boxes are left out with it.
    if (wanted.videos === 0) {
      assert.equal(boxes.length, wanted.detections)
      assert.equal(photos.filter((one) => one.searched && one.boxes.length === 0).length, wanted.no_detections)
      assert.equal(boxes.filter((one) => one.suppressed).length, wanted.negative_conf)
      assert.equal(boxes.filter((one) => one.statements.length > 0).length, wanted.classified)
      assert.deepEqual(labels(boxes.flatMap((one) => one.statements)), wanted.top_classes)
      // AddaxAI 6 says it of the photo, which the count does not see.
      const checked = path.includes('v6-style') ? 6 : wanted.verified
      assert.equal(boxes.flatMap((one) => one.statements).filter((one) => one.verified).length, checked)
    }
    const v6 = path.includes('v6-style')
    // There the class's score stands where the detector's was.
    if (wanted.videos === 0 && !v6)
      assert.equal(boxes.filter((one) => !one.suppressed && (one.confidence ?? 0) >= 0.2).length, wanted.at_least_0_2)
    if (wanted.videos === 0 && !v6) assert.deepEqual(count(boxes.map((one) => one.kind)), wanted.by_category)
  })

test('AddaxAI 6 is read as the boxes that AddaxAI 7 writes, once its changes are undone', options, async () => {
  const six = photosOf(await readAll('megadetector/addaxai/image_recognition_file-v6-style.json', 'megadetector'))
  const seven = photosOf(await readAll('megadetector/addaxai/addaxai-recognitions.json', 'megadetector'))
  const plain = (photos: PhotoRecord[]) =>
    photos.map(({ path, boxes }) => ({
      path,
      boxes: boxes.map(({ bbox, kind, confidence }) => ({ bbox, kind, confidence })),
    }))
  assert.deepEqual(plain(six), plain(seven))
})

for (const path of Object.keys(expected).filter((one) => one.startsWith('speciesnet/')))
  test(`SpeciesNet: ${path}`, options, async () => {
    const wanted = of(path)
    const photos = photosOf(await readAll(path, 'speciesnet'))
    assert.equal(photos.length, wanted.entries)
    assert.equal(photos.filter((one) => one.failure !== null).length, wanted.failures)
    const boxes = boxesOf(photos)
    assert.equal(boxes.length, wanted.detections)
    assert.equal(boxes.filter((one) => (one.confidence ?? 0) >= 0.2).length, wanted.at_least_0_2)
    assert.deepEqual(count(boxes.map((one) => (one.kind === 'person' ? 'human' : one.kind))), wanted.by_label)
    const said = [...boxes, ...photos].flatMap((one) => one.statements)
    if (!path.includes('classifier_only')) assert.deepEqual(labels(said), wanted.final)
    else assert.equal(said.length, wanted.image_level_classifications)
    assert.ok(said.every((one) => !one.verified))
  })

test('Camtrap DP as AddaxAI writes it', options, async () => {
  const wanted = of('camtrap-dp/addaxai/')
  const records = await readAll('camtrap-dp/addaxai', 'camtrap-dp')
  const photos = photosOf(records)
  assert.equal(records.filter((one) => one.type === 'deployment').length, wanted.deployments)
  assert.equal(photos.length, wanted.media)
  assert.equal(boxesOf(photos).length, wanted.boxes)
  assert.equal(records.filter((one) => one.type === 'event').length, 6)
  assert.equal(photos.filter((one) => one.empty !== null).length, 3)
})

test('Camtrap DP 0.1.6 is refused with a sentence', options, async () => {
  await assert.rejects(readAll('camtrap-dp/mica-0.1.6', 'camtrap-dp'), /version 0\.1\.6/)
})

test('Camtrap DP: the example of the standard', options, async () => {
  const records = await readAll('../camtrap-dp-example', 'camtrap-dp')
  const photos = photosOf(records)
  assert.equal(records.filter((one) => one.type === 'deployment').length, 4)
  assert.equal(photos.length, 423)
  assert.equal(records.filter((one) => one.type === 'event').length, 36)
  assert.equal(photos.filter((one) => one.path.startsWith('http')).length, 413)
  const here = photos.filter((one) => !one.path.startsWith('http'))
  assert.equal(boxesOf(photos).length, 20)
  const boxes = boxesOf(here)
  assert.equal(boxes.length, 10)
  assert.deepEqual(labels(boxes.flatMap((one) => one.statements)), { Ardea: 10 })
  assert.equal(boxes.flatMap((one) => one.statements)[0]?.taxon.rank, 'genus')
  assert.ok(boxes.flatMap((one) => one.statements).every((one) => !one.verified && (one.score ?? 0) >= 0.85))
  assert.equal(here.flatMap((one) => one.statements).filter((one) => one.verified).length, 0)
})

test('Wildlife Insights', options, async () => {
  const wanted = of('wildlife-insights/')
  const records = await readAll('wildlife-insights', 'wildlife-insights')
  const photos = photosOf(records)
  assert.equal(records.filter((one) => one.type === 'deployment').length, wanted.deployments)
  assert.equal(new Set(photos.map((one) => one.deployment)).size, wanted.deployments_with_images)
  assert.equal(photos.length, wanted.images)
  assert.equal(photos.filter((one) => one.empty !== null).length, wanted.blanks)
  assert.deepEqual(labels(photos.flatMap((one) => one.statements)), wanted.taxa)
})

for (const path of Object.keys(expected).filter((one) => one.startsWith('coco')))
  test(`COCO: ${path}`, options, async () => {
    const wanted = of(path)
    const photos = photosOf(await readAll(path, 'coco'))
    assert.equal(photos.length, wanted.images)
    const boxes = boxesOf(photos)
    assert.equal(boxes.length, wanted.boxes)
    const said = [...boxes, ...photos].flatMap((one) => one.statements)
    const kinds = boxes.filter((one) => one.statements.length === 0).map((one) => one.kind)
    assert.deepEqual({ ...count(kinds), ...labels(said) }, wanted.labels)
    assert.equal(
      photos.filter((one) => one.boxes.length === 0 && one.statements.length === 0 && one.empty === null).length,
      wanted.images_without,
    )
    assert.equal(new Set(photos.flatMap((one) => one.deployment ?? [])).size, wanted.locations)
  })

for (const path of Object.keys(expected).filter((one) => one.startsWith('cvat/')))
  test(`CVAT: ${path}`, options, async () => {
    const wanted = of(path)
    const records = await readAll(path, 'cvat')
    const photos = photosOf(records)
    assert.equal(photos.length, wanted.images)
    const boxes = boxesOf(photos)
    const named = boxes.map((one) => one.statements[0]?.taxon.label ?? one.kind)
    assert.deepEqual(count(named), wanted.boxes)
    const shapes = records.flatMap(
      (one) => /^(\d+) of the shape (\w+)$/.exec(one.type === 'leftOut' ? one.what : '') ?? [],
    )
    assert.equal(shapes.length / 3, Object.keys(wanted.other_shapes ?? {}).length)
  })

for (const path of Object.keys(expected).filter((one) => /(^voc|\/voc)\//.test(one)))
  test(`Pascal VOC: ${path}`, options, async () => {
    const wanted = of(path)
    const photos = photosOf(await readAll(path, 'voc'))
    assert.equal(photos.length, wanted.files)
    const boxes = boxesOf(photos)
    assert.deepEqual(count(boxes.map((one) => one.statements[0]?.taxon.label ?? one.kind)), wanted.objects)
  })

for (const path of Object.keys(expected).filter((one) => /(^yolo|\/yolo)\//.test(one)))
  test(`YOLO: ${path}`, options, async () => {
    const wanted = of(path)
    const records = photosOf(await readAll(path, 'yolo'))
    assert.equal(records.length, wanted.files)
    assert.equal(
      boxesOf(records).length,
      Object.values(wanted.boxes ?? {}).reduce((a, b) => a + b, 0),
    )
  })

test('YOLO: names come from the data.yaml around the labels', options, async () => {
  const photos = photosOf(await readAll('yolo/squirrels-datumaro', 'yolo'))
  assert.equal(boxesOf(photos).filter((one) => one.kind === 'animal').length, 14)
  assert.match(photos[0]?.path ?? '', /^images\/train\//)
  const roboflow = photosOf(await readAll('roboflow/yolo', 'yolo'))
  assert.deepEqual(labels(boxesOf(roboflow).flatMap((one) => one.statements)), { label_0: 2, label_1: 2 })
})

for (const path of Object.keys(expected).filter((one) => one.startsWith('label-studio/')))
  test(`Label Studio: ${path}`, options, async () => {
    const wanted = of(path)
    const photos = photosOf(await readAll(path, 'label-studio'))
    assert.equal(photos.length, wanted.tasks)
    const boxes = boxesOf(photos)
    assert.deepEqual({ rectanglelabels: boxes.length }, wanted.results)
    assert.deepEqual(count(boxes.map((one) => one.statements[0]?.taxon.label ?? one.kind)), wanted.labels)
    if (path.includes('full')) assert.equal(new Set(boxes.map((one) => one.statements[0]?.by)).size, 2)
  })

for (const path of Object.keys(expected).filter((one) => one.startsWith('fiftyone/')))
  test(`FiftyOne: ${path}`, options, async () => {
    const wanted = of(path)
    const photos = photosOf(await readAll(path, 'fiftyone'))
    assert.equal(photos.length, wanted.samples)
    assert.equal(boxesOf(photos).length, wanted.boxes)
  })

for (const path of Object.keys(expected).filter((one) => one.startsWith('dwca/')))
  test(`Darwin Core: ${path}`, options, async () => {
    const core = of(path)['core Occurrence'] as { rows: number; names: Record<string, number> } // of the counted file
    const media = of(path)['extension Multimedia'] as { rows: number; media: number } | undefined // where there is one
    const records = await readAll(path, 'dwca')
    const events = records.filter((one) => one.type === 'event')
    assert.equal(events.length, core.rows)
    assert.deepEqual(labels(events.flatMap((one) => one.statements)), core.names)
    const photos = photosOf(records)
    assert.equal(photos.length, media?.media ?? 0)
    assert.equal(photos.flatMap((one) => one.statements).length, media?.rows ?? 0)
  })

test('iNaturalist', options, async () => {
  const wanted = of('inaturalist/observations-export.csv')
  const records = await readAll('inaturalist/observations-export.csv', 'inaturalist')
  const photos = photosOf(records)
  assert.equal(photos.length + records.filter((one) => one.type === 'leftOut').length, wanted.rows)
  const said = photos.flatMap((one) => one.statements)
  assert.equal(Object.keys(labels(said)).length, wanted.names)
  assert.equal(said.filter((one) => one.by === 'iNaturalist community').length, 43)
  const dwc = await readAll('inaturalist/observations-dwca.csv', 'dwca')
  assert.equal(dwc.filter((one) => one.type === 'event').length, of('inaturalist/observations-dwca.csv').rows)
})

test('camtrapR', options, async () => {
  const records = await readAll('camtrapr/recordTableSample.csv', 'camtrapr')
  assert.equal(photosOf(records).length, 39)
  assert.equal(
    (await readAll('camtrapr/camtraps.csv', 'camtrapr')).filter((one) => one.type === 'deployment').length,
    3,
  )
})

test('keywords in photos and in sidecars', options, async () => {
  const wanted = of('camtrapr/sample_images_species_tag')
  const photos = photosOf(await readAll('camtrapr/sample_images_species_tag', 'keywords'))
  assert.equal(photos.length, wanted.photos)
  const tags = count(photos.flatMap((one) => one.statements.map((said) => `Species|${said.taxon.label}`)))
  assert.deepEqual(tags, wanted.tags)
  for (const style of ['adobe', 'digikam']) {
    const sidecars = photosOf(await readAll(`xmp/${style}-style`, 'keywords'))
    assert.deepEqual(
      sidecars.map((one) => one.statements.map((said) => said.taxon.label)),
      [['Malay Civet'], ['Leopard Cat'], ['unidentified']],
    )
  }
})

for (const path of Object.keys(expected).filter((one) => one.startsWith('timelapse/')))
  test(`Timelapse: ${path}`, options, async () => {
    const wanted = of(path)
    const photos = photosOf(await readAll(path, 'timelapse'))
    assert.equal(photos.length, wanted.rows)
    assert.deepEqual(labels(photos.flatMap((one) => one.statements)), wanted.labelled)
  })
