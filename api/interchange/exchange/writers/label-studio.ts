// Label Studio tasks: what people said as `annotations`, one for each person, and what the tree and other machines say
// as `predictions`. The labelling configuration lists every name. Pictures are looked for where a Local Files storage
// has them.

import {
  type ExportSource,
  leadingOf,
  nameOf,
  rounded,
  textOf,
  type WrittenBox,
  type WrittenFile,
  type WrittenPhoto,
  type WrittenStatement,
  zipOf,
} from './writer.ts'
import { escapeXml } from './xml-text.ts'

export const labelStudioWriter = zipOf('label-studio', 'Label Studio', write)

async function* write(source: ExportSource): AsyncGenerator<WrittenFile> {
  const labels = new Set<string>()
  yield { path: 'tasks.json', content: tasks(source, labels) }
  const list = [...labels].map((label) => `    <Label value="${escapeXml(label)}"/>`).join('\n')
  const config = `<View>\n  <Image name="image" value="$image"/>\n  <RectangleLabels name="label" toName="image">\n${list}\n  </RectangleLabels>\n</View>\n`
  yield { path: 'label_config.xml', content: textOf(config) }
}

async function* tasks(source: ExportSource, labels: Set<string>): AsyncGenerator<string> {
  yield '['
  let first = true
  for await (const photo of source.photos()) {
    yield `${first ? '' : ','}\n${JSON.stringify(taskOf(photo, labels))}`
    first = false
  }
  yield '\n]\n'
}

function taskOf(photo: WrittenPhoto, labels: Set<string>) {
  const boxes = photo.boxes.filter((box) => !box.isWhole)
  const people = new Set(boxes.flatMap((box) => box.statements.flatMap((one) => (one.verified ? [one.by] : []))))
  const annotations = [...people].map((person) => ({
    completed_by: { email: person },
    was_cancelled: false,
    ground_truth: false,
    result: boxes.flatMap((box) => {
      const said = box.statements.find((one) => one.verified && one.by === person)
      return said === undefined ? [] : [resultOf(box, nameOf(said), photo, labels)]
    }),
  }))
  const predictions = boxes.flatMap((box) => {
    const machines = [...box.statements.filter((one) => !one.verified), ...box.proposals]
    if (machines.length > 0 || leadingOf(box) !== undefined)
      return machines.map((said) => predictionOf(box, said, photo, labels))
    return [predictionOf(box, null, photo, labels)]
  })
  const address = `/data/local-files/?d=${photo.path.split('/').map(encodeURIComponent).join('/')}`
  return { id: Number(photo.id), data: { image: address }, annotations, predictions }
}

/** `said` null: only the detector knows the box, or a person who did not name it. */
function predictionOf(box: WrittenBox, said: WrittenStatement | null, photo: WrittenPhoto, labels: Set<string>) {
  const score = said?.score ?? box.confidence
  return {
    model_version: said?.by ?? box.detector ?? 'a person',
    ...(score !== null && { score: rounded(score) }),
    result: [resultOf(box, said === null ? box.kind : nameOf(said), photo, labels)],
  }
}

function resultOf(box: WrittenBox, label: string, photo: WrittenPhoto, labels: Set<string>) {
  labels.add(label)
  const [x, y, width, height] = box.bbox.map((value) => rounded(value * 100))
  return {
    id: `box-${box.id}`,
    type: 'rectanglelabels',
    from_name: 'label',
    to_name: 'image',
    original_width: photo.width,
    original_height: photo.height,
    image_rotation: 0,
    value: { x, y, width, height, rotation: 0, rectanglelabels: [label] },
  }
}
