import { beforeEach, describe, expect, test } from 'vitest';
import { handOverAccount } from '#lib/server/cases/handling/account-handover.ts';
import { createRule } from '#lib/server/cases/triage/routing-rules.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { changeOfficer } from '#lib/server/people/officers/officers.ts';
import { createService } from '#lib/server/people/units/services.ts';
import { createPlace } from '#lib/server/places/places.ts';
import { rulesNow } from '#lib/server/calendar/change-rules.ts';
import { accountRow, idOf, makeActor, makeOfficer, makeUnit } from '#lib/dev/testing/factories.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import * as deadline from './deadlines/[key]/+page.server.ts';
import * as options from './lapor/options/+page.server.ts';
import * as lapor from './lapor/[code]/+page.server.ts';
import * as links from './links/+page.server.ts';
import * as officer from './officers/[id]/+page.server.ts';
import * as person from './people/[id]/+page.server.ts';
import * as place from './places/[id]/+page.server.ts';
import * as method from './ratings/+page.server.ts';
import * as rule from './routing/[id]/+page.server.ts';
import * as words from './routing/words/+page.server.ts';
import * as service from './services/[id]/+page.server.ts';
import * as survey from './skm/[code]/+page.server.ts';
import * as office from './units/[code]/+page.server.ts';

type Fields = Record<string, string>;
type Call = (event: never) => Promise<unknown>;

let unit: Awaited<ReturnType<typeof makeUnit>>;
let admin: Actor;
let rootAdmin: Actor;

beforeEach(async () => {
	const province = await makeUnit();
	rootAdmin = await makeActor([[province.id, 'admin']]);
	unit = await makeUnit({ parent: province });
	admin = await makeActor([[unit.id, 'admin']]);
});

const eventFor = (id: string, fields?: Fields) =>
	requestTo(`/admin?unit=${unit.code}`, { actor: admin, fields, params: { id, key: id, code: unit.code } });

/** The hash in the hidden field of the page as it is now. */
async function seenOn(page: { load: unknown }, id: string): Promise<string> {
	const loaded = (await (page.load as Call)(eventFor(id))) as Record<string, unknown>;
	const shown = [loaded, loaded.office, loaded.lapor, loaded.rule].map(
		(one) => (one as { seen?: string } | undefined)?.seen
	);
	return shown.find(Boolean) ?? '';
}

/** Sends the form of a page: `saved`, or the conflict with what was typed. */
async function save(action: unknown, id: string, fields: Fields) {
	const answer = (await (action as Call)(eventFor(id, fields)).catch((thrown: unknown) => thrown)) as {
		location?: string;
		data?: { conflict?: string; typed: Fields };
	};
	return answer.location ? 'saved' : { conflict: answer.data?.conflict, name: answer.data?.typed.name };
}

interface Form {
	page: { load: unknown };
	action: unknown;
	/** Makes the record. @returns its id */
	make: () => Promise<string>;
	fields: Fields;
	/** What two people write, each on a page that was loaded before. */
	own: Fields;
	others: Fields;
	/** Whether only root administrators change it. */
	root?: true;
}
const [own, others] = [{ name: 'Nama Pertama' }, { name: 'Nama Kedua' }];
const above = { 'integrity.use': 'above', 'request.use': 'above', 'office_page.use': 'above' };
const forms: Record<string, Form> = {
	account: {
		page: person,
		action: person.actions.details,
		own,
		others,
		fields: { active: 'on' },
		make: async () => idOf(await makeActor([[unit.id, 'handler']]))
	},
	officer: {
		page: officer,
		action: officer.actions.default,
		own,
		others,
		fields: { active: 'on' },
		make: async () => (await makeOfficer(unit.id)).id
	},
	place: {
		page: place,
		action: place.actions.details,
		own,
		others,
		fields: { kind: 'box' },
		make: async () => (await createPlace(admin, unit.id, { name: 'Kotak', kind: 'box' })).id
	},
	service: {
		page: service,
		action: service.actions.default,
		own,
		others,
		fields: { nameEn: 'Library', active: 'on' },
		make: () =>
			createService(admin, unit.id, { kind: 'library', name: 'Perpustakaan', nameEn: 'Library', active: true })
	},
	'routing rule': {
		page: rule,
		action: rule.actions.change,
		own,
		others,
		fields: { assign: 'workload' },
		make: () => createRule(admin, unit.id, { name: 'Aturan', assign: 'workload', active: 'on' })
	},
	links: {
		page: links,
		action: links.actions.save,
		make: () => Promise.resolve(''),
		fields: above,
		own: { 'office_page.use': 'own' },
		others: { 'request.use': 'own' }
	},
	'ids at LAPOR': {
		page: lapor,
		action: lapor.actions.default,
		make: () => Promise.resolve(''),
		fields: {},
		own: { 'ids.user': '3' },
		others: { 'ids.user': '4' }
	},
	'options at LAPOR': {
		page: options,
		action: options.actions.save,
		make: () => Promise.resolve(''),
		root: true,
		fields: {},
		own: { infoDisposition: 'A' },
		others: { infoDisposition: 'B' }
	},
	'deadline rule': {
		page: deadline,
		action: deadline.actions.default,
		root: true,
		fields: { dayUnit: 'working', basis: 'UU 25/2009' },
		own: { days: '7' },
		others: { days: '8' },
		make: async () => (await rulesNow()).find(({ dayUnit }) => dayUnit === 'working')?.key ?? ''
	},
	'words of categories': {
		page: words,
		action: words.actions.default,
		make: () => Promise.resolve(''),
		root: true,
		fields: { cost: 'biaya' },
		own: { time: 'lama' },
		others: { time: 'antre' }
	},
	'rating method': {
		page: method,
		action: method.actions.default,
		make: () => Promise.resolve(''),
		root: true,
		fields: { priorWeight: '5' },
		own: { minimum: '10' },
		others: { minimum: '11' }
	},
	survey: {
		page: survey,
		action: survey.actions.default,
		make: () => Promise.resolve(''),
		fields: { active: 'on', decidedOn: '2026-01-05' },
		own: { decisionNumber: 'SK 1' },
		others: { decisionNumber: 'SK 2' }
	}
};

describe.each(Object.entries(forms))('the form of %s', (_name, { page, action, make, fields, own, others, root }) => {
	beforeEach(() => {
		if (root) admin = rootAdmin;
	});

	test('is refused if a colleague changed the record since it was loaded, and accepted once more', async () => {
		const id = await make();
		const seen = await seenOn(page, id);
		expect(await save(action, id, { ...fields, ...own, seen })).toBe('saved');
		expect(await save(action, id, { ...fields, ...others, seen })).toEqual({ conflict: 'stale', name: others.name });
		expect(await save(action, id, { ...fields, ...others, seen: await seenOn(page, id) })).toBe('saved');
	});

	test('is accepted if it was sent twice, and without the hash', async () => {
		const id = await make();
		const seen = await seenOn(page, id);
		for (let sent = 0; sent < 2; sent++) expect(await save(action, id, { ...fields, ...own, seen })).toBe('saved');
		expect(await save(action, id, { ...fields, ...others })).toBe('saved');
	});
});

test('the form of an office offers as its head also officers whose record was switched off', async () => {
	const [head, other] = [await makeOfficer(unit.id), await makeOfficer(unit.id)];
	const { name, slug, accent, timeZone, version } = unit;
	const hours = { 'hours.start': '08:00', 'hours.end': '16:00' };
	const form = { name, slug, accent, timeZone, ...hours, version: String(version), headOfficerId: head.id };
	expect(await save(office.actions.default, '', form)).toBe('saved');
	for (const { id, name } of [head, other]) await changeOfficer(admin, id, { name });
	const { officers } = (await (office.load as Call)(eventFor(''))) as { officers: unknown };
	const offered = [head, other].map(({ id, name }) => ({ id, name, active: false }));
	expect(officers).toEqual(expect.arrayContaining(offered));
});

test('a form of an account that was switched off meanwhile never switches it on again', async () => {
	const clerk = await makeActor([[unit.id, 'manager']]);
	const { details } = person.actions;
	const form = { name: 'Nama Baru', active: 'on', seen: await seenOn(person, idOf(clerk)) };
	await handOverAccount(admin, idOf(clerk), { successor: 'shared' });
	expect(await save(details, idOf(clerk), form)).toMatchObject({ conflict: 'stale' });
	expect(await save(details, idOf(clerk), { ...form, seen: await seenOn(person, idOf(clerk)) })).toBe('saved');
	expect(await save(details, idOf(clerk), { name: 'Nama Baru', active: 'on' })).toBe('saved');
	expect(await accountRow(clerk)).toMatchObject({ name: 'Nama Baru', active: false });
	expect(await save(details, idOf(clerk), { name: 'Nama Baru', reactivate: 'on' })).toBe('saved');
	expect((await accountRow(clerk)).active).toBe(true);
});
