// The tables and their row types. Ids are bigint identities: numbers in TypeScript, opaque strings in the API. Times
// are timestamptz, except when a photo was taken: that is what the camera's clock said, without a zone.

import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  customType,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  smallint,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { vector } from './vectors.ts'

/** Ranks that taxa may have, top first, with iNaturalist's rank levels (a larger number is a higher rank). */
export const RANK_LEVELS = {
  kingdom: 70,
  phylum: 60,
  class: 50,
  order: 40,
  family: 30,
  genus: 20,
  species: 10,
  subspecies: 5,
} as const
export type Rank = keyof typeof RANK_LEVELS
export const RANKS = Object.keys(RANK_LEVELS) as Rank[] // the keys of a constant

/**
 * How exactly others may know where animals of a taxon were seen, strictest last: coordinates rounded to so many
 * degrees, or none.
 */
export const PLACE_RULES = ['0.001', '0.01', '0.1', '1', 'hidden'] as const
export type PlaceRule = (typeof PLACE_RULES)[number]

export type DetectionKind = 'animal' | 'person' | 'vehicle'
export type DetectionSource = 'detector' | 'wholePhoto' | 'imported' | 'person'
/** What a person can say about a whole photo: there is no animal in it, or nobody could tell. */
export type MediaMark = 'empty' | 'unusable'
export type RepeatVerdict = 'nothing' | 'animal'
/** What a person can say about a detection instead of naming it. */
export type DetectionMark = 'notAnimal' | 'unknown' | 'person' | 'vehicle'
export type MediaStatus = 'queued' | 'indexed' | 'failed'
/** Where processing stopped, and a sentence for people. */
export type Failure = { stage: 'read' | 'decode' | 'detect' | 'embed' | 'store'; message: string }
export type Basis = {
  kind: 'suggestion' | 'search' | 'similar' | 'bulk' | 'import'
  treeVersion?: string
  rank?: string
  /** What said it, where a machine did, and how sure it was (0..1). */
  model?: string
  score?: number
}
/** What an import says a photo shows; it becomes identifications by `person` once the photo is indexed. */
export type PendingLabel = { taxonId: number; person: string }
/** What an import says of one box or of the whole photo. `proposal`: a machine's label. */
export type PendingStatement = PendingLabel & { proposal: boolean; model?: string; score?: number }
/** `searched`: the boxes are all that there is, so the detector is not asked. */
export type PendingFindings = { searched: boolean; found: PendingFinding[] }
export type PendingFinding = {
  /** Null: the whole photo. */
  bbox: Bbox | null
  kind: DetectionKind
  confidence: number | null
  /** What made the box; null: a person. */
  detector: string | null
  statements: PendingStatement[]
  observed?: Omit<typeof observation.$inferSelect, 'detectionId' | 'own'> & { own?: OwnValues | null }
  mark?: DetectionMark
}
/** `[xmin, ymin, width, height]`, fractions of the upright photo, origin top left. */
export type Bbox = [number, number, number, number]

const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' })

const id = () => bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity()
const createdAt = () => timestamp('created_at', { withTimezone: true }).notNull().defaultNow()
const reference = (name: string) => bigint(name, { mode: 'number' })

/** Small facts of the installation by key: the models in use, the time of the last estimation. */
export const setting = pgTable('setting', {
  key: text('key').primaryKey(),
  value: jsonb('value').notNull(),
})

/** Models that this database's rows were made with; `manifest` is the model's manifest.json at that time. */
export const model = pgTable('model', {
  sha256: text('sha256').primaryKey(),
  name: text('name').notNull(),
  kind: text('kind').$type<'detector' | 'embedder'>().notNull(),
  manifest: jsonb('manifest').notNull(),
  createdAt: createdAt(),
})

export const taxon = pgTable(
  'taxon',
  {
    id: id(),
    parentId: reference('parent_id').references((): import('drizzle-orm/pg-core').AnyPgColumn => taxon.id),
    name: text('name').notNull(),
    rank: text('rank').$type<Rank>().notNull(),
    rankLevel: smallint('rank_level').notNull(),
    commonName: text('common_name'),
    /** Made from a folder name that matched no taxon: a person should say where it belongs. */
    needsPlacing: boolean('needs_placing').notNull().default(false),
    /** False: neither it nor any taxon below it is suggested. */
    active: boolean('active').notNull().default(true),
    /** For it and every taxon below it. Null: their places are no secret, unless a taxon above has a rule. */
    placeRule: text('place_rule').$type<PlaceRule>(),
    /** It was merged into that taxon: no statement names it any more, and its id leads there. */
    mergedIntoId: reference('merged_into_id').references((): import('drizzle-orm/pg-core').AnyPgColumn => taxon.id),
    /** What other lists call it, as `scheme:id`. */
    externalIds: text('external_ids').array().notNull().default(sql`'{}'::text[]`),
    /** Grows with every change of the row or its names. */
    revision: integer('revision').notNull().default(1),
    /** Synonyms and further common names, a line each: a copy of `taxon_name` for searching. */
    otherNames: text('other_names').notNull().default(''),
    createdAt: createdAt(),
    /** All its names in lower case, a line each, so that a search for a part of a name need not fold every row. */
    searchText: text('search_text')
      .notNull()
      .generatedAlwaysAs(
        (): SQL =>
          sql`folded(${taxon.name} || chr(10) || coalesce(${taxon.commonName}, '') || chr(10) || ${taxon.otherNames})`,
      ),
  },
  (t) => [
    uniqueIndex('taxon_sibling')
      .on(sql`coalesce(${t.parentId}, 0)`, sql`lower(${t.name})`, t.rank)
      .where(sql`${t.mergedIntoId} is null`),
    index('taxon_parent').on(t.parentId),
    index('taxon_by_name').on(sql`folded(${t.name}) collate "C"`, t.id),
    index('taxon_by_common_name').on(sql`folded(${t.commonName}) collate "C"`, t.id),
    index('taxon_merged').on(t.mergedIntoId).where(sql`${t.mergedIntoId} is not null`),
  ],
)

/** Common names in any language, and synonyms. The preferred common name is also `taxon.commonName`. */
export const taxonName = pgTable(
  'taxon_name',
  {
    id: id(),
    taxonId: reference('taxon_id')
      .notNull()
      .references(() => taxon.id, { onDelete: 'cascade' }),
    kind: text('kind').$type<'common' | 'synonym'>().notNull(),
    /** BCP 47 ("en", "pt-BR"); null where it is not known, and for synonyms. */
    language: text('language'),
    name: text('name').notNull(),
    preferred: boolean('preferred').notNull().default(false),
  },
  (t) => [
    index('taxon_name_taxon').on(t.taxonId),
    index('taxon_name_by_name').on(sql`folded(${t.name}) collate "C"`, t.taxonId),
  ],
)

/**
 * Append-only log of what people did to the taxonomy. Replaying its commands in order of id makes an equal taxonomy
 * from an empty one.
 */
export const taxonomyEdit = pgTable(
  'taxonomy_edit',
  {
    id: id(),
    person: text('person').notNull(),
    at: timestamp('at', { withTimezone: true }).notNull().defaultNow(),
    why: text('why'),
    command: jsonb('command').$type<unknown>().notNull(),
    /** The command that undoes it. */
    inverse: jsonb('inverse').$type<unknown>().notNull(),
    /** The edit that this one undoes. */
    undoes: reference('undoes'),
    /** Taxa whose rows or names it changed. */
    taxa: bigint('taxa', { mode: 'number' }).array().notNull(),
  },
  (t) => [
    index('taxonomy_edit_taxa').using('gin', t.taxa),
    index('taxonomy_edit_undoes').on(t.undoes).where(sql`${t.undoes} is not null`),
  ],
)

/** A time in which a camera did not work, by the clock of the place: "2024-05-01 06:13:22". */
export type ProblemPeriod = { from: string; to: string; what: string }

/**
 * A camera that stood at one place for a while: the CSV's `deployment` column or the top folder of an import. All times
 * are those of the place's clock, without a zone.
 */
export const deployment = pgTable('deployment', {
  id: id(),
  name: text('name').notNull().unique(),
  /** The place. Null: it is called as the deployment. Deployments of one place make one station. */
  station: text('station'),
  /** Degrees, north and east positive; both or none. */
  latitude: doublePrecision('latitude'),
  longitude: doublePrecision('longitude'),
  /** When the camera was set up and taken down; null where nobody said so. */
  startAt: timestamp('start_at', { mode: 'string' }),
  endAt: timestamp('end_at', { mode: 'string' }),
  camera: text('camera'),
  /** What must be added to what the camera's clock said. `media.captured_at` of its photos has it in it. */
  clockOffsetSeconds: integer('clock_offset_seconds').notNull().default(0),
  problems: jsonb('problems').$type<ProblemPeriod[]>().notNull().default([]),
  tags: text('tags').array().notNull().default(sql`'{}'::text[]`),
  notes: text('notes').notNull().default(''),
  /** Grows with every change of the row. */
  revision: integer('revision').notNull().default(1),
  createdAt: createdAt(),
})

/** What lives somewhere. Suggestions there name only what is listed, what belongs to it and what lies above it. */
export const speciesList = pgTable('species_list', {
  id: id(),
  name: text('name').notNull().unique(),
  /** Not foreign keys: a taxon that is gone is passed over. */
  taxonIds: bigint('taxon_ids', { mode: 'number' }).array().notNull(),
  /**
   * Where it holds; none: wherever no other list does. Not foreign keys, because a removed deployment may come back.
   */
  deploymentIds: bigint('deployment_ids', { mode: 'number' }).array().notNull(),
  /** Grows with every change of the row. */
  revision: integer('revision').notNull().default(1),
  createdAt: createdAt(),
})

/**
 * One import of photos. It is done when it was closed, every photo is indexed or failed, and what they taught is
 * published.
 */
export const importBatch = pgTable('import_batch', {
  id: id(),
  name: text('name').notNull(),
  /** How many photos the importer found; null while it is still counting. */
  total: integer('total'),
  /** How many of its photos were here already. An importer that sends one again counts it again. */
  known: integer('known').notNull().default(0),
  createdAt: createdAt(),
  /** When the importer had sent everything. */
  closedAt: timestamp('closed_at', { withTimezone: true }),
  doneAt: timestamp('done_at', { withTimezone: true }),
})

/** One photo, known by the sha256 of its bytes. */
export const media = pgTable(
  'media',
  {
    id: id(),
    sha256: text('sha256').notNull().unique(),
    filename: text('filename').notNull(),
    mimeType: text('mime_type').notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    /** Upright pixels; null until decoded. */
    width: integer('width'),
    height: integer('height'),
    /** What the camera's clock said, as EXIF has it ("2024:05:01 06:13:22"); null where it said nothing. */
    capturedRaw: text('captured_raw'),
    /** The same as a time without a zone, for sorting and sequences, with the deployment's clock offset added. */
    capturedAt: timestamp('captured_at', { mode: 'string' }),
    /** A person said `capturedAt`, as no clock did: correcting the deployment's clock leaves it as it is. */
    capturedTold: boolean('captured_told').notNull().default(false),
    latitude: doublePrecision('latitude'),
    longitude: doublePrecision('longitude'),
    importId: reference('import_id').references(() => importBatch.id),
    deploymentId: reference('deployment_id').references(() => deployment.id),
    /**
     * Shared by photos of one deployment at most 60 s apart: the smallest media id among them when they were joined.
     */
    sequenceId: reference('sequence_id'),
    /** The CSV's `group` (an individual, a burst). It decides before the sequence which photos count as one. */
    groupName: text('group_name'),
    status: text('status').$type<MediaStatus>().notNull().default('queued'),
    attempts: smallint('attempts').notNull().default(0),
    failure: jsonb('failure').$type<Failure>(),
    pendingLabel: jsonb('pending_label').$type<PendingLabel>(),
    pendingBoxes: jsonb('pending_boxes').$type<Bbox[]>(),
    /** Boxes and statements of another program. */
    pendingFindings: jsonb('pending_findings').$type<PendingFindings>(),
    detectorSha256: text('detector_sha256'),
    notes: text('notes').notNull().default(''),
    favourite: boolean('favourite').notNull().default(false),
    mark: text('mark').$type<MediaMark>(),
    /** It was marked as one of many below a limit, and nobody looked at it: it is no example of an empty photo. */
    markUnseen: boolean('mark_unseen').notNull().default(false),
    createdAt: createdAt(),
    indexedAt: timestamp('indexed_at', { withTimezone: true }),
  },
  (t) => [
    index('media_queued').on(t.id).where(sql`${t.status} = 'queued'`),
    index('media_import').on(t.importId, t.status),
    index('media_sequence').on(t.sequenceId),
    index('media_deployment').on(t.deploymentId, t.capturedAt),
    index('media_captured').on(t.capturedAt),
    index('media_flagged').on(t.id).where(sql`${t.favourite}`),
    index('media_pending').on(sql`(${t.pendingLabel} ->> 'taxonId')`).where(sql`${t.pendingLabel} is not null`),
  ],
)

/**
 * Spreads ids evenly (Knuth's multiplicative hash): the detections of smallest hash are a sample of all
 * (classifiers/sample.ts).
 */
export const sampleOrder = (id: SQLWrapper): SQL => sql`((${id} & 2147483647) * 2654435761 & 4294967295)`

/** People said that it is no animal: a stone, a person, a vehicle. */
export const isOtherThanAnimal = (t: { mark: SQLWrapper }): SQL => sql`${t.mark} in ('notAnimal', 'person', 'vehicle')`

/** What it is: as people marked it, else as the detector said. */
export const kindOf = (t: { kind: SQLWrapper; mark: SQLWrapper }): SQL<DetectionKind> =>
  sql`case when ${t.mark} in ('person', 'vehicle') then ${t.mark} else ${t.kind} end`

/** One in twenty of the detections that a person identified: somebody else is to look at it too. */
export const isDrawn = (t: { id: SQLWrapper; latestStatementId: SQLWrapper }): SQL =>
  sql`(${t.latestStatementId} is not null and ${sampleOrder(t.id)} < 214748364)`

/** It, or its whole photo, is marked: as no animal, as empty, as unusable. Its index begins with the smallest hash. */
export const isMarked = (t: { mark: SQLWrapper; setAside: SQLWrapper }): SQL =>
  sql`(${isOtherThanAnimal(t)} or ${t.setAside})`

/**
 * What people said of a place where a camera's detector finds something again and again: nothing there is an animal, so
 * new boxes there are marked as they come, or it may be one, so it is not asked about again.
 */
export const repeatPlace = pgTable(
  'repeat_place',
  {
    id: id(),
    deploymentId: reference('deployment_id')
      .notNull()
      .references(() => deployment.id, { onDelete: 'cascade' }),
    verdict: text('verdict').$type<RepeatVerdict>().notNull(),
    /** A box that overlaps one of these almost wholly is there. */
    boxes: jsonb('boxes').$type<Bbox[]>().notNull(),
    /** False once it was undone. */
    active: boolean('active').notNull().default(true),
    createdAt: createdAt(),
  },
  (t) => [index('repeat_place_deployment').on(t.deploymentId)],
)

/** One animal (or person, or vehicle) in a photo. */
export const detection = pgTable(
  'detection',
  {
    id: id(),
    mediaId: reference('media_id')
      .notNull()
      .references(() => media.id, { onDelete: 'cascade' }),
    kind: text('kind').$type<DetectionKind>().notNull(),
    source: text('source').$type<DetectionSource>().notNull(),
    x: doublePrecision('x').notNull(),
    y: doublePrecision('y').notNull(),
    width: doublePrecision('width').notNull(),
    height: doublePrecision('height').notNull(),
    confidence: real('confidence'),
    /** The name of another program's detector that made the box; null: this installation's, or a person. */
    detector: text('detector'),
    /**
     * Photos with the same key count as one: the media's group name, else its sequence, else itself ("g:…", "s:…",
     * "m:…").
     */
    groupKey: text('group_key').notNull(),
    /** What it teaches now, derived from its identifications in the transaction that changes them. */
    taughtTaxonId: reference('taught_taxon_id').references(() => taxon.id),
    conflict: boolean('conflict').notNull().default(false),
    /**
     * Its latest identification that counts and comes from a person, not an import. Set together with `taughtTaxonId`.
     */
    latestStatementId: reference('latest_statement_id'),
    mark: text('mark').$type<DetectionMark>(),
    /** Its photo is marked. Written together with the mark. */
    setAside: boolean('set_aside').notNull().default(false),
    /** The place whose new boxes are marked when they are found. */
    repeatPlaceId: reference('repeat_place_id').references(() => repeatPlace.id, { onDelete: 'set null' }),
    /** When a person removed the box. It is shown nowhere and teaches nothing, and comes back when that is undone. */
    hiddenAt: timestamp('hidden_at', { withTimezone: true }),
    /** Grows when the box changes; part of the crop's address. */
    boxVersion: integer('box_version').notNull().default(0),
    createdAt: createdAt(),
    /**
     * It waits to be identified. A trigger copies changes to the detection's suggestion, whose indexes are the queues.
     */
    open: boolean('open')
      .notNull()
      .generatedAlwaysAs(
        (): SQL =>
          sql`${detection.kind} = 'animal' and ${detection.taughtTaxonId} is null and not ${detection.conflict} and ${detection.mark} is null and not ${detection.setAside} and ${detection.hiddenAt} is null`,
      ),
  },
  (t) => [
    index('detection_media').on(t.mediaId),
    index('detection_repeat').on(t.repeatPlaceId).where(sql`${t.repeatPlaceId} is not null`),
    index('detection_group').on(t.groupKey),
    index('detection_taught').on(t.taughtTaxonId).where(sql`${t.taughtTaxonId} is not null`),
    index('detection_sample')
      .on(sampleOrder(t.id), t.id)
      .where(sql`${t.kind} = 'animal' and ${t.taughtTaxonId} is null and ${t.hiddenAt} is null`),
    index('detection_marked').on(sampleOrder(t.id), t.id).where(isMarked(t)),
    index('detection_waiting').on(t.id).where(sql`${t.open}`),
    index('detection_false_trigger').on(t.id).where(sql`${t.open} and ${t.source} = 'wholePhoto'`),
    index('detection_confidence').on(t.confidence, t.id).where(sql`${t.open}`),
    index('detection_recent').on(t.latestStatementId).where(sql`${t.latestStatementId} is not null`),
    index('detection_conflict').on(t.id).where(sql`${t.conflict}`),
    index('detection_second_look').on(t.id).where(isDrawn(t)),
  ],
)

export type Sex = 'female' | 'male'
export type LifeStage = 'adult' | 'subadult' | 'juvenile'

/** Values of the fields that the project defined, by the field's id. */
export type OwnValues = Record<string, string | number>

/** What a person saw of an animal besides its taxon. A row says something; without one nothing was said. */
export const observation = pgTable('observation', {
  detectionId: reference('detection_id')
    .primaryKey()
    .references(() => detection.id, { onDelete: 'cascade' }),
  /** How many of its taxon the person counts in the photo. Replaces the number of boxes in the results. */
  count: integer('count'),
  sex: text('sex').$type<Sex>(),
  lifeStage: text('life_stage').$type<LifeStage>(),
  behaviour: text('behaviour'),
  /** What the person calls this very animal. */
  individual: text('individual'),
  /** Of the fields that the project defined; null where none has a value. */
  own: jsonb('own').$type<OwnValues>(),
})

/**
 * A crop's feature vector by one embedder, at unit length. Up to 2,000 numbers stay in the row (a migration says so),
 * which makes scans 3 times as fast.
 */
export const embedding = pgTable(
  'embedding',
  {
    detectionId: reference('detection_id')
      .notNull()
      .references(() => detection.id, { onDelete: 'cascade' }),
    modelSha256: text('model_sha256')
      .notNull()
      .references(() => model.sha256),
    vector: vector('vector').notNull(),
  },
  (t) => [primaryKey({ columns: [t.modelSha256, t.detectionId] }), index('embedding_detection').on(t.detectionId)],
)

/**
 * A person's statement about a detection. Rows are only added; setting `withdrawnAt` withdraws one. Of each person the
 * latest row counts that is neither withdrawn nor a proposal.
 */
export const identification = pgTable(
  'identification',
  {
    id: id(),
    detectionId: reference('detection_id')
      .notNull()
      .references(() => detection.id, { onDelete: 'cascade' }),
    taxonId: reference('taxon_id')
      .notNull()
      .references(() => taxon.id),
    person: text('person').notNull(),
    basis: jsonb('basis').$type<Basis>().notNull(),
    /** A label that may mean this detection or another one of the photo. It is shown and teaches nothing. */
    proposal: boolean('proposal').notNull().default(false),
    /**
     * The identification that this one corrects. It was withdrawn for it, and is restored when this one is withdrawn.
     */
    replacesId: reference('replaces_id'),
    /** The taxon that the person named, where a merge or a split made the statement mean another. */
    saidTaxonId: reference('said_taxon_id'),
    createdAt: createdAt(),
    withdrawnAt: timestamp('withdrawn_at', { withTimezone: true }),
    withdrawnBy: text('withdrawn_by'),
  },
  (t) => [
    index('identification_detection').on(t.detectionId),
    index('identification_taxon').on(t.taxonId),
    index('identification_person').on(t.person, t.detectionId),
    index('identification_by').on(t.person, t.id),
    index('identification_proposal').on(t.detectionId).where(sql`${t.proposal} and ${t.withdrawnAt} is null`),
  ],
)

/**
 * Append-only log of what the tree has to learn. A transaction writes a row when it changes what a detection teaches or
 * which group it counts in, removes a detection, or changes a taxon. Processes apply rows that they have not seen, in
 * any order.
 */
export const lesson = pgTable('lesson', {
  id: id(),
  kind: text('kind').$type<'detection' | 'taxon'>().notNull(),
  /** The detection's or the taxon's id; that row may be gone. */
  subjectId: reference('subject_id').notNull(),
  createdAt: createdAt(),
})

/**
 * A published tree: statistics for one embedder that take long to estimate. `lessons`: from how many lessons about
 * detections.
 */
export const treeVersion = pgTable('tree_version', {
  version: integer('version').primaryKey(),
  modelSha256: text('model_sha256')
    .notNull()
    .references(() => model.sha256),
  statistics: bytea('statistics').notNull(),
  lessons: bigint('lessons', { mode: 'number' }).notNull(),
  examples: integer('examples').notNull(),
  createdAt: createdAt(),
  /** How many examples it was not fitted on, so that versions can be compared on them. */
  heldOut: integer('held_out').notNull().default(0),
  /** How it compares with the version before it; null: with none. */
  verdict: jsonb('verdict').$type<unknown>(),
  /** Null while its metric vectors are being written, and where it was refused. */
  publishedAt: timestamp('published_at', { withTimezone: true }),
})

/**
 * What is known of a version of the tree, which outlives it: the card as text, which is equal byte for byte when it is
 * made again, and what the version said about the photos by which it was judged.
 */
export const versionCard = pgTable(
  'version_card',
  {
    version: integer('version').primaryKey(),
    modelSha256: text('model_sha256')
      .notNull()
      .references(() => model.sha256),
    card: text('card').notNull(),
    answers: jsonb('answers').$type<unknown>().notNull(),
    createdAt: createdAt(),
    /** The version that answered stayed. */
    refused: boolean('refused').notNull().default(false),
    /** Null while its metric vectors are being written, and where it was refused. */
    publishedAt: timestamp('published_at', { withTimezone: true }),
  },
  (t) => [index('version_card_told').on(t.version).where(sql`${t.refused} or ${t.publishedAt} is not null`)],
)

/**
 * A detection's embedding in the metric of one published version: fewer dimensions, in which the cosine is the
 * `similarity`.
 */
export const metricVector = pgTable(
  'metric_vector',
  {
    version: integer('version')
      .notNull()
      .references(() => treeVersion.version, { onDelete: 'cascade' }),
    detectionId: reference('detection_id')
      .notNull()
      .references(() => detection.id, { onDelete: 'cascade' }),
    vector: vector('vector').notNull(),
  },
  (t) => [primaryKey({ columns: [t.version, t.detectionId] }), index('metric_vector_detection').on(t.detectionId)],
)

/**
 * The last summary of what the tree says about a detection, for queues and counts. Answers are always computed from the
 * tree itself.
 */
export const suggestion = pgTable(
  'suggestion',
  {
    detectionId: reference('detection_id')
      .primaryKey()
      .references(() => detection.id, { onDelete: 'cascade' }),
    taxonId: reference('taxon_id').references(() => taxon.id, { onDelete: 'set null' }),
    probability: real('probability').notNull(),
    /** That its family is right; null: not known yet, or nothing is suggested. */
    familyProbability: real('family_probability'),
    stopTaxonId: reference('stop_taxon_id').references(() => taxon.id, { onDelete: 'set null' }),
    novelty: real('novelty').notNull(),
    /** Probability of what the detection teaches, its own burst left out; null where it teaches nothing. */
    ownProbability: real('own_probability'),
    /**
     * 0..1. Where it teaches: how much more probable another taxon is. Else: how far the tree and the neighbours are
     * apart.
     */
    disagreement: real('disagreement').notNull().default(0),
    /** Its label is improbable, and another taxon is not. */
    suspect: boolean('suspect').notNull().default(false),
    /** Place on a Hilbert curve through the tree's metric: what lies near on it looks alike. */
    likeness: integer('likeness').notNull().default(0),
    /**
     * Probability of the taxon that the picture alone suggests where that was never met at its station; null: it was,
     * too little was met there, or the picture alone suggests none.
     */
    firstHere: real('first_here'),
    treeVersion: text('tree_version').notNull(),
    /** A copy of the detection's `open`, kept by a trigger, so that one index answers a queue in its order. */
    open: boolean('open').notNull().default(false),
  },
  (t) => [
    index('suggestion_probability').on(t.probability, t.detectionId),
    index('suggestion_unsure').on(t.probability, t.detectionId).where(sql`${t.open}`),
    index('suggestion_novel').on(t.novelty, t.detectionId).where(sql`${t.open} and ${t.novelty} > ${t.probability}`),
    index('suggestion_first_here').on(t.firstHere, t.detectionId).where(sql`${t.open} and ${t.firstHere} is not null`),
    index('suggestion_disagreement').on(t.disagreement, t.detectionId).where(sql`${t.open}`),
    index('suggestion_suspect').on(t.disagreement, t.detectionId).where(sql`${t.suspect}`),
    index('suggestion_likeness').on(t.taxonId, t.likeness, t.detectionId).where(sql`${t.open}`),
  ],
)

/** Why a person is asked about an animal: `classifiers/asking/order.ts`. */
export type QuestionReason = 'typical' | 'unsure' | 'new' | 'random'

/** The animals that a person should name next, computed in the background: each computation replaces all. */
export const question = pgTable(
  'question',
  {
    detectionId: reference('detection_id')
      .primaryKey()
      .references(() => detection.id, { onDelete: 'cascade' }),
    /** Grows from computation to computation, so a page after any place holds newer questions. */
    place: bigint('place', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    why: text('why').$type<QuestionReason>().notNull(),
    /** How many waiting animals look like it, itself among them. */
    alike: integer('alike').notNull(),
  },
  (t) => [index('question_place').on(t.place)],
)

/** What a box shows where it is no animal. */
export type UnlikelyKind = 'nothing' | 'person' | 'vehicle'

/**
 * Boxes that wait and are probably no animals, by what people said of others. Computed in the background: each
 * computation replaces all.
 */
export const unlikelyBox = pgTable('unlikely_box', {
  detectionId: reference('detection_id')
    .primaryKey()
    .references(() => detection.id, { onDelete: 'cascade' }),
  /** The probability that it is an animal, 0..1. */
  animal: real('animal').notNull(),
  /** The most probable of the other kinds. */
  likely: text('likely').$type<UnlikelyKind>().notNull(),
})

/**
 * The animals whose answers would change the results of the season most, computed in the background: each computation
 * replaces all.
 */
export const resultsQuestion = pgTable(
  'results_question',
  {
    detectionId: reference('detection_id')
      .primaryKey()
      .references(() => detection.id, { onDelete: 'cascade' }),
    /** Grows from computation to computation, so a page after any place holds newer questions. */
    place: bigint('place', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    /** 0..0.5: how much less doubtful it is, after the answer, whether the taxon was at this station in this week. */
    gain: real('gain').notNull(),
    /** How many waiting animals of other bursts may be that taxon there and then, itself counted. */
    records: integer('records').notNull(),
  },
  (t) => [index('results_question_place').on(t.place)],
)

/**
 * How an animal stands among all others, and what speaks against its label, by one tree version: computed in the
 * background for all at once. Taxa and detections are not foreign keys, because rows are replaced as a whole.
 */
export const appraisal = pgTable(
  'appraisal',
  {
    detectionId: reference('detection_id')
      .primaryKey()
      .references(() => detection.id, { onDelete: 'cascade' }),
    version: integer('version').notNull(),
    /** 0..1: how far it is from all animals of other bursts. */
    uniqueness: real('uniqueness').notNull(),
    /** 0..1: how well it stands for many. */
    representativeness: real('representativeness').notNull(),
    /** Entropy of the answer without its burst, in nats. */
    hardness: real('hardness').notNull(),
    /** A near duplicate in another burst. */
    duplicateId: reference('duplicate_id'),
    /** Its label is another one. */
    duplicateDiffers: boolean('duplicate_differs').notNull().default(false),
    /** The label that was doubted; null: it had none. What follows is about it, without its burst. */
    labelId: reference('label_id'),
    /** The best other taxon. */
    rivalId: reference('rival_id'),
    /** log p(best other) - log p(own): above 0, another taxon is more probable. */
    doubt: real('doubt'),
    /** The rank level of the highest rank at which another taxon is more probable, and the doubt there. */
    wrongLevel: smallint('wrong_level'),
    nodeDoubt: real('node_doubt'),
  },
  (t) => [
    index('appraisal_unique').on(t.uniqueness, t.detectionId),
    index('appraisal_representative').on(t.representativeness, t.detectionId),
    index('appraisal_hard').on(t.hardness, t.detectionId),
    index('appraisal_duplicate').on(t.duplicateDiffers, t.detectionId).where(sql`${t.duplicateId} is not null`),
    index('appraisal_doubt').on(t.doubt, t.detectionId).where(sql`${t.doubt} > 0`),
  ],
)

/** A person looked at a doubted label and said that it is right: it is not doubted again while the label stays. */
export const keptLabel = pgTable('kept_label', {
  detectionId: reference('detection_id')
    .primaryKey()
    .references(() => detection.id, { onDelete: 'cascade' }),
  taxonId: reference('taxon_id').notNull(),
  person: text('person').notNull(),
  createdAt: createdAt(),
})

export type UnknownCardState = 'open' | 'named' | 'dismissed'

/**
 * Animals that fit no known taxon and are probably one unknown taxon. Worked out again in the background; a card keeps
 * its id. Taxa are not foreign keys, as in `appraisal`.
 */
export const unknownCard = pgTable(
  'unknown_card',
  {
    id: id(),
    modelSha256: text('model_sha256')
      .notNull()
      .references(() => model.sha256),
    /** The deepest known taxon that they are new in; null: in none. */
    underId: reference('under_id'),
    state: text('state').$type<UnknownCardState>().notNull().default('open'),
    /** A person joined or split it: its animals stay together. */
    pinned: boolean('pinned').notNull().default(false),
    /** The taxon of the most similar known photo. */
    nearestId: reference('nearest_id'),
    nearestSimilarity: real('nearest_similarity'),
    /** The share of its animals from one camera, and of those whose nearest unknown animal is on the card too. */
    cameraPurity: real('camera_purity'),
    lookPurity: real('look_purity').notNull().default(1),
    createdAt: createdAt(),
  },
  (t) => [index('unknown_card_state').on(t.modelSha256, t.state)],
)

/** `similarity` to the card's mean, 0..1. */
export const unknownMember = pgTable(
  'unknown_member',
  {
    detectionId: reference('detection_id')
      .primaryKey()
      .references(() => detection.id, { onDelete: 'cascade' }),
    cardId: reference('card_id')
      .notNull()
      .references(() => unknownCard.id, { onDelete: 'cascade' }),
    similarity: real('similarity').notNull(),
  },
  (t) => [index('unknown_member_card').on(t.cardId, t.similarity)],
)

export type ActionKind =
  | 'identify'
  | 'bulk'
  | 'withdraw'
  | 'box'
  | 'note'
  | 'mark'
  | 'deployment'
  | 'observation'
  | 'list'

/** Append-only history of what people did, one row for each step; undoing and redoing are steps too. */
export const action = pgTable(
  'action',
  {
    id: id(),
    person: text('person').notNull(),
    at: timestamp('at', { withTimezone: true }).notNull().defaultNow(),
    kind: text('kind').$type<ActionKind>().notNull(),
    /** A sentence for people. */
    summary: text('summary').notNull(),
    /** All that is needed to undo and to redo it (db/history/actions.ts). */
    change: jsonb('change').$type<unknown>().notNull(),
    /** How many detections or photos it changed. */
    subjects: integer('subjects').notNull(),
    undoesId: reference('undoes_id'),
    redoesId: reference('redoes_id'),
    /** The action that undid this one; null while it stands. */
    undoneById: reference('undone_by_id'),
    /** Its person did something else after undoing it, so redo no longer offers it. */
    superseded: boolean('superseded').notNull().default(false),
  },
  (t) => [
    index('action_person').on(t.person, t.id),
    index('action_undo')
      .on(t.person, t.id)
      .where(sql`${t.undoneById} is null and ${t.undoesId} is null and ${t.redoesId} is null`),
    index('action_redo').on(t.person, t.undoneById).where(sql`${t.undoneById} is not null and not ${t.superseded}`),
  ],
)

export type SubjectKind = 'detection' | 'media' | 'deployment' | 'list'

/** What an action changed. The subject is not a foreign key, because history stays when a photo is removed. */
export const actionSubject = pgTable(
  'action_subject',
  {
    actionId: reference('action_id')
      .notNull()
      .references(() => action.id, { onDelete: 'cascade' }),
    kind: text('kind').$type<SubjectKind>().notNull(),
    subjectId: reference('subject_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.kind, t.subjectId, t.actionId] }), index('action_subject_action').on(t.actionId)],
)

/**
 * What the tree said about a detection just before the first person named it. Suggestions are measured by these rows.
 * Taxa are not foreign keys, because a forecast stays when a taxon is gone.
 */
export const forecast = pgTable(
  'forecast',
  {
    detectionId: reference('detection_id')
      .primaryKey()
      .references(() => detection.id, { onDelete: 'cascade' }),
    treeVersion: text('tree_version').notNull(),
    /** The answer's path, top first, with a probability for each step. */
    taxonIds: bigint('taxon_ids', { mode: 'number' }).array().notNull(),
    probabilities: real('probabilities').array().notNull(),
    /** Probability that nothing like it was taught; null where the path is a summary, which does not decide stops. */
    strange: real('strange'),
    /** How many examples the tree had at or below the taxon that was named. */
    examples: integer('examples').notNull(),
    /** The animal was drawn at random, and a person named it alone: it stands for all that waited. */
    drawn: boolean('drawn').notNull().default(false),
    createdAt: createdAt(),
  },
  (t) => [
    index('forecast_watched').on(t.createdAt, t.detectionId).where(sql`${t.strange} is not null`),
    index('forecast_drawn').on(t.createdAt, t.detectionId).where(sql`${t.drawn}`),
  ],
)

/**
 * A set of detections that an address can name, such as those in a lasso or behind a bar of a chart. The newest few
 * hundred are kept.
 */
export const selection = pgTable('selection', {
  id: id(),
  name: text('name').notNull(),
  detectionIds: bigint('detection_ids', { mode: 'number' }).array().notNull(),
  createdAt: createdAt(),
})

/** Embeddings in two dimensions, computed in the background: one row per computation. */
export const embeddingMap = pgTable('embedding_map', {
  id: id(),
  modelSha256: text('model_sha256')
    .notNull()
    .references(() => model.sha256),
  treeVersion: text('tree_version').notNull(),
  state: text('state').$type<'computing' | 'ready' | 'failed'>().notNull().default('computing'),
  /** 0..1 */
  progress: real('progress').notNull().default(0),
  message: text('message'),
  /** How many detections lie on it. */
  animals: integer('animals').notNull().default(0),
  /** Per detection its id (float64) and its place (two float32), little-endian; null until it is ready. */
  points: bytea('points'),
  createdAt: createdAt(),
  /** When the process that computes it last said so. */
  heardAt: timestamp('heard_at', { withTimezone: true }).notNull().defaultNow(),
  finishedAt: timestamp('finished_at', { withTimezone: true }),
})

/** Answers to requests with an Idempotency-Key, kept for a day. */
export const idempotency = pgTable('idempotency', {
  key: text('key').primaryKey(),
  requestHash: text('request_hash').notNull(),
  status: smallint('status').notNull(),
  body: jsonb('body').notNull(),
  createdAt: createdAt(),
})

export const ROLES = ['viewer', 'reviewer', 'editor', 'admin'] as const
/** Each may do what those before it may. */
export type Role = (typeof ROLES)[number]
export const SCOPES = ['read', 'identify', 'import', 'taxonomy', 'admin'] as const
/** What an API key may be used for, within its person's role. */
export type Scope = (typeof SCOPES)[number]

/** Whoever may sign in. Rows stay: history names people by `name`, which never changes. */
export const person = pgTable(
  'person',
  {
    id: id(),
    name: text('name').notNull(),
    email: text('email'),
    role: text('role').$type<Role>().notNull(),
    /** Their statements settle what an animal is, where an expert must sign. */
    expert: boolean('expert').notNull().default(false),
    createdAt: createdAt(),
    /** When an admin shut the person out. */
    disabledAt: timestamp('disabled_at', { withTimezone: true }),
  },
  (t) => [uniqueIndex('person_name').on(sql`lower(${t.name})`)],
)

/** A person's password as argon2id keeps it, in PHC's string format; earlier ones as `scrypt$N$r$p$salt$hash`. */
export const credential = pgTable('credential', {
  personId: reference('person_id')
    .primaryKey()
    .references(() => person.id, { onDelete: 'cascade' }),
  hash: text('hash').notNull(),
  changedAt: timestamp('changed_at', { withTimezone: true }).notNull().defaultNow(),
})

/** A browser that signed in. Only the sha256 of its token is kept, here as for keys and invitations. */
export const session = pgTable(
  'session',
  {
    id: id(),
    personId: reference('person_id')
      .notNull()
      .references(() => person.id, { onDelete: 'cascade' }),
    tokenHash: text('token_hash').notNull().unique(),
    createdAt: createdAt(),
    seenAt: timestamp('seen_at', { withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
    revokedAt: timestamp('revoked_at', { withTimezone: true }),
    /** Where it signed in from, and with which browser. */
    address: text('address').notNull(),
    agent: text('agent').notNull(),
  },
  (t) => [index('session_person').on(t.personId)],
)

/** A program's key: it acts as its person, within its scopes. */
export const apiKey = pgTable(
  'api_key',
  {
    id: id(),
    personId: reference('person_id')
      .notNull()
      .references(() => person.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    /** The first characters, by which people tell keys apart. */
    prefix: text('prefix').notNull(),
    tokenHash: text('token_hash').notNull().unique(),
    scopes: text('scopes').array().$type<Scope[]>().notNull(),
    /** The deployments that it reaches; null: everything. */
    deploymentIds: bigint('deployment_ids', { mode: 'number' }).array(),
    createdAt: createdAt(),
    expiresAt: timestamp('expires_at', { withTimezone: true }),
    usedAt: timestamp('used_at', { withTimezone: true }),
    revokedAt: timestamp('revoked_at', { withTimezone: true }),
  },
  (t) => [index('api_key_person').on(t.personId)],
)

/** A person of another service (OpenID Connect) who signs in here as one of ours. */
export const identity = pgTable(
  'identity',
  {
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    personId: reference('person_id')
      .notNull()
      .references(() => person.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.issuer, t.subject] }), index('identity_person').on(t.personId)],
)

/** How often a password was tried in vain, by the sha256 of a name and an address, or of an address alone. */
export const signInTry = pgTable('sign_in_try', {
  key: text('key').primaryKey(),
  since: timestamp('since', { withTimezone: true }).notNull().defaultNow(),
  count: integer('count').notNull().default(1),
})

/** What a person is to look at: animals of a camera, of a taxon, or a share; together, those that all of it fits. */
export const assignment = pgTable(
  'assignment',
  {
    id: id(),
    personId: reference('person_id')
      .notNull()
      .references(() => person.id, { onDelete: 'cascade' }),
    deploymentId: reference('deployment_id').references(() => deployment.id, { onDelete: 'cascade' }),
    /** Suggested as this taxon or one below it. */
    taxonId: reference('taxon_id').references(() => taxon.id, { onDelete: 'cascade' }),
    /** Of `parts` equal shares of all photos the one with this number, from 0; null: all. */
    part: smallint('part'),
    parts: smallint('parts'),
    createdAt: createdAt(),
  },
  (t) => [index('assignment_person').on(t.personId)],
)

/** A link that makes one person, or gives one a new password. */
export const invitation = pgTable('invitation', {
  id: id(),
  tokenHash: text('token_hash').notNull().unique(),
  role: text('role').$type<Role>().notNull(),
  /** The person who gets a new password; null: a new person. */
  personId: reference('person_id').references(() => person.id, { onDelete: 'cascade' }),
  invitedBy: text('invited_by').notNull(),
  createdAt: createdAt(),
  expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
  usedAt: timestamp('used_at', { withTimezone: true }),
  revokedAt: timestamp('revoked_at', { withTimezone: true }),
})

/**
 * Append-only log of who signed in and what was done to people, keys and the installation. A trigger refuses changes.
 */
export const audit = pgTable(
  'audit',
  {
    id: id(),
    at: timestamp('at', { withTimezone: true }).notNull().defaultNow(),
    person: text('person').notNull(),
    /** By which session, key or link. */
    how: text('how').notNull(),
    what: text('what').notNull(),
    address: text('address').notNull(),
  },
  (t) => [index('audit_at').on(t.at)],
)
