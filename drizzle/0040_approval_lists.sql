DROP INDEX "cases_officer";--> statement-breakpoint
ALTER TABLE "visits" ADD COLUMN "opened_too_soon" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "approvals_pending" ON "approvals" USING btree ("at","id") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "approvals_single" ON "approvals" USING btree ("at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE single_signature;