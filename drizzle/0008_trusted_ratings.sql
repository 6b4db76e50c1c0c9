CREATE TABLE "rating_contests" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"rating_id" uuid NOT NULL,
	"officer_id" uuid NOT NULL,
	"words" text NOT NULL,
	"contested_at" timestamp with time zone NOT NULL,
	"state" text NOT NULL,
	"answer" text,
	"decided_by" uuid,
	"decided_at" timestamp with time zone,
	CONSTRAINT "rating_contests_ratingId_unique" UNIQUE("rating_id")
);
--> statement-breakpoint
CREATE TABLE "rating_decisions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"rating_id" uuid NOT NULL,
	"move" text NOT NULL,
	"reason" text NOT NULL,
	"note" text,
	"unit_id" uuid NOT NULL,
	"proposed_by" uuid NOT NULL,
	"proposed_at" timestamp with time zone NOT NULL,
	"state" text NOT NULL,
	"decided_by" uuid,
	"decided_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "rating_monthly" (
	"key" text PRIMARY KEY NOT NULL,
	"unit_id" uuid NOT NULL,
	"officer_id" uuid,
	"service" text,
	"month" date NOT NULL,
	"c1" bigint DEFAULT 0 NOT NULL,
	"c2" bigint DEFAULT 0 NOT NULL,
	"c3" bigint DEFAULT 0 NOT NULL,
	"c4" bigint DEFAULT 0 NOT NULL,
	"c5" bigint DEFAULT 0 NOT NULL,
	"verified" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "roster_shifts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"place_id" uuid NOT NULL,
	"officer_id" uuid NOT NULL,
	"weekday" smallint,
	"day" date,
	"starts_at" text NOT NULL,
	"ends_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "skm_offices" (
	"unit_id" uuid PRIMARY KEY NOT NULL,
	"decision_number" text NOT NULL,
	"decided_on" date NOT NULL,
	"other_survey_url" text,
	"active" boolean DEFAULT true NOT NULL,
	"changed_by" uuid,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "skm_publications" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"unit_id" uuid NOT NULL,
	"first_day" date NOT NULL,
	"last_day" date NOT NULL,
	"respondents" integer NOT NULL,
	"figures" jsonb NOT NULL,
	"decision_number" text NOT NULL,
	"published_by" uuid,
	"published_at" timestamp with time zone NOT NULL,
	"withdrawn_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "skm_responses" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"unit_id" uuid NOT NULL,
	"service" text,
	"u1" smallint NOT NULL,
	"u2" smallint NOT NULL,
	"u3" smallint NOT NULL,
	"u4" smallint NOT NULL,
	"u5" smallint NOT NULL,
	"u6" smallint NOT NULL,
	"u7" smallint NOT NULL,
	"u8" smallint NOT NULL,
	"u9" smallint NOT NULL,
	"sex" text,
	"age" text,
	"education" text,
	"occupation" text,
	"suggestion" text,
	"day" date NOT NULL,
	"state" text DEFAULT 'counted' NOT NULL,
	"state_reason" text,
	"state_by" uuid,
	"submission_hash" text NOT NULL,
	"content_hash" text NOT NULL,
	CONSTRAINT "skm_responses_submissionHash_unique" UNIQUE("submission_hash")
);
--> statement-breakpoint
ALTER TABLE "ratings" ADD COLUMN "signals" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "ratings" ADD COLUMN "comment_hash" text;--> statement-breakpoint
ALTER TABLE "ratings" ADD COLUMN "comment_flags" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "visits" ADD COLUMN "purpose" text;--> statement-breakpoint
ALTER TABLE "visits" ADD COLUMN "place_id" uuid;--> statement-breakpoint
ALTER TABLE "visits" ADD COLUMN "begun_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "visits" ADD COLUMN "closed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "visits" ADD COLUMN "made_by_session" text;--> statement-breakpoint
ALTER TABLE "visits" ADD COLUMN "made_by_device" text;--> statement-breakpoint
ALTER TABLE "kiosks" ADD COLUMN "mode" text DEFAULT 'tablet' NOT NULL;--> statement-breakpoint
ALTER TABLE "kiosks" ADD COLUMN "pin_hash" text;--> statement-breakpoint
ALTER TABLE "kiosks" ADD COLUMN "public_key" jsonb;--> statement-breakpoint
ALTER TABLE "kiosks" ADD COLUMN "seen_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "rating_contests" ADD CONSTRAINT "rating_contests_rating_id_ratings_id_fk" FOREIGN KEY ("rating_id") REFERENCES "public"."ratings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rating_contests" ADD CONSTRAINT "rating_contests_officer_id_officers_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rating_contests" ADD CONSTRAINT "rating_contests_decided_by_accounts_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rating_decisions" ADD CONSTRAINT "rating_decisions_rating_id_ratings_id_fk" FOREIGN KEY ("rating_id") REFERENCES "public"."ratings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rating_decisions" ADD CONSTRAINT "rating_decisions_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rating_decisions" ADD CONSTRAINT "rating_decisions_proposed_by_accounts_id_fk" FOREIGN KEY ("proposed_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rating_decisions" ADD CONSTRAINT "rating_decisions_decided_by_accounts_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rating_monthly" ADD CONSTRAINT "rating_monthly_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rating_monthly" ADD CONSTRAINT "rating_monthly_officer_id_officers_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "roster_shifts" ADD CONSTRAINT "roster_shifts_place_id_places_id_fk" FOREIGN KEY ("place_id") REFERENCES "public"."places"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "roster_shifts" ADD CONSTRAINT "roster_shifts_officer_id_officers_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "skm_offices" ADD CONSTRAINT "skm_offices_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "skm_offices" ADD CONSTRAINT "skm_offices_changed_by_accounts_id_fk" FOREIGN KEY ("changed_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "skm_publications" ADD CONSTRAINT "skm_publications_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "skm_publications" ADD CONSTRAINT "skm_publications_published_by_accounts_id_fk" FOREIGN KEY ("published_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "skm_responses" ADD CONSTRAINT "skm_responses_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "skm_responses" ADD CONSTRAINT "skm_responses_state_by_accounts_id_fk" FOREIGN KEY ("state_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "rating_contests_officer" ON "rating_contests" USING btree ("officer_id");--> statement-breakpoint
CREATE INDEX "rating_contests_pending" ON "rating_contests" USING btree ("contested_at") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "rating_decisions_rating" ON "rating_decisions" USING btree ("rating_id");--> statement-breakpoint
CREATE INDEX "rating_decisions_pending" ON "rating_decisions" USING btree ("unit_id","proposed_at") WHERE state = 'pending';--> statement-breakpoint
CREATE UNIQUE INDEX "rating_decisions_one_pending" ON "rating_decisions" USING btree ("rating_id") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "rating_monthly_unit" ON "rating_monthly" USING btree ("unit_id","month");--> statement-breakpoint
CREATE INDEX "rating_monthly_officer" ON "rating_monthly" USING btree ("officer_id","month");--> statement-breakpoint
CREATE INDEX "roster_shifts_place" ON "roster_shifts" USING btree ("place_id");--> statement-breakpoint
CREATE INDEX "roster_shifts_officer" ON "roster_shifts" USING btree ("officer_id");--> statement-breakpoint
CREATE INDEX "skm_publications_unit" ON "skm_publications" USING btree ("unit_id","last_day");--> statement-breakpoint
CREATE INDEX "skm_responses_unit" ON "skm_responses" USING btree ("unit_id","day");--> statement-breakpoint
CREATE INDEX "skm_responses_set_aside" ON "skm_responses" USING btree ("unit_id","day") WHERE state <> 'counted';--> statement-breakpoint
ALTER TABLE "visits" ADD CONSTRAINT "visits_place_id_places_id_fk" FOREIGN KEY ("place_id") REFERENCES "public"."places"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "ratings_same_text" ON "ratings" USING btree ("officer_id","comment_hash","day") WHERE comment_hash is not null;--> statement-breakpoint
CREATE INDEX "visits_desk" ON "visits" USING btree ("place_id","closed_at");--> statement-breakpoint
CREATE INDEX "visits_open" ON "visits" USING btree ("unit_id","created_at") WHERE closed_at is null;