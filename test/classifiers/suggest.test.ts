// The answer as a whole, from embeddings: cold start, copies, bursts, `within`, the beam, and statistics as bytes.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { estimate, estimateJudged, type LabelledEmbedding, nearestAmong } from '../../classifiers/fitting/estimate.ts'
import { VOTING_NEIGHBOURS } from '../../classifiers/neighbours/neighbours.ts'
import { random } from '../../classifiers/seeded-random.ts'
import { SpeciesList } from '../../classifiers/species-list.ts'
import { project, type Statistics } from '../../classifiers/statistics.ts'
import { decodeStatistics, encodeStatistics, FormatError } from '../../classifiers/statistics-bytes.ts'
import { NOTHING_TAUGHT, type Query, suggest } from '../../classifiers/suggest.ts'
import type { TaxonNode } from '../../classifiers/taxonomy.ts'
import { type Example, Tree } from '../../classifiers/tree.ts'

const DIMENSIONS = 32

/** `count` species, two to a genus, four to a family, and photos of them around their prototypes; seeded. */
function drawLibrary(count: number, photosEach: number, seed: number) {
  const next = random(seed)
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  const taxa: TaxonNode[] = []
  const place = (parentId: number | null, rankLevel: number): number => {
    taxa.push({ id: taxa.length + 1, parentId, rankLevel })
    return taxa.length
  }
  const species: number[] = []
  const prototypes = new Map<number, number[]>()
  let [family, genus] = [0, 0]
  for (let i = 0; i < count; i++) {
    if (i % 4 === 0) family = place(null, 30)
    if (i % 2 === 0) genus = place(family, 20)
    const id = place(genus, 10)
    species.push(id)
    prototypes.set(
      id,
      Array.from({ length: DIMENSIONS }, () => normal()),
    )
  }
  const photo = (taxonId: number): Float32Array => {
    const x = prototypes.get(taxonId)!.map((value) => value + 0.7 * normal())
    const length = Math.hypot(...x)
    return Float32Array.from(x, (value) => value / length)
  }
  const examples: LabelledEmbedding[] = species.flatMap((taxonId) =>
    Array.from({ length: photosEach }, (_, k) => ({ taxonId, group: `${taxonId}/${k}`, embedding: photo(taxonId) })),
  )
  return { taxa, species, examples, photo, normal }
}

const library = drawLibrary(16, 20, 1)
const reference = estimate({ taxonomy: library.taxa, examples: library.examples, reference: null })

type Known = Example & { vector: Float32Array }
function teach(s: Statistics, taxa: readonly TaxonNode[], examples: readonly LabelledEmbedding[]) {
  const known: Known[] = examples.map(({ taxonId, group, embedding }) => ({
    taxonId,
    group,
    vector: project(s, embedding),
  }))
  const tree = new Tree(s, taxa)
  for (const example of known) tree.add(example)
  const ask = (embedding: Float32Array, more: Partial<Query> = {}) => {
    const vector = project(s, embedding)
    const left = new Set((more.leaveOut ?? []).map(({ group }) => group))
    const others = known.filter(({ group }) => !left.has(group))
    return suggest(tree, {
      vector,
      neighbours: nearestAmong(others, vector, VOTING_NEIGHBOURS),
      accuracy: null,
      limit: 5,
      ...more,
    })
  }
  return { tree, known, ask }
}

test('an empty tree answers with nothing, also inside a taxon', () => {
  const { ask } = teach(reference, library.taxa, [])
  assert.deepEqual(ask(library.photo(library.species[0]!)), NOTHING_TAUGHT)
  assert.deepEqual(ask(library.photo(library.species[0]!), { within: 1 }), NOTHING_TAUGHT)
})

test('few examples leave the calibration of the reference as it is, and still show how good answers are', () => {
  const [fewer, more] = [library.examples.slice(0, 49), library.examples.slice(0, 60)].map((examples) =>
    estimateJudged({ taxonomy: library.taxa, examples, reference }),
  )
  assert.deepEqual(
    [fewer!.statistics.temperature, fewer!.statistics.fusion, fewer!.statistics.noveltyPrior],
    [reference.temperature, reference.fusion, reference.noveltyPrior],
  )
  assert.ok(fewer!.heldOut.length > 40 && fewer!.heldOut.length < 50)
  assert.notEqual(more!.statistics.temperature, reference.temperature)
})

test('three examples with a reference: the right one of two species leads, more cautiously than in a library, and novelty is likelier', () => {
  const [a, b] = [library.species[0]!, library.species[9]!]
  const { ask } = teach(reference, library.taxa, [
    { taxonId: a, group: '1', embedding: library.photo(a) },
    { taxonId: a, group: '2', embedding: library.photo(a) },
    { taxonId: b, group: '3', embedding: library.photo(b) },
  ])
  const inLibrary = teach(reference, library.taxa, library.examples)
  for (const taxonId of [a, b]) {
    const photo = library.photo(taxonId)
    const { path, suggestions, novelty, stop } = ask(photo, { accuracy: 0.5 })
    assert.equal(suggestions[0]!.taxonId, taxonId)
    assert.equal(path.at(-1)!.taxonId, taxonId)
    const sure = inLibrary.ask(photo, { accuracy: 0.5 })
    assert.ok(novelty!.probability > sure.novelty!.probability)
    assert.ok(path.at(-1)!.probability < sure.path.at(-1)!.probability)
    assert.ok(path.every(({ probability }) => probability > 0.2 && probability < 1))
    assert.ok(stop !== null)
  }
})

test('without any reference, one, two and three examples give finite answers', () => {
  for (const count of [1, 2, 3]) {
    const examples = library.species.slice(0, count).map((taxonId) => ({
      taxonId,
      group: String(taxonId),
      embedding: library.photo(taxonId),
    }))
    const s = estimate({ taxonomy: library.taxa, examples, reference: null })
    const { ask } = teach(s, library.taxa, examples)
    const { path, suggestions } = ask(library.photo(library.species[0]!))
    assert.equal(suggestions.length, count)
    assert.ok(path.every(({ probability }) => probability > 0 && probability <= 1))
    assert.equal(s.thresholds.answers < 200, true)
  }
})

test('a near copy of a new species’ first photo ranks that species first, beside species known well', () => {
  const fresh = 1000
  const genus = library.taxa.find(({ rankLevel }) => rankLevel === 20)!.id
  const taxa = [...library.taxa, { id: fresh, parentId: genus, rankLevel: 10 }]
  for (const lookAlike of library.species) {
    const first = library.photo(lookAlike)
    const copy = first.map((value) => value + 0.01 * library.normal())
    const { ask } = teach(reference, taxa, [...library.examples, { taxonId: fresh, group: 'new', embedding: first }])
    const { suggestions, path } = ask(copy)
    assert.equal(suggestions[0]!.taxonId, fresh)
    assert.equal(suggestions[0]!.evidence.nearest, true)
    assert.equal(path.at(-1)!.taxonId, fresh)
  }
})

test('the nearest exemplar’s taxon is among the suggestions, even if only one is asked for', () => {
  const { ask, known } = teach(reference, library.taxa, library.examples)
  for (const taxonId of library.species) {
    const embedding = library.photo(taxonId)
    const nearest = nearestAmong(known, project(reference, embedding), 1)[0]!.taxonId
    for (const limit of [1, 3]) {
      const { suggestions } = ask(embedding, { limit })
      assert.equal(suggestions.length, limit)
      assert.ok(suggestions.some((one) => one.taxonId === nearest && one.evidence.nearest))
    }
  }
})

test('leaving a burst out answers as a tree that never saw it, and changes nothing', () => {
  const { ask, tree, known } = teach(reference, library.taxa, library.examples)
  const burst = known.slice(0, 3)
  const never = teach(reference, library.taxa, library.examples.slice(3))
  const embedding = library.examples[0]!.embedding
  const before = ask(embedding)
  assert.deepEqual(ask(embedding, { leaveOut: burst }), never.ask(embedding))
  assert.deepEqual(ask(embedding), before)
  assert.equal(tree.exampleCount(null), library.examples.length)
})

test('within a taxon, probabilities are renormalised and nothing lies outside it', () => {
  const { ask, tree } = teach(reference, library.taxa, library.examples)
  const embedding = library.photo(library.species[5]!)
  const whole = ask(embedding, { limit: 50 })
  const family = tree.taxonomy.path(library.species[5]!)[0]!.id
  const inside = ask(embedding, { within: family, limit: 50 })
  assert.deepEqual(inside.path[0]!.taxonId, family)
  assert.ok(Math.abs(inside.path[0]!.probability - 1) < 1e-9)
  assert.ok(inside.suggestions.every(({ taxonId }) => tree.taxonomy.isWithin(taxonId, family)))
  assert.equal(inside.suggestions.length, 4)
  assert.ok(whole.suggestions.length === 16)
})

test('an animal of no known species gets more novelty than one of a known species', () => {
  const known = new Set(library.species.slice(0, 12))
  const examples = library.examples.filter(({ taxonId }) => known.has(taxonId))
  const s = estimate({ taxonomy: library.taxa, examples, reference: null })
  const { tree } = teach(s, library.taxa, examples)
  const novelty = (taxonId: number): number => {
    const { path } = suggest(tree, {
      vector: project(s, library.photo(taxonId)),
      neighbours: [],
      accuracy: null,
      limit: 1,
    })
    return 1 - path.at(-1)!.probability
  }
  const average = (ids: number[]): number => ids.reduce((sum, id) => sum + novelty(id), 0) / ids.length
  assert.ok(average(library.species.slice(12)) > 2 * average(library.species.slice(0, 12)))
})

test('held-out thresholds: with enough answers the rule is calibrated, and higher accuracy never stops deeper', () => {
  const { ask, tree } = teach(reference, library.taxa, library.examples)
  assert.ok(reference.thresholds.answers >= 200)
  for (const taxonId of library.species) {
    const embedding = library.photo(taxonId)
    const depths = [0.5, 0.8, 0.95, 0.99].map((accuracy) => {
      const { stop } = ask(embedding, { accuracy })
      if (stop) assert.equal(stop.rule, 'calibrated')
      return stop ? tree.taxonomy.path(stop.taxonId).length : 0
    })
    assert.deepEqual(
      depths,
      [...depths].sort((a, b) => b - a),
    )
  }
})

test('the beam finds what scoring everything finds', () => {
  const many = drawLibrary(800, 2, 2)
  const s = estimate({ taxonomy: library.taxa, examples: library.examples, reference: null })
  const { tree } = teach(s, many.taxa, many.examples)
  let same = 0
  const asked = many.species.filter((_, i) => i % 8 === 0)
  for (const taxonId of asked) {
    const vector = project(s, many.photo(taxonId))
    const [beam, all] = [tree.score(vector), tree.score(vector, { exhaustive: true })]
    assert.ok(beam.nodes.length < all.nodes.length)
    const best = ({ nodes, known }: typeof all): number => nodes[known.indexOf(Math.max(...known))]!.id
    if (best(beam) === best(all)) same++
    const exact = new Map(all.nodes.map(({ id }, i) => [id, [all.known[i]!, all.novel[i]!]]))
    beam.nodes.forEach(({ id }, i) => {
      const [known, novel] = exact.get(id)!
      assert.ok(known === beam.known[i] || Math.abs(known! - beam.known[i]!) < 1e-3)
      assert.ok(novel === beam.novel[i] || Math.abs(novel! - beam.novel[i]!) < 1e-3)
    })
  }
  assert.ok(same >= asked.length - 1, `${same} of ${asked.length}`)
})

test('statistics survive as bytes: every number, and every answer', () => {
  const copy = decodeStatistics(encodeStatistics(reference))
  assert.deepEqual(copy, reference)
  const small = decodeStatistics(encodeStatistics(reference, { moments: false }))
  assert.deepEqual(small, { ...reference, moments: null })
  const embedding = library.photo(library.species[3]!)
  assert.deepEqual(project(small, embedding), project(reference, embedding))
  assert.throws(() => decodeStatistics(new Uint8Array(40)), FormatError)
  const other = encodeStatistics(reference)
  other[4] = 99
  assert.throws(() => decodeStatistics(other), /format 1 but received format 99/)
  assert.throws(() => decodeStatistics(encodeStatistics(reference).subarray(0, 3000)), FormatError)
})

test('the same examples give the same statistics', () => {
  assert.deepEqual(estimate({ taxonomy: library.taxa, examples: library.examples, reference: null }), reference)
})

test('a list names only what is on it, says what else it would be, and leaves a stranger to it unnamed', () => {
  const { tree, ask } = teach(reference, library.taxa, library.examples)
  const [one, sibling, cousin] = library.species
  const list = new SpeciesList(tree.taxonomy, [sibling!, cousin!])
  const plain = ask(library.photo(one!))
  assert.equal(plain.withoutList, null)
  const embedding = library.photo(sibling!)
  const at = ask(embedding, { list })
  assert.equal(at.suggestions[0]?.taxonId, sibling)
  assert.ok(at.suggestions.every(({ taxonId }) => list.mayName(taxonId)))
  assert.ok(at.path.every(({ taxonId }) => list.mayName(taxonId)))
  assert.ok(at.path.at(-1)!.probability >= ask(embedding).path.at(-1)!.probability)
  // Plainly a species that is not listed: it is not called by a listed name, but new in the genus of both.
  const stranger = ask(library.photo(one!), { list, accuracy: 0.8 })
  assert.deepEqual([stranger.withoutList?.taxonId, stranger.withoutList?.listed], [one, false])
  assert.notEqual(stranger.stop?.taxonId, sibling)
  assert.equal(stranger.novelty?.under, tree.taxonomy.need(one!).parentId)
  // Inside a taxon that was asked for, the list has no effect.
  assert.deepEqual(ask(embedding, { list, within: 1 }), ask(embedding, { within: 1 }))
})
