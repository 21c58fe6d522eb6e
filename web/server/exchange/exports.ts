// Exports: the formats, templates of own columns, and the address of a download under a filter.

import { queryOptions } from '@tanstack/solid-query'
import type { ExportTemplates } from '../../../api/contract/exchange/templates.ts'
import { api, bodyOf } from '../client.ts'

type Format = { name: string; title: string; says: string }

/** As GET /api/export/formats lists them, with what each is for. */
export const exportFormats: readonly Format[] = [
  { name: 'camtrap-dp', title: 'Camtrap DP', says: 'For repositories, journals and GBIF, with the photos' },
  { name: 'megadetector', title: 'MegaDetector', says: 'For Timelapse, AddaxAI and others' },
  { name: 'coco', title: 'COCO', says: 'Boxes in pixels, for training' },
  { name: 'coco-camera-traps', title: 'COCO Camera Traps', says: 'With places, times and sequences' },
  { name: 'yolo', title: 'YOLO', says: 'Label files of what people named, for training' },
  { name: 'dwca', title: 'Darwin Core Archive', says: 'Occurrences with their photos' },
  { name: 'cvat', title: 'CVAT 1.1', says: 'Boxes to correct in CVAT' },
  { name: 'label-studio', title: 'Label Studio', says: 'Tasks with annotations and predictions' },
  { name: 'fiftyone', title: 'FiftyOne', says: 'labels.json' },
  { name: 'xmp', title: 'XMP sidecars', says: 'Keywords for digiKam and Lightroom' },
  { name: 'folders', title: 'Photos in folders', says: 'A zip with a folder of photos for each taxon' },
  { name: 'wildlife-insights', title: 'Wildlife Insights', says: 'The tables of its upload form' },
  { name: 'camtrapr', title: 'camtrapR', says: 'Tables of records and stations, for R' },
  { name: 'csv', title: 'CSV', says: 'A row per animal, for spreadsheets and for Clavis' },
]

/** `filter`: what narrows the animals, by the names of the service's query. */
/** An export leaves out nothing that a view hides as probably no animal. */
export function exportAddress(format: string, filter: Readonly<Record<string, string | undefined>>): string {
  const asked = Object.entries(filter).flatMap(([name, value]) =>
    value === undefined || (name === 'unlikely' && value === 'show') ? [] : [[name, value]],
  )
  const photos = format === 'camtrap-dp' || format === 'folders' ? [['photos', 'true']] : []
  if (format === 'csv') return `/api/export.csv?${new URLSearchParams(asked)}`
  return `/api/export?${new URLSearchParams([['format', format], ...asked, ...photos])}`
}

export const exportTemplates = () =>
  queryOptions({
    queryKey: ['export-templates'],
    queryFn: ({ signal }) => bodyOf(api.export.templates.$get({}, { init: { signal } })),
  })

export const saveTemplates = (json: ExportTemplates) => bodyOf(api.export.templates.$put({ json }))
