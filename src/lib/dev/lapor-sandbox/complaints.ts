import { createErrors, type Errors } from './create-check.ts';
import { invalid, page, withReport, wrongType, type Context } from './handler.ts';
import { contentType, json, jsonBody, refusal, type Answer, type Incoming } from './http.ts';
import { INSTITUTIONS } from './records.ts';

export function create({ store, options }: Context, incoming: Incoming): Answer {
	if (contentType(incoming) !== 'application/json') return wrongType('application/json');
	const body = jsonBody(incoming);
	if (typeof body !== 'object' || body === null || Array.isArray(body))
		return refusal(400, 'The body is not a JSON object.');
	const payload = body as Record<string, unknown>;
	const errors = createErrors(payload, store, options.attachmentsTrailingDot ?? true);
	if (Object.keys(errors).length > 0) return invalid(errors);
	const same =
		options.uniqueReference && store.reports.find((report) => report.payload['tags_raw'] === payload['tags_raw']);
	if (same) return json(409, { status: 409, message: 'Reference already exists', complaint_id: same.id });
	return json(201, { status: 201, message: 'Success', complaint_id: store.addReport(payload).id });
}

/** A search in tags and text, as a portal's own would be; newest first. */
export function search({ store, options }: Context, incoming: Incoming): Answer {
	if (options.lookup === false) return refusal(404, 'Not found.');
	const wanted = (incoming.url.searchParams.get('search') ?? '').toLowerCase();
	if (wanted === '') return invalid({ search: ['The search field is required.'] });
	const hits = store.reports.filter(({ payload }) =>
		[payload['tags_raw'], payload['content'], payload['title']].some((text) =>
			String(text).toLowerCase().includes(wanted)
		)
	);
	const rows = hits.toReversed().map(({ id, payload, statusName }) => ({
		id,
		title: payload['title'],
		content: payload['content'],
		tags_raw: payload['tags_raw'],
		status_name: statusName
	}));
	return page(rows, incoming);
}

/** Passes a report on to another agency. */
export function rejectToAgency(context: Context, incoming: Incoming, id: string): Answer | Promise<Answer> {
	if (contentType(incoming) !== 'application/json') return wrongType('application/json');
	const body = jsonBody(incoming) as Record<string, unknown> | null | undefined;
	const errors: Errors = {};
	if (body?.['is_request'] !== 1) errors['is_request'] = ['The is_request field must be 1.'];
	if (body?.['not_authority'] !== 1) errors['not_authority'] = ['The not_authority field must be 1.'];
	if (!INSTITUTIONS.some((institution) => institution.id === Number(body?.['reason'])))
		errors['reason'] = ['The reason must be an institution.'];
	const description = body?.['reason_description'];
	if (typeof description !== 'string' || description.trim() === '')
		errors['reason_description'] = ['The reason_description field is required.'];
	if (Object.keys(errors).length > 0) return invalid(errors);
	return withReport((report, { store }) => {
		store.moveTo(report, Number(body?.['reason']), String(description));
		return json(200, { status: 200, message: 'Success' });
	})(context, incoming, id);
}
