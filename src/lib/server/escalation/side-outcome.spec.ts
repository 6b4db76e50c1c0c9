import { describe, expect, it } from 'vitest';
import { classifyList, classifyRead, classifySend, classifyUpload } from './side-outcome.ts';
import type { Exchange } from '#lib/server/integrations/lapor/types.ts';

const NOW = new Date('2026-12-01T02:00:00Z');

const answered = (status: number, json?: unknown, headers: Record<string, string> = {}): Exchange => ({
	connected: true,
	status,
	headers,
	...(json === undefined ? {} : { json }),
	durationMs: 5
});
const REASON = { message: 'Isi tidak sesuai' };
const OFFLINE: Exchange = { connected: false, error: { code: 'refused', detail: '' }, durationMs: 1 };
const LOST: Exchange = { connected: true, error: { code: 'reset', detail: '' }, durationMs: 1 };

describe('an upload', () => {
	it.each([
		['one image', answered(200, { results: { images: [{ id: 7 }] } }), { outcome: 'uploaded', ids: ['7'] }],
		['one document', answered(200, { results: { docs: [{ id: '8' }] } }), { outcome: 'uploaded', ids: ['8'] }],
		['no id', answered(200, { results: {} }), { outcome: 'retry', reason: { code: 'unreadable' } }],
		['another number of ids', answered(200, { results: { images: [{ id: 1 }, { id: 2 }] } }), { outcome: 'retry' }],
		['no connection', OFFLINE, { outcome: 'retry', reason: { code: 'refused' } }],
		['a lost answer', LOST, { outcome: 'retry', reason: { code: 'reset' } }],
		['429', answered(429, REASON, { 'retry-after': '9' }), { outcome: 'retry', retryAfterMs: 9000 }],
		['408', answered(408, REASON), { outcome: 'retry', reason: { code: 'request_timeout' } }],
		['500', answered(500), { outcome: 'retry', reason: { code: 'server_error' } }],
		['413 of a proxy', answered(413), { outcome: 'refused', reason: { code: 'refused_too_large' } }],
		['422 with a reason', answered(422, REASON), { outcome: 'refused', reason: { code: 'refused_fields' } }],
		['422 without', answered(422), { outcome: 'halted' }],
		['401', answered(401, REASON), { outcome: 'halted', reason: { code: 'unauthorised' } }],
		['404', answered(404, REASON), { outcome: 'halted', reason: { code: 'wrong_address' } }]
	])('%s', (_name, seen, expected) => {
		expect(classifyUpload(seen, 1, NOW)).toMatchObject(expected);
	});
});

describe('a follow-up', () => {
	it.each([
		['201 in JSON', answered(201, { message: 'Success' }), { outcome: 'sent' }],
		['200 in HTML', answered(200), { outcome: 'unknown', reason: { code: 'unreadable' } }],
		['200 that says it failed', answered(200, { success: false, ...REASON }), { outcome: 'refused' }],
		['200 that says FAILED', answered(200, { status: 'FAILED', ...REASON }), { outcome: 'refused' }],
		['200 with an empty list', answered(200, []), { outcome: 'unknown', reason: { code: 'unreadable' } }],
		['200 that carries an error number', answered(200, { status: 422, ...REASON }), { outcome: 'refused' }],
		['408', answered(408, REASON), { outcome: 'unknown', reason: { code: 'request_timeout' } }],
		['a lost answer', LOST, { outcome: 'unknown', reason: { code: 'reset' } }],
		['500', answered(500, REASON), { outcome: 'unknown', reason: { code: 'server_error' } }],
		['no connection', OFFLINE, { outcome: 'not_sent', reason: { code: 'refused' } }],
		['429', answered(429), { outcome: 'not_sent', reason: { code: 'rate_limited' } }],
		['422 with a reason', answered(422, REASON), { outcome: 'refused' }],
		['404: the report is not there', answered(404, REASON), { outcome: 'refused', reason: { code: 'gone' } }],
		['403', answered(403, REASON), { outcome: 'halted' }],
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
		['422', answered(422, REASON), { outcome: 'retry', reason: { code: 'refused_other' } }],
		['503', answered(503, REASON, { 'retry-after': '60' }), { outcome: 'retry', retryAfterMs: 60_000 }],
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
