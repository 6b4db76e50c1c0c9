import { expect, it } from 'vitest';
import { isLargeForm } from './request-bodies.ts';

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
