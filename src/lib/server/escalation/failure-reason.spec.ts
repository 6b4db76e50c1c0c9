import { expect, test } from 'vitest';
import { reasonOf, refusedSecret } from './failure-reason.ts';

test.each([
	['The token header is missing.', 'token'],
	['Header token tidak ditemukan', 'token'],
	['{"message":"Invalid token"}', 'token'],
	['The Authorization header is missing.', 'auth'],
	['The auth header is wrong.', 'auth'],
	['Missing Credentials', 'auth'],
	['invalid access token', 'auth'],
	['The bearer token expired', 'auth'],
	['Authorization or token is wrong', undefined],
	['Unauthorized', undefined],
	['', undefined],
	[undefined, undefined]
] as const)('"%s" is about the header %s', (excerpt, header) => {
	expect(refusedSecret(excerpt === undefined ? {} : { excerpt })).toBe(header);
});

test.each([
	['a picture', '\ufffdPNG\ufffd\ufffd\ufffd', 'image/png, 5120 B'],
	['text in an older encoding', 'Layanan ini sedang tidak tersedia \ufffd hubungi kami', undefined]
])('a response that is %s is shown by what a person can read of it', (_name, excerpt, shown = excerpt) => {
	const headers = { 'content-type': 'image/png; q=1', 'content-length': '5120' };
	const seen = { connected: true, durationMs: 1, status: 500, headers, excerpt };
	expect(reasonOf('server_error', seen).excerpt).toBe(shown);
	expect(reasonOf('server_error', { ...seen, headers: {} }).excerpt).toBe(shown === excerpt ? excerpt : undefined);
});
