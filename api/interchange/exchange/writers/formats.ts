// Every format that is written, by name.

import { camtrapDpWriter } from './camtrap-dp/camtrap-dp.ts'
import { camtraprWriter } from './camtrapr.ts'
import { cocoCameraTrapsWriter, cocoWriter } from './coco.ts'
import { csvHeader, csvLines } from './csv-lines.ts'
import { cvatWriter } from './cvat.ts'
import { darwinCoreWriter } from './darwin-core.ts'
import { fiftyoneWriter } from './fiftyone.ts'
import { foldersWriter } from './folders.ts'
import { labelStudioWriter } from './label-studio.ts'
import { megadetectorWriter } from './megadetector.ts'
import { wildlifeInsightsWriter } from './wildlife-insights.ts'
import { type ExportSource, textOf, type Writer, type WrittenFile } from './writer.ts'
import { xmpWriter } from './xmp.ts'
import { yoloWriter } from './yolo.ts'
import { bytesOfFiles, zipFiles } from './zip-files.ts'

export const WRITERS: readonly Writer[] = [
  camtrapDpWriter,
  megadetectorWriter,
  cocoWriter,
  cocoCameraTrapsWriter,
  yoloWriter,
  darwinCoreWriter,
  wildlifeInsightsWriter,
  camtraprWriter,
  cvatWriter,
  labelStudioWriter,
  fiftyoneWriter,
  xmpWriter,
  foldersWriter,
]

export const writerNamed = (name: string): Writer | undefined => WRITERS.find((one) => one.name === name)

/** The whole export as bytes. */
export const writeExport = (writer: Writer, source: ExportSource): AsyncGenerator<Uint8Array> =>
  writer.kind === 'zip' ? zipFiles(withList(writer, source)) : bytesOfFiles(writer.files(source))

/** The list of what was left out comes last, when everything is known. */
async function* withList(writer: Writer, source: ExportSource): AsyncGenerator<WrittenFile> {
  yield* writer.files(source)
  if (source.omitted.length > 0)
    yield {
      path: 'left-out.csv',
      content: textOf(csvHeader(['what', 'why']), csvLines(['what', 'why'], source.omitted)),
    }
}

const MIME_TYPES = {
  csv: 'text/csv; charset=utf-8',
  zip: 'application/zip',
  json: 'application/json',
  xml: 'application/xml',
} as const
export const mimeTypeOf = ({ kind }: Writer): string => MIME_TYPES[kind]
export const fileNameOf = ({ name, kind }: Writer): string => `clavis-${name}.${kind}`
