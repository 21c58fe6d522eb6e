CREATE TABLE "version_card" (
	"version" integer PRIMARY KEY NOT NULL,
	"model_sha256" text NOT NULL,
	"card" text NOT NULL,
	"answers" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"refused" boolean DEFAULT false NOT NULL,
	"published_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "version_card" ADD CONSTRAINT "version_card_model_sha256_model_sha256_fk" FOREIGN KEY ("model_sha256") REFERENCES "public"."model"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "version_card_told" ON "version_card" USING btree ("version") WHERE "version_card"."refused" or "version_card"."published_at" is not null;