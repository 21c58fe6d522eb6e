// FiftyOne's labels.json: boxes by the path of their photo below `data/`, without its ending, as FiftyOne looks for it.

import {
  type ExportSource,
  leadingOf,
  nameOf,
  oneFile,
  pathWithoutEnding,
  rounded,
  type WrittenPhoto,
} from './writer.ts'

export const fiftyoneWriter = oneFile('fiftyone', 'FiftyOne labels', 'json', 'labels.json', write)

async function* write(source: ExportSource): AsyncGenerator<string> {
  yield '{\n "classes": null,\n "labels": {'
  let first = true
  for await (const photo of source.photos()) {
    yield `${first ? '' : ','}\n  ${JSON.stringify(pathWithoutEnding(photo.path))}: ${JSON.stringify(detectionsOf(photo))}`
    first = false
  }
  yield '\n }\n}\n'
}

const detectionsOf = (photo: WrittenPhoto) =>
  photo.boxes.flatMap((box) => {
    const said = leadingOf(box)
    if (box.isWhole && !said?.verified) return []
    const score = said?.verified ? null : (said?.score ?? box.confidence)
    return [
      {
        label: said === undefined ? box.kind : nameOf(said),
        bounding_box: box.bbox.map((value) => rounded(value)),
        ...(score !== null && { confidence: rounded(score) }),
      },
    ]
  })
