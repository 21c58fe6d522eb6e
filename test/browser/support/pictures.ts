// Photos for the browser walks: labelled folders, unlabelled photos, some of a species without a label, and a file that
// is not a photo. Real photos are used if ../shared/data exists, drawn ones otherwise.

import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { shared } from '../../support/shared.ts'

export type Pictures = {
  kind: 'real' | 'drawn'
  /** Contains one folder per species. */
  labelled: string
  species: number
  photos: number
  plain: string[]
  stranger: { name: string; files: string[] }
  broken: string
}

const LIBRARY = shared('data/library/photos')
const KNOWN = [
  'Danaus_plexippus',
  'Vanessa_atalanta',
  'Corvus_brachyrhynchos',
  'Macaca_fuscata',
  'Abramis_brama',
  'Icteria_virens',
]
const STRANGER = 'Phoebastria_immutabilis'
const EACH = 10
const PLAIN_EACH = 3

async function realPictures(root: string, plainEach: number): Promise<Pictures> {
  const labelled = join(root, 'known animals')
  const plainFolder = join(root, 'plain')
  await mkdir(plainFolder, { recursive: true })
  const plain: string[] = []
  const copy = async (from: string, folder: string) => {
    const to = join(folder, basename(from))
    await cp(from, to)
    return to
  }
  for (const species of KNOWN) {
    const files = (await readdir(join(LIBRARY, species))).sort().map((name) => join(LIBRARY, species, name))
    await mkdir(join(labelled, species), { recursive: true })
    for (const file of files.slice(0, EACH)) await copy(file, join(labelled, species))
    for (const file of files.slice(-plainEach)) plain.push(await copy(file, plainFolder))
  }
  const strangers = (await readdir(join(LIBRARY, STRANGER))).sort().slice(0, 3)
  const files = await Promise.all(strangers.map((name) => copy(join(LIBRARY, STRANGER, name), plainFolder)))
  return {
    kind: 'real',
    labelled,
    species: KNOWN.length,
    photos: KNOWN.length * EACH,
    plain: [...plain, ...files],
    stranger: { name: STRANGER.replace('_', ' '), files },
    broken: '',
  }
}

async function drawnPictures(root: string, plainEach: number): Promise<Pictures> {
  const labelled = join(root, 'known animals')
  const plainFolder = join(root, 'plain')
  await mkdir(plainFolder, { recursive: true })
  const species = { Rubrus_primus: COLOURS.red, Viridis_secundus: COLOURS.green, Caeruleus_tertius: COLOURS.blue }
  const plain: string[] = []
  let seed = 1
  for (const [name, colour] of Object.entries(species)) {
    await mkdir(join(labelled, name), { recursive: true })
    for (let i = 0; i < EACH; i++)
      await writeFile(
        join(labelled, name, `${i}.jpg`),
        await drawAnimal(colour, { seed: seed++, width: 320, height: 320 }),
      )
    for (let i = 0; i < plainEach * 2; i++) {
      const file = join(plainFolder, `${name}-${i}.jpg`)
      await writeFile(file, await drawAnimal(colour, { seed: seed++, width: 320, height: 320 }))
      plain.push(file)
    }
  }
  const files = [join(plainFolder, 'stranger.jpg')]
  await writeFile(files[0]!, await drawAnimal(COLOURS.magenta, { seed: seed++, width: 320, height: 320 }))
  const photos = Object.keys(species).length * EACH
  const stranger = { name: 'Purpureus novus', files }
  return { kind: 'drawn', labelled, species: 3, photos, plain: [...plain, ...files], stranger, broken: '' }
}

/**
 * `plainEach` is the number of unlabelled photos for each real species. Drawn species get twice as many, because there
 * are half as many of them.
 */
export async function gatherPictures(plainEach = PLAIN_EACH): Promise<Pictures> {
  const root = await mkdtemp(join(tmpdir(), 'clavis-pictures-'))
  const pictures = existsSync(LIBRARY) ? await realPictures(root, plainEach) : await drawnPictures(root, plainEach)
  const broken = join(root, 'broken.jpg')
  await writeFile(broken, Buffer.from('This was a photo once, but its card was formatted.'))
  return { ...pictures, broken }
}
