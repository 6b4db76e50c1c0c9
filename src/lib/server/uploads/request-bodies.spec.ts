import { expect, it } from 'vitest';
import { HOOK_BODY, MOST_READ_BYTES } from './limits.ts';
import { bodyRule, isLargeForm, isLargeHook, refusalOf } from './request-bodies.ts';

const FORM = 'application/x-www-form-urlencoded';

it.each([
	['/mamuju/saran', { 'content-type': FORM, 'content-length': '70000' }, true],
	['/mamuju/saran', { 'content-type': 'multipart/form-data; boundary=b' }, true],
	['/mamuju/saran', { 'content-type': FORM, 'content-length': '60000' }, false],
	['/mamuju/saran', { 'content-type': 'application/json' }, false],
	// The route of a hook reads the form of a gateway itself.
	['/api/hooks/sms/1', { 'content-type': FORM, 'transfer-encoding': 'chunked' }, false]
])('decides whether a form at %s with %j is received as an upload', (url, headers, expected) => {
	expect(isLargeForm({ method: 'POST', url, headers })).toBe(expected);
});

it.each([
	['POST', '/api/hooks/whatsapp', { 'content-length': '70000' }, true],
	['POST', '/api/hooks/whatsapp', { 'transfer-encoding': 'chunked' }, true],
	['POST', '/api/hooks/whatsapp', { 'content-length': '60000' }, false],
	['GET', '/api/hooks/whatsapp?hub.mode=subscribe', {}, false],
	['POST', '/api/v1/cases', { 'content-length': '70000' }, false]
])('decides whether a %s of %s with %j needs the memory of a large call', (method, url, headers, expected) => {
	expect(isLargeHook({ method, url, headers })).toBe(expected);
});

// A page at such an address must not read an upload that got no slot.
it.each([
	['/api/hooks/sms/1?secret=/../..', true],
	['/./api/hooks/sms/1', true],
	['/api/hooks/../../mamuju/pengaduan', false],
	['/api/hooks/x/../../../mamuju/pengaduan', false],
	['/api/hooks/%2e%2E/.%2e/mamuju/pengaduan', false],
	['/api/hooks\\..\\..\\mamuju/pengaduan', false],
	['/api/%68ooks/sms/1', false],
	['//api/hooks/sms/1', false],
	['//x/api/hooks/sms/1', false],
	['http://x/api/hooks/sms/1', false]
])('reads an upload at %s as a call by a gateway: %s', (url, expected) => {
	const upload = { method: 'POST', url, headers: { 'content-type': 'multipart/form-data; boundary=b' } };
	expect(isLargeForm(upload)).toBe(!expected);
	expect(bodyRule(upload).limit).toBe(expected ? HOOK_BODY : MOST_READ_BYTES);
});

const JSON_TYPE = { 'content-type': 'application/json' };

it.each([
	[{ ...JSON_TYPE, 'content-length': '70000' }, 413, 'paling besar 64 kB', 'at most 64 kB'],
	[
		{ 'content-type': FORM, 'transfer-encoding': 'chunked' },
		411,
		'Kirim dengan Content-Length',
		'with a Content-Length'
	],
	[{ ...JSON_TYPE, 'content-length': '9', 'content-encoding': 'GZIP' }, 415, 'tanpa kompresi', 'without compression']
])('refuses a body with %j in both languages', (headers, status, id, en) => {
	const refusal = refusalOf({ method: 'POST', url: '/api/v1/cases', headers });
	expect(refusal?.status).toBe(status);
	expect(refusal?.id).toContain(id);
	expect(refusal?.en).toContain(en);
	expect(JSON.stringify(refusal)).not.toMatch(/formulir|form/i);
	expect(refusalOf({ method: 'GET', url: '/api/v1/cases', headers })).toBeUndefined();
});

it.each([
	{ ...JSON_TYPE, 'transfer-encoding': 'chunked' },
	{ ...JSON_TYPE, 'content-length': '9', 'content-encoding': 'identity' },
	{ ...JSON_TYPE, 'content-length': '9', 'content-encoding': 'UTF-8' }
])('accepts a body with %j', (headers) => {
	expect(refusalOf({ method: 'POST', url: '/api/v1/cases', headers })).toBeUndefined();
});
