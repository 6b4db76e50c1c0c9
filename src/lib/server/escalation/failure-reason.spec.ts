import { expect, test } from 'vitest';
import { refusedSecret } from './failure-reason.ts';

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
