CREATE TABLE "backups" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"occasion" text NOT NULL,
	"account_id" uuid,
	"state" text NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"seen_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"stage" text,
	"stage_bytes" bigint DEFAULT 0 NOT NULL,
	"moment" timestamp with time zone,
	"file_name" text,
	"bytes" bigint,
	"encrypted" boolean DEFAULT false NOT NULL,
	"verified_at" timestamp with time zone,
	"rows" bigint,
	"files" integer,
	"lost" integer,
	"fault" text,
	"fault_text" text,
	"removed_at" timestamp with time zone,
	CONSTRAINT "backups_fileName_unique" UNIQUE("file_name")
);
--> statement-breakpoint
ALTER TABLE "backups" ADD CONSTRAINT "backups_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "backups_asked" ON "backups" USING btree ("asked_at");--> statement-breakpoint
CREATE INDEX "backups_occasion" ON "backups" USING btree ("occasion","asked_at");