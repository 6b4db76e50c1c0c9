-- Whether a case's draft waits for a second person is asked by every desk; by the partial index of `cases` it costs what it shows.
CREATE FUNCTION draft_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE cases SET draft_waiting = waits FROM (SELECT EXISTS (
		SELECT 1 FROM approvals WHERE case_id = NEW.case_id AND state = 'pending') AS waits) now
	WHERE id = NEW.case_id AND draft_waiting <> waits;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER drafts_that_wait AFTER INSERT OR UPDATE OF state ON approvals FOR EACH ROW EXECUTE FUNCTION draft_waits();
--> statement-breakpoint
UPDATE cases SET draft_waiting = true WHERE id IN (SELECT case_id FROM approvals WHERE state = 'pending');
