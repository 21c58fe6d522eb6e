// Keywords that people gave photos in digiKam, Lightroom and others: in XMP sidecars, or in the photos themselves (XMP
// and IPTC). Only a branch that means species is read: `Species|Leopard Cat`.

import ExifReader from 'exifreader'
import { saysEmpty } from '../labels.ts'
import { bytesOf, type FileSet, type Reader } from '../reader.ts'
import { type PhotoRecord, photoRecord } from '../records.ts'
import { openGathering } from '../spool/gathering.ts'
import { xmlEvents } from '../xml-events.ts'

/**
 * Where species are kept, in the order in which they are trusted. Flat keywords (dc:subject, IPTC) come last: they tell
 * species from others only where they are written with their branch.
 */
const TAGS = ['hierarchicalSubject', 'TagsList', 'LastKeywordXMP', 'CatalogSets', 'subject']
/** What IPTC's block in a photo begins with. */
const IPTC = '8BIM'
const SPECIES_BRANCH = /^(species|taxon|taxa|animals?|fauna)$/i

const isSidecar = (path: string) => /\.xmp$/i.test(path)

export const keywords: Reader = {
  name: 'keywords',
  title: 'Keywords in photos or XMP sidecars',
  recognises: (head, path) =>
    (isSidecar(path) || /\.(jpe?g|tiff?|png|webp)$/i.test(path)) &&
    [...TAGS, IPTC].some((tag) => head.includes(tag)) &&
    /(species|taxon|taxa|animals?|fauna)[|/]/i.test(head),
  async *read(files, recognised, { scratch }) {
    yield { type: 'about', version: null, detector: null, threshold: null }
    const said = openGathering<Said>(scratch)
    try {
      for (const path of recognised) {
        if (!isSidecar(path)) said.add(stemOf(path), { photo: path })
        else {
          const record = recordOf(path.replace(/\.xmp$/i, ''), await tagsOfXmp(files.open(path)))
          // IMG_1.JPG.xmp, or IMG_1.xmp, which says nothing about the ending.
          record.withoutEnding = !/\.\w{3,4}$/.test(record.path)
          if (isSaying(record)) said.add(record.withoutEnding ? record.path : stemOf(record.path), { sidecar: record })
        }
      }
      for (const { rows } of said.groups()) {
        const sidecars = rows.flatMap((one) => ('sidecar' in one ? [one.sidecar] : []))
        yield* sidecars
        for (const one of rows) {
          // What a sidecar says is newer than the photo's own keywords.
          if (!('photo' in one) || sidecars.some(({ path }) => path === one.photo || path === stemOf(one.photo)))
            continue
          const record = recordOf(one.photo, await embeddedTags(files, one.photo))
          if (isSaying(record)) yield record
        }
      }
    } finally {
      said.close()
    }
  },
}

/** Of photos whose names differ in their ending alone. */
type Said = { sidecar: PhotoRecord } | { photo: string }

const stemOf = (path: string) => path.replace(/\.[^./]+$/, '')
const isSaying = ({ statements, empty }: PhotoRecord) => statements.length > 0 || empty !== null

function recordOf(path: string, tags: string[]): PhotoRecord {
  const record = photoRecord(path)
  for (const tag of tags) {
    const [branch = '', ...rest] = tag.split(/[|/]/).map((part) => part.trim())
    const label = rest.at(-1) ?? ''
    if (!SPECIES_BRANCH.test(branch) || label === '') continue
    if (saysEmpty(label)) record.empty = { verified: true, by: null }
    else record.statements.push({ taxon: { label, commonName: label }, verified: true, by: null, score: null })
  }
  return record
}

async function tagsOfXmp(bytes: AsyncIterable<Uint8Array>): Promise<string[]> {
  const found = new Map<string, string[]>()
  for await (const event of xmlEvents(bytes)) {
    if (event.type !== 'close' || event.path.at(-1) !== 'li') continue
    const tag = event.path.findLast((name) => TAGS.includes(name))
    if (tag !== undefined && event.text !== '') found.set(tag, [...(found.get(tag) ?? []), event.text])
  }
  return first(found)
}

const first = (found: Map<string, string[]>): string[] =>
  TAGS.map((tag) => found.get(tag)).find((tags) => tags !== undefined && tags.length > 0) ?? []

async function embeddedTags(files: FileSet, path: string): Promise<string[]> {
  const bytes = await bytesOf(files, path, 256_000_000)
  // The packet as it is in the file says more than a reader's flattened form.
  const start = bytes.indexOf('<x:xmpmeta')
  const end = bytes.indexOf('</x:xmpmeta>', Math.max(0, start))
  const inXmp = start >= 0 && end > start ? await tagsOfXmp(one(bytes.subarray(start, end + 12))).catch(() => []) : []
  if (inXmp.some((tag) => SPECIES_BRANCH.test(tag.split(/[|/]/)[0]?.trim() ?? ''))) return inXmp
  try {
    const tags = ExifReader.load(bytes, { expanded: true })
    const lists = Object.entries(tags.xmp ?? {}).map(
      ([name, tag]) => [name.replace(/^.*:/, ''), descriptionOf(tag)] as const,
    )
    const flattened = first(new Map(lists.map(([name, text]) => [name, text.split(',').map((part) => part.trim())])))
    const iptc = [tags.iptc?.Keywords ?? []].flat().map(descriptionOf)
    return inXmp.length > 0 ? [...inXmp, ...iptc] : [...flattened, ...iptc]
  } catch {
    return []
  }
}

const descriptionOf = (tag: unknown): string =>
  typeof tag === 'object' && tag !== null && 'description' in tag && typeof tag.description === 'string'
    ? tag.description
    : ''

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
