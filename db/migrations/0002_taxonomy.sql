CREATE TABLE "taxon_name" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "taxon_name_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"taxon_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"language" text,
	"name" text NOT NULL,
	"preferred" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "taxonomy_edit" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "taxonomy_edit_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"person" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"why" text,
	"command" jsonb NOT NULL,
	"inverse" jsonb NOT NULL,
	"undoes" bigint,
	"taxa" bigint[] NOT NULL
);
--> statement-breakpoint
DROP INDEX "taxon_sibling";--> statement-breakpoint
ALTER TABLE "taxon" drop column "search_text";--> statement-breakpoint
ALTER TABLE "identification" ADD COLUMN "said_taxon_id" bigint;--> statement-breakpoint
ALTER TABLE "taxon" ADD COLUMN "active" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "taxon" ADD COLUMN "merged_into_id" bigint;--> statement-breakpoint
ALTER TABLE "taxon" ADD COLUMN "external_ids" text[] DEFAULT '{}'::text[] NOT NULL;--> statement-breakpoint
ALTER TABLE "taxon" ADD COLUMN "revision" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "taxon" ADD COLUMN "other_names" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "taxon" ADD COLUMN "search_text" text GENERATED ALWAYS AS (lower("taxon"."name" || chr(10) || coalesce("taxon"."common_name", '') || chr(10) || "taxon"."other_names")) STORED NOT NULL;--> statement-breakpoint
-- The index on words went with the column.
CREATE INDEX "taxon_by_words" ON "taxon" USING gin (to_tsvector('simple', "search_text"));--> statement-breakpoint
ALTER TABLE "taxon_name" ADD CONSTRAINT "taxon_name_taxon_id_taxon_id_fk" FOREIGN KEY ("taxon_id") REFERENCES "public"."taxon"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "taxon_name_taxon" ON "taxon_name" USING btree ("taxon_id");--> statement-breakpoint
CREATE INDEX "taxon_name_by_name" ON "taxon_name" USING btree (lower("name") collate "C","taxon_id");--> statement-breakpoint
CREATE INDEX "taxonomy_edit_taxa" ON "taxonomy_edit" USING gin ("taxa");--> statement-breakpoint
CREATE INDEX "taxonomy_edit_undoes" ON "taxonomy_edit" USING btree ("undoes") WHERE "taxonomy_edit"."undoes" is not null;--> statement-breakpoint
ALTER TABLE "taxon" ADD CONSTRAINT "taxon_merged_into_id_taxon_id_fk" FOREIGN KEY ("merged_into_id") REFERENCES "public"."taxon"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "taxon_merged" ON "taxon" USING btree ("merged_into_id") WHERE "taxon"."merged_into_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "taxon_sibling" ON "taxon" USING btree (coalesce("parent_id", 0),lower("name"),"rank") WHERE "taxon"."merged_into_id" is null;--> statement-breakpoint
INSERT INTO "taxon_name" ("taxon_id", "kind", "name", "preferred") SELECT "id", 'common', "common_name", true FROM "taxon" WHERE "common_name" IS NOT NULL ORDER BY "id";--> statement-breakpoint
-- Taxa from before the log: what was there is its beginning, parents first, so that the log alone makes the same taxonomy.
WITH RECURSIVE "placed" AS (
	SELECT "id", 0 AS "depth" FROM "taxon" WHERE "parent_id" IS NULL
	UNION ALL SELECT t."id", p."depth" + 1 FROM "taxon" t JOIN "placed" p ON t."parent_id" = p."id"
)
INSERT INTO "taxonomy_edit" ("person", "at", "why", "command", "inverse", "taxa")
SELECT 'local', t."created_at", 'There before the log began',
	jsonb_build_object('kind', 'add', 'id', t."id", 'name', t."name", 'rank', t."rank", 'parentId', t."parent_id", 'needsPlacing', t."needs_placing",
		'names', CASE WHEN t."common_name" IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(jsonb_build_object('kind', 'common', 'language', NULL, 'name', t."common_name", 'preferred', true)) END),
	jsonb_build_object('kind', 'restore', 'taxa', jsonb_build_array(jsonb_build_object('id', t."id", 'to', NULL)), 'statements', '[]'::jsonb, 'labels', '[]'::jsonb),
	ARRAY[t."id"]
FROM "taxon" t JOIN "placed" p ON p."id" = t."id" ORDER BY p."depth", t."id";
