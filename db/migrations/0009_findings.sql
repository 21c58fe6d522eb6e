ALTER TABLE "detection" ADD COLUMN "detector" text;--> statement-breakpoint
ALTER TABLE "media" ADD COLUMN "pending_findings" jsonb;