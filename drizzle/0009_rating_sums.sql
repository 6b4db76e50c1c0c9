DROP INDEX "rating_daily_unit";--> statement-breakpoint
DROP INDEX "rating_daily_officer";--> statement-breakpoint
DROP INDEX "rating_monthly_unit";--> statement-breakpoint
DROP INDEX "rating_monthly_officer";--> statement-breakpoint
ALTER TABLE "rating_daily" ADD COLUMN "visit" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rating_daily" ADD COLUMN "kiosk" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rating_daily" ADD COLUMN "place" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rating_daily" ADD COLUMN "web" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rating_daily" ADD COLUMN "api" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rating_daily" ADD COLUMN "courtesy_n" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rating_daily" ADD COLUMN "courtesy_sum" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rating_daily" ADD COLUMN "speed_n" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rating_daily" ADD COLUMN "speed_sum" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rating_daily" ADD COLUMN "knowledge_n" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rating_daily" ADD COLUMN "knowledge_sum" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rating_monthly" ADD COLUMN "visit" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rating_monthly" ADD COLUMN "kiosk" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rating_monthly" ADD COLUMN "place" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rating_monthly" ADD COLUMN "web" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rating_monthly" ADD COLUMN "api" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rating_monthly" ADD COLUMN "courtesy_n" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rating_monthly" ADD COLUMN "courtesy_sum" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rating_monthly" ADD COLUMN "speed_n" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rating_monthly" ADD COLUMN "speed_sum" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rating_monthly" ADD COLUMN "knowledge_n" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rating_monthly" ADD COLUMN "knowledge_sum" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
DELETE FROM "rating_daily";--> statement-breakpoint
INSERT INTO "rating_daily" ("key", "unit_id", "officer_id", "service", "day", "c1", "c2", "c3", "c4", "c5", "verified",
	"visit", "kiosk", "place", "web", "api", "courtesy_n", "courtesy_sum", "speed_n", "speed_sum", "knowledge_n", "knowledge_sum")
SELECT concat_ws('/', r.unit_id, coalesce(r.officer_id::text, ''), coalesce(s.service, ''), to_char(r.day, 'YYYY-MM-DD')),
	r.unit_id, r.officer_id, s.service, r.day,
	count(*) FILTER (WHERE score = 1), count(*) FILTER (WHERE score = 2), count(*) FILTER (WHERE score = 3),
	count(*) FILTER (WHERE score = 4), count(*) FILTER (WHERE score = 5), count(*) FILTER (WHERE verified),
	count(*) FILTER (WHERE source = 'visit'), count(*) FILTER (WHERE source = 'kiosk'), count(*) FILTER (WHERE source = 'place'),
	count(*) FILTER (WHERE source = 'web'), count(*) FILTER (WHERE source = 'api'),
	count(courtesy), coalesce(sum(courtesy), 0), count(speed), coalesce(sum(speed), 0), count(knowledge), coalesce(sum(knowledge), 0)
FROM "ratings" r CROSS JOIN LATERAL (VALUES (r.service), ('*')) s(service)
WHERE r.state = 'counted' GROUP BY r.unit_id, r.officer_id, s.service, r.day;--> statement-breakpoint
INSERT INTO "rating_monthly" ("key", "unit_id", "officer_id", "service", "month", "c1", "c2", "c3", "c4", "c5", "verified",
	"visit", "kiosk", "place", "web", "api", "courtesy_n", "courtesy_sum", "speed_n", "speed_sum", "knowledge_n", "knowledge_sum")
SELECT concat_ws('/', r.unit_id, coalesce(r.officer_id::text, ''), coalesce(s.service, ''), to_char(date_trunc('month', r.day)::date, 'YYYY-MM-DD')),
	r.unit_id, r.officer_id, s.service, date_trunc('month', r.day)::date,
	count(*) FILTER (WHERE score = 1), count(*) FILTER (WHERE score = 2), count(*) FILTER (WHERE score = 3),
	count(*) FILTER (WHERE score = 4), count(*) FILTER (WHERE score = 5), count(*) FILTER (WHERE verified),
	count(*) FILTER (WHERE source = 'visit'), count(*) FILTER (WHERE source = 'kiosk'), count(*) FILTER (WHERE source = 'place'),
	count(*) FILTER (WHERE source = 'web'), count(*) FILTER (WHERE source = 'api'),
	count(courtesy), coalesce(sum(courtesy), 0), count(speed), coalesce(sum(speed), 0), count(knowledge), coalesce(sum(knowledge), 0)
FROM "ratings" r CROSS JOIN LATERAL (VALUES (r.service), ('*')) s(service)
WHERE r.state = 'counted' GROUP BY r.unit_id, r.officer_id, s.service, date_trunc('month', r.day)::date;--> statement-breakpoint
CREATE INDEX "rating_daily_unit" ON "rating_daily" USING btree ("unit_id","service","day");--> statement-breakpoint
CREATE INDEX "rating_daily_officer" ON "rating_daily" USING btree ("officer_id","service","day");--> statement-breakpoint
CREATE INDEX "rating_monthly_unit" ON "rating_monthly" USING btree ("unit_id","service","month");--> statement-breakpoint
CREATE INDEX "rating_monthly_officer" ON "rating_monthly" USING btree ("officer_id","service","month");