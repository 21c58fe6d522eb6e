CREATE TABLE "action" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "action_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"person" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"kind" text NOT NULL,
	"summary" text NOT NULL,
	"change" jsonb NOT NULL,
	"subjects" integer NOT NULL,
	"undoes_id" bigint,
	"redoes_id" bigint,
	"undone_by_id" bigint,
	"superseded" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "action_subject" (
	"action_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"subject_id" bigint NOT NULL,
	CONSTRAINT "action_subject_kind_subject_id_action_id_pk" PRIMARY KEY("kind","subject_id","action_id")
);
--> statement-breakpoint
DROP INDEX "detection_open";--> statement-breakpoint
ALTER TABLE "detection" ADD COLUMN "latest_statement_id" bigint;--> statement-breakpoint
ALTER TABLE "detection" ADD COLUMN "mark" text;--> statement-breakpoint
ALTER TABLE "detection" ADD COLUMN "set_aside" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "detection" ADD COLUMN "hidden_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "detection" ADD COLUMN "box_version" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "detection" ADD COLUMN "open" boolean GENERATED ALWAYS AS ("detection"."kind" = 'animal' and "detection"."taught_taxon_id" is null and not "detection"."conflict" and "detection"."mark" is null and not "detection"."set_aside" and "detection"."hidden_at" is null) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "media" ADD COLUMN "notes" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "media" ADD COLUMN "favourite" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "media" ADD COLUMN "mark" text;--> statement-breakpoint
ALTER TABLE "suggestion" ADD COLUMN "own_probability" real;--> statement-breakpoint
ALTER TABLE "suggestion" ADD COLUMN "disagreement" real DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "suggestion" ADD COLUMN "suspect" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "suggestion" ADD COLUMN "likeness" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "suggestion" ADD COLUMN "open" boolean DEFAULT false NOT NULL;--> statement-breakpoint
UPDATE "suggestion" SET "open" = true FROM "detection" WHERE "detection"."id" = "suggestion"."detection_id" AND "detection"."open";--> statement-breakpoint
UPDATE "detection" SET "latest_statement_id" = "said"."id" FROM (
  SELECT "detection_id", max("id") AS "id" FROM "identification"
  WHERE "withdrawn_at" IS NULL AND NOT "proposal" AND "person" NOT LIKE 'import:%' GROUP BY "detection_id") AS "said"
WHERE "said"."detection_id" = "detection"."id";--> statement-breakpoint
ALTER TABLE "action_subject" ADD CONSTRAINT "action_subject_action_id_action_id_fk" FOREIGN KEY ("action_id") REFERENCES "public"."action"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "action_person" ON "action" USING btree ("person","id");--> statement-breakpoint
CREATE INDEX "action_undo" ON "action" USING btree ("person","id") WHERE "action"."undone_by_id" is null and "action"."undoes_id" is null and "action"."redoes_id" is null;--> statement-breakpoint
CREATE INDEX "action_redo" ON "action" USING btree ("person","undone_by_id") WHERE "action"."undone_by_id" is not null and not "action"."superseded";--> statement-breakpoint
CREATE INDEX "action_subject_action" ON "action_subject" USING btree ("action_id");--> statement-breakpoint
CREATE INDEX "detection_group" ON "detection" USING btree ("group_key");--> statement-breakpoint
CREATE INDEX "detection_waiting" ON "detection" USING btree ("id") WHERE "detection"."open";--> statement-breakpoint
CREATE INDEX "detection_false_trigger" ON "detection" USING btree ("id") WHERE "detection"."open" and "detection"."source" = 'wholePhoto';--> statement-breakpoint
CREATE INDEX "detection_confidence" ON "detection" USING btree ("confidence","id") WHERE "detection"."open";--> statement-breakpoint
CREATE INDEX "detection_recent" ON "detection" USING btree ("latest_statement_id") WHERE "detection"."latest_statement_id" is not null;--> statement-breakpoint
CREATE INDEX "suggestion_unsure" ON "suggestion" USING btree ("probability","detection_id") WHERE "suggestion"."open";--> statement-breakpoint
CREATE INDEX "suggestion_novel" ON "suggestion" USING btree ("novelty","detection_id") WHERE "suggestion"."open" and "suggestion"."novelty" > "suggestion"."probability";--> statement-breakpoint
CREATE INDEX "suggestion_disagreement" ON "suggestion" USING btree ("disagreement","detection_id") WHERE "suggestion"."open";--> statement-breakpoint
CREATE INDEX "suggestion_suspect" ON "suggestion" USING btree ("disagreement","detection_id") WHERE "suggestion"."suspect";--> statement-breakpoint
CREATE INDEX "suggestion_likeness" ON "suggestion" USING btree ("taxon_id","likeness","detection_id") WHERE "suggestion"."open";--> statement-breakpoint
-- A suggestion knows whether its detection waits, whoever changes either.
CREATE FUNCTION "suggestion_takes_open"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."open" := coalesce((SELECT "open" FROM "detection" WHERE "id" = NEW."detection_id"), NEW."open");
  RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER "suggestion_takes_open" BEFORE INSERT ON "suggestion" FOR EACH ROW EXECUTE FUNCTION "suggestion_takes_open"();--> statement-breakpoint
CREATE FUNCTION "detection_tells_open"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "suggestion" SET "open" = NEW."open" WHERE "detection_id" = NEW."id";
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "detection_tells_open" AFTER UPDATE ON "detection" FOR EACH ROW
  WHEN (OLD."open" IS DISTINCT FROM NEW."open") EXECUTE FUNCTION "detection_tells_open"();
