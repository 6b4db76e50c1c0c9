import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { fromNow } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { codesOf, logOf } from '#lib/dev/testing/outcomes.ts';
import { changeService, copyPlan, copyServices, createService, listServices } from './services.ts';

const standard = { decree: 'Nomor 1 Tahun 2026', source: 'https://contoh.invalid/standar', retrievedOn: '2026-05-01' };

test('services and standards are copied to several offices; what an office has is kept', async () => {
	const province = await makeUnit();
	const [first, second] = [await makeUnit({ parent: province }), await makeUnit({ parent: province })];
	const admin = await makeActor([[province.id, 'admin']]);
	const add = (unitId: string, kind: string, name: string) =>
		createService(admin, unitId, { kind, name, nameEn: name, active: true, standard });
	await add(province.id, 'library', 'Perpustakaan Induk');
	await add(province.id, 'consultation', 'Konsultasi Induk');
	await add(first.id, 'library', 'Perpustakaan Sendiri');

	const plan = await copyPlan(admin, province.code);
	expect(plan.targets.map(({ id, added, kept }) => [id, added.map(({ name }) => name), kept.length])).toEqual(
		[first, second]
			.toSorted((a, b) => a.code.localeCompare(b.code))
			.map(({ id }) => [
				id,
				id === first.id ? ['Konsultasi Induk'] : ['Konsultasi Induk', 'Perpustakaan Induk'],
				id === first.id ? 1 : 0
			])
	);
	const own = { decree: 'Nomor 7 Tahun 2026', decreeDate: '2026-06-02' };
	expect(await copyServices(admin, { from: province.code, units: [first.id, second.id], ...own })).toBe(3);
	const copied = (await listServices(admin)).filter(({ unitId }) => unitId !== province.id);
	expect(
		copied.map(({ name, standard: is }) => [name, is?.decree, is?.decreeDate ?? null, is?.source]).toSorted()
	).toEqual([
		['Konsultasi Induk', own.decree, own.decreeDate, own.decree],
		['Konsultasi Induk', own.decree, own.decreeDate, own.decree],
		['Perpustakaan Induk', own.decree, own.decreeDate, own.decree],
		['Perpustakaan Sendiri', standard.decree, null, standard.source]
	]);
	expect((await logOf('Konsultasi Induk')).map(({ action }) => action)).toEqual(Array(3).fill('service.created'));
	const again = copyServices(admin, { from: province.code, units: [first.id] });
	expect(await codesOf(again)).toEqual(['copy_nothing']);
});

test('the example of the form is not stored before each line is adapted and the decree is named', async () => {
	const office = await makeUnit();
	const admin = await makeActor([[office.id, 'admin']]);
	const service = { kind: 'other', name: 'Layanan Contoh', nameEn: 'Service', active: true };
	const filled = { ...standard, fee: 'Gratis', ways: { visit: { requirements: 'Kartu identitas\nFormulir' } } };
	const add = (more: object) => createService(admin, office.id, { ...service, ...more });
	const refused = async (more: object) => [await codesOf(add(more)), await listServices(admin)];
	const example = (part: object) => refused({ standard: { ...filled, ...part } });
	for (const more of [{ name: '[contoh] Layanan' }, { nameEn: '[contoh] Service' }])
		expect(await refused(more)).toEqual([['standard_example'], []]);
	for (const part of [
		{ fee: '[contoh] Gratis' },
		{ complaints: 'Kotak saran\n[contoh] Telepon' },
		{ ways: { visit: { requirements: 'Kartu identitas\n[contoh] Formulir' } } },
		{ ways: { visit: { steps: '[contoh] Datang' } } }
	])
		expect(await example(part)).toEqual([['standard_example'], []]);
	expect(await example({ decree: undefined })).toEqual([['standard_decree'], []]);
	expect(await example({ retrievedOn: undefined })).toEqual([['standard_retrieved'], []]);
	const ahead = fromNow(2 * DAY_MS)
		.toISOString()
		.slice(0, 10);
	expect(await example({ retrievedOn: ahead })).toEqual([['date_ahead'], []]);
	expect(await example({ decreeDate: ahead })).toEqual([['date_ahead'], []]);
	const id = await add({ standard: filled });
	expect(await codesOf(changeService(admin, id, { ...service, name: '[contoh] Layanan' }))).toEqual([
		'standard_example'
	]);
	expect(await listServices(admin)).toMatchObject([{ name: service.name, standard: { fee: 'Gratis' } }]);
});

test('copies neither to an office that the actor does not administer, nor from a closed one', async () => {
	const [closed, own] = [await makeUnit(), await makeUnit()];
	await db().update(units).set({ state: 'closed' }).where(eq(units.id, closed.id));
	const owner = await makeActor([[closed.id, 'admin']]);
	await createService(owner, closed.id, { kind: 'library', name: 'Perpustakaan', nameEn: 'Library', active: true });
	const admin = await makeActor([[own.id, 'admin']]);
	await expect(copyPlan(admin, closed.code)).rejects.toThrow(NotFound);
	await expect(copyServices(admin, { from: closed.code, units: [own.id] })).rejects.toThrow(NotFound);
	await expect(copyServices(owner, { from: closed.code, units: [own.id] })).rejects.toThrow(NotFound);
	expect(await codesOf(copyServices(admin, { from: own.code, units: [] }))).toEqual(['copy_no_office']);
	expect(await codesOf(copyServices(admin, {}))).toContain('copy_no_office');
});
