// What is claimed of photos from unknown cameras on the first day, as ceilings: a small part of what
// `npm run eval -- --day-one` measures. Embeddings are kept under .cache/, as the evaluation keeps them.

import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { readLibrary, readStrangers } from '../../api/commands/evaluation/library.ts'
import { readReference } from '../../api/installation/reference.ts'
import { type DayOne, nameOneSpecies, oneSpeciesOf, wrongStops } from '../../classifiers/evaluation/day-one.ts'
import { ClavisMethod } from '../../classifiers/evaluation/methods.ts'
import { Reuse, shareCosines } from '../../classifiers/evaluation/reuse.ts'
import type { Pair } from '../../classifiers/evaluation/strangers.ts'
import { random, shuffled } from '../../classifiers/seeded-random.ts'
import { BUNDLED_MODELS, DEFAULT_DETECTOR, openModels } from '../../indexer/models/models.ts'
import { shared, without } from '../support/shared.ts'

type Row = Record<string, string> & { path: string }

/** The net that most installations begin with: it takes half the time of the other. */
const EMBEDDER = 'efficientnet-lite2-int8'
const SPECIES = 12
const PHOTOS_EACH = 12
/** Of each stranger's species, and of vehicles, empty scenes and background. */
const STRANGERS_EACH = 14
const NOTHINGS = 30
const NAMED = ['Vulpes vulpes', 'Odocoileus virginianus', 'Sus scrofa', 'Ardea cinerea']
const LIBRARY = 'data/library'
const DAY_ONE = 'data/dayone'

async function rowsOf(file: string): Promise<Row[]> {
  return parse(await readFile(file), { columns: true, bom: true })
}

describe('on the first day', { skip: without(LIBRARY, DAY_ONE) }, () => {
  let folder: string
  let input: DayOne
  const some = (rows: readonly Row[], count: number) => shuffled(rows, random(1)).slice(0, count)

  /** Writes the rows with the paths that they have from here. */
  async function write(name: string, from: string, rows: readonly Row[]): Promise<string> {
    const file = join(folder, name)
    await writeFile(
      file,
      stringify(
        rows.map((row) => ({ ...row, path: join('shared', from, row.path) })),
        { header: true },
      ),
    )
    return file
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clavis-day-one-'))
    await symlink(shared('.'), join(folder, 'shared'))
    const library = (await rowsOf(join(shared(LIBRARY), 'library.csv'))).filter(({ split }) => split === 'train')
    const species = shuffled([...new Set(library.map((row) => row.species!))], random(1)).slice(0, SPECIES)
    const known = species.flatMap((name) =>
      some(
        library.filter((row) => row.species === name),
        PHOTOS_EACH,
      ),
    )
    const unknown = (await rowsOf(join(shared(DAY_ONE), 'dayone.csv'))).filter(({ domain }) => domain === 'trap')
    const strange = [
      ...NAMED.flatMap((name) =>
        some(
          unknown.filter((row) => row.species === name),
          STRANGERS_EACH,
        ),
      ),
      ...some(
        unknown.filter(({ kind }) => kind !== 'animal'),
        NOTHINGS,
      ),
    ]
    const models = await openModels({
      folders: [BUNDLED_MODELS],
      detector: DEFAULT_DETECTOR,
      embedder: EMBEDDER,
      threads: 1,
      device: 'cpu',
    })
    try {
      const read = await readLibrary(await write('library.csv', LIBRARY, known), models, () => {})
      const { taxa, strangers } = await readStrangers(
        await write('strange.csv', DAY_ONE, strange),
        read,
        models,
        () => {},
      )
      const embeddings = [...read.photos, ...strangers].map(({ embedding }) => embedding)
      const reuse = new Reuse(shareCosines(embeddings))
      const reference = await readReference([BUNDLED_MODELS], EMBEDDER)
      input = { taxa, photos: read.photos, strangers, reference, reuse }
    } finally {
      await models.close()
    }
  })
  after(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  function below(what: string, { today, capped }: Pair, ceiling: number): void {
    assert.ok(capped.mean <= ceiling, `${what}: ${capped.mean} is above ${ceiling} (${today.mean} without the cap)`)
  }

  it('says little that is wrong of strangers before one of them is named', () => {
    const { taxa, photos, strangers, reference, reuse } = input
    for (const { shown, pool, asked, wrong } of wrongStops(
      new ClavisMethod(reference, taxa, photos, [], reuse),
      strangers,
    ))
      below(`${shown}, ${pool}, ${asked}`, wrong, pool === 'import' ? (asked === 0.8 ? 0.1 : 0.05) : 0.25)
  })

  it('finds a species that was named once or five times, and claims few others', () => {
    const rows = oneSpeciesOf([nameOneSpecies(input, 0, { shots: [1, 5] })])
    assert.deepEqual(
      rows.map(({ photos, asked, species }) => [photos, asked, species]),
      [
        [1, 0.8, 4],
        [1, 0.95, 4],
        [5, 0.8, 4],
        [5, 0.95, 4],
      ],
    )
    for (const { photos, asked, others, nothings, hits } of rows.filter(({ asked }) => asked === 0.8)) {
      below(`others, ${photos} photos, ${asked}`, others, 0.2)
      below(`nothings, ${photos} photos, ${asked}`, nothings, 0.1)
      assert.ok(hits.capped.mean >= (photos === 1 ? 0.4 : 0.8), `${photos} photos: found ${hits.capped.mean}`)
    }
  })
})
