import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db, transaction } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { places } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeActor, makeCase, makePlace, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { copyCases } from '#lib/dev/testing/forwarding/many-forwards.ts';
import { atTime, bringTo, caseIn, makeOffice, readCase, act } from '#lib/dev/testing/office.ts';
import type { InboxFilter } from './filter.ts';
import { inbox } from './inbox.ts';
import { storeMessage, writeMessage } from '../conversation/message.ts';
import { recordReporterAnswer } from '../conversation/record-answer.ts';
import { changeNamedOfficers } from '../officers/officers-of-case.ts';
import { verifyCase } from '../handling/verify.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

const search = (q: string, actor: Actor = office.handler, filter: InboxFilter = {}) => inbox(actor, { ...filter, q });
const found = async (...asked: Parameters<typeof search>) =>
	(await search(...asked)).items.map((item) => item.reference);
const report = (changes: Record<string, unknown> = {}) => makeCase(office.unit, changes);

test('finds words in other forms, by prefix, and in every field of the report', async () => {
	const { reference } = await report({
		title: 'Pendingin ruangan',
		body: 'Pelayanannya lambat, petugas menuliskan data kembali di www.bps.go.id/unduhan.',
		requested_solution: 'Tambahkan kursi roda.'
	});
	await report();
	for (const q of [
		'melayani lambat',
		'pendin',
		'kursi',
		'tulis',
		'ruangan kurs',
		'BPS',
		'unduhan',
		'LAMBAT, pelayanan!'
	])
		expect(await found(q), q).toEqual([reference]);
	for (const q of ['lambat kapal', '!!!', "'; drop table cases; --"]) expect(await found(q), q).toEqual([]);
});

test('finds a word typed in another form of Unicode, and marks it', async () => {
	const word = 'kafé'.normalize('NFD');
	const { reference } = await report({ body: `Antrean di ${word} kantor, nomor １２３４５, 𝐬𝐚𝐧𝐠𝐚𝐭 lama.` });
	for (const q of ['kafé', word, '12345', '１２３４５', 'sangat', '𝐬𝐚𝐧𝐠𝐚𝐭'])
		expect(await found(q), q).toEqual([reference]);
	const { items } = await search('kafé');
	expect(items[0]?.match?.excerpt?.filter(({ hit }) => hit)).toEqual([{ text: word, hit: true }]);
});

test('a very long word is searched, or finds nothing, without an error', async () => {
	const long = 'a'.repeat(300);
	const { reference } = await report({ body: `Tautan yang diberikan petugas tidak bisa dibuka: ${long}` });
	expect(await found(long)).toEqual([reference]);
	for (const word of ['b'.repeat(3_000), '😀'.repeat(3_000), 'é'.repeat(3_000), '1'.repeat(3_000)]) {
		for (const q of [word, `${word} tautan`, `tautan ${word}`]) expect(await found(q), q.slice(0, 20)).toEqual([]);
	}
	expect(await found('c '.repeat(3_000))).toEqual([]);
});

test('finds similar words if no case has the typed word, and says so', async () => {
	const { reference } = await report({ body: 'Kwitansi pembelian publikasi tidak diberikan kepada kami.' });
	const { items, alike } = await search('kwitnasi');
	expect(items.map((item) => item.reference)).toEqual([reference]);
	expect(alike).toBe(true);
	expect((await search('kwitansi')).alike).toBe(false);
	expect(await found('publikais pembelain')).toEqual([reference]);
	expect(await found('zzzzzz')).toEqual([]);
});

test('finds a report by the end of its number, with or without the parts before it', async () => {
	const { reference } = await report();
	await report();
	const [, unit, year, number = ''] = reference.split('-');
	for (const q of [
		number,
		`${year}-${number}`,
		`${unit}-${year}-${number}`,
		`spatula-${unit}-${year}-${number}`,
		reference,
		reference.toLowerCase().replaceAll('-', ' ')
	])
		expect(await found(q), q).toEqual([reference]);
	expect(await found(`antrean ${number}`)).toEqual([reference]);
});

test('a short number finds the report with this number of this year first, and else the text', async () => {
	const ofLastYear = await atTime('2025-11-24T02:00:00Z', () => report());
	const { reference } = await atTime('2026-11-24T02:00:00Z', () => report());
	await atTime('2026-11-24T03:00:00Z', () => report({ body: 'Saya menunggu di loket sejak jam 1 sampai jam 4 sore.' }));
	expect(Number(reference.slice(-6))).toBe(1);
	expect(Number(ofLastYear.reference.slice(-6))).toBe(1);
	await atTime('2026-12-01T02:00:00Z', async () => {
		expect(await found('1')).toEqual([reference]);
		expect(await search('4')).toMatchObject({ items: [{ title: null }], alike: false });
	});
	// Half past midnight on New Year's Day at the office, and still last year in Jakarta.
	await atTime('2026-12-31T16:30:00Z', async () => {
		const next = await report();
		expect(await found('1')).toEqual([next.reference]);
	});
});

test('finds a named reporter by words of the name, phone or e-mail, and never a withheld one', async () => {
	const reporter = { name: "Nur'aini Contoh Sejahtera", phone: '0812-3456-7890', email: 'Nuraini@contoh.example' };
	const sender = { identity: 'named', reporter };
	const { reference } = await atTime('2027-03-02T01:00:00Z', () => report(sender));
	const withheld = await report({ ...sender, identity: 'withheld' });
	expect((await readCase(withheld.reference)).reporterWords).toBeNull();
	expect((await readCase(reference)).reporterWords?.join(' ')).not.toMatch(/nur|812|@/i);
	const values = ['sejahtera', "NUR'AINI contoh", '+62 812 3456 7890', '081234567890', 'nuraini@CONTOH.example'];
	for (const q of values) expect(await found(q), q).toEqual([reference]);
	expect(await found('sejahtera loket')).toEqual([reference]);
	expect(await found('Sejah')).toEqual([]);
	// An API token is not told names, so it can't search for them.
	const token: Actor = { ...office.handler, scopes: ['cases:read'] };
	for (const q of values) expect(await found(q, token), q).toEqual([]);
	const changed = { kind: 'contact', by: 'phone', on: '2027-03-02', time: '10:00', phone: '0813 9999 0000' };
	const input = { ...changed, submission_id: 'contoh-kontak-baru' };
	await atTime('2027-03-02T03:00:00Z', () => act(recordReporterAnswer, office.handler, reference, input));
	expect(await found('081399990000')).toEqual([reference]);
	expect(await found('081234567890')).toEqual([]);
});

test('finds reports by the screen name of their category and by the names of place and service', async () => {
	const place = await makePlace(office.unit.id);
	const { reference } = await report({ place: place.code });
	const other = await report();
	await act(verifyCase, office.handler, reference, { category: 'facilities', class: 'plain' });
	const { items } = await search('sarana');
	expect(items).toMatchObject([{ reference, place: place.name, assignee: null, unit: { id: office.unit.id } }]);
	expect(await found('facilit')).toEqual([reference]);
	await act(verifyCase, office.handler, other.reference, { category: 'cost', class: 'plain' });
	expect(await found('biaya')).toEqual([other.reference]);
	expect(await found(place.name)).toEqual([reference]);
	await db().update(places).set({ name: 'Loket Cendrawasih' }).where(eq(places.id, place.id));
	expect(await found('cendrawasih')).toEqual([reference]);
});

test('finds words in messages and notes, and shows where the match is', async () => {
	const { reference } = await report();
	const say = (body: string, open: boolean) => act(writeMessage, office.handler, reference, { body, public: open });
	await say('Kami periksa mesin <b>antrean</b> dahulu.', true);
	await say('Teknisi Rahmat menunggu suku cadang.', false);
	const [said] = (await search('mesin')).items;
	expect(said?.match).toMatchObject({ from: 'message' });
	expect(said?.match?.excerpt).toContainEqual({ text: 'mesin', hit: true });
	expect(said?.match?.excerpt?.map((piece) => piece.text).join('')).toContain('<b>antrean</b>');
	const [noted] = (await search('rahmat')).items;
	expect(noted?.match).toMatchObject({ from: 'note' });
	// One word is in the report and the other in a message.
	expect(await found('loket teknisi')).toEqual([reference]);
});

test('finds the words of concurrent messages', async () => {
	const { reference } = await report();
	const row = await readCase(reference);
	const say = (body: string) => transaction((tx) => storeMessage(tx, row, { author: 'staff', public: true, body }));
	await Promise.all([say('Kelapa.'), say('Rambutan.'), say('Manggis.')]);
	expect(await found('kelapa rambutan manggis')).toEqual([reference]);
});

test('does not find a case that names the actor: by word, number, note or misspelling', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id, ['handler', 'supervisor']);
	const { reference } = await report({ title: 'Gratifikasi', body: 'Meminta bingkisan cendera di loket.' });
	await act(writeMessage, office.handler, reference, { body: 'Saksi bernama Sutrisno.', public: false });
	expect(await found('bingkisan', named)).toEqual([reference]);
	await act(changeNamedOfficers, office.handler, reference, { officer: officer.id, action: 'add' });
	for (const q of ['bingkisan', 'bingk', 'bingkisna', 'gratifikasi', 'sutrisno', reference, reference.slice(-6)]) {
		expect(await search(q, named), q).toMatchObject({ items: [], nextCursor: null, alike: false });
	}
	expect(await found('sutrisno')).toEqual([reference]);
});

test('only supervisors of the handling office find a restricted case', async () => {
	const { reference } = await report({ category: 'integrity', body: 'Petugas meminta imbalan kopi luwak.' });
	const row = await readCase(reference);
	expect(row.restricted).toBe(true);
	const rootHandler = await makeActor([[office.root.id, 'handler']]);
	for (const q of ['luwak', 'luwka', 'integritas', reference]) {
		for (const actor of [office.handler, office.supervisor, rootHandler]) expect(await found(q, actor), q).toEqual([]);
		expect(await found(q, office.rootSupervisor), q).toContain(reference);
	}
	const stranger = await makeOffice();
	expect(await found('luwak', stranger.supervisor)).toEqual([]);
});

test('pages of search results list each case once, in the order of the inbox', async () => {
	const urgent = await readCase((await report({ body: 'Pohon zamrud tumbang di halaman.' })).reference);
	await copyCases(urgent.id, 120);
	const closed = await caseIn(office, 'closed', { kind: 'suggestion', body: 'Pohon zamrud ditanam lagi.' });
	await copyCases(closed.id, 120);
	await copyCases(
		(await caseIn(office, 'closed', { kind: 'suggestion', body: 'Di sini tanpa kata yang dicari itu.' })).id,
		120
	);
	await bringTo(office, urgent.reference, 'verified');
	const seen: { reference: string; dueAt: Date | null; id: number }[] = [];
	let cursor: string | undefined;
	do {
		const page = await inbox(office.handler, { q: 'zamrud' }, cursor);
		seen.push(...page.items);
		cursor = page.nextCursor ?? undefined;
	} while (cursor);
	expect(new Set(seen.map((item) => item.id)).size).toBe(242);
	expect(seen).toHaveLength(242);
	const due = seen.filter(({ dueAt }) => dueAt).sort((a, b) => +a.dueAt! - +b.dueAt! || a.id - b.id);
	const order = [...due, ...seen.filter(({ dueAt }) => !dueAt).sort((a, b) => b.id - a.id)];
	expect(seen.map((item) => item.id)).toEqual(order.map((item) => item.id));
	// With a filter, and with words that nearly all cases contain.
	expect((await search('zamrud tumbang', office.handler, { kind: 'suggestion' })).items).toEqual([]);
	expect((await search('pohon zamrud', office.handler, { status: ['verified'] })).items).toHaveLength(1);
});

// Only on PostgreSQL: the test inserts many cases, for which the embedded database needs minutes.
test.runIf(process.env.TEST_DATABASE === 'postgres')(
	'for very frequent words a page shows how many cases were checked, and the next page continues',
	async () => {
		const copies = async (body: string, count: number) => {
			const { id } = await readCase((await caseIn(office, 'closed', { kind: 'suggestion', body })).reference);
			await copyCases(id, count);
		};
		await copies('Pohon zamrud di halaman depan kantor.', 2000);
		await copies('Di sini tanpa kata yang dicari itu.', 1600);
		const first = await search('zamrud');
		expect(first).toMatchObject({ items: [], checked: 1500, alike: false });
		const second = await inbox(office.handler, { q: 'zamrud' }, first.nextCursor ?? '');
		expect(second.items).toHaveLength(30);
		expect(second.checked).toBeUndefined();
		// A second, rare word is found although its case is far behind in the list.
		const { reference } = await report({ body: 'Pohon zamrud di halaman belakang.', kind: 'suggestion' });
		expect(await found('zamrud belakang')).toEqual([reference]);
	}
);

test('a corrected text is found only by its new words', async () => {
	const { reference } = await report({ body: 'Kata lamanya kedondong, sebanyak dua puluh.' });
	const { id } = await readCase(reference);
	await db().update(cases).set({ body: 'Kata barunya nangka, sebanyak dua puluh.' }).where(eq(cases.id, id));
	expect(await found('nangka')).toEqual([reference]);
	expect((await search('kedondong')).items.filter((item) => item.match?.excerpt)).toEqual([]);
});
