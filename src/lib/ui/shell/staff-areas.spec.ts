import { describe, expect, it } from 'vitest';
import { covers, currentPage, within } from './staff-areas.ts';
import { areasOf } from './staff-menu.ts';

type Role = keyof typeof nothing;
const nothing = { handler: [], supervisor: [], manager: [], admin: [] };
const everything = {
	guestBook: true,
	inbound: true,
	incoming: true,
	survey: true,
	installation: true,
	integrity: true
};
const holding = (...roles: Role[]) => ({
	officerId: null,
	units: { ...nothing, ...Object.fromEntries(roles.map((role) => [role, ['u1']])) },
	inUse: everything
});

describe('areas of a signed-in person', () => {
	it.each([
		['handler', '/desk'],
		['supervisor', '/desk'],
		['manager', '/insight'],
		['admin', '/admin']
	] as const)('a %s sees only %s and their own account', (role, href) => {
		expect(areasOf(holding(role)).map((area) => area.href)).toEqual([href, '/me']);
	});

	it('a person without a role sees only their own account', () => {
		expect(areasOf({ ...holding(), officerId: 'o1' }).map((area) => area.href)).toEqual(['/me']);
	});
});

describe('a page listed in two areas', () => {
	it.each<[string, string, Role[], string[]]>([
		['reply templates', '/admin/templates', ['supervisor'], ['/desk']],
		['reply templates', '/admin/templates', ['admin'], ['/admin']],
		['reply templates', '/admin/templates', ['supervisor', 'admin'], ['/admin']],
		['reply templates', '/admin/templates', ['handler'], []],
		['integrity of the log', '/admin/log/integrity', ['supervisor'], ['/desk']],
		['integrity of the log', '/admin/log/integrity', ['supervisor', 'admin'], ['/admin']],
		['periodic reports', '/insight/recap', ['supervisor'], ['/desk']],
		['periodic reports', '/insight/recap', ['supervisor', 'manager'], ['/insight']],
		['periodic reports', '/insight/recap', ['handler'], []]
	])('shows %s (%s) to %j in %j', (_, path, roles, expected) => {
		const areas = areasOf(holding(...roles)).filter((area) => covers(area, path));
		expect(areas.map(({ href }) => href)).toEqual(expected);
	});
});

describe('entries of the menu', () => {
	const addresses = (person: ReturnType<typeof holding>) =>
		areasOf(person).flatMap(({ pages }) => pages.flatMap(({ href, tabs }) => [href, ...tabs.map((tab) => tab.href)]));

	it('of incoming messages shows how many wait', () => {
		const waitingOf = (person: Parameters<typeof areasOf>[0]) =>
			areasOf(person)[0]?.pages.find(({ href }) => href === '/desk/messages')?.waiting;
		expect(waitingOf({ ...holding('handler'), waitingMessages: 4 })).toBe(4);
	});

	it('are at most seven for a handler, including their own account', () => {
		const [desk, ...others] = areasOf(holding('handler'));
		expect((desk?.pages.length ?? 0) + others.length).toBeLessThanOrEqual(7);
	});

	it('leave out what no office of the person uses', () => {
		const optional = ['/desk/visits', '/desk/inbound', '/desk/messages', '/insight/skm', '/admin/log/integrity'];
		const person = holding('supervisor', 'manager');
		expect(addresses(person)).toEqual(expect.arrayContaining(optional));
		const inUse = { ...everything, guestBook: false, inbound: false, incoming: false, survey: false, integrity: false };
		const left = addresses({ ...person, inUse });
		expect(left.filter((href) => optional.includes(href))).toEqual([]);
		expect(left).toEqual(expect.arrayContaining(['/desk/roster', '/desk/escalations']));
	});

	it('list each setting once, in three groups', () => {
		const groups = (areasOf(holding('admin'))[0]?.pages ?? []).filter(({ tabs }) => tabs.length > 0);
		const all = groups.flatMap(({ tabs }) => tabs.map(({ href }) => href));
		expect(groups).toHaveLength(3);
		expect(new Set(all).size).toBe(all.length);
	});
});

describe('the current page', () => {
	const pages = areasOf(holding('handler'))[0]?.pages ?? [];
	const hrefOf = (path: string) => currentPage(path, pages)?.href;

	it('is the entry with the longest matching address, also for another page of its group', () => {
		expect(hrefOf('/desk/new')).toBe('/desk/messages');
		expect(hrefOf('/desk/cases/SPATULA-7604-26-000001')).toBe('/desk');
		expect(hrefOf('/desk/unrecorded')).toBe('/desk/escalations');
		expect(hrefOf('/insight')).toBeUndefined();
	});

	it('of a table is that of its list', () => {
		const settings = areasOf(holding('admin'))[0]?.pages ?? [];
		const list = currentPage('/admin/officers', settings);
		expect(list?.href).not.toBe('/admin');
		expect(currentPage('/admin/csv/officers', settings)).toBe(list);
	});

	it('does not match an address that only begins with the same letters', () => {
		expect(within('/desktop', '/desk')).toBe(false);
		expect(within('/desk/new', '/desk')).toBe(true);
	});
});
