ALTER TABLE "tree_version" ADD COLUMN "held_out" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "tree_version" ADD COLUMN "verdict" jsonb;