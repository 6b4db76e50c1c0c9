DROP INDEX "cases_answered";--> statement-breakpoint
DROP INDEX "cases_archived";--> statement-breakpoint
DROP INDEX "timeline_counted";--> statement-breakpoint
CREATE INDEX "cases_opened" ON "cases" USING btree ("unit_id","opened_at");--> statement-breakpoint
CREATE INDEX "case_moves_moment" ON "case_moves" USING btree ("move","at","case_id");--> statement-breakpoint
CREATE INDEX "clock_outcomes_moment" ON "clock_outcomes" USING btree ("name","at","case_id");--> statement-breakpoint
CREATE INDEX "clock_outcomes_case" ON "clock_outcomes" USING btree ("case_id");--> statement-breakpoint
CREATE INDEX "timeline_counted" ON "timeline" USING btree ("type","at","case_id") WHERE type in ('rated', 'archived');
--> statement-breakpoint
-- A report comes into the register when it is opened: at the moment that its row tells.
CREATE OR REPLACE FUNCTION note_case_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	c cases%ROWTYPE;
	was case_moves%ROWTYPE;
	is_open boolean;
	was_open boolean;
	elsewhere boolean;
BEGIN
	SELECT * INTO c FROM cases WHERE id = NEW.case_id;
	SELECT * INTO was FROM case_moves WHERE case_id = NEW.case_id ORDER BY id DESC LIMIT 1;
	is_open := c.status IN ('received', 'verified', 'in_progress', 'needs_info');
	IF was.id IS NULL THEN
		INSERT INTO case_moves (case_id, at, unit_id, kind, channel, sealed, move)
		VALUES (c.id, c.opened_at, c.unit_id, c.kind, c.channel, c.restricted, 'received') RETURNING * INTO was;
	END IF;
	was_open := was.move IN ('received', 'reopened', 'moved_in');
	elsewhere := (was.unit_id, was.kind, was.sealed) IS DISTINCT FROM (c.unit_id, c.kind, c.restricted);
	IF was_open AND elsewhere THEN
		INSERT INTO case_moves (case_id, at, unit_id, kind, channel, sealed, move) VALUES
			(c.id, NEW.at, was.unit_id, was.kind, was.channel, was.sealed, 'moved_out'),
			(c.id, NEW.at, c.unit_id, c.kind, c.channel, c.restricted, 'moved_in');
	END IF;
	IF was_open <> is_open THEN
		INSERT INTO case_moves (case_id, at, unit_id, kind, channel, sealed, move)
		VALUES (c.id, NEW.at, c.unit_id, c.kind, c.channel, c.restricted,
			CASE WHEN is_open THEN 'reopened' WHEN c.status = 'archived' THEN 'archived' ELSE 'answered' END);
	END IF;
	RETURN NULL;
END
$$;
--> statement-breakpoint
-- What one report counts as, from its own row. `zone` is its office's: a day is a day there. In plpgsql, whose plans are kept:
-- put into the statements that call it, as functions of plain SQL are, it is planned anew for each change.
CREATE OR REPLACE FUNCTION case_counts(c cases, zone text) RETURNS TABLE (measure text, day date, part text, value text)
LANGUAGE plpgsql IMMUTABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT counted.* FROM (SELECT (c.opened_at AT TIME ZONE zone)::date AS came, (c.received_at AT TIME ZONE zone)::date AS received) d
	CROSS JOIN LATERAL (VALUES
		('received', d.came, '', '', true),
		('received', d.came, 'kind', c.kind, true),
		('received', d.came, 'category', coalesce(c.category, ''), true),
		('received', d.came, 'channel', c.channel, true),
		('received', d.came, 'place', c.place_id::text, c.place_id IS NOT NULL),
		('received', d.came, 'status', c.status, true),
		('open', d.received, '', '', c.status IN ('received', 'verified', 'in_progress', 'needs_info'))
	) v(measure, day, part, value, counts)
	CROSS JOIN LATERAL (SELECT v.measure, v.day, v.part, v.value) counted
	WHERE v.counts;
END
$$;
--> statement-breakpoint
-- The reporter's own turn is no promise of the office.
CREATE OR REPLACE FUNCTION clock_counts(k clocks, received date) RETURNS TABLE (measure text, day date, part text, value text)
LANGUAGE plpgsql IMMUTABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT 'running', received, k.name, CASE WHEN k.state = 'running' AND k.due_at IS NOT NULL
		THEN to_char(k.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') ELSE 'paused' END
	WHERE k.name <> 'reporter_turn' AND k.state IN ('running', 'paused');
END
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION entry_counts(t timeline, zone text) RETURNS TABLE (measure text, day date, part text, value text)
LANGUAGE plpgsql IMMUTABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT 'score', (t.at AT TIME ZONE zone)::date, '', coalesce(t.data ->> 'score', '') WHERE t.type = 'rated'
	UNION ALL
	SELECT 'archived', (t.at AT TIME ZONE zone)::date, 'reason', coalesce(t.data ->> 'reason', '') WHERE t.type = 'archived';
END
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION forward_counts(e escalations, zone text) RETURNS TABLE (measure text, day date, part text, value text)
LANGUAGE plpgsql IMMUTABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT 'lapor', (e.created_at AT TIME ZONE zone)::date, 'state', e.state
	UNION ALL
	SELECT 'lapor', (e.sent_at AT TIME ZONE zone)::date, 'hours',
		least(999, greatest(0, floor(extract(epoch FROM e.sent_at - e.created_at) / 3600)))::int::text
	WHERE e.sent_at IS NOT NULL AND e.lapor_id IS NOT NULL;
END
$$;
--> statement-breakpoint
-- The rows that periodic reports count. A report that is handed over takes them along.
CREATE FUNCTION move_counts(m case_moves, received_at timestamptz, zone text)
RETURNS TABLE (measure text, day date, part text, value text) LANGUAGE plpgsql IMMUTABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT m.move, (m.at AT TIME ZONE zone)::date, '', '' WHERE m.move IN ('answered', 'archived', 'reopened')
	UNION ALL
	SELECT m.move, (m.at AT TIME ZONE zone)::date, 'days', ((m.at AT TIME ZONE zone)::date - (received_at AT TIME ZONE zone)::date)::text
	WHERE m.move = 'answered';
END
$$;
--> statement-breakpoint
CREATE FUNCTION outcome_counts(o clock_outcomes, zone text) RETURNS TABLE (measure text, day date, part text, value text)
LANGUAGE plpgsql IMMUTABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY SELECT 'kept', (o.at AT TIME ZONE zone)::date, o.name, CASE WHEN o.late THEN 'late' ELSE 'met' END;
END
$$;
--> statement-breakpoint
-- What a report counts as by its clocks, its story and its forwards.
CREATE OR REPLACE FUNCTION followed_counts(which bigint, received_at timestamptz, zone text)
RETURNS TABLE (measure text, day date, part text, value text) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT c.* FROM clocks k CROSS JOIN LATERAL clock_counts(k, (received_at AT TIME ZONE zone)::date) c WHERE k.case_id = which
	UNION ALL SELECT c.* FROM case_moves m CROSS JOIN LATERAL move_counts(m, received_at, zone) c WHERE m.case_id = which
	UNION ALL SELECT c.* FROM clock_outcomes o CROSS JOIN LATERAL outcome_counts(o, zone) c WHERE o.case_id = which
	UNION ALL SELECT c.* FROM timeline t CROSS JOIN LATERAL entry_counts(t, zone) c WHERE t.case_id = which
	UNION ALL SELECT c.* FROM escalations e CROSS JOIN LATERAL forward_counts(e, zone) c WHERE e.case_id = which;
END
$$;
--> statement-breakpoint
CREATE FUNCTION count_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	about cases;
BEGIN
	SELECT * INTO about FROM cases WHERE id = NEW.case_id;
	INSERT INTO case_sum_changes (unit_id, service, measure, day, part, value, handling_unit_id, restricted, n)
	SELECT about.unit_id, coalesce(about.service, ''), measure, day, part, value, about.handling_unit_id, about.restricted, 1
	FROM move_counts(NEW, about.received_at, zone_of(about.unit_id));
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER case_moves_counted AFTER INSERT ON case_moves FOR EACH ROW WHEN (NEW.move IN ('answered', 'archived', 'reopened'))
EXECUTE FUNCTION count_move();
--> statement-breakpoint
CREATE FUNCTION count_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	about cases;
BEGIN
	SELECT * INTO about FROM cases WHERE id = NEW.case_id;
	INSERT INTO case_sum_changes (unit_id, service, measure, day, part, value, handling_unit_id, restricted, n)
	SELECT about.unit_id, coalesce(about.service, ''), measure, day, part, value, about.handling_unit_id, about.restricted, 1
	FROM outcome_counts(NEW, zone_of(about.unit_id));
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER clock_outcomes_counted AFTER INSERT ON clock_outcomes FOR EACH ROW EXECUTE FUNCTION count_outcome();
--> statement-breakpoint
DROP TRIGGER timeline_counted ON timeline;
--> statement-breakpoint
CREATE TRIGGER timeline_counted AFTER INSERT ON timeline FOR EACH ROW WHEN (NEW.type IN ('rated', 'archived'))
EXECUTE FUNCTION count_entry();
--> statement-breakpoint
DROP TRIGGER timeline_uncounted ON timeline;
--> statement-breakpoint
CREATE TRIGGER timeline_uncounted AFTER DELETE ON timeline FOR EACH ROW WHEN (OLD.type IN ('rated', 'archived'))
EXECUTE FUNCTION count_entry();
--> statement-breakpoint
DROP TRIGGER cases_counted_anew ON cases;
--> statement-breakpoint
CREATE TRIGGER cases_counted_anew AFTER UPDATE ON cases FOR EACH ROW WHEN (
	(OLD.unit_id, OLD.handling_unit_id, OLD.restricted, OLD.service, OLD.opened_at, OLD.received_at, OLD.kind, OLD.category, OLD.channel,
		OLD.place_id, OLD.status)
	IS DISTINCT FROM
	(NEW.unit_id, NEW.handling_unit_id, NEW.restricted, NEW.service, NEW.opened_at, NEW.received_at, NEW.kind, NEW.category, NEW.channel,
		NEW.place_id, NEW.status)
) EXECUTE FUNCTION count_case();
--> statement-breakpoint
-- All reports are counted anew. Nothing has been destroyed by retention yet, so nothing is lost.
DELETE FROM case_sum_changes;
--> statement-breakpoint
DELETE FROM case_sums;
--> statement-breakpoint
INSERT INTO case_sums (unit_id, service, grain, measure, day, part, value, handling_unit_id, restricted, n)
SELECT c.unit_id, s.service, g.grain, counted.measure,
	CASE g.grain WHEN 'month' THEN date_trunc('month', counted.day)::date ELSE counted.day END, counted.part, counted.value,
	c.handling_unit_id, c.restricted, count(*)
FROM cases c JOIN units u ON u.id = c.unit_id
CROSS JOIN LATERAL (
	SELECT * FROM case_counts(c, u.time_zone) UNION ALL SELECT * FROM followed_counts(c.id, c.received_at, u.time_zone)
) counted
CROSS JOIN LATERAL (VALUES (coalesce(c.service, '')), ('*')) s(service) CROSS JOIN (VALUES ('day'), ('month')) g(grain)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
