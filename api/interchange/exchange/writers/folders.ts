// Photos sorted into folders by what is in them: one folder for each taxon that people named, `_empty`, `_not
// reviewed`. A photo of two taxa is in both folders. photos.csv lists them.

import { csvHeader, csvLines } from './csv-lines.ts'
import { type ExportSource, nameOf, textOf, type WrittenFile, type WrittenPhoto, zipOf } from './writer.ts'

const COLUMNS = ['folder', 'file', 'path', 'capturedAt', 'deployment']

export const foldersWriter = zipOf('folders', 'Photos in folders', write)

async function* write(source: ExportSource): AsyncGenerator<WrittenFile> {
  const taken = new Set<string>()
  const rows: Record<string, string | null>[] = []
  for await (const photo of source.photos()) {
    for (const folder of foldersOf(photo)) {
      const file = freeName(folder, photo, taken)
      const { path, capturedAt, deployment } = photo
      rows.push({ folder, file, path, capturedAt, deployment })
      if (source.photoBytes !== null) yield { path: `${folder}/${file}`, content: source.photoBytes(photo) }
    }
  }
  yield { path: 'photos.csv', content: textOf(csvHeader(COLUMNS), csvLines(COLUMNS, rows)) }
}

function foldersOf({ isEmpty, boxes }: WrittenPhoto): string[] {
  if (isEmpty) return ['_empty']
  const said = boxes.flatMap((box) => box.statements.filter((one) => one.verified).slice(0, 1))
  const names = [...new Set(said.map((one) => safe(nameOf(one))))]
  return names.length > 0 ? names : ['_not reviewed']
}

/** Cameras give the same names to files in different folders, so the folders are part of the name. */
function freeName(folder: string, { path, id }: WrittenPhoto, taken: Set<string>): string {
  const name = safe(path.replaceAll('/', '__'))
  const key = `${folder}/${name}`.toLowerCase()
  const free = taken.has(key) ? `${id}__${name}` : name
  taken.add(key)
  return free
}

/** A name that all file systems take. */
const safe = (name: string): string => name.replace(/[<>:"/\\|?*\p{Cc}]/gu, '_').replace(/[. ]+$/, '') || '_'
