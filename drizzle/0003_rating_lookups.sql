DROP INDEX "ratings_officer";--> statement-breakpoint
CREATE INDEX "ratings_set_aside" ON "ratings" USING btree ("unit_id","day") WHERE state <> 'counted';--> statement-breakpoint
CREATE INDEX "visits_to_forget" ON "visits" USING btree ("created_at") WHERE external_ref is not null;--> statement-breakpoint
CREATE INDEX "ratings_officer" ON "ratings" USING btree ("officer_id","day");