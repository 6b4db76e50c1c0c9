import { describe, expect, it } from 'vitest';
import { areasOf, covers, currentPage, within } from './staff-areas.ts';

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

describe('reply templates', () => {
	const templates = '/admin/templates';
	const pagesOf = (...roles: (keyof typeof nothing)[]) =>
		areasOf({
			name: 'Sitti',
			officerId: null,
			units: { ...nothing, ...Object.fromEntries(roles.map((role) => [role, ['u1']])) }
		}).filter((area) => covers(area, templates));

	it('are found by supervisors at the desk, by administrators in their own area, by each in one place', () => {
		expect(pagesOf('supervisor').map(({ href }) => href)).toEqual(['/desk']);
		expect(pagesOf('admin').map(({ href }) => href)).toEqual(['/admin']);
		expect(pagesOf('supervisor', 'admin').map(({ href }) => href)).toEqual(['/admin']);
		expect(pagesOf('handler').map(({ href }) => href)).toEqual([]);
	});
});

describe('periodic reports', () => {
	it('are found by managers among the figures, by other supervisors at the desk, by each in one place', () => {
		const pagesOf = (...roles: (keyof typeof nothing)[]) =>
			areasOf({
				name: 'Sitti',
				officerId: null,
				units: { ...nothing, ...Object.fromEntries(roles.map((role) => [role, ['u1']])) }
			}).filter((area) => covers(area, '/insight/rekap'));
		expect(pagesOf('supervisor').map(({ href }) => href)).toEqual(['/desk']);
		expect(pagesOf('supervisor', 'manager').map(({ href }) => href)).toEqual(['/insight']);
		expect(pagesOf('handler').map(({ href }) => href)).toEqual([]);
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
