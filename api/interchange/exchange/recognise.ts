// Which formats a folder, a zip or a file holds, by content. More specific formats come first.

import { decodeText } from '../plain-text.ts'
import { camtrapDp } from './camera-traps/camtrap-dp.ts'
import { camtrapr } from './camera-traps/camtrapr.ts'
import { timelapse } from './camera-traps/timelapse.ts'
import { wildlifeInsights } from './camera-traps/wildlife-insights.ts'
import { coco } from './datasets/coco.ts'
import { cvat } from './datasets/cvat.ts'
import { fiftyone } from './datasets/fiftyone.ts'
import { labelStudio } from './datasets/label-studio.ts'
import { voc } from './datasets/voc.ts'
import { yolo } from './datasets/yolo.ts'
import { megadetector } from './detections/megadetector.ts'
import { speciesnet } from './detections/speciesnet.ts'
import { type FileSet, headOf, type Reader } from './reader.ts'
import { darwinCore } from './tables/darwin-core.ts'
import { inaturalist } from './tables/inaturalist.ts'
import { keywords } from './tables/keywords.ts'

export const READERS: readonly Reader[] = [
  megadetector,
  speciesnet,
  camtrapDp,
  darwinCore,
  coco,
  labelStudio,
  fiftyone,
  cvat,
  voc,
  yolo,
  wildlifeInsights,
  timelapse,
  inaturalist,
  camtrapr,
  keywords,
]

export type Recognised = { reader: Reader; paths: string[] }

/** Endings of files that may say something about photos. */
const SAYS_SOMETHING = /\.(json|csv|tsv|txt|xml|xmp|ya?ml|names)$/i
const PHOTO = /\.(jpe?g|tiff?|png|webp)$/i
/** Of how many photos the first bytes are looked at before the others. */
const SAMPLED_PHOTOS = 12

/** Every format that is found, with its files, in the order of READERS. */
export async function recognise(files: FileSet): Promise<Recognised[]> {
  const found = new Map<Reader, string[]>()
  const look = async (path: string, readers: readonly Reader[]) => {
    const head = await headOf(files, path)
    const text = PHOTO.test(path) ? head.toString('latin1') : decodeText(head)
    const reader = readers.find((one) => one.recognises(text, path))
    if (reader !== undefined) found.set(reader, [...(found.get(reader) ?? []), path])
  }
  for (const path of files.paths) if (SAYS_SOMETHING.test(path)) await look(path, READERS)
  const photos = files.paths.filter((path) => PHOTO.test(path))
  for (const path of photos.slice(0, SAMPLED_PHOTOS)) await look(path, [keywords])
  if (found.get(keywords)?.some((path) => PHOTO.test(path)))
    for (const path of photos.slice(SAMPLED_PHOTOS)) await look(path, [keywords])
  // What an archive describes is read through its description.
  if (found.get(darwinCore)?.some((path) => /meta\.xml$/i.test(path)))
    found.set(darwinCore, found.get(darwinCore)?.filter((path) => /meta\.xml$/i.test(path)) ?? [])
  // Lists of names alone are not labels, and text files next to other formats are not YOLO's.
  const yolos = found.get(yolo)
  if (yolos !== undefined && !yolos.some((path) => /\.txt$/i.test(path) && !/(classes|obj\.names)/i.test(path)))
    found.delete(yolo)
  return READERS.flatMap((reader) => {
    const paths = found.get(reader)
    return paths === undefined ? [] : [{ reader, paths }]
  })
}
