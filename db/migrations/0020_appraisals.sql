CREATE TABLE "appraisal" (
	"detection_id" bigint PRIMARY KEY NOT NULL,
	"version" integer NOT NULL,
	"uniqueness" real NOT NULL,
	"representativeness" real NOT NULL,
	"hardness" real NOT NULL,
	"duplicate_id" bigint,
	"duplicate_differs" boolean DEFAULT false NOT NULL,
	"label_id" bigint,
	"rival_id" bigint,
	"doubt" real,
	"wrong_level" smallint,
	"node_doubt" real
);
--> statement-breakpoint
CREATE TABLE "kept_label" (
	"detection_id" bigint PRIMARY KEY NOT NULL,
	"taxon_id" bigint NOT NULL,
	"person" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "appraisal" ADD CONSTRAINT "appraisal_detection_id_detection_id_fk" FOREIGN KEY ("detection_id") REFERENCES "public"."detection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kept_label" ADD CONSTRAINT "kept_label_detection_id_detection_id_fk" FOREIGN KEY ("detection_id") REFERENCES "public"."detection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "appraisal_unique" ON "appraisal" USING btree ("uniqueness","detection_id");--> statement-breakpoint
CREATE INDEX "appraisal_representative" ON "appraisal" USING btree ("representativeness","detection_id");--> statement-breakpoint
CREATE INDEX "appraisal_hard" ON "appraisal" USING btree ("hardness","detection_id");--> statement-breakpoint
CREATE INDEX "appraisal_duplicate" ON "appraisal" USING btree ("duplicate_differs","detection_id") WHERE "appraisal"."duplicate_id" is not null;--> statement-breakpoint
CREATE INDEX "appraisal_doubt" ON "appraisal" USING btree ("doubt","detection_id") WHERE "appraisal"."doubt" > 0;