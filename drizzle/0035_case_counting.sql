-- What one report counts as, from its own row. `zone` is its office's: a day is a day there. In plpgsql, whose plans are kept:
-- put into the statements that call it, as functions of plain SQL are, it is planned anew for each change.
CREATE FUNCTION case_counts(c cases, zone text) RETURNS TABLE (measure text, day date, part text, value text)
LANGUAGE plpgsql IMMUTABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT counted.* FROM (SELECT (c.received_at AT TIME ZONE zone)::date AS received, (c.answered_at AT TIME ZONE zone)::date AS answered,
		(c.archived_at AT TIME ZONE zone)::date AS archived) d
	CROSS JOIN LATERAL (VALUES
		('received', d.received, '', '', true),
		('received', d.received, 'kind', c.kind, true),
		('received', d.received, 'category', coalesce(c.category, ''), true),
		('received', d.received, 'channel', c.channel, true),
		('received', d.received, 'place', c.place_id::text, c.place_id IS NOT NULL),
		('received', d.received, 'status', c.status, true),
		('open', d.received, '', '', c.status IN ('received', 'verified', 'in_progress', 'needs_info')),
		('finished', d.answered, '', '', c.status IN ('answered', 'closed')),
		('finished', d.answered, 'kind', c.kind, c.status IN ('answered', 'closed')),
		('finished', d.answered, 'days', (d.answered - d.received)::text, c.status IN ('answered', 'closed')),
		('archived', d.archived, '', '', c.status = 'archived'),
		('archived', d.archived, 'reason', coalesce(c.archive_reason, ''), c.status = 'archived')
	) v(measure, day, part, value, counts)
	CROSS JOIN LATERAL (SELECT v.measure, v.day, v.part, v.value) counted
	WHERE v.counts AND v.day IS NOT NULL;
END
$$;
--> statement-breakpoint
-- The reporter's own turn is no promise of the office.
CREATE FUNCTION clock_counts(k clocks, received date) RETURNS TABLE (measure text, day date, part text, value text)
LANGUAGE plpgsql IMMUTABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT 'clock', received, k.name,
		CASE k.state WHEN 'met' THEN CASE WHEN k.late THEN 'late' ELSE 'met' END WHEN 'stopped' THEN 'stopped' ELSE 'running' END
	WHERE k.name <> 'reporter_turn'
	UNION ALL
	SELECT 'running', received, k.name, CASE WHEN k.state = 'running' AND k.due_at IS NOT NULL
		THEN to_char(k.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') ELSE 'paused' END
	WHERE k.name <> 'reporter_turn' AND k.state IN ('running', 'paused');
END
$$;
--> statement-breakpoint
CREATE FUNCTION entry_counts(t timeline, zone text) RETURNS TABLE (measure text, day date, part text, value text)
LANGUAGE plpgsql IMMUTABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT CASE t.type WHEN 'rated' THEN 'score' ELSE 'reopened' END, (t.at AT TIME ZONE zone)::date, '',
		CASE t.type WHEN 'rated' THEN coalesce(t.data ->> 'score', '') ELSE '' END
	WHERE t.type IN ('rated', 'disputed', 'reopened');
END
$$;
--> statement-breakpoint
CREATE FUNCTION forward_counts(e escalations, zone text) RETURNS TABLE (measure text, day date, part text, value text)
LANGUAGE plpgsql IMMUTABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT 'lapor', (e.created_at AT TIME ZONE zone)::date, 'state', e.state
	UNION ALL
	SELECT 'lapor', (e.created_at AT TIME ZONE zone)::date, 'hours',
		least(999, greatest(0, floor(extract(epoch FROM e.sent_at - e.created_at) / 3600)))::int::text
	WHERE e.sent_at IS NOT NULL AND e.lapor_id IS NOT NULL;
END
$$;
--> statement-breakpoint
-- What a report counts as by its clocks, its story and its forwards.
CREATE FUNCTION followed_counts(which bigint, received_at timestamptz, zone text)
RETURNS TABLE (measure text, day date, part text, value text) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT c.* FROM clocks k CROSS JOIN LATERAL clock_counts(k, (received_at AT TIME ZONE zone)::date) c WHERE k.case_id = which
	UNION ALL SELECT c.* FROM timeline t CROSS JOIN LATERAL entry_counts(t, zone) c WHERE t.case_id = which
	UNION ALL SELECT c.* FROM escalations e CROSS JOIN LATERAL forward_counts(e, zone) c WHERE e.case_id = which;
END
$$;
--> statement-breakpoint
CREATE FUNCTION zone_of(unit uuid) RETURNS text LANGUAGE sql STABLE AS $$ SELECT time_zone FROM units WHERE id = unit $$;
--> statement-breakpoint
-- What retention takes away was there all the same, and goes on counting.
CREATE FUNCTION count_case() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	moved boolean := TG_OP = 'UPDATE' AND (OLD.unit_id, OLD.handling_unit_id, OLD.restricted, OLD.service, OLD.received_at)
		IS DISTINCT FROM (NEW.unit_id, NEW.handling_unit_id, NEW.restricted, NEW.service, NEW.received_at);
	was_zone text := zone_of(OLD.unit_id);
	zone text := zone_of(NEW.unit_id);
BEGIN
	IF TG_OP = 'DELETE' AND current_setting('spatula.retention', true) = 'on' THEN
		RETURN NULL;
	END IF;
	INSERT INTO case_sum_changes (unit_id, service, measure, day, part, value, handling_unit_id, restricted, n)
	SELECT unit_id, service, measure, day, part, value, handling_unit_id, restricted, sum(n)
	FROM (
		SELECT OLD.unit_id, coalesce(OLD.service, '') AS service, c.*, OLD.handling_unit_id, OLD.restricted, -1 AS n
		FROM case_counts(OLD, was_zone) c WHERE TG_OP <> 'INSERT'
		UNION ALL
		SELECT NEW.unit_id, coalesce(NEW.service, ''), c.*, NEW.handling_unit_id, NEW.restricted, 1
		FROM case_counts(NEW, zone) c WHERE TG_OP <> 'DELETE'
		UNION ALL
		SELECT OLD.unit_id, coalesce(OLD.service, ''), c.*, OLD.handling_unit_id, OLD.restricted, -1
		FROM followed_counts(OLD.id, OLD.received_at, was_zone) c WHERE moved
		UNION ALL
		SELECT NEW.unit_id, coalesce(NEW.service, ''), c.*, NEW.handling_unit_id, NEW.restricted, 1
		FROM followed_counts(NEW.id, NEW.received_at, zone) c WHERE moved
	) counted
	GROUP BY unit_id, service, measure, day, part, value, handling_unit_id, restricted
	HAVING sum(n) <> 0;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER cases_counted AFTER INSERT OR DELETE ON cases FOR EACH ROW EXECUTE FUNCTION count_case();
--> statement-breakpoint
CREATE TRIGGER cases_counted_anew AFTER UPDATE ON cases FOR EACH ROW WHEN (
	(OLD.unit_id, OLD.handling_unit_id, OLD.restricted, OLD.service, OLD.received_at, OLD.kind, OLD.category, OLD.channel, OLD.place_id,
		OLD.status, OLD.answered_at, OLD.archived_at, OLD.archive_reason)
	IS DISTINCT FROM
	(NEW.unit_id, NEW.handling_unit_id, NEW.restricted, NEW.service, NEW.received_at, NEW.kind, NEW.category, NEW.channel, NEW.place_id,
		NEW.status, NEW.answered_at, NEW.archived_at, NEW.archive_reason)
) EXECUTE FUNCTION count_case();
--> statement-breakpoint
CREATE FUNCTION count_clock() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	about cases;
	zone text;
BEGIN
	IF TG_OP = 'DELETE' AND current_setting('spatula.retention', true) = 'on' THEN
		RETURN NULL;
	END IF;
	SELECT * INTO about FROM cases WHERE id = coalesce(NEW.case_id, OLD.case_id);
	zone := zone_of(about.unit_id);
	INSERT INTO case_sum_changes (unit_id, service, measure, day, part, value, handling_unit_id, restricted, n)
	SELECT about.unit_id, coalesce(about.service, ''), measure, day, part, value, about.handling_unit_id, about.restricted, sum(n)
	FROM (
		SELECT c.*, -1 AS n FROM clock_counts(OLD, (about.received_at AT TIME ZONE zone)::date) c WHERE TG_OP <> 'INSERT'
		UNION ALL
		SELECT c.*, 1 FROM clock_counts(NEW, (about.received_at AT TIME ZONE zone)::date) c WHERE TG_OP <> 'DELETE'
	) counted
	GROUP BY measure, day, part, value
	HAVING sum(n) <> 0;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER clocks_counted AFTER INSERT OR DELETE OR UPDATE OF state, late, due_at ON clocks FOR EACH ROW EXECUTE FUNCTION count_clock();
--> statement-breakpoint
CREATE FUNCTION count_forward() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	about cases;
	zone text;
BEGIN
	IF TG_OP = 'DELETE' AND current_setting('spatula.retention', true) = 'on' THEN
		RETURN NULL;
	END IF;
	SELECT * INTO about FROM cases WHERE id = coalesce(NEW.case_id, OLD.case_id);
	zone := zone_of(about.unit_id);
	INSERT INTO case_sum_changes (unit_id, service, measure, day, part, value, handling_unit_id, restricted, n)
	SELECT about.unit_id, coalesce(about.service, ''), measure, day, part, value, about.handling_unit_id, about.restricted, sum(n)
	FROM (
		SELECT c.*, -1 AS n FROM forward_counts(OLD, zone) c WHERE TG_OP <> 'INSERT'
		UNION ALL
		SELECT c.*, 1 FROM forward_counts(NEW, zone) c WHERE TG_OP <> 'DELETE'
	) counted
	GROUP BY measure, day, part, value
	HAVING sum(n) <> 0;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER escalations_counted AFTER INSERT OR DELETE OR UPDATE OF state, sent_at, lapor_id ON escalations
FOR EACH ROW EXECUTE FUNCTION count_forward();
--> statement-breakpoint
CREATE FUNCTION count_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	about cases;
	zone text;
BEGIN
	IF TG_OP = 'DELETE' AND current_setting('spatula.retention', true) = 'on' THEN
		RETURN NULL;
	END IF;
	SELECT * INTO about FROM cases WHERE id = coalesce(NEW.case_id, OLD.case_id);
	zone := zone_of(about.unit_id);
	INSERT INTO case_sum_changes (unit_id, service, measure, day, part, value, handling_unit_id, restricted, n)
	SELECT about.unit_id, coalesce(about.service, ''), measure, day, part, value, about.handling_unit_id, about.restricted, sum(n)
	FROM (
		SELECT c.*, -1 AS n FROM entry_counts(OLD, zone) c WHERE TG_OP <> 'INSERT'
		UNION ALL
		SELECT c.*, 1 FROM entry_counts(NEW, zone) c WHERE TG_OP <> 'DELETE'
	) counted
	GROUP BY measure, day, part, value
	HAVING sum(n) <> 0;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER timeline_counted AFTER INSERT ON timeline FOR EACH ROW WHEN (NEW.type IN ('rated', 'disputed', 'reopened'))
EXECUTE FUNCTION count_entry();
--> statement-breakpoint
CREATE TRIGGER timeline_uncounted AFTER DELETE ON timeline FOR EACH ROW WHEN (OLD.type IN ('rated', 'disputed', 'reopened'))
EXECUTE FUNCTION count_entry();
--> statement-breakpoint
-- An office that moves to another zone has other days: all its reports are counted anew.
CREATE FUNCTION recount_unit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO case_sum_changes (unit_id, service, measure, day, part, value, handling_unit_id, restricted, n)
	SELECT c.unit_id, coalesce(c.service, ''), counted.measure, counted.day, counted.part, counted.value, c.handling_unit_id, c.restricted,
		sum(z.sign)
	FROM cases c CROSS JOIN (VALUES (OLD.time_zone, -1), (NEW.time_zone, 1)) z(zone, sign)
	CROSS JOIN LATERAL (
		SELECT * FROM case_counts(c, z.zone) UNION ALL SELECT * FROM followed_counts(c.id, c.received_at, z.zone)
	) counted
	WHERE c.unit_id = NEW.id
	GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
	HAVING sum(z.sign) <> 0;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER units_recounted AFTER UPDATE OF time_zone ON units FOR EACH ROW WHEN (OLD.time_zone <> NEW.time_zone)
EXECUTE FUNCTION recount_unit();
--> statement-breakpoint
-- Adds up to `most` changes to the sums. @returns how many there were; one call at a time, a second one finds nothing to do.
CREATE FUNCTION fold_case_sums(most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	folded int;
BEGIN
	IF NOT pg_try_advisory_xact_lock(hashtext('case_sums')) THEN
		RETURN 0;
	END IF;
	WITH taken AS (
		DELETE FROM case_sum_changes WHERE id IN (SELECT id FROM case_sum_changes ORDER BY id LIMIT most) RETURNING *
	), added AS (
		INSERT INTO case_sums AS s (unit_id, service, grain, measure, day, part, value, handling_unit_id, restricted, n)
		SELECT unit_id, by_service, grain, measure, CASE grain WHEN 'month' THEN date_trunc('month', day)::date ELSE day END AS at,
			part, value, handling_unit_id, restricted, sum(n)
		FROM taken CROSS JOIN LATERAL (VALUES (service), ('*')) s(by_service) CROSS JOIN (VALUES ('day'), ('month')) g(grain)
		GROUP BY unit_id, by_service, grain, measure, at, part, value, handling_unit_id, restricted
		HAVING sum(n) <> 0
		ON CONFLICT (unit_id, service, grain, measure, day, part, value, handling_unit_id, restricted)
		DO UPDATE SET n = s.n + excluded.n
	)
	SELECT count(*) INTO folded FROM taken;
	DELETE FROM case_sums WHERE n = 0;
	RETURN folded;
END
$$;
--> statement-breakpoint
-- Those that are there already.
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
