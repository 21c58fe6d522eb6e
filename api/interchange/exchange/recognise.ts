// Which formats a folder, a zip or a file holds, by content. More specific formats come first.

import { decodeText } from '../plain-text.ts'
import { camtrapDp } from './camera-traps/camtrap-dp/camtrap-dp.ts'
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
import { type FileSet, folderOf, headOf, type Reader } from './reader.ts'
import { type DiskList, openDiskList } from './spool/disk-list.ts'
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

/** `paths`: of the files of the format. Some formats have one for each photo, so they lie on the disk. */
export type Recognised = { reader: Reader; paths: DiskList<string> }

/** Endings of files that may say something about photos. */
const SAYS_SOMETHING = /\.(json|csv|tsv|txt|xml|xmp|ya?ml|names)$/i
const PHOTO = /\.(jpe?g|tiff?|png|webp)$/i
/** Photos whose first bytes are looked at before those of the others: the first, and some of each folder. */
const SAMPLED_PHOTOS = { first: 12, ofFolder: 2, most: 400 }

/** Every format that is found, with its files, in the order of READERS. `scratch`: the folder for long lists. */
export async function recognise(files: FileSet, scratch?: string): Promise<Recognised[]> {
  const found = new Map<Reader, DiskList<string>>()
  const look = async (path: string, readers: readonly Reader[]) => {
    const head = await headOf(files, path)
    const text = PHOTO.test(path) ? head.toString('latin1') : decodeText(head)
    const reader = readers.find((one) => one.recognises(text, path))
    if (reader === undefined) return false
    const paths = found.get(reader) ?? openDiskList<string>(scratch)
    found.set(reader, paths)
    paths.push(path)
    return true
  }
  for (const path of files.paths) if (SAYS_SOMETHING.test(path)) await look(path, READERS)
  if (await hasKeywords(files)) for (const path of files.paths) if (PHOTO.test(path)) await look(path, [keywords])
  // What an archive describes is read through its description.
  const archives = found.get(darwinCore)
  if (archives !== undefined && some(archives, isMeta)) {
    const described = openDiskList<string>(scratch)
    for (const path of archives) if (isMeta(path)) described.push(path)
    archives.close()
    found.set(darwinCore, described)
  }
  // Lists of names alone are not labels, and text files next to other formats are not YOLO's.
  const yolos = found.get(yolo)
  if (yolos !== undefined && !some(yolos, (path) => /\.txt$/i.test(path) && !/(classes|obj\.names)/i.test(path))) {
    yolos.close()
    found.delete(yolo)
  }
  return READERS.flatMap((reader) => {
    const paths = found.get(reader)
    return paths === undefined ? [] : [{ reader, paths }]
  })
}

export const closeRecognised = (recognised: readonly Recognised[]): void => {
  for (const { paths } of recognised) paths.close()
}

const isMeta = (path: string) => /meta\.xml$/i.test(path)

function some(paths: Iterable<string>, is: (path: string) => boolean): boolean {
  for (const path of paths) if (is(path)) return true
  return false
}

/** Where none of the sampled photos has keywords, none has. */
async function hasKeywords(files: FileSet): Promise<boolean> {
  let looked = 0
  let folder: string | null = null
  let ofFolder = 0
  for (const path of files.paths) {
    if (!PHOTO.test(path)) continue
    if (folderOf(path) !== folder) ofFolder = 0
    folder = folderOf(path)
    ofFolder++
    if (looked >= SAMPLED_PHOTOS.first && ofFolder > SAMPLED_PHOTOS.ofFolder) continue
    if (keywords.recognises((await headOf(files, path)).toString('latin1'), path)) return true
    if (++looked >= SAMPLED_PHOTOS.most) return false
  }
  return false
}
