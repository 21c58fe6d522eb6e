// Which classes a detector knows. The names that its exporter wrote into the file decide, in their order; only without
// them are the classes guessed from their number.

import type { DetectionKind } from '../../db/schema.ts'
import { ModelError } from '../errors.ts'
import type { DetectorManifest } from './manifest.ts'

type Class = DetectorManifest['classes'][number]

/** Under which exporters note the names. YOLOv5's own comes first. */
const KEYS = ['names', 'class_names', 'classes', 'labels', 'id2label'] as const

/**
 * The names that the file gives its classes; null where it gives none. Throws ModelError where it does and nobody could
 * read them, because a guess could take people for animals.
 */
export function namesIn(metadata: ReadonlyMap<string, string> | undefined): string[] | null {
  const key = KEYS.find((one) => /[\p{L}\p{N}]/u.test(metadata?.get(one) ?? ''))
  if (key === undefined) return null
  const text = metadata!.get(key)!
  const names = parseClassNames(text)
  if (names) return names
  const said = text.slice(0, 60).replace(/\s+/g, ' ')
  throw new ModelError(
    `The file names its classes in a way that is not known (${key}: ${said}…). Expected all of them by number, as {0: 'animal', 1: 'person'}.`,
  )
}

/**
 * The names of YOLO exports: `{0: 'animal', 1: "Burchell's zebra"}`, `['animal', 'person']`, either as JSON, YAML or
 * without quotes; `{'animal': 0}`; or one a line, or with commas. Numbers count, not the order of writing, and may
 * begin at 1. Null where the text is none of these, or a number is missing.
 */
export function parseClassNames(text: string | undefined): string[] | null {
  if (text === undefined) return null
  const read = readNames(text.trim())
  const names = read && 0 in read ? read : read?.slice(1)
  const whole = names?.length && Array.from(names).every((name) => name !== undefined && name.trim() !== '')
  return whole ? names.map((name) => name.trim().normalize('NFC')) : null
}

function readNames(text: string): string[] | null {
  const objects = [
    ...text.matchAll(/\{[^{}]*?["']id["']\s*:\s*(\d{1,5})\s*,\s*["']name["']\s*:\s*["']([^"']*)["'][^{}]*?\}/g),
  ]
  if (objects.length > 0) return numbered(objects.map(([, number, name]) => [number!, name!]))
  const quoted = String.raw`'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"`
  if (text.startsWith('[') || text.startsWith('(')) {
    const listed = [...text.matchAll(new RegExp(quoted, 'g'))]
    if (listed.length > 0) return listed.map(([, single, double]) => unescaped(single ?? double!))
    return text.slice(1, -1).split(',')
  }
  const byNumber = [...text.matchAll(new RegExp(String.raw`['"]?(\d{1,5})['"]?\s*:\s*(?:${quoted})`, 'g'))]
  if (byNumber.length > 0)
    return numbered(byNumber.map(([, number, single, double]) => [number!, unescaped(single ?? double!)]))
  const byName = [...text.matchAll(new RegExp(String.raw`(?:${quoted})\s*:\s*(\d{1,5})\b`, 'g'))]
  if (byName.length > 0)
    return numbered(byName.map(([, single, double, number]) => [number!, unescaped(single ?? double!)]))
  return plainNames(text.replace(/^\{|\}$/g, ''))
}

/** Without quotes: `0: animal` or `- animal` or `animal`, one a line or with commas. */
function plainNames(text: string): string[] | null {
  const parts = text
    .split(/[\n,]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const pairs = parts.map((part) => /^(\d{1,5})\s*:\s*(.+)$/.exec(part))
  if (pairs.every((pair) => pair !== null)) return numbered(pairs.map((pair) => [pair![1]!, pair![2]!]))
  if (pairs.some((pair) => pair !== null) || parts.some((part) => /[:{}[\]]/.test(part))) return null
  // A sentence is no name.
  if (parts.length === 1 && /\s/.test(parts[0]!.replace(/^-\s+/, ''))) return null
  return parts.map((part) => part.replace(/^-\s+/, ''))
}

function numbered(pairs: readonly (readonly [number: string, name: string])[]): string[] {
  const names: string[] = []
  for (const [number, name] of pairs) names[Number(number)] = name
  return names
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
  const apart = name.normalize('NFC').replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
  const words = apart.toLowerCase().split(/[^\p{L}]+/u)
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
