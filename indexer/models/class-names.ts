// Which classes a detector knows. The names that its exporter wrote into the file decide, in their order; only without
// them are the classes guessed from their number.

import type { DetectionKind } from '../../db/schema.ts'
import type { DetectorManifest } from './manifest.ts'

type Class = DetectorManifest['classes'][number]

/**
 * The names of YOLO exports: `{0: 'animal', 1: "Burchell's zebra"}`, `['animal', 'person']`, or either as JSON, by
 * their numbers and not in the order of writing. Null where the text is none of these, or a number is missing.
 */
export function parseClassNames(text: string | undefined): string[] | null {
  if (text === undefined) return null
  const names: string[] = []
  const trimmed = text.trim()
  const quoted = String.raw`'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"`
  if (trimmed.startsWith('[') || trimmed.startsWith('(')) {
    for (const [, single, double] of trimmed.matchAll(new RegExp(quoted, 'g'))) names.push(unescaped(single ?? double!))
  } else {
    for (const [, number, single, double] of trimmed.matchAll(
      new RegExp(String.raw`['"]?(\d{1,5})['"]?\s*:\s*(?:${quoted})`, 'g'),
    )) {
      names[Number(number)] = unescaped(single ?? double!)
    }
  }
  const whole = names.length > 0 && Array.from(names).every((name) => name !== undefined && name.trim() !== '')
  return whole ? names.map((name) => name.trim()) : null
}

/** JSON and Python write the same escapes, but for the apostrophe. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  try {
    return String(JSON.parse(`"${text.replaceAll("\\'", "'").replaceAll(/(?<!\\)"/g, '\\"')}"`))
  } catch {
    return text
  }
}

/** Words that say a class's kind, in the languages that most exporters of camera-trap detectors write. */
const WORDS: readonly [DetectionKind | 'other', RegExp][] = [
  [
    'person',
    /^(persons?|people|humans?|homo|man|men|woman|women|child|children|hikers?|hunters?|pedestrians?|cyclists?|bikers?|poachers?|ranger|personne|humain|humano|persona|pessoa|mensch|menschen|personen)$/,
  ],
  [
    'vehicle',
    /^(vehicles?|cars?|trucks?|bus|buses|vans?|lorry|lorries|motorcycles?|motorbikes?|bicycles?|bikes?|boats?|trains?|tractors?|atv|quad|quads|suv|jeep|snowmobile|airplane|aircraft|fahrzeuge?|auto|lkw|véhicule|vehículo|veiculo|veículo|voiture|coche)$/,
  ],
  [
    'other',
    /^(empty|blank|background|nothing|none|false|misfire|vegetation|leer|vide|vacío|vacio|vazio|plate|calibration)$/,
  ],
]

/** The kind by the words of the name. What is not a person, a vehicle or nothing is an animal. */
function kindOf(name: string): Class['kind'] {
  const words = name.toLowerCase().split(/[^\p{L}]+/u)
  return WORDS.find(([, pattern]) => words.some((word) => pattern.test(word)))?.[0] ?? 'animal'
}

/** `mouse` is an animal, unless the other names are those of COCO, where it belongs to a computer. */
export function classesNamed(names: readonly string[]): Class[] {
  const inCoco = names.filter((name) => COCO.includes(name.toLowerCase())).length
  const isCoco = names.length >= 20 && inCoco > names.length / 2
  return names.map((name) => {
    const at = isCoco ? COCO.indexOf(name.toLowerCase()) : -1
    return { name, kind: at >= 0 ? cocoKind(at) : kindOf(name) }
  })
}

/** 1 class: a detector of animals. 3: MegaDetector. 80: COCO. Else every class is taken for an animal. */
export function guessClasses(count: number): Class[] {
  if (count === 1) return [{ name: 'animal', kind: 'animal' }]
  if (count === 3) return (['animal', 'person', 'vehicle'] as const).map((kind) => ({ name: kind, kind }))
  if (count !== 80) return Array.from({ length: count }, (_, i) => ({ name: `class ${i}`, kind: 'animal' }))
  return COCO.map((name, i) => ({ name, kind: cocoKind(i) }))
}

const cocoKind = (index: number): Class['kind'] =>
  index === 0 ? 'person' : index <= 8 ? 'vehicle' : index >= 14 && index <= 23 ? 'animal' : 'other'

/** The 80 classes of COCO as YOLOv5 numbers them (data/coco.yaml). */
const COCO =
  `person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,parking meter,
bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee,skis,snowboard,
sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass,cup,fork,knife,spoon,bowl,
banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,potted plant,bed,dining table,toilet,tv,
laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,refrigerator,book,clock,vase,scissors,teddy bear,
hair drier,toothbrush`
    .replaceAll('\n', '')
    .split(',')
