import { expect, test } from 'vitest';
import { parseReference } from '#lib/text/reference-numbers.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordsOf, sheetsOf } from '#lib/dev/testing/documents.ts';
import { makeActor, makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { caseIn, makeOffice, act } from '#lib/dev/testing/office.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { registerSheet } from '#lib/server/web/sheets/desk-lists.ts';
import { handOverCase } from './handling/hand-over.ts';
import { registerLines, registerYears } from './register.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

const yearOf = (reference: string) => parseReference(reference)?.year ?? 0;

async function opened(actor: Actor, unit: string, year: number) {
	const response = await registerSheet(requestTo(`/desk/register/excel?unit=${unit}&year=${year}`, { actor }));
	return recordsOf((await sheetsOf(await response.arrayBuffer()))[0]);
}

test('the register has every number of the year in order, and only the number for reports that its reader may not see', async () => {
	const first = await caseIn(office, 'answered', {
		identity: 'withheld',
		reporter: { name: 'Warga Contoh', phone: '0811000111' },
		title: 'Antrean panjang'
	});
	const secret = await makeCase(office.unit, { category: 'integrity', body: 'Diminta uang lima puluh ribu rupiah.' });
	const moved = await caseIn(office, 'verified', { kind: 'suggestion' });
	const other = await makeUnit({ parent: office.root });
	await act(handOverCase, office.handler, moved.reference, { unit: other.code, reason: 'Bukan tentang kantor ini.' });
	await makeCase(office.unit);
	const year = yearOf(first.reference);
	const rows = await opened(office.handler, office.unit.slug, year);
	expect(rows.map((row) => String(row['Nomor laporan']).slice(-6))).toEqual(['000001', '000002', '000003', '000004']);
	expect(rows[0]).toMatchObject({ 'Judul atau kata-kata awal': 'Antrean panjang', Status: 'Sudah dijawab' });
	expect(rows[0]?.['Dijawab pada']).toBeInstanceOf(Date);
	// The restricted report, and the report that was moved to another office.
	for (const hidden of [rows[1], rows[2]]) {
		const shownCells = Object.entries(hidden ?? {}).filter(
			([label, cell]) => label !== 'Nomor laporan' && cell !== null
		);
		expect(shownCells).toEqual([['Jenis', 'dirahasiakan']]);
	}
	expect(JSON.stringify(rows)).not.toMatch(/Warga Contoh|0811000111|lima puluh/);
	const province = await makeActor([[office.root.id, 'supervisor']]);
	const above = await opened(province, office.unit.slug, year);
	expect(above.map((row) => row.Jenis)).not.toContain('dirahasiakan');
	expect(JSON.stringify(above)).not.toMatch(/Warga Contoh|0811000111/);
	expect(above[1]?.['Nomor laporan']).toBe(secret.reference);
});

test('pages through the register with each number once', async () => {
	const references: string[] = [];
	for (let n = 0; n < 5; n += 1) references.push((await makeCase(office.unit)).reference);
	const year = yearOf(references[0] ?? '');
	const seen: string[] = [];
	let cursor: string | undefined;
	do {
		const page = await registerLines(office.handler, office.unit, year, cursor, 2);
		seen.push(...page.items.map(({ reference }) => reference));
		cursor = page.nextCursor ?? undefined;
	} while (cursor);
	expect(seen).toEqual(references);
	expect(await registerYears(office.handler)).toMatchObject([{ unit: { slug: office.unit.slug }, year, last: 5 }]);
	expect((await registerLines(office.handler, office.unit, year - 1, undefined, 9)).items).toEqual([]);
});

test('only handlers and supervisors of the office can open its register', async () => {
	const { reference } = await makeCase(office.unit);
	const year = yearOf(reference);
	const manager = await makeActor([[office.unit.id, 'manager']]);
	const stranger = await makeOffice();
	for (const actor of [manager, stranger.supervisor]) {
		await expect(opened(actor, office.unit.slug, year)).rejects.toMatchObject({ status: 404 });
		expect((await registerYears(actor)).filter(({ unit }) => unit.slug === office.unit.slug)).toEqual([]);
	}
});
