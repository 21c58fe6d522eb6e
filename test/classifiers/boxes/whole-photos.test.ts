// Photos without a box: judged by what was marked empty at the same camera, and by nothing else.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BACKGROUND_NUMBERS, backgroundOf } from '../../../classifiers/boxes/background.ts'
import { fitJudges, judgeKnown, judgePhoto } from '../../../classifiers/boxes/photos.ts'
import { fitPhotoJudge, LEAST_EMPTY, type PhotoMark } from '../../../classifiers/boxes/whole-photos.ts'
import { random } from '../../../classifiers/seeded-random.ts'

const next = random(7)
const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
const draw = (spread: number) => Float32Array.from({ length: 200 }, () => spread * normal())
const add = (...parts: Float32Array[]) => parts[0]!.map((_, i) => parts.reduce((sum, part) => sum + part[i]!, 0))
/** What each camera sees, and how its light changes. */
const scenes = { hill: [draw(1), draw(0.5)], pond: [draw(1), draw(0.5)] } as const

let nextId = 1
function photo(camera: keyof typeof scenes, hasAnimal: boolean, more: Partial<PhotoMark> = {}): PhotoMark {
  const [scene, light] = scenes[camera]
  const shift = normal()
  const seen = add(
    scene,
    light.map((value) => shift * value),
    draw(0.1),
    draw(hasAnimal ? 0.35 : 0),
  )
  const id = nextId++
  return { id, groupKey: `${id}`, camera, background: backgroundOf(seen), hasAnimal, ...more }
}
const many = (count: number, camera: keyof typeof scenes, hasAnimal: boolean) =>
  Array.from({ length: count }, () => photo(camera, hasAnimal))

test('a camera is judged once enough of its photos are marked empty, and no other by them', () => {
  const few = fitPhotoJudge(many(LEAST_EMPTY - 1, 'hill', false))
  assert.equal(few.animal(photo('hill', false)), null)
  const enough = fitPhotoJudge(many(LEAST_EMPTY, 'hill', false))
  assert.ok(enough.animal(photo('hill', false)) !== null)
  assert.equal(enough.animal(photo('pond', false)), null)
  assert.equal(fitPhotoJudge([]).animal(photo('hill', false)), null)
})

test('what is like marked empty photos is probably empty, and what is unlike them may be an animal', () => {
  const judge = fitPhotoJudge([...many(20, 'hill', false), ...many(3, 'hill', true), ...many(20, 'pond', false)])
  for (const camera of ['hill', 'pond'] as const) {
    const chances = (hasAnimal: boolean) => many(30, camera, hasAnimal).map((one) => judge.animal(one)!)
    const [empty, animals] = [chances(false).sort(), chances(true).sort()]
    assert.ok(empty[26]! < animals[3]!, `${camera}: ${empty[26]} and ${animals[3]}`)
    assert.ok(empty[15]! < 0.1 && animals[15]! > 0.4, `${camera}: ${empty[15]} and ${animals[15]}`)
  }
})

test('marks count in any order, and those that were taken back leave nothing', () => {
  const marks = [...many(12, 'hill', false), ...many(4, 'hill', true), ...many(6, 'pond', false)]
  const asked = many(5, 'hill', true)
  const answers = (of: PhotoMark[]) => asked.map((one) => fitPhotoJudge(of).animal(one))
  const before = answers(marks)
  answers([...marks, ...many(9, 'hill', false)])
  assert.deepEqual(answers(marks), before)
  assert.deepEqual(answers([...marks].reverse()), before)
})

test('a burst does not vouch for itself', () => {
  const photos = many(8, 'hill', false)
  const twice = photos.map((one) => ({ ...one, id: nextId++ }))
  const judge = fitPhotoJudge([...photos, ...twice])
  const others = many(20, 'hill', false).map((one) => judge.animal(one)!)
  assert.ok(Math.max(...others) < 0.5, `${Math.max(...others)}: usual differences are those between bursts`)
})

test('a photo with boxes is judged by these, one without by itself, and one whose boxes are all none is empty', () => {
  const marks = many(10, 'hill', false)
  const judges = fitJudges({ boxes: [], photos: marks })
  const box = {
    id: 5,
    confidence: 0.7,
    bbox: [0, 0, 0.2, 0.2] as [number, number, number, number],
    vector: [],
    camera: 'hill',
  }
  const whole = photo('hill', true)
  assert.ok(Math.abs(judgePhoto(judges, { boxes: [box], whole }).animal! - 0.7) < 0.02)
  assert.deepEqual(judgePhoto(judges, { boxes: [], whole }), {
    animal: judges.photos.animal(whole),
    best: whole.id,
  })
  assert.deepEqual(judgePhoto(judges, { boxes: [], whole: null }), { animal: 0, best: null })
  const known = judgeKnown(
    { boxes: [], photos: marks },
    marks.map((mark) => ({ boxes: [], whole: mark, hasAnimal: false, groupKey: mark.groupKey })),
  )
  assert.equal(known.length, 10)
  assert.ok(known.every(({ isWhole, hasAnimal }) => isWhole && !hasAnimal))
})

test('few numbers keep the likeness of two vectors', () => {
  const [one, other] = [draw(1), draw(0.3)]
  const two = add(one, other)
  const cosine = (a: ArrayLike<number>, b: ArrayLike<number>) => {
    const dot = (x: ArrayLike<number>, y: ArrayLike<number>) =>
      Array.from({ length: x.length }, (_, i) => x[i]! * y[i]!).reduce((sum, value) => sum + value)
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
  }
  const [a, b] = [backgroundOf(one), backgroundOf(two)]
  assert.equal(a.length, BACKGROUND_NUMBERS)
  assert.ok(Math.abs(cosine(a, b) - cosine(one, two)) < 0.05)
  assert.deepEqual(backgroundOf(one), a)
  assert.deepEqual(backgroundOf(new Float32Array(200)), new Float32Array(BACKGROUND_NUMBERS))
})
