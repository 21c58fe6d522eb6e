// The judge of boxes: the detector's confidence before any mark, better after some, and nothing left of marks that were
// taken back.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BoxFacts, type BoxMark, fitBoxJudge, noAnimal } from '../../../classifiers/boxes/judge.ts'
import { auroc } from '../../../classifiers/fitting/auroc.ts'
import { random } from '../../../classifiers/seeded-random.ts'

let nextId = 1
const box = (confidence: number, more: Partial<BoxFacts> = {}): BoxFacts => ({
  id: nextId++,
  confidence,
  bbox: [0.4, 0.4, 0.2, 0.2],
  vector: [],
  camera: 'hill',
  ...more,
})
const animal = (judge: ReturnType<typeof fitBoxJudge>, of: BoxFacts) => judge.probabilities(of)[0]!

/** Boxes whose third number tells stones from animals, and whose confidence tells less. */
function drawn(count: number, seed: number): BoxMark[] {
  const next = random(seed)
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  return Array.from({ length: count }, (_, i) => {
    const isAnimal = i % 2 === 0
    const vector = Float32Array.from({ length: 40 }, (_, k) => 2 * normal() + (k === 2 ? (isAnimal ? 3 : -3) : 0))
    const confidence = 1 / (1 + Math.exp(-(normal() + (isAnimal ? 0.5 : -0.5))))
    return { ...box(confidence, { vector, camera: `c${i % 5}` }), kind: isAnimal ? 'animal' : 'nothing' }
  })
}
const areaUnder = (judge: ReturnType<typeof fitBoxJudge>, boxes: BoxMark[]) => {
  const chances = (kind: string) => boxes.filter((one) => one.kind === kind).map((one) => animal(judge, one))
  return auroc(chances('animal'), chances('nothing'))
}

test('before any mark the answer is the detector’s confidence, whatever the box looks like', () => {
  const judge = fitBoxJudge([])
  for (const confidence of [0.05, 0.3, 0.5, 0.9]) {
    const chance = animal(judge, box(confidence, { vector: [5, -3, 2], bbox: [0, 0, 1, 0.5] }))
    assert.ok(Math.abs(chance - confidence) < 0.02, `${chance} for ${confidence}`)
  }
  const all = judge.probabilities(box(0.3))
  assert.ok(Math.abs(all.reduce((sum, value) => sum + value) - 1) < 1e-12)
})

test('a few marks do no harm, and many help', () => {
  const judged = drawn(1000, 2)
  const [none, few, many] = [0, 20, 300].map((marks) => areaUnder(fitBoxJudge(drawn(marks, 1)), judged))
  assert.ok(few! > none! - 0.03, `${few} after 20 marks, ${none} before`)
  assert.ok(many! > none! + 0.1, `${many} after 300 marks, ${none} before`)
})

test('marks that were taken back leave nothing, and a person is learned as one', () => {
  const before = drawn(100, 3)
  const first = fitBoxJudge(before)
  fitBoxJudge([...before, ...drawn(50, 4)])
  const again = fitBoxJudge(before)
  assert.deepEqual(again.probabilities(before[0]!), first.probabilities(before[0]!))
  const walker = box(0.9, { vector: [0, 0, 0, 8] })
  const taught = fitBoxJudge([...before, ...Array.from({ length: 10 }, () => ({ ...walker, kind: 'person' as const }))])
  assert.ok(taught.probabilities(walker)[2]! > 0.5)
})

test('a camera with many false boxes is trusted less than another', () => {
  const judge = fitBoxJudge(Array.from({ length: 20 }, () => ({ ...box(0.4, { camera: 'windy' }), kind: 'nothing' })))
  assert.ok(animal(judge, box(0.4, { camera: 'windy' })) < animal(judge, box(0.4, { camera: 'calm' })))
})

test('a photo shows no animal where none of its boxes is one', () => {
  const judge = fitBoxJudge([])
  const both = noAnimal(judge, [box(0.5), box(0.2)])
  const product = (1 - animal(judge, box(0.5))) * (1 - animal(judge, box(0.2)))
  assert.ok(Math.abs(both - product) < 1e-12)
  assert.equal(noAnimal(judge, []), 1)
})

test('the order of the marks does not matter, and a box is not compared with itself', () => {
  const marks = drawn(300, 5)
  const judge = fitBoxJudge(marks)
  const turned = fitBoxJudge([...marks].reverse())
  const asked = drawn(20, 6)
  for (const one of asked) assert.deepEqual(turned.probabilities(one), judge.probabilities(one))
})

test('a box where people found nothing is nothing again, at that camera alone', () => {
  const stone = { bbox: [0.1, 0.6, 0.1, 0.08] as const, vector: [3, -2, 1] }
  const marks = Array.from(
    { length: 4 },
    (): BoxMark => ({ ...box(0.5, { ...stone, camera: 'hill' }), kind: 'nothing' }),
  )
  const elsewhere = { bbox: [0.6, 0.2, 0.2, 0.2] as const, vector: [-1, 2, 4] }
  const animals = Array.from(
    { length: 4 },
    (): BoxMark => ({ ...box(0.5, { ...elsewhere, camera: 'hill' }), kind: 'animal' }),
  )
  const judge = fitBoxJudge([...marks, ...animals])
  const again = animal(judge, box(0.5, { ...stone, camera: 'hill' }))
  assert.ok(again < 0.15, `${again} at the same place`)
  assert.ok(animal(judge, box(0.5, { ...elsewhere, camera: 'hill' })) > 0.7)
  assert.ok(animal(judge, box(0.5, { ...stone, camera: 'pond' })) > again)
})
