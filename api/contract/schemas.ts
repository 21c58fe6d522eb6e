// The public nouns, with units. In: nothing. Out: zod schemas that validate requests, describe answers in OpenAPI and give
// the web page its types. Ids are opaque strings. Fractions are 0..1. Times are ISO 8601 unless said otherwise.

import { z } from '@hono/zod-openapi'

export const idSchema = z
  .string()
  .regex(/^[1-9]\d{0,15}$/, 'Expected an id as returned by this API')
  .openapi({ example: '42' })

export const rankSchema = z
  .enum(['kingdom', 'phylum', 'class', 'order', 'family', 'genus', 'species', 'subspecies'])
  .openapi('Rank')

export const bboxSchema = z
  .tuple([z.number().min(0).max(1), z.number().min(0).max(1), z.number().min(0).max(1), z.number().min(0).max(1)])
  .openapi('Bbox', { description: '`[xmin, ymin, width, height]`, fractions of the upright photo, origin top left.' })

export const taxonStepSchema = z.object({ id: idSchema, name: z.string(), rank: rankSchema }).openapi('TaxonStep')

export const taxonSchema = z
  .object({
    id: idSchema,
    name: z.string().openapi({ description: "Scientific name; a species' name is its binomial." }),
    rank: rankSchema,
    commonName: z.string().nullable(),
    path: z.array(taxonStepSchema).openapi({ description: 'From the top to the parent; empty for a top taxon.' }),
  })
  .openapi('Taxon')

export const taxonDetailSchema = taxonSchema
  .extend({
    parentId: idSchema.nullable(),
    childCount: z.number().int(),
    exampleCount: z.number().int().openapi({ description: 'Exemplars at or below this taxon.' }),
    needsPlacing: z
      .boolean()
      .openapi({ description: 'Made from a folder name: somebody should say where it belongs.' }),
    active: z.boolean().openapi({ description: 'False: neither it nor what is below it is ever suggested.' }),
    revision: z.number().int().openapi({ description: 'Grows with every change: send it as `expected` with an edit.' }),
    matched: z.string().nullable().openapi({
      description: 'In a search: the synonym or further common name that matched, where the names shown did not.',
    }),
  })
  .openapi('TaxonDetail')

export const personSchema = z.string().trim().min(1).max(100)

export const basisSchema = z
  .object({
    kind: z.enum(['suggestion', 'search', 'similar', 'bulk', 'import']),
    treeVersion: z.string().optional(),
    rank: z.string().max(20).optional().openapi({ description: 'The rank at which a suggestion was confirmed.' }),
  })
  .openapi('Basis')

export const identificationSchema = z
  .object({
    id: idSchema,
    detectionId: idSchema,
    taxon: taxonSchema,
    person: z.string(),
    basis: basisSchema,
    proposal: z.boolean().openapi({
      description: 'A label that may mean this animal or another of the same photo: shown, never taught.',
    }),
    replacesId: idSchema.nullable().openapi({ description: 'The identification that this one corrects.' }),
    createdAt: z.string(),
    withdrawnAt: z.string().nullable(),
    withdrawnBy: z.string().nullable(),
  })
  .openapi('Identification')

const probability = z.number().min(0).max(1)

export const similarSchema = z
  .object({
    detectionId: idSchema,
    mediaId: idSchema,
    cropUrl: z.string(),
    similarity: z.number().min(0).max(1).openapi({ description: "Cosine in the tree's metric, clamped to 0..1." }),
  })
  .openapi('Similar')

export const similarExemplarSchema = similarSchema.extend({ taxon: taxonSchema }).openapi('SimilarExemplar')

export const pathStepSchema = z
  .object({
    taxon: taxonSchema,
    probability,
    novelty: probability.openapi({
      description: 'Probability of an animal of this taxon that is in none of its known children.',
    }),
  })
  .openapi('PathStep')

export const evidenceSchema = z
  .object({
    tree: probability.openapi({ description: 'What the tree alone says.' }),
    neighbours: probability.nullable().openapi({
      description: 'Share of the similarity-weighted vote of the nearest exemplars; null when there are none.',
    }),
    regression: probability.nullable().openapi({
      description:
        'Probability by the flat logistic regression, among the species it was fitted on; null when this taxon is none of them.',
    }),
    nearest: z.boolean().openapi({ description: 'The most similar known photo shows this taxon.' }),
    examples: z.number().int().openapi({ description: 'Exemplars at or below this taxon.' }),
  })
  .openapi('Evidence')

export const suggestionSchema = z
  .object({ taxon: taxonSchema, probability, evidence: evidenceSchema, similar: z.array(similarSchema) })
  .openapi('Suggestion')

export const stopSchema = z
  .object({
    taxon: taxonSchema,
    probability,
    rule: z.enum(['calibrated', 'cautious', 'none']).openapi({
      description:
        'calibrated: threshold fitted on held-out answers; cautious: too few of them, the threshold is the asked accuracy itself; none: no accuracy asked.',
    }),
  })
  .openapi('Stop')

export const noveltySchema = z
  .object({
    under: taxonSchema.nullable().openapi({ description: 'null: outside every known top taxon.' }),
    probability,
  })
  .openapi('Novelty')

export const answeredDetectionSchema = z
  .object({
    detectionId: idSchema.optional().openapi({ description: 'Only for stored detections.' }),
    kind: z.enum(['animal', 'person', 'vehicle']),
    bbox: bboxSchema,
    confidence: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .openapi({ description: "The detector's number; null if it made no box." }),
    source: z.enum(['detector', 'wholePhoto', 'imported', 'person']),
    path: z.array(pathStepSchema),
    stop: stopSchema.nullable(),
    novelty: noveltySchema.nullable(),
    suggestions: z.array(suggestionSchema),
  })
  .openapi('AnsweredDetection')

export const modelReferenceSchema = z.object({ name: z.string(), sha256: z.string() }).openapi('ModelReference')

export const answerSchema = z
  .object({
    photo: z.object({
      width: z.number().int().openapi({ description: 'Upright pixels.' }),
      height: z.number().int(),
      sha256: z.string().openapi({ description: 'Of the bytes received.' }),
    }),
    models: z.object({ detector: modelReferenceSchema, embedder: modelReferenceSchema }),
    treeVersion: z
      .string()
      .openapi({ description: '"V.R": published version . changes learned since; "0.0" when empty.' }),
    detections: z.array(answeredDetectionSchema),
  })
  .openapi('Answer')

export const failureSchema = z
  .object({ stage: z.enum(['read', 'decode', 'detect', 'embed', 'store']), message: z.string() })
  .openapi('Failure')

export const mediaStatusSchema = z.enum(['queued', 'indexed', 'failed'])

export const mediaItemSchema = z
  .object({
    id: idSchema.nullable().openapi({ description: 'null when the bytes could not be kept as a photo at all.' }),
    filename: z.string(),
    status: mediaStatusSchema,
    failure: failureSchema.optional(),
  })
  .openapi('MediaItem')

/** What a person says of a whole photo instead of naming an animal. */
export const mediaMarkSchema = z
  .enum(['empty', 'unusable'])
  .openapi('MediaMark', { description: 'empty: no animal in it; unusable: nobody could tell from it.' })

/** What a person says of one detection instead of naming it. */
export const detectionMarkSchema = z
  .enum(['notAnimal', 'unknown'])
  .openapi('DetectionMark', { description: 'notAnimal: a leaf, a stone; unknown: an animal that nobody can name.' })

/** A detection as lists and reviews show it. */
export const detectionSchema = z
  .object({
    id: idSchema,
    mediaId: idSchema,
    kind: z.enum(['animal', 'person', 'vehicle']),
    source: z.enum(['detector', 'wholePhoto', 'imported', 'person']),
    bbox: bboxSchema,
    confidence: z.number().nullable(),
    cropUrl: z.string(),
    taxon: taxonSchema
      .nullable()
      .openapi({ description: 'What this detection teaches now: its current identification.' }),
    conflict: z.boolean(),
    mark: detectionMarkSchema.nullable(),
    setAside: z.boolean().openapi({ description: 'Its photo is marked (empty, unusable): it is in no queue.' }),
    capturedAt: z.string().nullable().openapi({ description: "The photo's, as in Media." }),
    groupKey: z.string().openapi({ description: 'Photos that count as one (a burst, an individual) share it.' }),
    suggestion: z
      .object({
        taxon: taxonSchema.nullable(),
        probability,
        stop: taxonSchema.nullable(),
        novelty: probability,
        ownProbability: probability.nullable().openapi({
          description:
            'Of what it is identified as, answered as if its burst had never been learned; null: unidentified.',
        }),
        disagreement: probability.openapi({
          description:
            'Identified: how much more probable another taxon is than its own. Unidentified: how far the tree and the similar photos are apart.',
        }),
        treeVersion: z.string(),
      })
      .nullable()
      .openapi({ description: 'The last computed summary; ask /api/suggestions for the answer of now.' }),
  })
  .openapi('Detection')

export const mediaSchema = z
  .object({
    id: idSchema,
    filename: z.string(),
    sha256: z.string(),
    status: mediaStatusSchema,
    failure: failureSchema.nullable(),
    width: z.number().int().nullable(),
    height: z.number().int().nullable(),
    bytes: z.number().int(),
    capturedAt: z
      .string()
      .nullable()
      .openapi({ description: "The camera's clock as written in EXIF; no zone is known." }),
    latitude: z.number().nullable(),
    longitude: z.number().nullable(),
    deployment: z.string().nullable(),
    sequenceId: idSchema.nullable().openapi({ description: 'Photos of one deployment at most 60 s apart share it.' }),
    group: z.string().nullable(),
    importId: idSchema.nullable(),
    imageUrl: z.string().openapi({ description: 'Add `?width=N` for a JPEG at most N px wide.' }),
    notes: z.string(),
    favourite: z.boolean(),
    mark: mediaMarkSchema.nullable(),
    detections: z.array(detectionSchema),
    createdAt: z.string(),
  })
  .openapi('Media')

export const detectionDetailSchema = detectionSchema
  .extend({ media: mediaSchema, identifications: z.array(identificationSchema) })
  .openapi('DetectionDetail')

export const learnedStepSchema = z
  .object({ taxon: taxonSchema, rank: rankSchema, probability })
  .openapi('LearnedStep', { description: "One step of the identified taxon's path, top first, itself last." })

export const learnedSchema = z
  .object({
    before: z.array(learnedStepSchema),
    after: z.array(learnedStepSchema),
    treeVersion: z.string(),
    ms: z.number().openapi({ description: 'Milliseconds from the committed identification to a tree that knows it.' }),
  })
  .openapi('Learned')

/** Review queues; each has an order of its own. */
export const queueNameSchema = z
  .enum(['unsure', 'conflict', 'wrongLabel', 'novel', 'unidentified', 'falseTrigger', 'recent', 'flagged'])
  .openapi('QueueName', {
    description:
      'unsure: unidentified, least probable first; conflict: people disagree; wrongLabel: identified as one taxon, by everything else another; novel: more probably something new than any known taxon; unidentified: newest first; falseTrigger: nothing was found in the photo; recent: identified by people, latest first; flagged: in photos that somebody flagged, newest first.',
  })

export const queueCountSchema = z
  .object({
    name: queueNameSchema,
    count: z.number().int(),
    capped: z.boolean().openapi({ description: 'There are more than `count`.' }),
  })
  .openapi('QueueCount')

export const actionKindSchema = z.enum(['identify', 'bulk', 'withdraw', 'box', 'note', 'mark']).openapi('ActionKind')

/** One entry of the history: what a person did in one step. */
export const actionSchema = z
  .object({
    id: idSchema,
    person: z.string(),
    at: z.string(),
    kind: actionKindSchema,
    summary: z.string().openapi({ description: 'A sentence for people.' }),
    detectionIds: z.array(idSchema).openapi({ description: 'What it changed, at most the first 100.' }),
    mediaIds: z.array(idSchema),
    subjects: z.number().int().openapi({ description: 'How many detections or photos it changed.' }),
    undoesId: idSchema.nullable().openapi({ description: 'This entry took that one back.' }),
    redoesId: idSchema.nullable().openapi({ description: 'This entry did that one again.' }),
    undone: z.boolean(),
  })
  .openapi('Action')

export const undoableSchema = z
  .object({ undo: actionSchema.nullable(), redo: actionSchema.nullable() })
  .openapi('Undoable', { description: 'What undo and redo would do next for the asking person.' })

export const actionAnswerSchema = z.object({ action: actionSchema, learned: learnedSchema }).openapi('ActionAnswer')

const bulkIds = z.array(idSchema).min(1).max(1000)
export const newBulkSchema = z
  .object({ detectionIds: bulkIds, taxonId: idSchema, basis: basisSchema })
  .openapi('NewBulkIdentification')
export const bulkAnswerSchema = z
  .object({
    action: actionSchema.nullable().openapi({ description: 'null: nothing was changed.' }),
    identified: z.array(idSchema),
    unchanged: z.array(idSchema).openapi({ description: 'You had said so before.' }),
    failures: z.array(z.object({ detectionId: idSchema, problem: z.string() })),
    learned: learnedSchema.openapi({ description: 'Seen from the first of the identified.' }),
  })
  .openapi('BulkAnswer')
export const bulkPreviewRequestSchema = z
  .object({
    detectionIds: bulkIds,
    taxonId: idSchema.optional().openapi({ description: 'Planned for all of them; else the commonest suggestion.' }),
  })
  .openapi('BulkPreviewRequest')
export const bulkPreviewSchema = z
  .object({
    taxon: taxonSchema.nullable().openapi({ description: 'What the odd ones are measured against.' }),
    groups: z
      .array(z.object({ taxon: taxonSchema.nullable(), detectionIds: z.array(idSchema) }))
      .openapi({ description: 'By their own suggestion, largest first.' }),
    odd: z
      .array(
        z.object({
          detectionId: idSchema,
          taxon: taxonSchema.nullable().openapi({ description: 'What it looks like, or is identified as.' }),
          probability,
          reason: z.enum(['otherSuggestion', 'alreadyIdentified', 'unlike', 'noAnimal']).openapi({
            description:
              'otherSuggestion: suggested as something else; alreadyIdentified: as something else; unlike: far from the others in the metric of the tree; noAnimal: no animal, or no features yet.',
          }),
        }),
      )
      .openapi({ description: 'The odd ones out, strangest first.' }),
  })
  .openapi('BulkPreview')

export const newDetectionSchema = z.object({ mediaId: idSchema, bbox: bboxSchema }).openapi('NewDetection')
export const detectionChangeSchema = z
  .object({ bbox: bboxSchema.optional(), mark: detectionMarkSchema.nullable().optional() })
  .openapi('DetectionChange')
export const detectionAnswerSchema = z
  .object({
    detection: detectionSchema,
    suggested: answeredDetectionSchema
      .nullable()
      .openapi({ description: 'What it may be, as POST /api/suggestions answers; null: unchanged.' }),
    action: actionSchema.nullable().openapi({ description: 'null: nothing was changed.' }),
    learned: learnedSchema,
  })
  .openapi('DetectionAnswer')
export const mediaChangeSchema = z
  .object({
    notes: z.string().max(10_000).optional(),
    favourite: z.boolean().optional(),
    mark: mediaMarkSchema.nullable().optional(),
  })
  .openapi('MediaChange')
export const mediaAnswerSchema = z
  .object({ media: mediaSchema, action: actionSchema.nullable() })
  .openapi('MediaAnswer')

export const newMarksSchema = z
  .object({
    detectionIds: bulkIds,
    mark: z.enum([...detectionMarkSchema.options, ...mediaMarkSchema.options, 'favourite']).openapi({
      description:
        'Of each animal: notAnimal, unknown. Of the whole photo that it is in: empty, unusable, favourite (a flag, to look at again).',
    }),
    on: z.boolean().default(true).openapi({ description: 'false: take this mark away where it is.' }),
  })
  .openapi('NewMarks')
export const marksAnswerSchema = z
  .object({
    action: actionSchema.nullable().openapi({ description: 'null: all were so already.' }),
    detectionIds: z.array(idSchema).openapi({
      description: 'All animals that it concerns: of a marked photo, the others in it too.',
    }),
    missing: z.array(idSchema).openapi({ description: 'Asked for, but removed or never there.' }),
    learned: learnedSchema,
  })
  .openapi('MarksAnswer')

export const falseTriggersSchema = z
  .object({
    threshold: probability,
    total: z.number().int().openapi({ description: 'Photos that nobody has identified or marked.' }),
    setAside: z.number().int().openapi({ description: 'Of these, photos without a detection at or above it.' }),
    atThresholds: z
      .array(z.object({ threshold: probability, photos: z.number().int() }))
      .openapi({ description: 'What 20 thresholds, 0.05 to 1, would set aside.' }),
    samples: z.array(detectionSchema).openapi({ description: 'The surest detections that would be lost.' }),
  })
  .openapi('FalseTriggers')
export const newFalseTriggersSchema = z
  .object({
    threshold: probability,
    importId: idSchema.optional(),
    deployment: z.string().max(200).optional(),
  })
  .openapi('NewFalseTriggers')

export const falseTriggersAnswerSchema = z
  .object({
    action: actionSchema.nullable().openapi({ description: 'null: there was no such photo.' }),
    setAside: z.number().int(),
  })
  .openapi('FalseTriggersAnswer')

/** What lists can be narrowed by. */
export const filterChoicesSchema = z
  .object({ deployments: z.array(z.string()), people: z.array(z.string()) })
  .openapi('FilterChoices')

export const importSchema = z
  .object({
    id: idSchema,
    name: z.string(),
    status: z.enum(['running', 'indexing', 'learning', 'done']).openapi({
      description:
        'running: photos are being handed over; indexing: some wait; learning: a tree version is being published.',
    }),
    total: z.number().int().nullable(),
    queued: z.number().int(),
    indexed: z.number().int(),
    failed: z.number().int(),
    photosPerSecond: z.number().nullable(),
    secondsLeft: z.number().nullable(),
    createdAt: z.string(),
    doneAt: z.string().nullable(),
  })
  .openapi('Import')

/** What an importer knows of a photo beside its bytes: the CSV's columns or the folders it lay in. */
export const photoFactsSchema = z
  .object({
    path: z
      .string()
      .max(1000)
      .optional()
      .openapi({ description: 'Where the photo lay, relative to the import: its filename here.' }),
    class: z.string().max(200).optional(),
    order: z.string().max(200).optional(),
    family: z.string().max(200).optional(),
    genus: z.string().max(200).optional(),
    species: z.string().max(200).optional(),
    commonName: z.string().max(200).optional(),
    folders: z.array(z.string().max(200)).max(20).optional().openapi({
      description:
        'Labelled folders, outermost first: matched to known names, else made into taxa and listed for placing.',
    }),
    deployment: z.string().max(200).optional(),
    group: z.string().max(200).optional(),
    boxes: z.array(bboxSchema).max(100).optional(),
  })
  .openapi('PhotoFacts')

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().optional(),
    requestId: z.string(),
  })
  .catchall(z.unknown())
  .openapi('Problem', { description: 'RFC 9457 problem details.' })

export const limitSchema = z.coerce.number().int().min(1).max(200)

/** A page of a list: ask again with `cursor=nextCursor` until it is null. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() })

export type Taxon = z.infer<typeof taxonSchema>
export type TaxonDetail = z.infer<typeof taxonDetailSchema>
export type Answer = z.infer<typeof answerSchema>
export type AnsweredDetection = z.infer<typeof answeredDetectionSchema>
export type Identification = z.infer<typeof identificationSchema>
export type Learned = z.infer<typeof learnedSchema>
export type Media = z.infer<typeof mediaSchema>
export type MediaItem = z.infer<typeof mediaItemSchema>
export type Detection = z.infer<typeof detectionSchema>
export type DetectionDetail = z.infer<typeof detectionDetailSchema>
export type Import = z.infer<typeof importSchema>
export type PhotoFacts = z.infer<typeof photoFactsSchema>
export type QueueName = z.infer<typeof queueNameSchema>
export type QueueCount = z.infer<typeof queueCountSchema>
export type Action = z.infer<typeof actionSchema>
export type Undoable = z.infer<typeof undoableSchema>
export type ActionAnswer = z.infer<typeof actionAnswerSchema>
export type BulkAnswer = z.infer<typeof bulkAnswerSchema>
export type BulkPreview = z.infer<typeof bulkPreviewSchema>
export type DetectionAnswer = z.infer<typeof detectionAnswerSchema>
export type MediaAnswer = z.infer<typeof mediaAnswerSchema>
export type MarksAnswer = z.infer<typeof marksAnswerSchema>
export type FalseTriggers = z.infer<typeof falseTriggersSchema>
export type FalseTriggersAnswer = z.infer<typeof falseTriggersAnswerSchema>
export type FilterChoices = z.infer<typeof filterChoicesSchema>
export type Similar = z.infer<typeof similarSchema>
export type SimilarExemplar = z.infer<typeof similarExemplarSchema>
export type LearnedStep = z.infer<typeof learnedStepSchema>
