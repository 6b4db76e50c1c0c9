import { isHttpError, isRedirect, type RequestEvent } from '@sveltejs/kit';
import { expect, test } from 'vitest';
import type { Actor } from '#lib/server/people/actor.ts';
import { guardRooms } from './gate.ts';

const officer: Actor = {
	accountId: '00000000-0000-4000-8000-000000000001',
	name: 'Petugas Contoh 1',
	officerId: null,
	units: { handler: [], supervisor: [], manager: [], admin: [] },
	scopes: null
};

/** What the guard answers to a request whose path was matched to a route; null: it lets it through. */
function answerTo(path: string, route: string | null, actor: Actor | null): number | null {
	const url = new URL(`http://localhost${path}`);
	try {
		guardRooms({ url, route: { id: route }, locals: { actor }, request: new Request(url) } as unknown as RequestEvent);
		return null;
	} catch (thrown) {
		if (isRedirect(thrown) || isHttpError(thrown)) return thrown.status;
		throw thrown;
	}
}

test.each(['/admin/lapor', '/%61dmin/lapor', '/%61%64%6d%69%6e/lapor'])('%s is turned away by its route', (path) => {
	expect([answerTo(path, '/admin/lapor', null), answerTo(path, '/admin/lapor', officer)]).toEqual([303, 403]);
});

test('an account without a role opens its own pages and notices, and nothing that only begins alike', () => {
	expect(answerTo('/me', '/me', officer)).toBeNull();
	expect(answerTo('/desk/notices/1', '/desk/notices/[id]', officer)).toBeNull();
	expect(answerTo('/desk/notices-other', '/desk/notices-other', officer)).toBe(403);
	expect(answerTo('/mamuju', '/(citizen)/[unit]', null)).toBeNull();
});
