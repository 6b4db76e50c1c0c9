DROP INDEX "visits_makers_to_forget";--> statement-breakpoint
CREATE INDEX "visits_makers_to_forget" ON "visits" USING btree ("expires_at") WHERE made_by_device is not null;--> statement-breakpoint
ALTER TABLE "visits" DROP COLUMN "made_by_session";