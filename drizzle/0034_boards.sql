CREATE TABLE "case_sum_changes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "case_sum_changes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"unit_id" uuid NOT NULL,
	"service" text NOT NULL,
	"measure" text NOT NULL,
	"day" date NOT NULL,
	"part" text NOT NULL,
	"value" text NOT NULL,
	"handling_unit_id" uuid NOT NULL,
	"restricted" boolean NOT NULL,
	"n" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "case_sums" (
	"unit_id" uuid NOT NULL,
	"service" text NOT NULL,
	"grain" text NOT NULL,
	"measure" text NOT NULL,
	"day" date NOT NULL,
	"part" text NOT NULL,
	"value" text NOT NULL,
	"handling_unit_id" uuid NOT NULL,
	"restricted" boolean NOT NULL,
	"n" bigint NOT NULL,
	CONSTRAINT "case_sums_pk" PRIMARY KEY("unit_id","service","grain","measure","day","part","value","handling_unit_id","restricted")
);
--> statement-breakpoint
CREATE TABLE "case_exports" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"format" text NOT NULL,
	"query" text NOT NULL,
	"lang" text NOT NULL,
	"state" text NOT NULL,
	"rows" integer DEFAULT 0 NOT NULL,
	"progress" real DEFAULT 0 NOT NULL,
	"bytes" bigint,
	"attempts" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "public_figures" (
	"unit_id" uuid NOT NULL,
	"quarter" text NOT NULL,
	"figures" jsonb NOT NULL,
	"closed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "public_figures_unit_id_quarter_pk" PRIMARY KEY("unit_id","quarter")
);
--> statement-breakpoint
CREATE TABLE "public_pages" (
	"unit_id" uuid PRIMARY KEY NOT NULL,
	"active" boolean DEFAULT false NOT NULL,
	"changes" text,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "case_sums" ADD CONSTRAINT "case_sums_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "case_sums" ADD CONSTRAINT "case_sums_handling_unit_id_units_id_fk" FOREIGN KEY ("handling_unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "case_exports" ADD CONSTRAINT "case_exports_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "public_figures" ADD CONSTRAINT "public_figures_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "public_pages" ADD CONSTRAINT "public_pages_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "case_sums_spent" ON "case_sums" USING btree ("n") WHERE n = 0;--> statement-breakpoint
CREATE INDEX "case_exports_account" ON "case_exports" USING btree ("account_id","created_at");--> statement-breakpoint
CREATE INDEX "case_exports_created" ON "case_exports" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "case_exports_one_open" ON "case_exports" USING btree ("account_id") WHERE state in ('waiting', 'running');--> statement-breakpoint
CREATE INDEX "timeline_counted" ON "timeline" USING btree ("type","at","case_id") WHERE type in ('rated', 'disputed', 'reopened');