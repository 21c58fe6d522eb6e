// datapackage.json: what the tables are, and what they cover.

import type { Rank } from '../../../../../db/schema.ts'
import type { ExportSource, WrittenPhoto } from '../writer.ts'
import type { WrittenEvents } from './events.ts'
import type { Place } from './places.ts'

const BASE = 'https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0.2'

/** What is known of a package while its tables are written. */
export type Written = {
  source: ExportSource
  places: Map<string, Place>
  taxa: Map<
    string,
    { scientificName: string; taxonRank: Rank | undefined; vernacularNames: { eng: string } | undefined }
  >
  events: WrittenEvents
  fileOf(photo: WrittenPhoto): string
  hasIndividuals: boolean
  days: { first: string | null; last: string | null }
}

export function packageOf({ source, places, taxa, days, hasIndividuals }: Written) {
  const lat = [...places.values()].map((place) => place.latitude)
  const lon = [...places.values()].map((place) => place.longitude)
  const [west, south, east, north] =
    lat.length === 0 ? [0, 0, 0, 0] : [Math.min(...lon), Math.min(...lat), Math.max(...lon), Math.max(...lat)]
  const grids = [...places.values()].flatMap(({ row }) => row.grid ?? [])
  const today = source.createdAt.toISOString().slice(0, 10)
  const resource = (name: string) => ({
    name,
    path: `${name}.csv`,
    profile: 'tabular-data-resource',
    format: 'csv',
    mediatype: 'text/csv',
    encoding: 'utf-8',
    schema: `${BASE}/${name}-table-schema.json`,
  })
  return {
    resources: ['deployments', 'media', 'observations'].map(resource),
    profile: `${BASE}/camtrap-dp-profile.json`,
    name: 'clavis-export',
    created: source.createdAt.toISOString().replace(/\.\d+/, ''),
    title: 'Camera trap photos and identifications from Clavis',
    contributors: [{ title: 'Clavis', role: 'contributor' }],
    project: {
      title: 'Clavis',
      samplingDesign: 'opportunistic',
      captureMethod: ['activityDetection'],
      individualAnimals: hasIndividuals,
      observationLevel: ['media', 'event'],
    },
    ...(grids.length > 0 && { coordinatePrecision: Math.max(...grids) }),
    spatial: {
      type: 'Polygon',
      coordinates: [
        [
          [west, south],
          [east, south],
          [east, north],
          [west, north],
          [west, south],
        ],
      ],
    },
    temporal: { start: days.first ?? today, end: days.last ?? today },
    taxonomic: [...taxa.values()],
  }
}
