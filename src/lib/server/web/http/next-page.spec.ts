import { expect, test } from 'vitest';
import type { Actor } from '#lib/server/people/actor.ts';
import { nextPage } from './next-page.ts';

const actor = (roles: Partial<Actor['units']>): Actor => ({
	accountId: 'a',
	name: 'A',
	officerId: null,
	units: { handler: [], supervisor: [], manager: [], admin: [], ...roles },
	scopes: null
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
	expect(nextPage(wanted, actor({}))).toBe(page);
});

test('without a wish the room of the first role opens', () => {
	expect(nextPage('', actor({ supervisor: ['u'], admin: ['u'] }))).toBe('/desk');
	expect(nextPage('', actor({ manager: ['u'], admin: ['u'] }))).toBe('/insight');
	expect(nextPage('', actor({ admin: ['u'] }))).toBe('/admin');
});
