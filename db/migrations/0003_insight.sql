CREATE TABLE "embedding_map" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "embedding_map_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"model_sha256" text NOT NULL,
	"tree_version" text NOT NULL,
	"state" text DEFAULT 'computing' NOT NULL,
	"progress" real DEFAULT 0 NOT NULL,
	"message" text,
	"animals" integer DEFAULT 0 NOT NULL,
	"points" "bytea",
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"heard_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "forecast" (
	"detection_id" bigint PRIMARY KEY NOT NULL,
	"tree_version" text NOT NULL,
	"taxon_ids" bigint[] NOT NULL,
	"probabilities" real[] NOT NULL,
	"examples" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "selection" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "selection_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"detection_ids" bigint[] NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "embedding_map" ADD CONSTRAINT "embedding_map_model_sha256_model_sha256_fk" FOREIGN KEY ("model_sha256") REFERENCES "public"."model"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "forecast" ADD CONSTRAINT "forecast_detection_id_detection_id_fk" FOREIGN KEY ("detection_id") REFERENCES "public"."detection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "identification_person" ON "identification" USING btree ("person","detection_id");--> statement-breakpoint
CREATE INDEX "media_captured" ON "media" USING btree ("captured_at");