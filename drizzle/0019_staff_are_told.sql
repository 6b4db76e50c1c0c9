CREATE TABLE "notices" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"case_id" bigint,
	"data" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"once_key" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"read_at" timestamp with time zone,
	CONSTRAINT "notices_onceKey_unique" UNIQUE("once_key")
);
--> statement-breakpoint
ALTER TABLE "approvals" ADD COLUMN "passed_up_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "clocks" ADD COLUMN "warned_for" date;--> statement-breakpoint
ALTER TABLE "clocks" ADD COLUMN "alerted_for" date;--> statement-breakpoint
ALTER TABLE "clocks" ADD COLUMN "overdue_for" date;--> statement-breakpoint
ALTER TABLE "clocks" ADD COLUMN "tell_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notices_list" ON "notices" USING btree ("account_id","at","id");--> statement-breakpoint
CREATE INDEX "notices_unread" ON "notices" USING btree ("account_id") WHERE read_at is null;--> statement-breakpoint
CREATE INDEX "notices_age" ON "notices" USING btree ("at");--> statement-breakpoint
CREATE INDEX "approvals_waiting" ON "approvals" USING btree ("at") WHERE state = 'pending' and passed_up_at is null;--> statement-breakpoint
CREATE INDEX "clocks_tell" ON "clocks" USING btree ("tell_at","id") WHERE state = 'running';--> statement-breakpoint
CREATE INDEX "clocks_pressing" ON "clocks" USING btree ("warn_at") WHERE state = 'running' and name <> 'reporter_turn';--> statement-breakpoint
-- Promises made before staff were told of them: each is told from the next minute on, at the stage it has come to.
UPDATE "clocks" SET "tell_at" = "warn_at" WHERE "state" = 'running' AND "name" <> 'reporter_turn';
