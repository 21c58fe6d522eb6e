DROP INDEX "taxon_name";--> statement-breakpoint
DROP INDEX "taxon_common_name";--> statement-breakpoint
DROP INDEX "taxon_words";--> statement-breakpoint
ALTER TABLE "taxon" ADD COLUMN "search_text" text GENERATED ALWAYS AS (lower("taxon"."name" || chr(10) || coalesce("taxon"."common_name", ''))) STORED NOT NULL;--> statement-breakpoint
CREATE INDEX "taxon_by_name" ON "taxon" USING btree (lower("name") collate "C","id");--> statement-breakpoint
CREATE INDEX "taxon_by_common_name" ON "taxon" USING btree (lower("common_name") collate "C","id");--> statement-breakpoint
CREATE INDEX "taxon_by_words" ON "taxon" USING gin (to_tsvector('simple', "search_text"));