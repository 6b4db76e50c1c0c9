ALTER TABLE "attachments" ADD COLUMN "text" text;--> statement-breakpoint
ALTER TABLE "attachments" ADD COLUMN "forward_bytes" integer;--> statement-breakpoint
-- The text on the pages of documents counts as said in the case, behind everything that was typed.
CREATE OR REPLACE FUNCTION search_document(about cases) RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT strip(to_tsvector('simple', said.words) || to_tsvector('indonesian', said.words)) || array_to_tsvector(array_remove(ARRAY[
		CASE WHEN about.due_at IS NOT NULL THEN '#due' END,
		'#s' || (about.id >> 14),
		'#u' || about.handling_unit_id,
		'#o' || about.handling_unit_id || '/' || (about.id >> 14),
		'#p' || about.place_id,
		'#c' || about.category,
		'#v' || about.service,
		'#r' || reverse(regexp_replace(about.reference, '[^0-9]', '', 'g'))], NULL))
	FROM (SELECT search_clean(left(concat_ws(' ', about.title, about.body, about.requested_solution,
		(SELECT string_agg(body, ' ' ORDER BY at DESC) FROM messages WHERE case_id = about.id),
		(SELECT string_agg(text, ' ' ORDER BY at) FROM attachments WHERE case_id = about.id)), 120000)) AS words) said
$$;
--> statement-breakpoint
CREATE FUNCTION search_follows_attachment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF coalesce(NEW.text, OLD.text) IS NOT NULL THEN
		PERFORM refresh_search(coalesce(NEW.case_id, OLD.case_id));
	END IF;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER attachments_searched AFTER INSERT OR UPDATE OF text OR DELETE ON attachments FOR EACH ROW EXECUTE FUNCTION search_follows_attachment();
