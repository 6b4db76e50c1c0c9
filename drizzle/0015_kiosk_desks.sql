ALTER TABLE "kiosks" ADD COLUMN "desk_id" uuid;--> statement-breakpoint
ALTER TABLE "kiosks" ADD CONSTRAINT "kiosks_desk_id_places_id_fk" FOREIGN KEY ("desk_id") REFERENCES "public"."places"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "kiosks_desk" ON "kiosks" USING btree ("desk_id");