DROP INDEX "ratings_set_aside";--> statement-breakpoint
CREATE INDEX "ratings_set_aside" ON "ratings" USING btree ("unit_id","state","day","id") WHERE state <> 'counted';