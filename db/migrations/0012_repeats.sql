CREATE TABLE "repeat_place" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "repeat_place_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"deployment_id" bigint NOT NULL,
	"verdict" text NOT NULL,
	"boxes" jsonb NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "detection" ADD COLUMN "repeat_place_id" bigint;--> statement-breakpoint
ALTER TABLE "repeat_place" ADD CONSTRAINT "repeat_place_deployment_id_deployment_id_fk" FOREIGN KEY ("deployment_id") REFERENCES "public"."deployment"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "repeat_place_deployment" ON "repeat_place" USING btree ("deployment_id");--> statement-breakpoint
ALTER TABLE "detection" ADD CONSTRAINT "detection_repeat_place_id_repeat_place_id_fk" FOREIGN KEY ("repeat_place_id") REFERENCES "public"."repeat_place"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "detection_repeat" ON "detection" USING btree ("repeat_place_id") WHERE "detection"."repeat_place_id" is not null;