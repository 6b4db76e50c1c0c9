import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { createErrors, fileErrors, IMAGE_TYPES, type Errors } from './checks.ts';
import { responseAfter, responseInstead, type Endpoint, type FaultPlan } from './faults.ts';
import { contentType, formBody, json, jsonBody, refusal, send, type SandboxResponse, type Incoming } from './http.ts';
import { SANDBOX_API_PATH, type SandboxOptions } from './options.ts';
import { INSTITUTIONS, institutionNamed, STATUS_NAMES, TEMPLATES, type StoredReport } from './records.ts';
import type { SandboxStore } from './store.ts';

interface Context {
	store: SandboxStore;
	options: SandboxOptions;
}

type Handler = (context: Context, incoming: Incoming, id: string) => SandboxResponse | Promise<SandboxResponse>;

const wrongContentType = (expected: string) => refusal(415, `Content-Type must be ${expected}.`);
const invalid = (errors: Errors) => refusal(422, 'The given data was invalid.', errors);

/** A handler that returns the report in the path in the given shape. */
function withReport(shape: (report: StoredReport) => unknown): Handler {
	return ({ store }, _incoming, id) => {
		const report = store.report(Number(id));
		return report ? json(200, shape(report)) : refusal(404, 'Complaint not found.');
	};
}

function page(rows: readonly unknown[], incoming: Incoming): SandboxResponse {
	const size = Number(incoming.url.searchParams.get('page_size') ?? 10);
	if (!Number.isInteger(size) || size < 1 || size > 1000)
		return invalid({ page_size: ['The page_size must be 1 to 1000.'] });
	const from = (Math.max(1, Number(incoming.url.searchParams.get('page') ?? 1) || 1) - 1) * size;
	return json(200, { status: 200, results: { data: rows.slice(from, from + size), total: rows.length } });
}

function create({ store, options }: Context, incoming: Incoming): SandboxResponse {
	if (contentType(incoming) !== 'application/json') return wrongContentType('application/json');
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

/** Searches in tags, texts and titles, as a portal would; the newest report first. */
function search({ store }: Context, incoming: Incoming): SandboxResponse {
	const searchText = (incoming.url.searchParams.get('search') ?? '').toLowerCase();
	if (searchText === '') return invalid({ search: ['The search field is required.'] });
	const hits = store.reports.filter(({ payload }) =>
		[payload['tags_raw'], payload['content'], payload['title']].some((text) =>
			String(text).toLowerCase().includes(searchText)
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

/** Stores files. The response lists images and documents separately, and omits an empty list. */
async function upload({ store }: Context, incoming: Incoming): Promise<SandboxResponse> {
	if (contentType(incoming) !== 'multipart/form-data') return wrongContentType('multipart/form-data');
	const files = (await formBody(incoming))?.getAll('attachments[]') ?? [];
	if (files.length === 0) return invalid({ attachments: ['The attachments field is required.'] });
	const errors = fileErrors(files);
	if (Object.keys(errors).length > 0) return invalid(errors);
	const stored = await Promise.all(files.filter((file) => file instanceof File).map((file) => storeFile(store, file)));
	const images = stored.filter(({ type }) => IMAGE_TYPES.includes(type)).map(({ id }) => ({ id }));
	const docs = stored.filter(({ type }) => !IMAGE_TYPES.includes(type)).map(({ id }) => ({ id }));
	const results = { images: images.length > 0 ? images : undefined, docs: docs.length > 0 ? docs : undefined };
	return json(200, { status: 200, message: 'Success', results });
}

async function storeFile(store: SandboxStore, file: File) {
	const sha256 = createHash('sha256')
		.update(Buffer.from(await file.arrayBuffer()))
		.digest('hex');
	return store.addFile({ name: file.name, type: file.type, bytes: file.size, sha256 });
}

const FOLLOWUP_KEYS = [
	'user_id',
	'institution_from_id',
	'institution_to_id',
	'complaint_id',
	'template_code',
	'rating',
	'is_secret',
	'content'
];
const MAY_BE_EMPTY = ['institution_to_id', 'template_code', 'rating'];

async function addFollowup({ store }: Context, incoming: Incoming): Promise<SandboxResponse> {
	if (contentType(incoming) !== 'multipart/form-data') return wrongContentType('multipart/form-data');
	const form = await formBody(incoming);
	if (!form) return refusal(400, 'The body is not a form.');
	const text = (key: string) => String(form.get(key) ?? '').trim();
	const errors: Errors = {};
	for (const key of FOLLOWUP_KEYS)
		if (!form.has(key) || (text(key) === '' && !MAY_BE_EMPTY.includes(key)))
			errors[key] = [`The ${key} field is required.`];
	if (text('content').length > 1000) errors['content'] = ['The content may not be greater than 1000 characters.'];
	if (Object.keys(errors).length > 0) return invalid(errors);
	const report = store.report(Number(text('complaint_id')));
	if (!report) return refusal(404, 'Complaint not found.');
	const followup = store.addFollowup(report, {
		content: text('content'),
		institutionFrom: institutionNamed(Number(text('institution_from_id'))).name,
		institutionTo: text('institution_to_id') ? institutionNamed(Number(text('institution_to_id'))).name : '',
		statusOld: null,
		statusNew: null,
		attachments: [],
		by: 'api',
		secret: text('is_secret') === '1'
	});
	return json(201, { status: 201, message: 'Success', results: { data: { id: followup.id } } });
}

const inJakarta = new Intl.DateTimeFormat('sv-SE', {
	timeZone: 'Asia/Jakarta',
	dateStyle: 'short',
	timeStyle: 'medium'
});

/** `d-m-Y H:i:s` in WIB. */
function wib(iso: string): string {
	const [date = '', time = ''] = inJakarta.format(new Date(iso)).split(' ');
	return `${date.split('-').reverse().join('-')} ${time}`;
}

const statusCode = (name: string) => STATUS_NAMES.findIndex((known) => known === name) + 1;

const detailOf = (report: StoredReport) => ({
	status: 200,
	results: {
		data: {
			id: report.id,
			status_code: statusCode(report.statusName),
			status_name: report.statusName,
			disposition_id: report.dispositionId,
			disposition_name: institutionNamed(report.dispositionId).name,
			status_logs: report.statusLogs.map(({ note, at }) => ({ note, timestamp: wib(at) }))
		},
		data_logs: report.dataLogs.map(({ content, from, to, at }) => ({
			content,
			institution_from: from,
			institution_to: to,
			date: wib(at)
		}))
	}
});

const nameOrNull = (name: string | null) => (name === null ? null : { name });

const followupsOf = (report: StoredReport) => ({
	status: 200,
	results: {
		data: report.followups.map((followup) => ({
			id: followup.id,
			content: followup.content,
			institution_from_name: followup.institutionFrom,
			institution_to_name: followup.institutionTo,
			created_at: wib(followup.at),
			attachments: followup.attachments,
			status_old: nameOrNull(followup.statusOld),
			status_new: nameOrNull(followup.statusNew)
		}))
	}
});

interface Route {
	endpoint: Endpoint;
	id: string;
	handle: Handler;
}

const ROUTES: readonly (readonly [method: string, path: RegExp, Endpoint, Handler])[] = [
	['POST', /^\/complaints\/complaint\/file$/, 'upload', upload],
	['POST', /^\/complaints\/complaint$/, 'create', create],
	['GET', /^\/complaints\/complaint$/, 'search', search],
	['GET', /^\/complaints\/([^/]+)\/complaint$/, 'detail', withReport(detailOf)],
	['GET', /^\/complaints\/([^/]+)\/followups$/, 'followups', withReport(followupsOf)],
	['POST', /^\/complaints\/followup\/add$/, 'followup_add', addFollowup],
	[
		'GET',
		/^\/masters\/institutions\/external$/,
		'institutions',
		({ options }, incoming) => page([...INSTITUTIONS, ...(options.moreInstitutions ?? [])], incoming)
	],
	['GET', /^\/masters\/templates$/, 'templates', (_context, incoming) => page(TEMPLATES, incoming)]
];

/** The route of a path below the API's base, or a 404 or 405. */
function findRoute(method: string, path: string): Route | SandboxResponse {
	const samePath = ROUTES.filter(([, pattern]) => pattern.test(path));
	const route = samePath.find(([routeMethod]) => routeMethod === method);
	if (!route) return samePath.length > 0 ? refusal(405, 'Method not allowed.') : refusal(404, 'Not found.');
	const [, pattern, endpoint, handle] = route;
	return { endpoint, id: decodeURIComponent(pattern.exec(path)?.[1] ?? ''), handle };
}

/** Checks the required headers; undefined if they are valid. */
function headerError(incoming: Incoming, options: SandboxOptions): SandboxResponse | undefined {
	const { headers } = incoming;
	const token = headers['token'];
	if (token === undefined) return refusal(401, 'The token header is missing.');
	if (token !== options.token) return refusal(401, 'The token header is wrong.');
	const name = options.authHeader.toLowerCase();
	if (headers[name] === undefined) return refusal(401, `The ${options.authHeader} header is missing.`);
	if (headers[name] !== options.bearer) return refusal(401, `The ${options.authHeader} header is wrong.`);
	if (!(headers.accept ?? '').includes('application/json')) return refusal(406, 'Accept must be application/json.');
	return undefined;
}

const SLOW_MS = 5000;

/** Handles one call of the API, with a fault if the plan has one. The headers are checked before any fault. */
export async function handleApi(
	context: Context & { faults: FaultPlan },
	incoming: Incoming,
	response: ServerResponse
): Promise<void> {
	const refused = headerError(incoming, context.options);
	if (refused) return send(response, refused);
	const route = findRoute(incoming.method, incoming.url.pathname.slice(SANDBOX_API_PATH.length));
	if ('status' in route) return send(response, route);

	const fault = context.faults.pick(route.endpoint, () => `${incoming.url.href}\n${incoming.body.toString('utf8')}`);
	if (fault?.kind === 'reset') return void response.socket?.resetAndDestroy();
	const replacement = fault && responseInstead(fault);
	if (replacement) return send(response, replacement);
	const delay = fault?.delayMs ?? SLOW_MS;
	if (fault?.kind === 'late_store') await wait(delay);

	const result = await route.handle(context, incoming, route.id);
	if (fault?.kind === 'slow') await wait(delay);
	if (fault?.kind === 'drop_after_store') return void response.socket?.destroy();
	if (fault?.kind === 'partial_answer') {
		response.writeHead(result.status, { ...result.headers, 'content-length': Buffer.byteLength(result.body) });
		response.write(result.body.slice(0, Math.floor(result.body.length / 2)), () => response.socket?.destroy());
		return;
	}
	send(response, fault ? responseAfter(fault, result) : result);
}
