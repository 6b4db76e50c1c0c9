import { describe, expect, it } from 'vitest';
import { classifyCreate, classifyList, classifyRead, classifySend, classifyUpload } from './classify-response.ts';
import type { Exchange, ExchangeErrorCode } from '#lib/server/integrations/lapor/types.ts';

const NOW = new Date('2026-12-01T02:00:00Z');
const REFERENCE = 'SPATULA-7604-26-000123.01';

const response = (status: number, json?: unknown, headers: Record<string, string> = {}): Exchange => ({
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

describe('a create that is retried', () => {
	it.each([
		'dns',
		'refused',
		'connect_timeout',
		'connect_reset',
		'tls',
		'unreachable',
		'connect_failed',
		'not_built'
	] as const)('%s before the connection is up: not_sent', (code) => {
		const notSent = { kind: 'not_sent', reason: { code } };
		expect(classifyCreate(failed(code, false), NOW, REFERENCE)).toMatchObject(notSent);
	});

	it.each([
		['in JSON', response(429, REASON)],
		['in HTML', response(429)],
		['with an id in its body', response(429, { complaint_id: 1916449 })]
	])('any 429 is not_sent: %s', (_name, seen) => {
		const notSent = { kind: 'not_sent', reason: { code: 'rate_limited', status: 429 } };
		expect(classifyCreate(seen, NOW, REFERENCE)).toMatchObject(notSent);
	});

	it.each([
		['delta seconds', '120', 120_000],
		['an HTTP date', 'Tue, 01 Dec 2026 02:00:30 GMT', 30_000],
		['a date in the past', 'Tue, 01 Dec 2026 01:00:00 GMT', 0]
	])('a 503 with a valid Retry-After (%s) is not_sent and waits', (_name, value, wait) => {
		expect(classifyCreate(response(503, undefined, { 'retry-after': value }), NOW, REFERENCE)).toMatchObject({
			kind: 'not_sent',
			retryAfterMs: wait,
			reason: { code: 'busy' }
		});
	});

	it('a 429 stores the wait of a valid Retry-After, and no wait if the header is invalid', () => {
		const classified = (wait: string) =>
			classifyCreate(response(429, undefined, { 'retry-after': wait }), NOW, REFERENCE);
		expect(classified('7')).toHaveProperty('retryAfterMs', 7000);
		expect(classified('soon')).toMatchObject({ retryAfterMs: undefined });
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
		expect(classifyCreate(response(status, REASON), NOW, REFERENCE)).toEqual({ kind: 'rejected', reason });
	});

	it.each([400, 409, 422])('%i with a reason and an id, which may be of another report: rejected', (status) => {
		const seen = response(status, { message: 'Laporan serupa sudah ditangani', complaint_id: 1916449 });
		expect(classifyCreate(seen, NOW, REFERENCE)).toMatchObject({ kind: 'rejected' });
	});

	it.each(['Laporan sudah ada', 'Duplicate report'])('409 with %s: unknown with an id, else rejected', (message) => {
		const read = (json: object) => classifyCreate(response(409, json), NOW, REFERENCE);
		expect(read({ message, complaint_id: 1916449 })).toMatchObject({ offer: 'found_only', laporId: '1916449' });
		expect(read({ message })).toMatchObject({ kind: 'rejected' });
	});

	it.each([
		{ message: 'The given data was invalid.', errors: { title: ['Wajib diisi'] } },
		{ title: ['Wajib diisi'] },
		{ results: { title: 'Wajib diisi' } }
	])('returns the fields that the service rejects: %j', (json) => {
		const reason = { fields: [{ field: 'title', text: 'Wajib diisi' }] };
		expect(classifyCreate(response(422, json), NOW, REFERENCE)).toMatchObject({ kind: 'rejected', reason });
		expect(classifyUpload(response(422, json), NOW)).toMatchObject({ kind: 'refused', reason });
	});
});

describe('a create that halts the connection', () => {
	it.each([
		[401, 'unauthorised'],
		[403, 'forbidden'],
		[404, 'wrong_address'],
		[405, 'method_not_allowed'],
		[301, 'redirected'],
		[302, 'redirected'],
		[307, 'redirected'],
		[308, 'redirected']
	])('%i with or without a JSON reason: halted', (status, code) => {
		for (const seen of [response(status), response(status, REASON)])
			expect(classifyCreate(seen, NOW, REFERENCE)).toMatchObject({ kind: 'halted', reason: { code, status } });
	});

	it.each([400, 402, 406, 409, 413, 415, 422])('%i without a JSON reason: halted', (status) => {
		for (const seen of [response(status), response(status, {}), response(status, { message: ' ' })])
			expect(classifyCreate(seen, NOW, REFERENCE)).toMatchObject({
				kind: 'halted',
				reason: { code: 'refused_without_reason' }
			});
	});
});

describe('a create that LAPOR accepted', () => {
	it.each([
		['a number at the root', { complaint_id: 1916449 }],
		['a text at the root', { complaint_id: '1916449' }],
		['a number in the older place', { results: { complaint: { id: 1916449 } } }],
		['a text in the older place', { results: { complaint: { id: '1916449' } } }]
	])('2xx with %s: accepted', (_name, json) => {
		for (const status of [200, 201])
			expect(classifyCreate(response(status, json), NOW, REFERENCE)).toEqual({
				kind: 'accepted',
				laporId: '1916449'
			});
	});

	it('is accepted if the whole response arrived before the connection broke', () => {
		const seen: Exchange = { ...response(201, { complaint_id: 1916449 }), error: { code: 'reset', detail: '' } };
		expect(classifyCreate(seen, NOW, REFERENCE)).toEqual({ kind: 'accepted', laporId: '1916449' });
	});

	it.each([200, 400, 409, 422, 500])('"Reference already exists" with an id, %i: accepted', (status) => {
		const seen = response(status, { message: 'Reference already exists', complaint_id: 1916449 });
		expect(classifyCreate(seen, NOW, REFERENCE)).toEqual({ kind: 'accepted', laporId: '1916449' });
	});

	it.each([
		['a tag at the root that is taken', { tags_raw: ['The tags raw has already been taken.'] }],
		['a code', { code: 'REFERENCE_EXISTS' }],
		['a code in an envelope', { message: 'Conflict', data: { error_code: 'duplicateReference' } }]
	])('%s: accepted with an id, else unknown', (_name, json) => {
		const accepted = { kind: 'accepted', laporId: '1916449' };
		expect(classifyCreate(response(409, { ...json, complaint_id: 1916449 }), NOW, REFERENCE)).toEqual(accepted);
		expect(classifyCreate(response(409, json), NOW, REFERENCE)).toMatchObject({ offer: 'found_only' });
	});

	it.each([200, 400, 409, 422, 500])(
		'"Reference already exists" without an id, %i: unknown, and only "found" is offered',
		(status) => {
			const unknown = { kind: 'unknown', offer: 'found_only', reason: { code: 'reference_exists' } };
			const seen = response(status, { message: 'Reference already exists' });
			expect(classifyCreate(seen, NOW, REFERENCE)).toMatchObject(unknown);
		}
	);
});

const ENDLESS: Exchange = { ...response(200), error: { code: 'answer_too_large', detail: '' } };

describe('a create with an unclear outcome', () => {
	it.each([
		['408', response(408, REASON), 'request_timeout'],
		['500', response(500), 'server_error'],
		['500 with a JSON reason', response(500, REASON), 'server_error'],
		['502', response(502), 'server_error'],
		['504', response(504), 'server_error'],
		['503 without Retry-After', response(503, REASON), 'unavailable'],
		['503 with an invalid Retry-After', response(503, REASON, { 'retry-after': 'soon' }), 'unavailable'],
		['503 with a negative Retry-After', response(503, REASON, { 'retry-after': '-5' }), 'unavailable'],
		['200 in HTML', response(200), 'no_readable_id'],
		['201 with an id of another shape', response(201, { complaint_id: 'LPR-12' }), 'no_readable_id'],
		['200 with an id of too few digits', response(200, { complaint_id: 12 }), 'no_readable_id'],
		['204', response(204), 'no_readable_id'],
		['a time-out after connecting', failed('timeout', true), 'timeout'],
		['a reset after connecting', failed('reset', true), 'reset'],
		['a response that is not HTTP', failed('broken_answer', true), 'broken_answer'],
		['a truncated 200', { ...response(200), error: { code: 'reset', detail: '' } } satisfies Exchange, 'reset'],
		['a truncated 422', { ...response(422), error: { code: 'reset', detail: '' } } satisfies Exchange, 'reset'],
		['an endless response', ENDLESS, 'answer_too_large']
	])('%s: unknown, and both decisions are offered', (_name, seen, code) => {
		expect(classifyCreate(seen, NOW, REFERENCE)).toMatchObject({ kind: 'unknown', offer: 'both', reason: { code } });
	});
});

const REFUSAL = { message: 'Isi tidak sesuai' };
const OFFLINE = failed('refused', false);
const LOST = failed('reset', true);

const SUCCESS = { success: 'true', status: 200, code: '00', error: '0', errors: [] };
const FAILED_LIST = { success: false, ...REFUSAL, results: { data: [] } };
const TWO_IDS = { results: { images: [{ id: 1 }], docs: [{ id: 2 }] } };

describe('an upload', () => {
	it.each([
		['one image', response(200, { results: { images: [{ id: 7 }] } }), { kind: 'uploaded', remoteId: '7' }],
		['one document', response(200, { results: { docs: [{ id: '8' }] } }), { kind: 'uploaded', remoteId: '8' }],
		['no id', response(200, { results: {} }), { kind: 'retry', reason: { code: 'unreadable' } }],
		['two ids', response(200, TWO_IDS), { kind: 'uploaded', remoteId: '1' }],
		['no connection', OFFLINE, { kind: 'retry', reason: { code: 'refused' } }],
		['a lost response', LOST, { kind: 'retry', reason: { code: 'reset' } }],
		['429', response(429, REFUSAL, { 'retry-after': '9' }), { kind: 'retry', retryAfterMs: 9000 }],
		['408', response(408, REFUSAL), { kind: 'retry', reason: { code: 'request_timeout' } }],
		['500', response(500), { kind: 'retry', reason: { code: 'server_error' } }],
		['413 of a proxy', response(413), { kind: 'refused', reason: { code: 'refused_too_large' } }],
		['422 with a reason', response(422, REFUSAL), { kind: 'refused', reason: { code: 'refused_fields' } }],
		['422 without a reason', response(422), { kind: 'halted' }],
		['200 with "success": false', response(200, { success: false, ...REFUSAL }), { kind: 'refused' }],
		['200 with 422 in the body', response(200, { status: 422, ...REFUSAL }), { kind: 'refused' }],
		['200 with 401 in the body', response(200, { code: 401, success: false, ...REFUSAL }), { kind: 'retry' }],
		['200 with 401 in meta', response(200, { meta: { code: 401, ...REFUSAL } }), { kind: 'retry' }],
		['200 with 422 in meta', response(200, { meta: { code: 422, ...REFUSAL } }), { kind: 'refused' }],
		['200 with a wrong token', response(200, { success: false, message: 'Token expired' }), { kind: 'retry' }],
		['200 with 500 in the body', response(200, { status: '500', ...REFUSAL }), { kind: 'retry' }],
		['200 with a failure without a reason', response(200, { success: false }), { kind: 'retry' }],
		['401', response(401, REFUSAL), { kind: 'halted', reason: { code: 'unauthorised' } }],
		['404', response(404, REFUSAL), { kind: 'halted', reason: { code: 'wrong_address' } }]
	])('%s', (_name, seen, expected) => expect(classifyUpload(seen, NOW)).toMatchObject(expected));
});

describe('a follow-up', () => {
	it.each([
		['201 in JSON', response(201, { message: 'Success' }), { kind: 'sent' }],
		['200 in HTML', response(200), { kind: 'unknown', reason: { code: 'unreadable' } }],
		['200 with "success": false', response(200, { success: false, ...REFUSAL }), { kind: 'refused' }],
		['200 with "success": 0', response(200, { success: 0, ...REFUSAL }), { kind: 'refused' }],
		['200 with failed results', response(200, { results: { success: false, ...REFUSAL } }), { kind: 'refused' }],
		['200 with failed meta', response(200, { meta: { code: 422, ...REFUSAL } }), { kind: 'refused' }],
		['200 with the status FAILED', response(200, { status: 'FAILED', ...REFUSAL }), { kind: 'refused' }],
		['200 with "success" as a text', response(200, { success: 'false', ...REFUSAL }), { kind: 'refused' }],
		['200 with an error number as a text', response(200, { status: '500', ...REFUSAL }), { kind: 'refused' }],
		['200 with an error code', response(200, { code: 401, message: 'Token expired' }), { kind: 'refused' }],
		['200 with an error text', response(200, { error: 'user_id tidak dikenal' }), { kind: 'refused' }],
		['200 with errors of fields', response(200, { errors: { content: ['wajib diisi'] } }), { kind: 'refused' }],
		['200 without results', response(200, { results: null, ...REFUSAL }), { kind: 'unknown' }],
		['200 with signs of success', response(200, { ...SUCCESS, meta: SUCCESS, results: SUCCESS }), { kind: 'sent' }],
		['200 with an empty list', response(200, []), { kind: 'unknown', reason: { code: 'unreadable' } }],
		['204', response(204), { kind: 'sent' }],
		['408', response(408, REFUSAL), { kind: 'unknown', reason: { code: 'request_timeout' } }],
		['a lost response', LOST, { kind: 'unknown', reason: { code: 'reset' } }],
		['500', response(500, REFUSAL), { kind: 'unknown', reason: { code: 'server_error' } }],
		['no connection', OFFLINE, { kind: 'not_sent', reason: { code: 'refused' } }],
		['429', response(429), { kind: 'not_sent', reason: { code: 'rate_limited' } }],
		['422 with a reason', response(422, REFUSAL), { kind: 'refused' }],
		['404: LAPOR does not know the report', response(404, REFUSAL), { kind: 'refused', reason: { code: 'gone' } }],
		['403', response(403, REFUSAL), { kind: 'halted' }],
		['302', response(302), { kind: 'halted', reason: { code: 'redirected' } }]
	])('%s', (_name, seen, expected) => expect(classifySend(seen, NOW)).toMatchObject(expected));
});

describe('a read', () => {
	it.each([
		['200 with results.data', response(200, { results: { data: [] } }), { kind: 'read' }],
		['200 with a failure', response(200, FAILED_LIST), { kind: 'retry', reason: { code: 'answered_failed' } }],
		['200 in HTML', response(200), { kind: 'retry', reason: { code: 'unreadable' } }],
		['200 without results.data', response(200, { results: {} }), { kind: 'retry' }],
		['200 with the text "not found"', response(200, { message: 'Data tidak ditemukan' }), { kind: 'gone' }],
		['200 "not yet available"', response(200, { message: 'Layanan belum tersedia' }), { kind: 'retry' }],
		['200 "none yet"', response(200, { message: 'Belum ada layanan' }), { kind: 'retry' }],
		['404', response(404), { kind: 'gone', reason: { code: 'gone' } }],
		['401', response(401), { kind: 'halted', reason: { code: 'unauthorised' } }],
		['302', response(302), { kind: 'halted' }],
		['422', response(422, REFUSAL), { kind: 'retry', reason: { code: 'refused_other' } }],
		['503', response(503, REFUSAL, { 'retry-after': '60' }), { kind: 'retry', retryAfterMs: 60_000 }],
		['a lost response', LOST, { kind: 'retry', reason: { code: 'reset' } }]
	])('%s', (_name, seen, expected) => expect(classifyRead(seen, NOW)).toMatchObject(expected));
});

describe('a list', () => {
	it.each([
		['without results.data', response(200, { results: {} }), { kind: 'read' }],
		['without results', response(200, { data: [] }), { kind: 'read' }],
		['204', response(204), { kind: 'gone' }],
		['null', response(200, { results: { data: null } }), { kind: 'read' }],
		['without results', response(200, { message: 'Success', results: null }), { kind: 'read' }],
		['with empty results', response(200, { message: 'Success', results: '' }), { kind: 'read' }],
		['with a failure', response(200, FAILED_LIST), { kind: 'retry' }],
		['with the text "not found"', response(200, { success: false, message: 'Belum ada data' }), { kind: 'gone' }],
		['of a service that is down', response(200, { message: 'Layanan belum tersedia' }), { kind: 'retry' }],
		['in HTML', response(200), { kind: 'retry', reason: { code: 'unreadable' } }],
		['with a 500', response(500, { results: {} }), { kind: 'retry', reason: { code: 'server_error' } }]
	])('%s', (_name, seen, expected) => expect(classifyList(seen, NOW)).toMatchObject(expected));
});
