ALTER TABLE "deployment" ADD COLUMN "station" text;--> statement-breakpoint
ALTER TABLE "deployment" ADD COLUMN "latitude" double precision;--> statement-breakpoint
ALTER TABLE "deployment" ADD COLUMN "longitude" double precision;--> statement-breakpoint
ALTER TABLE "deployment" ADD COLUMN "start_at" timestamp;--> statement-breakpoint
ALTER TABLE "deployment" ADD COLUMN "end_at" timestamp;--> statement-breakpoint
ALTER TABLE "deployment" ADD COLUMN "camera" text;--> statement-breakpoint
ALTER TABLE "deployment" ADD COLUMN "clock_offset_seconds" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "deployment" ADD COLUMN "problems" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "deployment" ADD COLUMN "tags" text[] DEFAULT '{}'::text[] NOT NULL;--> statement-breakpoint
ALTER TABLE "deployment" ADD COLUMN "notes" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "deployment" ADD COLUMN "revision" integer DEFAULT 1 NOT NULL;