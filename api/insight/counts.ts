// Counted rows as the answers of insight: sums up the taxonomy, bins with their limits, cameras and places in order.

import type { ActivityCell, Bin, PlaceCount, TaxonCount as TaxonRow } from '../../db/insight/counts.ts'
import { RANKS } from '../../db/schema.ts'
import type {
  ActivityInsight,
  DeploymentsInsight,
  HistogramInsight,
  TaxaInsight,
  TaxonCount,
} from '../contract/insight.ts'
import type { Taxon } from '../contract/taxon.ts'

const MOST_PLACES = 2000

/** Adds animals to every taxon above theirs; taxa come before those below them. */
export function taxaOf(counts: readonly TaxonRow[], find: (id: number | null) => Taxon | null): TaxaInsight {
  const found = new Map<string, TaxonCount & { depth: number }>()
  let animals = 0
  let nameless = 0
  for (const { taxonId, identified, suggested } of counts) {
    animals += identified + suggested
    const taxon = find(taxonId)
    if (taxon === null) {
      nameless += identified + suggested
      continue
    }
    const path = [...taxon.path, taxon]
    path.forEach((step, depth) => {
      const one = found.get(step.id) ?? {
        id: step.id,
        parentId: path[depth - 1]?.id ?? null,
        name: step.name,
        commonName: null,
        rank: step.rank,
        identified: 0,
        suggested: 0,
        own: 0,
        depth,
      }
      one.identified += identified
      one.suggested += suggested
      found.set(step.id, one)
    })
    const own = found.get(taxon.id)
    if (own) own.own += identified + suggested
  }
  for (const one of found.values()) one.commonName = find(Number(one.id))?.commonName ?? null
  const size = (one: TaxonCount) => one.identified + one.suggested
  const taxa = [...found.values()]
    .sort((a, b) => a.depth - b.depth || size(b) - size(a) || a.name.localeCompare(b.name, 'en'))
    .map(({ depth: _, ...one }) => one)
  const ranks = RANKS.flatMap((rank) => {
    const ofRank = taxa.filter((one) => one.rank === rank)
    return ofRank.length === 0
      ? []
      : [{ rank, taxa: ofRank.length, animals: ofRank.reduce((sum, one) => sum + size(one), 0) }]
  })
  return { animals, nameless, taxa, ranks }
}

export function histogramOf({ bins, without }: { bins: readonly Bin[]; without: number }): HistogramInsight {
  return {
    animals: without + bins.reduce((sum, one) => sum + one.identified + one.unidentified, 0),
    without,
    bins: bins.map(({ bin, ...counts }) => ({ from: bin / bins.length, to: (bin + 1) / bins.length, ...counts })),
  }
}

export function activityOf(cells: readonly ActivityCell[]): ActivityInsight {
  const grid = Array.from({ length: 12 }, () => new Array<number>(24).fill(0))
  let untimed = 0
  for (const { month, hour, animals } of cells) {
    if (month === null || hour === null) untimed += animals
    else grid[month - 1]![hour]! += animals
  }
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  const months = grid.map(sum)
  const hours = Array.from({ length: 24 }, (_, hour) => sum(grid.map((row) => row[hour]!)))
  return { animals: sum(months) + untimed, untimed, hours, months, cells: grid }
}

const earlier = (a: string | null, b: string | null) => (a === null ? b : b === null || a < b ? a : b)
const later = (a: string | null, b: string | null) => (a === null ? b : b === null || a > b ? a : b)

export function placesOf(rows: readonly PlaceCount[]): DeploymentsInsight {
  const cameras = new Map<string | null, DeploymentsInsight['deployments'][number]>()
  const places: DeploymentsInsight['places'] = []
  let unplaced = 0
  for (const { deployment, latitude, longitude, photos, animals, identified, firstAt, lastAt } of rows) {
    const none = { name: deployment, photos: 0, animals: 0, identified: 0, firstDay: null, lastDay: null }
    const camera = cameras.get(deployment) ?? none
    cameras.set(deployment, {
      name: deployment,
      photos: camera.photos + photos,
      animals: camera.animals + animals,
      identified: camera.identified + identified,
      firstDay: earlier(camera.firstDay, firstAt),
      lastDay: later(camera.lastDay, lastAt),
    })
    if (latitude === null || longitude === null) unplaced += photos
    else places.push({ latitude, longitude, deployment, photos, animals })
  }
  const deployments = [...cameras.values()].sort(
    (a, b) => b.photos - a.photos || (a.name ?? '').localeCompare(b.name ?? '', 'en'),
  )
  places.sort((a, b) => b.photos - a.photos || a.latitude - b.latitude || a.longitude - b.longitude)
  const total = (key: 'photos' | 'animals') => deployments.reduce((sum, one) => sum + one[key], 0)
  return {
    photos: total('photos'),
    animals: total('animals'),
    deployments,
    places: places.slice(0, MOST_PLACES),
    placesLeftOut: Math.max(0, places.length - MOST_PLACES),
    unplaced,
  }
}
