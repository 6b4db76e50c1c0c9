import { describe, expect, it } from 'vitest';
import { areasOf, covers, currentPage, within } from './staff-areas.ts';

type Role = keyof typeof nothing;
const nothing = { handler: [], supervisor: [], manager: [], admin: [] };

describe('areas of a signed-in person', () => {
	it.each([
		['handler', '/desk'],
		['supervisor', '/desk'],
		['manager', '/insight'],
		['admin', '/admin']
	] as const)('a %s sees only %s and the own account', (role, href) => {
		const person = { name: 'Sitti', officerId: null, units: { ...nothing, [role]: ['u1'] } };
		expect(areasOf(person).map((area) => area.href)).toEqual([href, '/me']);
	});

	it('a person without a role sees only the own account', () => {
		expect(areasOf({ name: 'Sitti', officerId: 'o1', units: nothing }).map((area) => area.href)).toEqual(['/me']);
	});
});

describe('a page listed in two areas', () => {
	it.each<[string, string, Role[], string[]]>([
		['reply templates', '/admin/templates', ['supervisor'], ['/desk']],
		['reply templates', '/admin/templates', ['admin'], ['/admin']],
		['reply templates', '/admin/templates', ['supervisor', 'admin'], ['/admin']],
		['reply templates', '/admin/templates', ['handler'], []],
		['periodic reports', '/insight/rekap', ['supervisor'], ['/desk']],
		['periodic reports', '/insight/rekap', ['supervisor', 'manager'], ['/insight']],
		['periodic reports', '/insight/rekap', ['handler'], []]
	])('shows %s (%s) to %j in %j', (_, path, roles, expected) => {
		const units = { ...nothing, ...Object.fromEntries(roles.map((role) => [role, ['u1']])) };
		const areas = areasOf({ name: 'Sitti', officerId: null, units }).filter((area) => covers(area, path));
		expect(areas.map(({ href }) => href)).toEqual(expected);
	});
});

describe('the current page', () => {
	const pages = [{ href: '/desk' }, { href: '/desk/new' }];

	it('is the listed page with the longest matching address', () => {
		expect(currentPage('/desk/new', pages)).toBe('/desk/new');
		expect(currentPage('/desk/cases/SPATULA-7604-26-000001', pages)).toBe('/desk');
		expect(currentPage('/insight', pages)).toBeUndefined();
	});

	it('does not match an address that only begins with the same letters', () => {
		expect(within('/desktop', '/desk')).toBe(false);
		expect(within('/desk/new', '/desk')).toBe(true);
	});
});
