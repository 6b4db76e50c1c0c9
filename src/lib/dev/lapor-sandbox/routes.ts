import { create, rejectToAgency, search } from './complaints.ts';
import type { Endpoint } from './faults.ts';
import { addFollowup } from './followup-add.ts';
import { page, withReport, type Handler } from './handler.ts';
import { json, refusal, type Answer, type Incoming } from './http.ts';
import type { SandboxOptions } from './options.ts';
import { INSTITUTIONS, TEMPLATES } from './records.ts';
import { upload } from './uploads.ts';
import { detailOf, followupsOf } from './wire.ts';

export interface Route {
	endpoint: Endpoint;
	id: string;
	handle: Handler;
}

const ROUTES: readonly (readonly [method: string, path: RegExp, Endpoint, Handler])[] = [
	['POST', /^\/complaints\/complaint\/file$/, 'upload', upload],
	['POST', /^\/complaints\/complaint$/, 'create', create],
	['GET', /^\/complaints\/complaint$/, 'search', search],
	['GET', /^\/complaints\/([^/]+)\/complaint$/, 'detail', withReport((report) => json(200, detailOf(report)))],
	['GET', /^\/complaints\/([^/]+)\/followups$/, 'followups', withReport((report) => json(200, followupsOf(report)))],
	['POST', /^\/complaints\/followup\/add$/, 'followup_add', addFollowup],
	['POST', /^\/complaints\/process\/([^/]+)\/reject$/, 'reject', rejectToAgency],
	[
		'GET',
		/^\/masters\/institutions\/external$/,
		'institutions',
		({ options }, incoming) => page([...INSTITUTIONS, ...(options.moreInstitutions ?? [])], incoming)
	],
	['GET', /^\/masters\/templates$/, 'templates', (_context, incoming) => page(TEMPLATES, incoming)]
];

/** The route of a path below the API's base; a 404 or 405 where there is none. */
export function findRoute(method: string, path: string): Route | Answer {
	const samePath = ROUTES.filter(([, pattern]) => pattern.test(path));
	const route = samePath.find(([wanted]) => wanted === method);
	if (!route) return samePath.length > 0 ? refusal(405, 'Method not allowed.') : refusal(404, 'Not found.');
	const [, pattern, endpoint, handle] = route;
	return { endpoint, id: decodeURIComponent(pattern.exec(path)?.[1] ?? ''), handle };
}

/** Checks the headers every call needs; undefined: let in. */
export function doorkeeper(incoming: Incoming, options: SandboxOptions): Answer | undefined {
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
