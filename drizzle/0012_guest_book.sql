ALTER TABLE "visits" ADD COLUMN "opened_by_maker" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "visits_officer" ON "visits" USING btree ("officer_id","day");--> statement-breakpoint
CREATE INDEX "visits_makers_to_forget" ON "visits" USING btree ("expires_at") WHERE made_by_session is not null or made_by_device is not null;--> statement-breakpoint
-- Visits noted so far came from other systems, after the service.
UPDATE "visits" SET "begun_at" = "created_at", "closed_at" = "created_at" WHERE "closed_at" IS NULL;
