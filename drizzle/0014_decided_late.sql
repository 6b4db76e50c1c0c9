DROP INDEX "ratings_decided";--> statement-breakpoint
ALTER TABLE "ratings" ADD COLUMN "decided_late" boolean DEFAULT false NOT NULL;--> statement-breakpoint
UPDATE "ratings" r SET "decided_late" = true WHERE EXISTS (
	SELECT FROM "rating_decisions" d WHERE d.rating_id = r.id AND d.state = 'done' AND d.decided_at >= r.day + 6);--> statement-breakpoint
CREATE INDEX "ratings_decided_late" ON "ratings" USING btree ("officer_id","day") WHERE decided_late;