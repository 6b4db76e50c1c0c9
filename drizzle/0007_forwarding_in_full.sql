CREATE TABLE "inbound_reports" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"lapor_id" text NOT NULL,
	"unit_id" uuid NOT NULL,
	"case_id" bigint NOT NULL,
	"matched_by" text,
	"title" text,
	"content" text NOT NULL,
	"received_on" date NOT NULL,
	"entered_by" uuid,
	"entered_at" timestamp with time zone NOT NULL,
	"answer_entered_at" timestamp with time zone,
	"answer_entered_by" uuid,
	CONSTRAINT "inbound_reports_laporId_unique" UNIQUE("lapor_id")
);
--> statement-breakpoint
CREATE TABLE "lapor_masters" (
	"kind" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"raw" jsonb NOT NULL,
	CONSTRAINT "lapor_masters_kind_id_pk" PRIMARY KEY("kind","id")
);
--> statement-breakpoint
CREATE TABLE "mails" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"kind" text NOT NULL,
	"once_key" text NOT NULL,
	"account_id" uuid,
	"address" text NOT NULL,
	"subject" text NOT NULL,
	"body" text NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"lease_until" timestamp with time zone,
	"reason" text,
	"created_at" timestamp with time zone NOT NULL,
	"sent_at" timestamp with time zone,
	CONSTRAINT "mails_onceKey_unique" UNIQUE("once_key")
);
--> statement-breakpoint
ALTER TABLE "escalation_updates" ADD COLUMN "attachments" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "inbound_reports" ADD CONSTRAINT "inbound_reports_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inbound_reports" ADD CONSTRAINT "inbound_reports_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inbound_reports" ADD CONSTRAINT "inbound_reports_entered_by_accounts_id_fk" FOREIGN KEY ("entered_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inbound_reports" ADD CONSTRAINT "inbound_reports_answer_entered_by_accounts_id_fk" FOREIGN KEY ("answer_entered_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "inbound_reports_unit" ON "inbound_reports" USING btree ("unit_id","entered_at");--> statement-breakpoint
CREATE INDEX "inbound_reports_case" ON "inbound_reports" USING btree ("case_id");--> statement-breakpoint
CREATE INDEX "inbound_reports_owed" ON "inbound_reports" USING btree ("unit_id") WHERE answer_entered_at is null;--> statement-breakpoint
CREATE INDEX "mails_due" ON "mails" USING btree ("next_attempt_at") WHERE state in ('waiting', 'sending');--> statement-breakpoint
CREATE INDEX "mails_created" ON "mails" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "cases_unrecorded" ON "cases" USING btree ("unit_id","received_at") WHERE kind = 'complaint' and channel <> 'lapor' and status not in ('received', 'archived')
				and category is distinct from 'integrity' and (escalation_state is null or escalation_state = 'rejected');--> statement-breakpoint
CREATE INDEX "escalations_quiet" ON "escalations" USING btree (coalesce(lapor_news_at, sent_at)) WHERE state = 'sent';