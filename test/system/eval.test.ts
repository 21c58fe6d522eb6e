// The whole evaluation on a small drawn library: its figures have stable names, and an interrupted run continues.

import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { evalCommand } from '../../api/commands/evaluation/eval.ts'
import { readConfig } from '../../api/config.ts'
import { COLOURS, drawPhoto } from '../support/photos.ts'
import { writeTestModels } from '../support/test-models.ts'

const SPECIES = ['red', 'green', 'blue', 'yellow', 'magenta', 'cyan'] as const
const PHOTOS_EACH = 10
const home = process.cwd()
let folder: string

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clavis-eval-'))
  await mkdir(join(folder, 'models'))
  await writeTestModels(join(folder, 'models'))
  const rows = ['path,class,genus,species,group,split,bboxes']
  for (const [s, colour] of SPECIES.entries()) {
    for (let k = 0; k < PHOTOS_EACH; k++) {
      const path = `${colour}-${k}.jpg`
      await writeFile(
        join(folder, path),
        await drawPhoto([{ cell: [1, 1], colour: COLOURS[colour] }], { seed: s * 100 + k }),
      )
      const genus = `Genus${s >> 1}`
      rows.push(
        `${path},Colores,${genus},${genus} ${colour},${colour}${k >> 1},${k < 7 ? 'train' : 'test'},0.25 0.25 0.25 0.25`,
      )
    }
  }
  await writeFile(join(folder, 'library.csv'), rows.join('\n'))
  await writeFile(
    join(folder, 'more.csv'),
    'class,genus,species\nColores,Genus0,Genus0 pink\nColores,Genus9,Genus9 grey\nColores,Genus1,Genus1 blue\n',
  )
  // The evaluation caches embeddings in the working folder.
  process.chdir(folder)
})
after(async () => {
  process.chdir(home)
  await rm(folder, { recursive: true, force: true })
})

async function run(...options: string[]) {
  const config = readConfig({ DATA_DIR: folder, DETECTOR: 'test-detector' })
  const json = join(folder, 'report.json')
  const code = await evalCommand(['library.csv', '--model', 'test-embedder', '--json', json, ...options], config)
  assert.equal(code, 0)
  return JSON.parse(await readFile(json, 'utf8'))
}

test('every part is measured under its name, and untaught taxa take nothing from known animals', async () => {
  const options = ['--noise', '0.2', '--shots', '1,2', '--hold-out-taxa', '0.34', '--untaught', 'more.csv']
  const report = await run(...options, '--baselines', 'nearestClassMean,linearDiscriminant', '--resume', 'kept')
  assert.deepEqual([report.photos, report.train, report.test, report.splits], [60, 42, 18, 'column'])
  for (const figures of [report.ours, report.baselines.nearestClassMean, report.baselines.linearDiscriminant]) {
    for (const rank of ['class', 'genus', 'species']) {
      for (const key of ['top1', 'top5', 'ece', 'eceFloor']) assert.equal(typeof figures[rank][key], 'number')
    }
    assert.ok(figures.species.top1 > 0.9, `colours are told apart: ${figures.species.top1}`)
  }
  assert.deepEqual(
    report.coverage.map(({ asked }: { asked: number }) => asked),
    [0.8, 0.9, 0.95, 0.99],
  )
  assert.deepEqual(
    report.shots.map(({ shots }: { shots: number }) => shots),
    [1, 2],
  )
  assert.deepEqual(
    report.novelty.map(({ leftOut }: { leftOut: string }) => leftOut),
    ['species', 'genus', 'family'],
  )
  for (const key of ['inMetric', 'rawCosine']) assert.equal(typeof report.similar[key], 'number')
  for (const key of ['fitSeconds', 'updateP95Ms', 'scoreP50Ms']) assert.equal(typeof report.timing[key], 'number')
  assert.equal(report.noise.share, 0.2)
  // One species in a known genus, one in a new genus; the third is the library's own.
  assert.equal(report.untaught.taxa, 3)
  assert.deepEqual(report.untaught.with, report.untaught.without)

  const again = await run(...options, '--baselines', 'nearestClassMean', '--resume', 'kept')
  const { baselines, ...rest } = report
  assert.deepEqual(again, { ...rest, baselines: { nearestClassMean: baselines.nearestClassMean } })
})

test('five splits are compared in pairs', async () => {
  const report = await run('--splits', '5', '--baselines', 'nearestClassMean')
  for (const rank of ['class', 'genus', 'species']) {
    const { intervals, differences, ours } = report
    for (const { mean, low, high } of [intervals.ours[rank], differences.nearestClassMean[rank]]) {
      assert.ok(low <= mean && mean <= high)
    }
    assert.ok(Math.abs(intervals.ours[rank].mean - ours[rank].top1) < 1e-12)
  }
})
