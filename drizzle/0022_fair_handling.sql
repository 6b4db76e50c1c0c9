CREATE TABLE "clarifications" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"case_id" bigint NOT NULL,
	"officer_id" uuid NOT NULL,
	"question" text NOT NULL,
	"asked_by" uuid,
	"asked_at" timestamp with time zone NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"answer" text,
	"answered_at" timestamp with time zone
);
--> statement-breakpoint
DROP INDEX "cases_place";--> statement-breakpoint
DROP INDEX "cases_officer";--> statement-breakpoint
DROP INDEX "cases_reporter";--> statement-breakpoint
ALTER TABLE "cases" ADD COLUMN "split_from_id" bigint;--> statement-breakpoint
ALTER TABLE "officers" ADD COLUMN "nicknames" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "clarifications" ADD CONSTRAINT "clarifications_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clarifications" ADD CONSTRAINT "clarifications_officer_id_officers_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clarifications" ADD CONSTRAINT "clarifications_asked_by_accounts_id_fk" FOREIGN KEY ("asked_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "clarifications_case" ON "clarifications" USING btree ("case_id","asked_at");--> statement-breakpoint
CREATE INDEX "clarifications_officer" ON "clarifications" USING btree ("officer_id","asked_at");--> statement-breakpoint
CREATE UNIQUE INDEX "clarifications_one_open" ON "clarifications" USING btree ("case_id","officer_id") WHERE state = 'open';--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_split_from_id_cases_id_fk" FOREIGN KEY ("split_from_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "cases_split" ON "cases" USING btree ("split_from_id") WHERE split_from_id is not null;--> statement-breakpoint
CREATE INDEX "cases_place" ON "cases" USING btree ("place_id","id");--> statement-breakpoint
CREATE INDEX "cases_officer" ON "cases" USING btree ("officer_id","id");--> statement-breakpoint
CREATE INDEX "cases_reporter" ON "cases" USING btree ("reporter_hash","id") WHERE reporter_hash is not null;