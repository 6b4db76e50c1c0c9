CREATE TABLE "visit_officer_daily" (
	"officer_id" uuid NOT NULL,
	"service" text NOT NULL,
	"day" date NOT NULL,
	"visits" bigint DEFAULT 0 NOT NULL,
	"answered" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "visit_officer_daily_officer_id_service_day_pk" PRIMARY KEY("officer_id","service","day")
);
--> statement-breakpoint
CREATE TABLE "visit_officer_monthly" (
	"officer_id" uuid NOT NULL,
	"service" text NOT NULL,
	"month" date NOT NULL,
	"visits" bigint DEFAULT 0 NOT NULL,
	"visit_days" bigint DEFAULT 0 NOT NULL,
	"answered" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "visit_officer_monthly_officer_id_service_month_pk" PRIMARY KEY("officer_id","service","month")
);
--> statement-breakpoint
ALTER TABLE "visit_officer_daily" ADD CONSTRAINT "visit_officer_daily_officer_id_officers_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "visit_officer_monthly" ADD CONSTRAINT "visit_officer_monthly_officer_id_officers_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
INSERT INTO "visit_officer_daily" ("officer_id", "service", "day", "visits", "answered")
SELECT v.officer_id, s.service, v.day, count(*), count(v.used_on)
FROM "visits" v CROSS JOIN LATERAL (VALUES (coalesce(v.service, '')), ('*')) s(service) WHERE v.officer_id IS NOT NULL GROUP BY 1, 2, 3;
--> statement-breakpoint
INSERT INTO "visit_officer_monthly" ("officer_id", "service", "month", "visits", "visit_days", "answered")
SELECT v.officer_id, s.service, date_trunc('month', v.day)::date, count(*), count(DISTINCT v.day), count(v.used_on)
FROM "visits" v CROSS JOIN LATERAL (VALUES (coalesce(v.service, '')), ('*')) s(service) WHERE v.officer_id IS NOT NULL GROUP BY 1, 2, 3;
--> statement-breakpoint
-- What a change takes away and adds is one set, counted in one order: of two visits that change hands, there and back, neither
-- holds what the other waits for.
CREATE FUNCTION add_to_officer_visits(was visits, becomes visits) RETURNS void LANGUAGE sql AS $$
	WITH changed AS (
		SELECT v.officer_id, s.service, v.day, sum(v.sign) AS visits,
			sum(CASE WHEN v.used_on IS NULL THEN 0 ELSE v.sign END) AS answered
		FROM (VALUES (was.officer_id, was.service, was.day, was.used_on, -1),
			(becomes.officer_id, becomes.service, becomes.day, becomes.used_on, 1)) v(officer_id, service, day, used_on, sign)
		CROSS JOIN LATERAL (VALUES (coalesce(v.service, '')), ('*')) s(service)
		WHERE v.officer_id IS NOT NULL
		GROUP BY v.officer_id, s.service, v.day
	), days AS (
		INSERT INTO visit_officer_daily AS d (officer_id, service, day, visits, answered)
		SELECT officer_id, service, day, visits, answered FROM changed
		WHERE visits <> 0 OR answered <> 0 ORDER BY officer_id, service, day
		ON CONFLICT (officer_id, service, day)
		DO UPDATE SET visits = d.visits + excluded.visits, answered = d.answered + excluded.answered
		RETURNING d.officer_id, d.service, d.day, d.visits
	)
	INSERT INTO visit_officer_monthly AS m (officer_id, service, month, visits, visit_days, answered)
	SELECT officer_id, service, date_trunc('month', day)::date, sum(changed.visits),
		sum((days.visits > 0)::int - (days.visits - changed.visits > 0)::int), sum(changed.answered)
	FROM days JOIN changed USING (officer_id, service, day)
	GROUP BY officer_id, service, date_trunc('month', day)
	ORDER BY officer_id, service, date_trunc('month', day)
	ON CONFLICT (officer_id, service, month)
	DO UPDATE SET visits = m.visits + excluded.visits, visit_days = m.visit_days + excluded.visit_days,
		answered = m.answered + excluded.answered
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION count_visit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'INSERT' THEN
		PERFORM add_to_visit_daily(OLD, -1);
	END IF;
	IF TG_OP <> 'DELETE' THEN
		PERFORM add_to_visit_daily(NEW, 1);
	END IF;
	PERFORM add_to_officer_visits(OLD, NEW);
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE OR REPLACE TRIGGER visits_counted AFTER INSERT OR DELETE OR UPDATE OF unit_id, officer_id, service, day, used_on ON visits
FOR EACH ROW EXECUTE FUNCTION count_visit();
