CREATE TABLE "unknown_card" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "unknown_card_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"model_sha256" text NOT NULL,
	"under_id" bigint,
	"state" text DEFAULT 'open' NOT NULL,
	"pinned" boolean DEFAULT false NOT NULL,
	"nearest_id" bigint,
	"nearest_similarity" real,
	"camera_purity" real,
	"look_purity" real DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "unknown_member" (
	"detection_id" bigint PRIMARY KEY NOT NULL,
	"card_id" bigint NOT NULL,
	"similarity" real NOT NULL
);
--> statement-breakpoint
ALTER TABLE "unknown_card" ADD CONSTRAINT "unknown_card_model_sha256_model_sha256_fk" FOREIGN KEY ("model_sha256") REFERENCES "public"."model"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "unknown_member" ADD CONSTRAINT "unknown_member_detection_id_detection_id_fk" FOREIGN KEY ("detection_id") REFERENCES "public"."detection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "unknown_member" ADD CONSTRAINT "unknown_member_card_id_unknown_card_id_fk" FOREIGN KEY ("card_id") REFERENCES "public"."unknown_card"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "unknown_card_state" ON "unknown_card" USING btree ("model_sha256","state");--> statement-breakpoint
CREATE INDEX "unknown_member_card" ON "unknown_member" USING btree ("card_id","similarity");