import { beforeEach, expect, test } from 'vitest';
import { idOf, makeActor, makeCase, makePlace } from '#lib/dev/testing/factories.ts';
import { act, atTime, caseIn, makeOffice, type Office } from '#lib/dev/testing/office.ts';
import { skmForm, startSurvey, submitSkmOn } from '#lib/dev/testing/figures/skm-history.ts';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { db } from '#lib/server/db/index.ts';
import { placeScans } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { boardSheet } from './board-sheet.ts';
import { skmSheet } from './insight-sheets.ts';

let office: Office;
beforeEach(async () => {
	office = await makeOffice();
});

/** The lines of a file of figures of April 2026, as CSV, with commas. */
async function linesOf(sheet: typeof boardSheet, actor: Actor, unit: { slug: string }, query = ''): Promise<string[]> {
	const url = new URL(`http://localhost/?unit=${unit.slug}&from=2026-04-01&to=2026-04-30${query}&format=csv`);
	const event = { locals: { actor, lang: 'id' }, url };
	const response = await sheet(event as unknown as Parameters<typeof sheet>[0]);
	return (await response.text()).replaceAll(';', ',').replaceAll('"', '').split('\n');
}

test('the file of the board has the ages, days, forwards, scans and offices of the page', async () => {
	const { root, unit } = office;
	const reader = await makeActor([[root.id, 'manager', 'supervisor']]);
	const [here, there] = [await makePlace(root.id), await makePlace(unit.id)];
	await db().insert(placeScans).values({ placeId: there.id, day: '2026-04-02', count: 7 });
	await db().insert(placeScans).values({ placeId: here.id, day: '2026-04-02', count: 2 });
	await atTime('2026-04-02T02:00:00Z', () => makeCase(unit, { place: there.id }, { channel: 'qr' }));
	await atTime('2026-04-21T02:00:00Z', async () => {
		const lines = await linesOf(boardSheet, reader, root, '&scope=tree');
		for (const line of [
			'Masuk dan dijawab: 2 Apr 2026,Masuk,1',
			'Masuk dan dijawab: 3 Apr 2026,Masuk,0',
			'Terbuka sekarang, menurut umur,15–30 hari,1',
			'Diteruskan ke SP4N-LAPOR!,Sudah bernomor,0',
			`Lokasi QR: pindaian dan laporan: ${there.name}, ${unit.name},Pindaian,7`,
			`Lokasi QR: pindaian dan laporan: ${there.name}, ${unit.name},Laporan,1`,
			`Lokasi QR: pindaian dan laporan: ${here.name}, ${root.name},Pindaian,2`,
			`${unit.name},Balasan pertama tepat waktu,0`
		])
			expect(lines).toContain(line);
		expect(lines.some((line) => line.startsWith('Pekerjaan setiap penangan'))).toBe(false);
	});
});

test('the file of the board has the work of each handler, for supervisors of the office', async () => {
	const { reference } = await caseIn(office, 'received');
	await act(assignCase, office.handler, reference, { assignee: idOf(office.handler) });
	const loadsOf = async (actor: Actor) =>
		(await linesOf(boardSheet, actor, office.unit)).filter((line) => line.startsWith('Pekerjaan setiap penangan'));
	expect(await loadsOf(office.supervisor)).toContain(
		`Pekerjaan setiap penangan: ${office.handler.name},Terbuka sekarang,1`
	);
	expect(await loadsOf(office.handler)).toEqual([]);
});

test('the file of the survey has the line of all offices and the groups of respondents that the page shows', async () => {
	const { root, unit } = office;
	const manager = await makeActor([[root.id, 'manager']]);
	await startSurvey(unit);
	for (let n = 0; n < 6; n++) await submitSkmOn(unit, '2026-04-02', skmForm(unit, 4, { sex: 'female' }));
	const skm = skmSheet as unknown as typeof boardSheet;
	const [, all, own] = await linesOf(skm, manager, root, '&scope=tree');
	expect([all, own]).toEqual([
		expect.stringMatching(/^Semua satuan kerja bersama,.*,100,A,6,/),
		expect.stringMatching(new RegExp(`^${unit.name},.*,100,A,6,`))
	]);
	const [head, row, ...more] = await linesOf(skm, manager, unit, '&period=2026-Q2');
	expect(more).toEqual(['']);
	const column = head?.split(',').findIndex((word) => /: Perempuan$/.test(word)) ?? -1;
	expect(row?.split(',')[column]).toBe('6');
});
