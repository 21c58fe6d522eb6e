// Makes backbone.tsv from the label file of a SpeciesNet release:
//   npx tsx api/interchange/backbone/make.ts speciesnet_labels.txt > api/interchange/backbone/backbone.tsv
// One place for each name: where the labels place a genus or a family twice, the place with more labels counts.

import { readFile } from 'node:fs/promises'
import type { Rank } from '../../../db/schema.ts'
import type { Listed } from '../listing.ts'
import { readTaxonomyFile } from '../taxonomy-files.ts'

const RANKS: Rank[] = ['class', 'order', 'family', 'genus', 'species']
/** Names that later releases of SpeciesNet and most checklists write otherwise. */
const RENAMED = new Map([['Cetartiodactyla', 'Artiodactyla']])

const file = process.argv[2]
if (file === undefined) throw new Error('Expected the label file of a SpeciesNet release.')
const { listed } = await readTaxonomyFile(await readFile(file), file, 'speciesnet')
const byKey = new Map(listed.map((one) => [one.key, one]))

/** Names from the class down; null for taxa of other ranks, and where a rank between is missing. */
function pathOf(one: Listed): string[] | null {
  const byRank = new Map<string, string>()
  for (let at: Listed | undefined = one; at; at = at.parentKey === null ? undefined : byKey.get(at.parentKey))
    byRank.set(at.rank, RENAMED.get(at.name) ?? at.name)
  const path = RANKS.slice(0, RANKS.indexOf(one.rank) + 1).map((rank) => byRank.get(rank) ?? '')
  return path.length === 0 || path.includes('') ? null : path
}

/** By rank and name, how many labels lie at each place. */
const places = new Map<string, Map<string, number>>()
const rows: { path: string[]; common: string }[] = []
for (const one of listed) {
  const path = pathOf(one)
  if (path === null) continue
  rows.push({ path, common: one.names.find(({ kind }) => kind === 'common')?.name ?? '' })
  for (const [i, name] of path.entries()) {
    const at = places.get(`${i} ${name}`) ?? new Map<string, number>()
    const above = path.slice(0, i).join('\t')
    places.set(`${i} ${name}`, at.set(above, (at.get(above) ?? 0) + 1))
  }
}

const isBest = (path: string[], i: number): boolean => {
  const at = places.get(`${i} ${path[i]}`) ?? new Map<string, number>()
  const own = at.get(path.slice(0, i).join('\t')) ?? 0
  return [...at.values()].every((labels) => labels <= own)
}

const lines = new Map<string, string>()
for (const { path, common } of rows) {
  if (!path.every((_, i) => isBest(path, i))) continue
  const cells = RANKS.map((_, i) => (i === 4 ? (path[4]?.split(' ')[1] ?? '') : (path[i] ?? '')))
  lines.set(cells.join('\t'), common)
}
process.stdout.write(
  '# Taxa of the labels of SpeciesNet 4.0.0a (Copyright Google LLC, Apache License 2.0), as make.ts wrote them.\n',
)
process.stdout.write(
  '# class, order, family, genus, epithet, common name; an empty rank before a name is that of the line above.\n',
)
let above: string[] = []
for (const [key, common] of [...lines].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const cells = key.split('\t')
  const last = cells.findLastIndex((cell) => cell !== '')
  const shared = cells.findIndex((cell, i) => cell !== above[i])
  const shown = cells.slice(0, last + 1).map((cell, i) => (i < Math.min(shared, last) ? '' : cell))
  while (common !== '' && shown.length < RANKS.length) shown.push('')
  process.stdout.write(`${[...shown, ...(common === '' ? [] : [common])].join('\t')}\n`)
  above = cells
}
