CREATE TABLE "saved_views" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"name" text NOT NULL,
	"query" text NOT NULL,
	"position" integer NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "case_search" (
	"case_id" bigint PRIMARY KEY NOT NULL,
	"document" "tsvector" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "search_words" (
	"word" text NOT NULL
);
--> statement-breakpoint
DROP INDEX "cases_search";--> statement-breakpoint
DROP INDEX "cases_inbox";--> statement-breakpoint
DROP INDEX "cases_unit";--> statement-breakpoint
DROP INDEX "cases_assignee";--> statement-breakpoint
ALTER TABLE "saved_views" ADD CONSTRAINT "saved_views_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "case_search" ADD CONSTRAINT "case_search_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "saved_views_name" ON "saved_views" USING btree ("account_id","name");--> statement-breakpoint
CREATE INDEX "saved_views_order" ON "saved_views" USING btree ("account_id","position");--> statement-breakpoint
CREATE INDEX "case_search_document" ON "case_search" USING gin ("document") WITH (fastupdate=false);--> statement-breakpoint
CREATE INDEX "search_words_word" ON "search_words" USING btree ("word");--> statement-breakpoint
CREATE INDEX "search_words_similar" ON "search_words" USING gin ("word" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "cases_due" ON "cases" USING btree ("due_at","id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "cases_status" ON "cases" USING btree ("status","due_at","id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "cases_open" ON "cases" USING btree ("due_at","id" DESC NULLS FIRST,"handling_unit_id","restricted","assignee_id") WHERE (status in ('received', 'verified', 'in_progress', 'needs_info')) is true;--> statement-breakpoint
CREATE INDEX "cases_open_assignee" ON "cases" USING btree ("assignee_id","due_at","id" DESC NULLS FIRST,"handling_unit_id","restricted") WHERE (status in ('received', 'verified', 'in_progress', 'needs_info')) is true;--> statement-breakpoint
CREATE INDEX "cases_unassigned" ON "cases" USING btree ("due_at","id" DESC NULLS FIRST,"handling_unit_id","restricted") WHERE (status in ('received', 'verified', 'in_progress', 'needs_info')) is true and assignee_id is null;--> statement-breakpoint
CREATE INDEX "cases_objection" ON "cases" USING btree ("due_at","id" DESC NULLS FIRST) WHERE objection_at is not null;--> statement-breakpoint
CREATE INDEX "clocks_warned" ON "clocks" USING btree ("due_at","warn_at","case_id") WHERE state = 'running' and name <> 'reporter_turn';--> statement-breakpoint
CREATE INDEX "cases_inbox" ON "cases" USING btree ("handling_unit_id","status","due_at","id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "cases_unit" ON "cases" USING btree ("unit_id","status","due_at","id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "cases_assignee" ON "cases" USING btree ("assignee_id","due_at","id" DESC NULLS FIRST);