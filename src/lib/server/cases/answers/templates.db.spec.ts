import { setTimeout as wait } from 'node:timers/promises';
import { eq, inArray } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { emptyHeadingsIn, PLACEHOLDERS, TEMPLATE_USES, unknownPlaceholdersIn } from '#lib/cases/placeholders.ts';
import { ensureDefaults } from '#lib/server/calendar/load.ts';
import { db, type Database } from '#lib/server/db/index.ts';
import { answerTemplates } from '#lib/server/db/schema/answers.ts';
import { calendarDays, calendarYears, clockRules } from '#lib/server/db/schema/clocks.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { codesOf } from '#lib/dev/testing/outcomes.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { ensureTemplates } from './default-templates.ts';
import {
	changeTemplate,
	createTemplate,
	listTemplates,
	templatesFor,
	managedTemplate,
	unitsForTemplates
} from './templates.ts';

type Unit = Awaited<ReturnType<typeof makeUnit>>;
let root: Unit;
let unit: Unit;
let sibling: Unit;
let admin: Actor;
let supervisor: Actor;
let handler: Actor;
const defaultTables = [answerTemplates, clockRules, calendarYears, calendarDays];
const defaultCounts = () => Promise.all(defaultTables.map((table) => db().$count(table)));
let counts: number[];
beforeAll(async () => {
	counts = await defaultCounts();
	root = await makeUnit();
	unit = await makeUnit({ parent: root });
	sibling = await makeUnit({ parent: root });
	admin = await makeActor([[root.id, 'admin']]);
	supervisor = await makeActor([[unit.id, 'supervisor']]);
	handler = await makeActor([[unit.id, 'handler']]);
});

const written = (name: string, changes: Record<string, unknown> = {}) => ({
	name,
	use: 'answer',
	language: 'id',
	body: 'Terima kasih atas laporan {nomor}.',
	active: 'true',
	...changes
});
const namesFor = async (at: Unit) => (await templatesFor(at)).map(({ name }) => name);
const idOf = async (name: string) => {
	const [found] = await db().select().from(answerTemplates).where(eq(answerTemplates.name, name));
	return found?.id ?? '';
};

test('a new installation gets default templates once, for every use and both languages', async () => {
	const first = await db().select().from(answerTemplates);
	expect(new Set(first.map(({ use }) => use))).toEqual(new Set(TEMPLATE_USES));
	expect(new Set(first.map(({ language }) => language))).toEqual(new Set(['id', 'en']));
	expect(first.flatMap(({ body }) => unknownPlaceholdersIn(body))).toEqual([]);
	// Each heading has a placeholder below it.
	expect(first.flatMap(({ body }) => emptyHeadingsIn(body))).toEqual([]);
	// Reporters also read the text by WhatsApp or e-mail, so it must not say "this page".
	expect(first.filter(({ body }) => /halaman lacak ini|this tracking page/.test(body))).toEqual([]);
	await ensureTemplates(db());
	expect(await db().select().from(answerTemplates)).toHaveLength(first.length);
});

test.each([
	['templates', ensureTemplates],
	['calendar and deadlines', ensureDefaults]
])('two processes that start at the same time store the defaults once: %s', async (_, ensure) => {
	for (const table of defaultTables) await db().delete(table);
	const stored = Promise.withResolvers<void>();
	const slow: Pick<Database, 'transaction'> = {
		transaction: (work) =>
			db().transaction(async (tx) => {
				const result = await work(tx);
				stored.resolve();
				await wait(200);
				return result;
			})
	};
	const one = ensure(slow as Database);
	await stored.promise;
	await Promise.all([one, ensure(db())]);
	await Promise.all([ensureTemplates, ensureDefaults].map((other) => other(db())));
	expect(await defaultCounts()).toEqual(counts);
});

test('a template is offered only in its office and in offices below, the nearest first', async () => {
	await createTemplate(admin, written('Milik provinsi', { unitId: root.id }));
	await createTemplate(supervisor, written('Milik kabupaten', { unitId: unit.id }));
	expect((await namesFor(unit)).slice(0, 2)).toEqual(['Milik kabupaten', 'Milik provinsi']);
	expect(await namesFor(sibling)).toContain('Milik provinsi');
	expect(await namesFor(sibling)).not.toContain('Milik kabupaten');
	expect(await namesFor(root)).not.toContain('Milik kabupaten');
});

test('supervisors manage templates of their offices; only root administrators manage common templates', async () => {
	expect((await unitsForTemplates(supervisor)).map(({ id }) => id)).toEqual([unit.id]);
	for (const unitId of [root.id, sibling.id, undefined]) {
		await expect(createTemplate(supervisor, written('Tidak boleh', { unitId }))).rejects.toMatchObject({
			name: 'NotFound'
		});
	}
	await expect(createTemplate(handler, written('Tidak boleh', { unitId: unit.id }))).rejects.toMatchObject({
		name: 'NotFound'
	});
	await createTemplate(admin, written('Milik semua'));
	const shared = await idOf('Milik semua');
	expect(await managedTemplate(supervisor, shared)).toMatchObject({ mayChange: false });
	await expect(changeTemplate(supervisor, shared, written('Milik saya', { version: 1 }))).rejects.toMatchObject({
		name: 'NotFound'
	});
	await expect(managedTemplate(supervisor, await idOf('Milik provinsi'))).rejects.toMatchObject({ name: 'NotFound' });
	expect((await listTemplates(supervisor)).map(({ name }) => name)).toEqual(
		expect.arrayContaining(['Milik kabupaten', 'Milik semua'])
	);
});

test('refuses unknown placeholders and lists them, and accepts all known ones', async () => {
	const wrong = written('Salah', { unitId: unit.id, body: 'Nomor {nomer}, batas {batas waktu}, {kantor}.' });
	await expect(createTemplate(supervisor, wrong)).rejects.toMatchObject({
		issues: [{ path: 'body', code: 'template_unknown', params: { names: '{nomer}, {batas waktu}' } }]
	});
	const all = PLACEHOLDERS.map((name) => `{${name}}`).join(' ');
	await createTemplate(supervisor, written('Semua isian', { unitId: unit.id, body: all }));
	await expect(
		changeTemplate(
			supervisor,
			await idOf('Semua isian'),
			written('Semua isian', { version: 1, body: 'Halo {siapa} di sana.' })
		)
	).rejects.toMatchObject({ issues: [{ code: 'template_unknown' }] });
});

test('a change needs the current version, is logged, and can disable a template', async () => {
	await createTemplate(supervisor, written('Lama', { unitId: unit.id }));
	const id = await idOf('Lama');
	for (const version of ['1.5', '2147483647', '99999999999999999999'])
		expect(await codesOf(changeTemplate(supervisor, id, written('Baru', { version }))), version).toEqual([
			'field_invalid'
		]);
	await changeTemplate(supervisor, id, written('Baru', { version: 1, active: undefined }));
	await expect(changeTemplate(supervisor, id, written('Lagi', { version: 1 }))).rejects.toMatchObject({
		code: 'stale'
	});
	expect(await namesFor(unit)).not.toContain('Baru');
	expect((await listTemplates(supervisor)).map(({ name }) => name)).toContain('Baru');
	const log = await db()
		.select()
		.from(auditEntries)
		.where(inArray(auditEntries.action, ['template.created', 'template.changed']));
	expect(log.filter(({ subject }) => subject === 'Lama')).toMatchObject([
		{ action: 'template.created', unitId: unit.id },
		{ action: 'template.changed', after: { name: 'Baru', active: false } }
	]);
});

test('refuses an empty heading, except in a question, where reporters fill it in', async () => {
	const body = 'Terima kasih.\n\nHasil pemeriksaan:\n\nTindak lanjut:\n\nSalam hormat,\n{kantor}';
	const made = (changes: Record<string, unknown>) =>
		createTemplate(supervisor, { ...written('Judul contoh', changes), unitId: unit.id });
	await expect(made({ body })).rejects.toMatchObject({ issues: [{ path: 'body', code: 'template_heading' }] });
	await made({ body, use: 'question' });
	await made({ body: body.replaceAll(':\n', ':\n{isian}\n') });
	expect((await namesFor(unit)).filter((name) => name === 'Judul contoh')).toHaveLength(2);
});
