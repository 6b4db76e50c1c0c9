-- What is searched for, cleaned of everything that is no letter or digit: addresses, numbers with dots and words joined by
-- hyphens are then found by their parts, and a search is read as the text was.
CREATE FUNCTION search_clean(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT btrim(regexp_replace(lower(said),
		'[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f\ufeff]+', ' ', 'g'))
$$;
--> statement-breakpoint
-- Words as written, for what is typed by halves, and by their stems, for what is said in other forms; then marks:
-- #due has a due time, #s its place in time (16384 reports each), #u #p the handling office and the place, #c #v category
-- and service, #r the digits of the number from the back, so that its last ones are a beginning.
-- Words beyond 120,000 characters, over sixty pages, are left out, the oldest messages first: a document has an upper limit.
CREATE FUNCTION search_document(about cases) RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT strip(to_tsvector('simple', said.words) || to_tsvector('indonesian', said.words)) || array_to_tsvector(array_remove(ARRAY[
		CASE WHEN about.due_at IS NOT NULL THEN '#due' END,
		'#s' || (about.id >> 14),
		'#u' || about.handling_unit_id,
		'#p' || about.place_id,
		'#c' || about.category,
		'#v' || about.service,
		'#r' || reverse(regexp_replace(about.reference, '[^0-9]', '', 'g'))], NULL))
	FROM (SELECT search_clean(left(concat_ws(' ', about.title, about.body, about.requested_solution,
		(SELECT string_agg(body, ' ' ORDER BY at DESC) FROM messages WHERE case_id = about.id)), 120000)) AS words) said
$$;
--> statement-breakpoint
CREATE FUNCTION refresh_search(which bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	written tsvector;
BEGIN
	-- Two people may write at once: the second one waits, and then sees what the first one wrote.
	PERFORM 1 FROM cases WHERE id = which FOR NO KEY UPDATE;
	INSERT INTO case_search SELECT id, search_document(c) FROM cases c WHERE id = which
		ON CONFLICT (case_id) DO UPDATE SET document = excluded.document
		RETURNING document INTO written;
	-- The same word by two commits at once stands there twice, and neither waits for the other.
	INSERT INTO search_words SELECT lexeme FROM unnest(tsvector_to_array(written)) lexeme
		WHERE lexeme ~ '^[^0-9#]{4,30}$' AND NOT EXISTS (SELECT 1 FROM search_words WHERE word = lexeme);
END
$$;
--> statement-breakpoint
CREATE FUNCTION search_follows_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM refresh_search(NEW.id);
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE FUNCTION search_follows_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM refresh_search(coalesce(NEW.case_id, OLD.case_id));
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER cases_searched AFTER INSERT ON cases FOR EACH ROW EXECUTE FUNCTION search_follows_case();
--> statement-breakpoint
-- Most changes of a case change none of its words.
CREATE TRIGGER cases_searched_anew AFTER UPDATE ON cases FOR EACH ROW WHEN (
	(OLD.title, OLD.body, OLD.requested_solution, OLD.category, OLD.service, OLD.place_id, OLD.handling_unit_id, OLD.reference, OLD.due_at IS NULL)
	IS DISTINCT FROM
	(NEW.title, NEW.body, NEW.requested_solution, NEW.category, NEW.service, NEW.place_id, NEW.handling_unit_id, NEW.reference, NEW.due_at IS NULL)
) EXECUTE FUNCTION search_follows_case();
--> statement-breakpoint
CREATE TRIGGER messages_searched AFTER INSERT OR UPDATE OF body OR DELETE ON messages FOR EACH ROW EXECUTE FUNCTION search_follows_message();
--> statement-breakpoint
INSERT INTO case_search SELECT id, search_document(c) FROM cases c;
--> statement-breakpoint
INSERT INTO search_words SELECT DISTINCT lexeme FROM case_search, unnest(tsvector_to_array(document)) lexeme WHERE lexeme ~ '^[^0-9#]{4,30}$';
--> statement-breakpoint
-- Of a language, the hundred most common words say little about which are rare.
ALTER TABLE case_search ALTER COLUMN document SET STATISTICS 1000;
