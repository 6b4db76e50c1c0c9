ALTER TABLE "escalation_attempts" ADD COLUMN "reason_code" text;--> statement-breakpoint
ALTER TABLE "escalation_attempts" ADD COLUMN "lapor_id" text;--> statement-breakpoint
ALTER TABLE "escalation_followups" ADD COLUMN "event_seq" integer NOT NULL;--> statement-breakpoint
ALTER TABLE "escalation_followups" ADD COLUMN "part" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "escalation_followups" ADD COLUMN "sent_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "escalation_followups" ADD COLUMN "remote_id" text;--> statement-breakpoint
ALTER TABLE "escalation_updates" ADD COLUMN "author" text;--> statement-breakpoint
ALTER TABLE "escalation_updates" ADD COLUMN "own" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "escalations" ADD COLUMN "identity_sealed" text;--> statement-breakpoint
ALTER TABLE "escalations" ADD COLUMN "failures" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "escalations" ADD COLUMN "waiting_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "escalations" ADD COLUMN "stuck_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "escalations" ADD COLUMN "queued_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "escalations" ADD COLUMN "next_lookup_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "escalations" ADD COLUMN "lookups" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "escalations" ADD COLUMN "task" text;--> statement-breakpoint
ALTER TABLE "escalations" ADD COLUMN "task_text" text;--> statement-breakpoint
ALTER TABLE "escalations" ADD COLUMN "task_at" timestamp with time zone;--> statement-breakpoint
CREATE UNIQUE INDEX "escalation_followups_once" ON "escalation_followups" USING btree ("escalation_id","event_seq","part");--> statement-breakpoint
CREATE INDEX "escalation_followups_due" ON "escalation_followups" USING btree ("escalation_id") WHERE state in ('waiting', 'sending');--> statement-breakpoint
CREATE INDEX "escalations_lookup" ON "escalations" USING btree ("next_lookup_at") WHERE next_lookup_at is not null;--> statement-breakpoint
CREATE INDEX "escalations_task" ON "escalations" USING btree ("task_at") WHERE task is not null;