CREATE TABLE "access_changes" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"kind" text NOT NULL,
	"account_id" uuid NOT NULL,
	"target" text NOT NULL,
	"data" jsonb NOT NULL,
	"unit_ids" uuid[] NOT NULL,
	"requested_by" uuid,
	"requested_at" timestamp with time zone NOT NULL,
	"takes_effect_at" timestamp with time zone NOT NULL,
	"deciders" integer NOT NULL,
	"state" text NOT NULL,
	"decided_by" uuid,
	"ended_at" timestamp with time zone,
	"link" text,
	"notified_of" text
);
--> statement-breakpoint
ALTER TABLE "api_tokens" ADD COLUMN "waiting" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "access_changes" ADD CONSTRAINT "access_changes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_changes" ADD CONSTRAINT "access_changes_requested_by_accounts_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_changes" ADD CONSTRAINT "access_changes_decided_by_accounts_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "access_changes_waiting" ON "access_changes" USING btree ("account_id","kind","target") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "access_changes_due" ON "access_changes" USING btree ("takes_effect_at") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "access_changes_unnotified" ON "access_changes" USING btree ("id") WHERE notified_of is distinct from state;--> statement-breakpoint
CREATE INDEX "access_changes_account" ON "access_changes" USING btree ("account_id","requested_at");