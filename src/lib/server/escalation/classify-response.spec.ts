import { describe, expect, it } from 'vitest';
import { classifyCreate, classifyList, classifyRead, classifySend, classifyUpload } from './classify-response.ts';
import type { Exchange, ExchangeErrorCode } from '#lib/server/integrations/lapor/types.ts';

const NOW = new Date('2026-12-01T02:00:00Z');

const answered = (status: number, json?: unknown, headers: Record<string, string> = {}): Exchange => ({
	connected: true,
	status,
	headers,
	excerpt: json === undefined ? '<h1>halaman</h1>' : JSON.stringify(json),
	...(json === undefined ? {} : { json }),
	durationMs: 5
});

const failed = (code: ExchangeErrorCode, connected: boolean): Exchange => ({
	connected,
	error: { code, detail: code },
	durationMs: 5
});

const REASON = { message: 'Judul terlalu panjang' };

describe('a create that can be tried again', () => {
	it.each([
		'dns',
		'refused',
		'connect_timeout',
		'connect_reset',
		'tls',
		'unreachable',
		'connect_failed',
		'not_built'
	] as const)('%s before the connection was up: not_sent', (code) => {
		expect(classifyCreate(failed(code, false), NOW)).toMatchObject({ outcome: 'not_sent', reason: { code } });
	});

	it.each([
		['in JSON', answered(429, REASON)],
		['in HTML', answered(429)],
		['with an id in its body', answered(429, { complaint_id: 1916449 })]
	])('any 429 is not_sent: %s', (_name, seen) => {
		expect(classifyCreate(seen, NOW)).toMatchObject({
			outcome: 'not_sent',
			reason: { code: 'rate_limited', status: 429 }
		});
	});

	it.each([
		['delta seconds', '120', 120_000],
		['an HTTP date', 'Tue, 01 Dec 2026 02:00:30 GMT', 30_000],
		['a date gone by', 'Tue, 01 Dec 2026 01:00:00 GMT', 0]
	])('a 503 with a valid Retry-After (%s) is not_sent and waits', (_name, value, wait) => {
		expect(classifyCreate(answered(503, undefined, { 'retry-after': value }), NOW)).toMatchObject({
			outcome: 'not_sent',
			retryAfterMs: wait,
			reason: { code: 'busy' }
		});
	});

	it('a 429 keeps the wait it asks for, and has none where the header is no wait', () => {
		expect(classifyCreate(answered(429, undefined, { 'retry-after': '7' }), NOW)).toHaveProperty('retryAfterMs', 7000);
		expect(classifyCreate(answered(429, undefined, { 'retry-after': 'soon' }), NOW)).not.toHaveProperty('retryAfterMs');
	});
});

describe('a create that goes back to the handler', () => {
	it.each([
		[400, 'refused_fields'],
		[409, 'refused_conflict'],
		[413, 'refused_too_large'],
		[415, 'refused_media_type'],
		[422, 'refused_fields'],
		[402, 'refused_other'],
		[410, 'refused_other'],
		[451, 'refused_other']
	])('%i with a JSON reason: rejected', (status, code) => {
		const reason = { code, status, excerpt: 'Judul terlalu panjang' };
		expect(classifyCreate(answered(status, REASON), NOW)).toEqual({ outcome: 'rejected', reason });
	});

	it.each([400, 409, 422])('%i with a reason that names an id, which may be another report: rejected', (status) => {
		const seen = answered(status, { message: 'Laporan serupa sudah ditangani', complaint_id: 1916449 });
		expect(classifyCreate(seen, NOW)).toMatchObject({ outcome: 'rejected' });
	});

	it('names the fields the service complains about', () => {
		const seen = answered(422, { message: 'The given data was invalid.', errors: { title: ['Wajib diisi'] } });
		expect(classifyCreate(seen, NOW)).toMatchObject({ reason: { fields: [{ field: 'title', text: 'Wajib diisi' }] } });
	});
});

describe('a create that stops the connection', () => {
	it.each([
		[401, 'unauthorised'],
		[403, 'forbidden'],
		[404, 'wrong_address'],
		[405, 'method_not_allowed'],
		[301, 'redirected'],
		[302, 'redirected'],
		[307, 'redirected'],
		[308, 'redirected']
	])('%i, with a JSON reason or without: halted', (status, code) => {
		for (const seen of [answered(status), answered(status, REASON)])
			expect(classifyCreate(seen, NOW)).toMatchObject({ outcome: 'halted', reason: { code, status } });
	});

	it.each([400, 402, 406, 409, 413, 415, 422])('%i without a JSON reason: halted', (status) => {
		for (const seen of [answered(status), answered(status, {}), answered(status, { message: ' ' })])
			expect(classifyCreate(seen, NOW)).toMatchObject({
				outcome: 'halted',
				reason: { code: 'refused_without_reason' }
			});
	});
});

describe('a create that arrived', () => {
	it.each([
		['a number at the root', { complaint_id: 1916449 }],
		['a text at the root', { complaint_id: '1916449' }],
		['a number in the older place', { results: { complaint: { id: 1916449 } } }],
		['a text in the older place', { results: { complaint: { id: '1916449' } } }]
	])('2xx with %s: accepted', (_name, json) => {
		for (const status of [200, 201])
			expect(classifyCreate(answered(status, json), NOW)).toEqual({ outcome: 'accepted', laporId: '1916449' });
	});

	it('is accepted where the whole answer came before the connection broke', () => {
		const seen: Exchange = { ...answered(201, { complaint_id: 1916449 }), error: { code: 'reset', detail: '' } };
		expect(classifyCreate(seen, NOW)).toEqual({ outcome: 'accepted', laporId: '1916449' });
	});

	it.each([200, 400, 409, 422, 500])('"Reference already exists" with an id, %i: accepted', (status) => {
		const json = { message: 'Reference already exists', complaint_id: 1916449 };
		expect(classifyCreate(answered(status, json), NOW)).toEqual({ outcome: 'accepted', laporId: '1916449' });
	});

	it.each([200, 400, 409, 422, 500])(
		'"Reference already exists" without an id, %i: unknown, only found is offered',
		(status) => {
			expect(classifyCreate(answered(status, { message: 'Reference already exists' }), NOW)).toMatchObject({
				outcome: 'unknown',
				offer: 'found_only',
				reason: { code: 'reference_exists' }
			});
		}
	);
});

describe('a create nobody can be sure of', () => {
	it.each([
		['408', answered(408, REASON), 'request_timeout'],
		['500', answered(500), 'server_error'],
		['500 with a JSON reason', answered(500, REASON), 'server_error'],
		['502', answered(502), 'server_error'],
		['504', answered(504), 'server_error'],
		['503 without Retry-After', answered(503, REASON), 'unavailable'],
		['503 with a Retry-After that is none', answered(503, REASON, { 'retry-after': 'soon' }), 'unavailable'],
		['503 with a negative Retry-After', answered(503, REASON, { 'retry-after': '-5' }), 'unavailable'],
		['200 in HTML', answered(200), 'no_readable_id'],
		['201 with an id of another shape', answered(201, { complaint_id: 'LPR-12' }), 'no_readable_id'],
		['200 with an id of too few digits', answered(200, { complaint_id: 12 }), 'no_readable_id'],
		['204', answered(204), 'no_readable_id'],
		['a time-out after connecting', failed('timeout', true), 'timeout'],
		['a reset after connecting', failed('reset', true), 'reset'],
		['an answer that is no HTTP', failed('broken_answer', true), 'broken_answer'],
		['a 200 that broke off', { ...answered(200), error: { code: 'reset', detail: '' } } satisfies Exchange, 'reset'],
		['a 422 that broke off', { ...answered(422), error: { code: 'reset', detail: '' } } satisfies Exchange, 'reset'],
		[
			'an endless answer',
			{ ...answered(200), error: { code: 'answer_too_large', detail: '' } } satisfies Exchange,
			'answer_too_large'
		]
	])('%s: unknown, both decisions are offered', (_name, seen, code) => {
		expect(classifyCreate(seen, NOW)).toMatchObject({ outcome: 'unknown', offer: 'both', reason: { code } });
	});
});

const SAID = { message: 'Isi tidak sesuai' };
const OFFLINE = failed('refused', false);
const LOST = failed('reset', true);

describe('an upload', () => {
	it.each([
		['one image', answered(200, { results: { images: [{ id: 7 }] } }), { outcome: 'uploaded', ids: ['7'] }],
		['one document', answered(200, { results: { docs: [{ id: '8' }] } }), { outcome: 'uploaded', ids: ['8'] }],
		['no id', answered(200, { results: {} }), { outcome: 'retry', reason: { code: 'unreadable' } }],
		['another number of ids', answered(200, { results: { images: [{ id: 1 }, { id: 2 }] } }), { outcome: 'retry' }],
		['no connection', OFFLINE, { outcome: 'retry', reason: { code: 'refused' } }],
		['a lost answer', LOST, { outcome: 'retry', reason: { code: 'reset' } }],
		['429', answered(429, SAID, { 'retry-after': '9' }), { outcome: 'retry', retryAfterMs: 9000 }],
		['408', answered(408, SAID), { outcome: 'retry', reason: { code: 'request_timeout' } }],
		['500', answered(500), { outcome: 'retry', reason: { code: 'server_error' } }],
		['413 of a proxy', answered(413), { outcome: 'refused', reason: { code: 'refused_too_large' } }],
		['422 with a reason', answered(422, SAID), { outcome: 'refused', reason: { code: 'refused_fields' } }],
		['422 without', answered(422), { outcome: 'halted' }],
		['401', answered(401, SAID), { outcome: 'halted', reason: { code: 'unauthorised' } }],
		['404', answered(404, SAID), { outcome: 'halted', reason: { code: 'wrong_address' } }]
	])('%s', (_name, seen, expected) => {
		expect(classifyUpload(seen, 1, NOW)).toMatchObject(expected);
	});
});

describe('a follow-up', () => {
	it.each([
		['201 in JSON', answered(201, { message: 'Success' }), { outcome: 'sent' }],
		['200 in HTML', answered(200), { outcome: 'unknown', reason: { code: 'unreadable' } }],
		['200 that says it failed', answered(200, { success: false, ...SAID }), { outcome: 'refused' }],
		['200 that says FAILED', answered(200, { status: 'FAILED', ...SAID }), { outcome: 'refused' }],
		['200 with an empty list', answered(200, []), { outcome: 'unknown', reason: { code: 'unreadable' } }],
		['200 that carries an error number', answered(200, { status: 422, ...SAID }), { outcome: 'refused' }],
		['408', answered(408, SAID), { outcome: 'unknown', reason: { code: 'request_timeout' } }],
		['a lost answer', LOST, { outcome: 'unknown', reason: { code: 'reset' } }],
		['500', answered(500, SAID), { outcome: 'unknown', reason: { code: 'server_error' } }],
		['no connection', OFFLINE, { outcome: 'not_sent', reason: { code: 'refused' } }],
		['429', answered(429), { outcome: 'not_sent', reason: { code: 'rate_limited' } }],
		['422 with a reason', answered(422, SAID), { outcome: 'refused' }],
		['404: the report is not there', answered(404, SAID), { outcome: 'refused', reason: { code: 'gone' } }],
		['403', answered(403, SAID), { outcome: 'halted' }],
		['302', answered(302), { outcome: 'halted', reason: { code: 'redirected' } }]
	])('%s', (_name, seen, expected) => {
		expect(classifySend(seen, NOW)).toMatchObject(expected);
	});
});

describe('a read', () => {
	it.each([
		['200 with results.data', answered(200, { results: { data: [] } }), { outcome: 'read' }],
		['200 in HTML', answered(200), { outcome: 'retry', reason: { code: 'unreadable' } }],
		['200 without results.data', answered(200, { results: {} }), { outcome: 'retry' }],
		['200 that says that there is nothing', answered(200, { message: 'Data tidak ditemukan' }), { outcome: 'gone' }],
		['404', answered(404), { outcome: 'gone', reason: { code: 'gone' } }],
		['401', answered(401), { outcome: 'halted', reason: { code: 'unauthorised' } }],
		['302', answered(302), { outcome: 'halted' }],
		['422', answered(422, SAID), { outcome: 'retry', reason: { code: 'refused_other' } }],
		['503', answered(503, SAID, { 'retry-after': '60' }), { outcome: 'retry', retryAfterMs: 60_000 }],
		['a lost answer', LOST, { outcome: 'retry', reason: { code: 'reset' } }]
	])('%s', (_name, seen, expected) => {
		expect(classifyRead(seen, NOW)).toMatchObject(expected);
	});
});

describe('a list', () => {
	it.each([
		['left out', answered(200, { results: {} }), { outcome: 'read' }],
		['null', answered(200, { results: { data: null } }), { outcome: 'read' }],
		['nothing there, in words', answered(200, { message: 'Data tidak ditemukan' }), { outcome: 'gone' }],
		['in HTML', answered(200), { outcome: 'retry', reason: { code: 'unreadable' } }],
		['with a failure', answered(500, { results: {} }), { outcome: 'retry', reason: { code: 'server_error' } }]
	])('%s', (_name, seen, expected) => {
		expect(classifyList(seen, NOW)).toMatchObject(expected);
	});
});
