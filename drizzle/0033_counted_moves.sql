-- A case's coming to an office's open ones and leaving them, in the commit of the timeline entry that tells of it and at
-- its moment. Every change of a case is followed by its entry in one transaction, so that none is missed.
CREATE FUNCTION note_case_move() RETURNS trigger LANGUAGE plpgsql AS $$
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
		VALUES (c.id, NEW.at, c.unit_id, c.kind, c.channel, c.restricted, 'received') RETURNING * INTO was;
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
CREATE TRIGGER timeline_case_move AFTER INSERT ON timeline FOR EACH ROW EXECUTE FUNCTION note_case_move();
--> statement-breakpoint
CREATE FUNCTION note_clock_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO clock_outcomes
		(case_id, clock_id, unit_id, name, day_unit, started_on, ended_on, paused_days, at, due_at, late)
	SELECT c.id, NEW.id, c.unit_id, NEW.name, NEW.day_unit, (NEW.start_at AT TIME ZONE u.time_zone)::date,
		(NEW.met_at AT TIME ZONE u.time_zone)::date,
		(SELECT count(*) FROM jsonb_array_elements(NEW.skipped) s
			WHERE s ->> 'why' = 'paused' AND (s ->> 'date')::date <= (NEW.met_at AT TIME ZONE u.time_zone)::date),
		NEW.met_at, NEW.due_at, NEW.late
	FROM cases c JOIN units u ON u.id = c.unit_id WHERE c.id = NEW.case_id;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER clocks_outcome_met AFTER UPDATE ON clocks FOR EACH ROW
	WHEN (NEW.state = 'met' AND OLD.state <> 'met' AND NEW.name <> 'reporter_turn') EXECUTE FUNCTION note_clock_outcome();
--> statement-breakpoint
CREATE TRIGGER clocks_outcome_made AFTER INSERT ON clocks FOR EACH ROW
	WHEN (NEW.state = 'met' AND NEW.name <> 'reporter_turn') EXECUTE FUNCTION note_clock_outcome();
--> statement-breakpoint
-- What was there before: when each case came, and when it was settled as it stands. How often it was reopened in between
-- was counted nowhere.
INSERT INTO case_moves (case_id, at, unit_id, kind, channel, sealed, move)
SELECT id, opened_at, unit_id, kind, channel, restricted, 'received' FROM cases ORDER BY opened_at, id;
--> statement-breakpoint
INSERT INTO case_moves (case_id, at, unit_id, kind, channel, sealed, move)
SELECT id, CASE status WHEN 'archived' THEN coalesce(archived_at, opened_at) ELSE coalesce(answered_at, opened_at) END,
	unit_id, kind, channel, restricted, CASE status WHEN 'archived' THEN 'archived' ELSE 'answered' END
FROM cases WHERE status IN ('answered', 'closed', 'archived') ORDER BY 2, id;
--> statement-breakpoint
INSERT INTO clock_outcomes (case_id, clock_id, unit_id, name, day_unit, started_on, ended_on, paused_days, at, due_at, late)
SELECT c.id, k.id, c.unit_id, k.name, k.day_unit, (k.start_at AT TIME ZONE u.time_zone)::date,
	(k.met_at AT TIME ZONE u.time_zone)::date,
	(SELECT count(*) FROM jsonb_array_elements(k.skipped) s
		WHERE s ->> 'why' = 'paused' AND (s ->> 'date')::date <= (k.met_at AT TIME ZONE u.time_zone)::date),
	k.met_at, k.due_at, k.late
FROM clocks k JOIN cases c ON c.id = k.case_id JOIN units u ON u.id = c.unit_id
WHERE k.state = 'met' AND k.name <> 'reporter_turn' AND k.met_at IS NOT NULL ORDER BY k.met_at;
--> statement-breakpoint
CREATE TRIGGER case_moves_append_only BEFORE UPDATE OR DELETE ON case_moves FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER clock_outcomes_append_only BEFORE UPDATE OR DELETE ON clock_outcomes FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER recaps_append_only BEFORE UPDATE OR DELETE ON recaps FOR EACH ROW EXECUTE FUNCTION refuse_change();
