import { isHttpError, isRedirect } from '@sveltejs/kit';
import { expect, test } from 'vitest';
import { requestTo } from '#lib/dev/testing/request.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { guardStaffPages, nextPage, refuseForRoles } from './page-access.ts';

const officer: Actor = {
	accountId: '00000000-0000-4000-8000-000000000001',
	name: 'Petugas Contoh 1',
	officerId: null,
	units: { handler: [], supervisor: [], manager: [], admin: [] },
	scopes: null
};

/** The status of the guard for a request with a matched route; null if it lets the request through. */
function answerTo(path: string, route: string | null, actor: Actor | null): number | null {
	try {
		guardStaffPages(requestTo(path, { actor, route: { id: route } }));
		return null;
	} catch (thrown) {
		if (isRedirect(thrown) || isHttpError(thrown)) return thrown.status;
		throw thrown;
	}
}

test.each(['/admin/lapor', '/%61dmin/lapor', '/%61%64%6d%69%6e/lapor'])(
	'%s is refused because of its route',
	(path) => {
		expect([answerTo(path, '/(staff)/admin/lapor', null), answerTo(path, '/(staff)/admin/lapor', officer)]).toEqual([
			303, 403
		]);
	}
);

test('a form that is sent after the session has ended leads back to its page, without its action', () => {
	const send = (path: string, method: string) => () =>
		guardStaffPages(requestTo(path, { actor: null, route: { id: '/(staff)/admin/units/[code]' }, method }));
	const leads = (location: string) => expect.objectContaining({ status: 303, location }) as Error;
	const page = encodeURIComponent('/admin/units/7600?mulai=7600');
	expect(send('/admin/units/7600?/change&mulai=7600', 'POST')).toThrow(leads(`/login?next=${page}&sesi`));
	expect(send('/admin/units/7600?mulai=7600', 'GET')).toThrow(leads(`/login?next=${page}`));
});

test('a browser is sent to the page that names the needed roles inside the frame, other programs are refused', () => {
	const headers = { 'sec-fetch-dest': 'document' };
	const refuse = (id: string, init: { headers: HeadersInit; method?: string }) => () =>
		guardStaffPages(requestTo('/x', { actor: officer, route: { id }, ...init }));
	const refused = (location: string) => expect.objectContaining({ status: 303, location }) as Error;
	expect(refuse('/(staff)/insight/officers', { headers })).toThrow(refused('/me/refused?role=manager'));
	expect(refuse('/(staff)/insight/recap', { headers })).toThrow(refused('/me/refused?role=manager+supervisor'));
	expect(refuse('/(staff)/insight', { headers, method: 'POST' })).toThrow(expect.objectContaining({ status: 403 }));
	const message = 'Halaman ini hanya untuk akun dengan peran: Penyelia, Pimpinan.';
	expect(() => refuseForRoles('manager supervisor king')).toThrow(
		expect.objectContaining({ status: 403, body: { message } })
	);
});

test('an account without a role may open its own pages and notices, but no route with the same beginning', () => {
	expect(answerTo('/me', '/(staff)/me', officer)).toBeNull();
	expect(answerTo('/desk/notices/1', '/(staff)/desk/notices/[id]', officer)).toBeNull();
	// The page of notices opens the stream. A refusal would read there as "you have signed out".
	expect(answerTo('/desk/live', '/(staff)/desk/live', officer)).toBeNull();
	expect(answerTo('/desk/notices-other', '/(staff)/desk/notices-other', officer)).toBe(403);
	expect(answerTo('/mamuju', '/(citizen)/[unit]', null)).toBeNull();
});

test.each([
	['/desk/cases/SPATULA-7604-26-000001?x=1', '/desk/cases/SPATULA-7604-26-000001?x=1'],
	['', '/me'],
	['https://elsewhere.example', '/me'],
	['//elsewhere.example', '/me'],
	['/\\elsewhere.example', '/me'],
	['/a\\b', '/me'],
	['/login?next=/desk', '/me'],
	['javascript:alert(1)', '/me']
])('after signing in, %j leads to %s', (wanted, page) => {
	expect(nextPage(wanted, officer)).toBe(page);
});

test('without a requested page, the area of the first role opens', () => {
	const holding = (roles: Partial<Actor['units']>): Actor => ({ ...officer, units: { ...officer.units, ...roles } });
	expect(nextPage('', holding({ supervisor: ['u'], admin: ['u'] }))).toBe('/desk');
	expect(nextPage('', holding({ manager: ['u'], admin: ['u'] }))).toBe('/insight');
	expect(nextPage('', holding({ admin: ['u'] }))).toBe('/admin');
});
