import { beforeAll, expect, test } from 'vitest';
import { handOverCase } from '#lib/server/cases/handling/hand-over.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeActor, makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { previewAffected } from './affected.ts';
import { recordBreach } from './book.ts';

type Unit = Awaited<ReturnType<typeof makeUnit>>;
let unit: Unit;
let other: Unit;
let keepers: Actor[];
let numbers: string[];
const facts = { title: 'Insiden', what: 'Buku hilang.', foundBy: 'Petugas', dataKinds: 'Nama' };

beforeAll(async () => {
	const root = await makeUnit({ code: '7600' });
	unit = await makeUnit({ parent: root, code: '7604' });
	other = await makeUnit({ parent: root, code: '7605' });
	keepers = [await makeActor([[unit.id, 'admin']]), await makeActor([[other.id, 'admin']])];
	const supervisor = await makeActor([[root.id, 'supervisor']]);
	const opened = [];
	for (const hour of ['01', '02', '03']) opened.push(await atTime(`2026-03-02T${hour}:00:00Z`, () => makeCase(unit)));
	numbers = opened.map(({ reference }) => reference);
	const move = { version: 1, unit: other.code, reason: 'Kantor yang benar' };
	await atTime('2026-03-04T02:00:00Z', () => handOverCase(supervisor, numbers[1] ?? '', move));
});

/** How many reports each office finds. */
async function found(search: object) {
	const ids = [unit, other].map(({ id }, index) => recordBreach(keepers[index]!, { unitId: id, ...facts }));
	const previews = (await Promise.all(ids)).map((id, index) => previewAffected(keepers[index]!, id, search));
	return (await Promise.all(previews)).map(({ count }) => count);
}

test('a report that was handed over since is found by the office that had it', async () => {
	expect(await found({ way: 'number', first: numbers[0], last: numbers[2] })).toEqual([3, 1]);
	const day = (date: string) => ({ way: 'time', from: `${date}T00:00`, to: `${date}T23:59` });
	expect(await found({ ...day('2026-03-02'), span: 'received' })).toEqual([3, 0]);
	expect(await found({ ...day('2026-03-02'), span: 'changed' })).toEqual([3, 0]);
	expect(await found({ ...day('2026-03-04'), span: 'changed' })).toEqual([1, 1]);
});
