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
	] as const)('a %s is led to %s and to the own account, nowhere else', (role, href) => {
		const person = { name: 'Sitti', officerId: null, units: { ...nothing, [role]: ['u1'] } };
		expect(areasOf(person).map((area) => area.href)).toEqual([href, '/me']);
	});

	it('a person without a role still finds the own account', () => {
		expect(areasOf({ name: 'Sitti', officerId: 'o1', units: nothing }).map((area) => area.href)).toEqual(['/me']);
	});
});

describe('a page of two areas', () => {
	it.each<[string, string, Role[], string[]]>([
		['reply templates', '/admin/templates', ['supervisor'], ['/desk']],
		['reply templates', '/admin/templates', ['admin'], ['/admin']],
		['reply templates', '/admin/templates', ['supervisor', 'admin'], ['/admin']],
		['reply templates', '/admin/templates', ['handler'], []],
		['periodic reports', '/insight/rekap', ['supervisor'], ['/desk']],
		['periodic reports', '/insight/rekap', ['supervisor', 'manager'], ['/insight']],
		['periodic reports', '/insight/rekap', ['handler'], []]
	])('shows %s (%s) to %j in %j', (_, path, roles, found) => {
		const units = { ...nothing, ...Object.fromEntries(roles.map((role) => [role, ['u1']])) };
		const areas = areasOf({ name: 'Sitti', officerId: null, units }).filter((area) => covers(area, path));
		expect(areas.map(({ href }) => href)).toEqual(found);
	});
});

describe('where one is', () => {
	const pages = [{ href: '/desk' }, { href: '/desk/new' }];

	it('is the page with the longest address that leads there', () => {
		expect(currentPage('/desk/new', pages)).toBe('/desk/new');
		expect(currentPage('/desk/cases/SPATULA-7604-26-000001', pages)).toBe('/desk');
		expect(currentPage('/insight', pages)).toBeUndefined();
	});

	it('does not take a longer name for a page below', () => {
		expect(within('/desktop', '/desk')).toBe(false);
		expect(within('/desk/new', '/desk')).toBe(true);
	});
});
