-- In lower case in any script. lower() alone follows the database's locale, and where that is C (as the embedded database has it) knows only
-- ASCII: "écureuil" would not find "Écureuil". Such a Postgres older than 17 has no other collation to ask, and stays with ASCII.
DO $$ BEGIN
  IF lower('É') = 'é' OR NOT EXISTS (SELECT FROM pg_collation WHERE collname = 'pg_c_utf8') THEN
    CREATE FUNCTION "folded"(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN lower($1);
  ELSE
    CREATE FUNCTION "folded"(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN lower($1 COLLATE "pg_c_utf8");
  END IF;
END $$;--> statement-breakpoint
DROP INDEX "taxon_by_words";--> statement-breakpoint
DROP INDEX "taxon_by_name";--> statement-breakpoint
DROP INDEX "taxon_by_common_name";--> statement-breakpoint
DROP INDEX "taxon_name_by_name";--> statement-breakpoint
ALTER TABLE "taxon" drop column "search_text";--> statement-breakpoint
ALTER TABLE "taxon" ADD COLUMN "search_text" text GENERATED ALWAYS AS (folded("taxon"."name" || chr(10) || coalesce("taxon"."common_name", '') || chr(10) || "taxon"."other_names")) STORED NOT NULL;--> statement-breakpoint
CREATE INDEX "taxon_by_name" ON "taxon" USING btree (folded("name") collate "C","id");--> statement-breakpoint
CREATE INDEX "taxon_by_common_name" ON "taxon" USING btree (folded("common_name") collate "C","id");--> statement-breakpoint
CREATE INDEX "taxon_name_by_name" ON "taxon_name" USING btree (folded("name") collate "C","taxon_id");