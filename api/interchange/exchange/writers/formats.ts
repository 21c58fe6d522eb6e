// Every format that is written, by name.

import { camtrapDpWriter } from './camtrap-dp.ts'
import { camtraprWriter } from './camtrapr.ts'
import { cocoCameraTrapsWriter, cocoWriter } from './coco.ts'
import { cvatWriter } from './cvat.ts'
import { darwinCoreWriter } from './darwin-core.ts'
import { fiftyoneWriter } from './fiftyone.ts'
import { labelStudioWriter } from './label-studio.ts'
import { megadetectorWriter } from './megadetector.ts'
import type { ExportSource, Writer } from './writer.ts'
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
  camtraprWriter,
  cvatWriter,
  labelStudioWriter,
  fiftyoneWriter,
  xmpWriter,
]

export const writerNamed = (name: string): Writer | undefined => WRITERS.find((one) => one.name === name)

/** The whole export as bytes. */
export const writeExport = (writer: Writer, source: ExportSource): AsyncGenerator<Uint8Array> =>
  writer.kind === 'zip' ? zipFiles(writer.files(source)) : bytesOfFiles(writer.files(source))

const MIME_TYPES = { zip: 'application/zip', json: 'application/json', xml: 'application/xml' } as const
export const mimeTypeOf = ({ kind }: Writer): string => MIME_TYPES[kind]
export const fileNameOf = ({ name, kind }: Writer): string => `clavis-${name}.${kind}`
