CREATE EXTENSION IF NOT EXISTS vector;--> statement-breakpoint
CREATE TABLE "deployment" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "deployment_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "deployment_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "detection" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "detection_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"media_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"source" text NOT NULL,
	"x" double precision NOT NULL,
	"y" double precision NOT NULL,
	"width" double precision NOT NULL,
	"height" double precision NOT NULL,
	"confidence" real,
	"group_key" text NOT NULL,
	"taught_taxon_id" bigint,
	"conflict" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "embedding" (
	"detection_id" bigint NOT NULL,
	"model_sha256" text NOT NULL,
	"vector" vector NOT NULL,
	CONSTRAINT "embedding_model_sha256_detection_id_pk" PRIMARY KEY("model_sha256","detection_id")
);
--> statement-breakpoint
CREATE TABLE "idempotency" (
	"key" text PRIMARY KEY NOT NULL,
	"request_hash" text NOT NULL,
	"status" smallint NOT NULL,
	"body" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identification" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "identification_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"detection_id" bigint NOT NULL,
	"taxon_id" bigint NOT NULL,
	"person" text NOT NULL,
	"basis" jsonb NOT NULL,
	"proposal" boolean DEFAULT false NOT NULL,
	"replaces_id" bigint,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"withdrawn_at" timestamp with time zone,
	"withdrawn_by" text
);
--> statement-breakpoint
CREATE TABLE "import_batch" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "import_batch_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"total" integer,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone,
	"done_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "lesson" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "lesson_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"subject_id" bigint NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "media" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "media_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"sha256" text NOT NULL,
	"filename" text NOT NULL,
	"mime_type" text NOT NULL,
	"bytes" bigint NOT NULL,
	"width" integer,
	"height" integer,
	"captured_raw" text,
	"captured_at" timestamp,
	"latitude" double precision,
	"longitude" double precision,
	"import_id" bigint,
	"deployment_id" bigint,
	"sequence_id" bigint,
	"group_name" text,
	"status" text DEFAULT 'queued' NOT NULL,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"failure" jsonb,
	"pending_label" jsonb,
	"pending_boxes" jsonb,
	"detector_sha256" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"indexed_at" timestamp with time zone,
	CONSTRAINT "media_sha256_unique" UNIQUE("sha256")
);
--> statement-breakpoint
CREATE TABLE "metric_vector" (
	"version" integer NOT NULL,
	"detection_id" bigint NOT NULL,
	"vector" vector NOT NULL,
	CONSTRAINT "metric_vector_version_detection_id_pk" PRIMARY KEY("version","detection_id")
);
--> statement-breakpoint
CREATE TABLE "model" (
	"sha256" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"manifest" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "setting" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "suggestion" (
	"detection_id" bigint PRIMARY KEY NOT NULL,
	"taxon_id" bigint,
	"probability" real NOT NULL,
	"stop_taxon_id" bigint,
	"novelty" real NOT NULL,
	"tree_version" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "taxon" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "taxon_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"parent_id" bigint,
	"name" text NOT NULL,
	"rank" text NOT NULL,
	"rank_level" smallint NOT NULL,
	"common_name" text,
	"needs_placing" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tree_version" (
	"version" integer PRIMARY KEY NOT NULL,
	"model_sha256" text NOT NULL,
	"statistics" "bytea" NOT NULL,
	"lessons" bigint NOT NULL,
	"examples" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"published_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "detection" ADD CONSTRAINT "detection_media_id_media_id_fk" FOREIGN KEY ("media_id") REFERENCES "public"."media"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "detection" ADD CONSTRAINT "detection_taught_taxon_id_taxon_id_fk" FOREIGN KEY ("taught_taxon_id") REFERENCES "public"."taxon"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embedding" ADD CONSTRAINT "embedding_detection_id_detection_id_fk" FOREIGN KEY ("detection_id") REFERENCES "public"."detection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embedding" ADD CONSTRAINT "embedding_model_sha256_model_sha256_fk" FOREIGN KEY ("model_sha256") REFERENCES "public"."model"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identification" ADD CONSTRAINT "identification_detection_id_detection_id_fk" FOREIGN KEY ("detection_id") REFERENCES "public"."detection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identification" ADD CONSTRAINT "identification_taxon_id_taxon_id_fk" FOREIGN KEY ("taxon_id") REFERENCES "public"."taxon"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_import_id_import_batch_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."import_batch"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_deployment_id_deployment_id_fk" FOREIGN KEY ("deployment_id") REFERENCES "public"."deployment"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "metric_vector" ADD CONSTRAINT "metric_vector_version_tree_version_version_fk" FOREIGN KEY ("version") REFERENCES "public"."tree_version"("version") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "metric_vector" ADD CONSTRAINT "metric_vector_detection_id_detection_id_fk" FOREIGN KEY ("detection_id") REFERENCES "public"."detection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggestion" ADD CONSTRAINT "suggestion_detection_id_detection_id_fk" FOREIGN KEY ("detection_id") REFERENCES "public"."detection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggestion" ADD CONSTRAINT "suggestion_taxon_id_taxon_id_fk" FOREIGN KEY ("taxon_id") REFERENCES "public"."taxon"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggestion" ADD CONSTRAINT "suggestion_stop_taxon_id_taxon_id_fk" FOREIGN KEY ("stop_taxon_id") REFERENCES "public"."taxon"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "taxon" ADD CONSTRAINT "taxon_parent_id_taxon_id_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."taxon"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tree_version" ADD CONSTRAINT "tree_version_model_sha256_model_sha256_fk" FOREIGN KEY ("model_sha256") REFERENCES "public"."model"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "detection_media" ON "detection" USING btree ("media_id");--> statement-breakpoint
CREATE INDEX "detection_taught" ON "detection" USING btree ("taught_taxon_id") WHERE "detection"."taught_taxon_id" is not null;--> statement-breakpoint
CREATE INDEX "detection_open" ON "detection" USING btree ("id") WHERE "detection"."taught_taxon_id" is null and "detection"."kind" = 'animal';--> statement-breakpoint
CREATE INDEX "detection_conflict" ON "detection" USING btree ("id") WHERE "detection"."conflict";--> statement-breakpoint
CREATE INDEX "embedding_detection" ON "embedding" USING btree ("detection_id");--> statement-breakpoint
CREATE INDEX "identification_detection" ON "identification" USING btree ("detection_id");--> statement-breakpoint
CREATE INDEX "identification_taxon" ON "identification" USING btree ("taxon_id");--> statement-breakpoint
CREATE INDEX "identification_proposal" ON "identification" USING btree ("detection_id") WHERE "identification"."proposal" and "identification"."withdrawn_at" is null;--> statement-breakpoint
CREATE INDEX "media_queued" ON "media" USING btree ("id") WHERE "media"."status" = 'queued';--> statement-breakpoint
CREATE INDEX "media_import" ON "media" USING btree ("import_id","status");--> statement-breakpoint
CREATE INDEX "media_sequence" ON "media" USING btree ("sequence_id");--> statement-breakpoint
CREATE INDEX "media_deployment" ON "media" USING btree ("deployment_id","captured_at");--> statement-breakpoint
CREATE INDEX "media_pending" ON "media" USING btree (("pending_label" ->> 'taxonId')) WHERE "media"."pending_label" is not null;--> statement-breakpoint
CREATE INDEX "metric_vector_detection" ON "metric_vector" USING btree ("detection_id");--> statement-breakpoint
CREATE INDEX "suggestion_probability" ON "suggestion" USING btree ("probability","detection_id");--> statement-breakpoint
CREATE UNIQUE INDEX "taxon_sibling" ON "taxon" USING btree (coalesce("parent_id", 0),lower("name"),"rank");--> statement-breakpoint
CREATE INDEX "taxon_parent" ON "taxon" USING btree ("parent_id");--> statement-breakpoint
CREATE INDEX "taxon_name" ON "taxon" USING btree (lower("name") text_pattern_ops);--> statement-breakpoint
CREATE INDEX "taxon_common_name" ON "taxon" USING btree (lower("common_name") text_pattern_ops);--> statement-breakpoint
CREATE INDEX "taxon_words" ON "taxon" USING gin (to_tsvector('simple', "name" || ' ' || coalesce("common_name", '')));--> statement-breakpoint
-- Vectors stay in the row as long as it fits a page (2,000 numbers): exact scans are three times faster than through TOAST.
ALTER TABLE "embedding" ALTER COLUMN "vector" SET STORAGE EXTERNAL;--> statement-breakpoint
ALTER TABLE "embedding" SET (toast_tuple_target = 8160);--> statement-breakpoint
ALTER TABLE "metric_vector" ALTER COLUMN "vector" SET STORAGE EXTERNAL;--> statement-breakpoint
ALTER TABLE "metric_vector" SET (toast_tuple_target = 8160);
