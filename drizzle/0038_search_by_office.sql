-- One mark more, #o: the handling office and the place in time together. Who belongs to one office searches its newest reports
-- without reading how every report of the province lies in time.
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
		(SELECT string_agg(body, ' ' ORDER BY at DESC) FROM messages WHERE case_id = about.id)), 120000)) AS words) said
$$;
--> statement-breakpoint
UPDATE case_search SET document = document || array_to_tsvector(ARRAY['#o' || cases.handling_unit_id || '/' || (cases.id >> 14)])
FROM cases WHERE cases.id = case_search.case_id;
