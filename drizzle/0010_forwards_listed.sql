DROP INDEX "escalations_state";--> statement-breakpoint
CREATE INDEX "cases_forwarded" ON "cases" USING btree ("handling_unit_id","id") WHERE escalation_state is not null;--> statement-breakpoint
CREATE INDEX "escalations_newest" ON "escalations" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "escalations_state" ON "escalations" USING btree ("state","created_at","id");