// What a CSV that was dropped with its photos says about each photo, by the photo's path; null if it has no column
// `path`. The columns are those of `npm run import`.

import type { PhotoFacts } from '../../api/contract/exchange/import.ts'
import type { Found } from './found.ts'

const textColumns = ['class', 'order', 'family', 'genus', 'species', 'commonName', 'group', 'deployment'] as const

/** Boxes as `x y w h` in fractions of the photo, separated by `;`. */
function boxesOf(text: string): PhotoFacts['boxes'] {
  const boxes = text
    .split(';')
    .map((box) => box.trim().split(/\s+/).map(Number))
    .flatMap(([x, y, w, h]): [number, number, number, number][] =>
      [x, y, w, h].every((n) => n !== undefined && n >= 0 && n <= 1) ? [[x!, y!, w!, h!]] : [],
    )
  return boxes.length > 0 ? boxes : undefined
}

export async function factsOfCsv({ file, path, open }: Found): Promise<Map<string, PhotoFacts> | null> {
  const { parse } = await import('csv-parse/browser/esm/sync')
  const rows: Record<string, string>[] = parse(await (await open()).text(), {
    columns: true,
    bom: true,
    skip_empty_lines: true,
  })
  if (rows[0]?.path === undefined) return null
  const folder = path.slice(0, path.length - file.name.length)
  return new Map(
    rows.map((row) => {
      const facts: PhotoFacts = { boxes: boxesOf(row.bboxes ?? '') }
      for (const column of textColumns) {
        const value = row[column]?.trim()
        if (value !== undefined && value !== '') facts[column] = value
      }
      return [`${folder}${row.path ?? ''}`, facts]
    }),
  )
}
