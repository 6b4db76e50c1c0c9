CREATE TABLE "visit_daily" (
	"unit_id" uuid NOT NULL,
	"service" text NOT NULL,
	"day" date NOT NULL,
	"visits" bigint DEFAULT 0 NOT NULL,
	"answered" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "visit_daily_unit_id_service_day_pk" PRIMARY KEY("unit_id","service","day")
);
--> statement-breakpoint
DROP INDEX "ratings_to_review";--> statement-breakpoint
DROP INDEX "ratings_officer";--> statement-breakpoint
DROP INDEX "ratings_set_aside";--> statement-breakpoint
ALTER TABLE "visit_daily" ADD CONSTRAINT "visit_daily_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "ratings_commented" ON "ratings" USING btree ("officer_id","day") WHERE comment is not null;--> statement-breakpoint
CREATE INDEX "ratings_decided" ON "ratings" USING btree ("officer_id","day") WHERE state_by is not null;--> statement-breakpoint
CREATE INDEX "ratings_held" ON "ratings" USING btree ("day","id","unit_id") WHERE state = 'held';--> statement-breakpoint
CREATE INDEX "ratings_marked" ON "ratings" USING btree ("day","id","unit_id") WHERE state = 'counted' and state_by is null and signals <> '{}';--> statement-breakpoint
CREATE INDEX "ratings_comment_flagged" ON "ratings" USING btree ("day","id","unit_id") WHERE state <> 'voided' and comment_flags <> '{}' and not 'manager' = any(comment_flags);--> statement-breakpoint
CREATE INDEX "ratings_officer" ON "ratings" USING btree ("officer_id","day","score","state");--> statement-breakpoint
CREATE INDEX "ratings_set_aside" ON "ratings" USING btree ("unit_id","day","state") WHERE state <> 'counted';--> statement-breakpoint
INSERT INTO "visit_daily" ("unit_id", "service", "day", "visits", "answered")
SELECT v.unit_id, s.service, v.day, count(*), count(v.used_on)
FROM "visits" v CROSS JOIN LATERAL (VALUES (coalesce(v.service, '')), ('*')) s(service) GROUP BY v.unit_id, s.service, v.day;
--> statement-breakpoint
-- All services together are counted first, so that of two changes on one day the second waits there and never crosswise.
CREATE FUNCTION add_to_visit_daily(visit visits, sign int) RETURNS void LANGUAGE sql AS $$
	INSERT INTO visit_daily AS d (unit_id, service, day, visits, answered)
	VALUES (visit.unit_id, '*', visit.day, sign, CASE WHEN visit.used_on IS NULL THEN 0 ELSE sign END),
		(visit.unit_id, coalesce(visit.service, ''), visit.day, sign, CASE WHEN visit.used_on IS NULL THEN 0 ELSE sign END)
	ON CONFLICT (unit_id, service, day)
	DO UPDATE SET visits = d.visits + excluded.visits, answered = d.answered + excluded.answered
$$;
--> statement-breakpoint
CREATE FUNCTION count_visit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'INSERT' THEN
		PERFORM add_to_visit_daily(OLD, -1);
	END IF;
	IF TG_OP <> 'DELETE' THEN
		PERFORM add_to_visit_daily(NEW, 1);
	END IF;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER visits_counted AFTER INSERT OR DELETE OR UPDATE OF unit_id, service, day, used_on ON visits
FOR EACH ROW EXECUTE FUNCTION count_visit();
