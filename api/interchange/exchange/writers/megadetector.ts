// MegaDetector batch results 1.6, with species as classifications. A person's label has score 1 and `verified`.

import { writeSevenTokens } from '../seven-tokens.ts'
import { type ExportSource, leadingOf, nameOf, oneFile, rounded, type WrittenBox, type WrittenPhoto } from './writer.ts'

const CATEGORIES = { animal: '1', person: '2', vehicle: '3' } as const

export const megadetectorWriter = oneFile('megadetector', 'MegaDetector 1.6', 'json', 'megadetector.json', write)

async function* write(source: ExportSource): AsyncGenerator<string> {
  const classes = new Map<string, { id: string; description: string }>()
  const detectors = new Map<string, number>()
  yield '{\n "images": ['
  let first = true
  for await (const photo of source.photos()) {
    yield `${first ? '' : ','}\n  ${withFloats(JSON.stringify(imageOf(photo, classes)))}`
    first = false
    for (const { detector } of photo.boxes)
      if (detector !== null) detectors.set(detector, (detectors.get(detector) ?? 0) + 1)
  }
  // Most boxes are by it; each box names its own.
  const [foremost = 'Clavis'] = [...detectors].sort((a, b) => b[1] - a[1])[0] ?? []
  const own = foremost === 'Clavis'
  const entries = [...classes].map(([name, { id, description }]) => ({ name, id, description }))
  const rest = {
    detection_categories: { 1: 'animal', 2: 'person', 3: 'vehicle' },
    classification_categories: Object.fromEntries(entries.map(({ id, name }) => [id, name])),
    classification_category_descriptions: Object.fromEntries(entries.map(({ id, description }) => [id, description])),
    info: {
      format_version: '1.6',
      detector: own ? source.detector.name : foremost,
      detector_metadata: { typical_detection_threshold: own ? source.detector.threshold : 0.2 },
      detection_completion_time: source.createdAt.toISOString().slice(0, 19).replace('T', ' '),
      clavis: { tree_version: source.treeVersion },
    },
  }
  yield `\n ],${JSON.stringify(rest, null, 1).slice(1)}\n`
}

/** MegaDetector's validator refuses a confidence that is an integer in Python. */
const withFloats = (json: string): string => json.replace(/"conf":([01])(?=[,}])/g, '"conf":$1.0')

function imageOf(photo: WrittenPhoto, classes: Map<string, { id: string; description: string }>) {
  const boxes = photo.boxes.filter((box) => !box.isWhole || box.statements.some((one) => one.verified))
  return {
    file: photo.path,
    width: photo.width,
    height: photo.height,
    ...(photo.capturedAt !== null && { datetime: photo.capturedAt.replace('T', ' ') }),
    detections: boxes.map((box) => detectionOf(box, classes)),
  }
}

function detectionOf(box: WrittenBox, classes: Map<string, { id: string; description: string }>) {
  const said = leadingOf(box)
  const classifications: [string, number][] = []
  if (said !== undefined) {
    const name = nameOf(said)
    const known = classes.get(name) ?? { id: String(classes.size), description: writeSevenTokens(name, said.taxon) }
    classes.set(name, known)
    classifications.push([known.id, said.verified ? 1 : rounded(said.score ?? 0)])
  }
  return {
    category: CATEGORIES[box.kind],
    conf: rounded(box.confidence ?? 1),
    bbox: box.bbox.map((value) => rounded(value)),
    ...(classifications.length > 0 && { classifications, verified: said?.verified ?? false }),
    ...(box.detector !== null && { detector: box.detector }),
  }
}
