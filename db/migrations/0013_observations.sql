CREATE TABLE "observation" (
	"detection_id" bigint PRIMARY KEY NOT NULL,
	"count" integer,
	"sex" text,
	"life_stage" text,
	"behaviour" text,
	"individual" text
);
--> statement-breakpoint
ALTER TABLE "observation" ADD CONSTRAINT "observation_detection_id_detection_id_fk" FOREIGN KEY ("detection_id") REFERENCES "public"."detection"("id") ON DELETE cascade ON UPDATE no action;