CREATE TABLE "results_question" (
	"detection_id" bigint PRIMARY KEY NOT NULL,
	"place" bigint GENERATED ALWAYS AS IDENTITY (sequence name "results_question_place_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"gain" real NOT NULL,
	"records" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "forecast" ADD COLUMN "drawn" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "suggestion" ADD COLUMN "family_probability" real;--> statement-breakpoint
ALTER TABLE "results_question" ADD CONSTRAINT "results_question_detection_id_detection_id_fk" FOREIGN KEY ("detection_id") REFERENCES "public"."detection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "results_question_place" ON "results_question" USING btree ("place");--> statement-breakpoint
CREATE INDEX "forecast_drawn" ON "forecast" USING btree ("created_at","detection_id") WHERE "forecast"."drawn";