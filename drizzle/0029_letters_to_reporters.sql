CREATE TABLE "mail_choices" (
	"account_id" uuid NOT NULL,
	"kind" text NOT NULL,
	CONSTRAINT "mail_choices_account_id_kind_pk" PRIMARY KEY("account_id","kind")
);
--> statement-breakpoint
CREATE TABLE "mail_closings" (
	"unit_id" uuid NOT NULL,
	"language" text NOT NULL,
	"body" text NOT NULL,
	CONSTRAINT "mail_closings_unit_id_language_pk" PRIMARY KEY("unit_id","language")
);
--> statement-breakpoint
CREATE TABLE "mail_stops" (
	"address_hash" text PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reporter_mail" (
	"case_id" bigint PRIMARY KEY NOT NULL,
	"language" text NOT NULL,
	"address_hash" text NOT NULL,
	"stop_hash" text NOT NULL,
	"stopped_at" timestamp with time zone,
	"refused_at" timestamp with time zone,
	CONSTRAINT "reporter_mail_stopHash_unique" UNIQUE("stop_hash")
);
--> statement-breakpoint
ALTER TABLE "mails" ALTER COLUMN "address" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "mails" ADD COLUMN "case_id" bigint;--> statement-breakpoint
ALTER TABLE "mails" ADD COLUMN "unit_id" uuid;--> statement-breakpoint
ALTER TABLE "mails" ADD COLUMN "waits_from" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "mails" ADD COLUMN "decided_by" uuid;--> statement-breakpoint
ALTER TABLE "mails" ADD COLUMN "decided_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "mail_choices" ADD CONSTRAINT "mail_choices_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mail_closings" ADD CONSTRAINT "mail_closings_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reporter_mail" ADD CONSTRAINT "reporter_mail_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_decided_by_accounts_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "mails_state" ON "mails" USING btree ("state","created_at","id");--> statement-breakpoint
CREATE INDEX "mails_unit" ON "mails" USING btree ("unit_id","state","created_at","id");--> statement-breakpoint
CREATE INDEX "mails_case" ON "mails" USING btree ("case_id") WHERE case_id is not null;--> statement-breakpoint
CREATE INDEX "mails_undecided" ON "mails" USING btree ("state","unit_id") WHERE state in ('failed', 'unknown') and decided_at is null;