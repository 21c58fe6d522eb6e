CREATE TABLE "unlikely_box" (
	"detection_id" bigint PRIMARY KEY NOT NULL,
	"animal" real NOT NULL,
	"likely" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "unlikely_box" ADD CONSTRAINT "unlikely_box_detection_id_detection_id_fk" FOREIGN KEY ("detection_id") REFERENCES "public"."detection"("id") ON DELETE cascade ON UPDATE no action;