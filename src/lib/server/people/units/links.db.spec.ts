import { beforeAll, expect, test } from 'vitest';
import { NotFound } from '#lib/server/errors.ts';
import { LINK_PURPOSES, type LinkPurpose } from '#lib/server/db/schema/units.ts';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { makeOffice } from '#lib/dev/testing/office.ts';
import { codesOf, logOf } from '#lib/dev/testing/outcomes.ts';
import type { Actor } from '../actor.ts';
import { unitByIdOrName } from './find-unit.ts';
import { changeLinks, linksForAdmin, shownLinks } from './links.ts';

let root: { id: string; code: string };
let unit: { id: string; code: string; path: string };
let rootAdmin: Actor;
let admin: Actor;

beforeAll(async () => {
	({ root, unit } = await makeOffice());
	rootAdmin = await makeActor([[root.id, 'admin']]);
	admin = await makeActor([[unit.id, 'admin']]);
});

/** The form of an office: what is not given is taken from the office above. */
const links = (chosen: Partial<Record<LinkPurpose, Record<string, unknown>>>) =>
	Object.fromEntries(LINK_PURPOSES.map((purpose) => [purpose, chosen[purpose] ?? { use: 'above' }]));
const row = (name: string, position: number, changes: Record<string, unknown> = {}) => ({
	name,
	nameEn: `${name} (English)`,
	url: `https://${name}.example.go.id/`,
	position: String(position),
	...changes
});
const shown = async (purpose: LinkPurpose, lang = 'id') =>
	(await shownLinks(unit, purpose, lang)).map(({ name }) => name);

test('an office shows the links of the office above, in the language of the page and in their order', async () => {
	const integrity = { use: 'own', row0: row('kedua', 2), row1: row('pertama', 1), row2: { position: '3' } };
	await changeLinks(rootAdmin, root.code, links({ integrity }));
	expect(await shown('integrity')).toEqual(['pertama', 'kedua']);
	expect(await shown('integrity', 'en')).toEqual(['pertama (English)', 'kedua (English)']);
	expect(await shown('office_page')).toEqual([]);
	expect(await logOf(root.code)).toMatchObject([{ unitId: root.id, action: 'unit.links' }]);
});

test('an office overrides the links of one purpose or shows none, and can go back', async () => {
	await changeLinks(admin, unit.code, links({ integrity: { use: 'own', row0: row('sendiri', 1) } }));
	expect(await shown('integrity')).toEqual(['sendiri']);
	await changeLinks(admin, unit.code, links({ integrity: { use: 'own', row0: { position: '1' } } }));
	expect(await shown('integrity')).toEqual([]);
	await changeLinks(admin, unit.code, links({}));
	expect(await shown('integrity')).toEqual(['pertama', 'kedua']);
	const form = await linksForAdmin(admin, unit.code);
	expect(form.purposes.map(({ own }) => own)).toEqual([false, false, false]);
});

test.each([
	'http://example.go.id',
	'javascript:alert(1)',
	'https://name:secret@example.go.id',
	'https://localhost/',
	'example.go.id',
	''
])('refuses the address %j', async (url) => {
	const chosen = { use: 'own', row0: row('nama', 1, { url }) };
	expect(await codesOf(changeLinks(admin, unit.code, links({ office_page: chosen })))).toEqual(['admin_link_url']);
});

test('refuses an empty form, too many links, and a name in one language only', async () => {
	expect(await codesOf(changeLinks(admin, unit.code, {}))).not.toEqual([]);
	const many = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`row${at}`, row(`tautan${at}`, at + 1)]));
	const change = (rows: object) => changeLinks(admin, unit.code, links({ office_page: { use: 'own', ...rows } }));
	expect(await codesOf(change(many))).toEqual(['admin_link_many']);
	expect(await codesOf(change({ row0: row('nama', 1, { nameEn: '' }) }))).toEqual(['admin_name_en']);
	expect(await codesOf(change({ use: 'above', row0: row('nama', 1) }))).toEqual(['admin_link_above']);
	expect((await unitByIdOrName(unit.code))?.links).toEqual({});
});

test('an administrator of another office neither reads nor changes them', async () => {
	await expect(linksForAdmin(admin, root.code)).rejects.toThrow(NotFound);
	await expect(changeLinks(admin, root.code, links({}))).rejects.toThrow(NotFound);
});
