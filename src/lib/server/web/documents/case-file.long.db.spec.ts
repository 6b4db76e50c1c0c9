import { expect, test } from 'vitest';
import { formatDateTime } from '#lib/calendar/format.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { addFilesToCase } from '#lib/server/cases/files.ts';
import { caseForActor } from '#lib/server/cases/find.ts';
import { askReporter, writeMessage } from '#lib/server/cases/conversation/message.ts';
import { submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { writeToOffice } from '#lib/server/cases/conversation/reporter-reply.ts';
import { revealReporter } from '#lib/server/cases/reveal-reporter.ts';
import { deskCase } from '#lib/server/cases/view.ts';
import { clocksOf } from '#lib/server/cases/clocks/view-clocks.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { fileSize } from '#lib/text/numbers.ts';
import { wordsOfPages } from '#lib/dev/testing/documents.ts';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { ANSWER, atTime, bringTo, caseIn, makeOffice, on, readCase } from '#lib/dev/testing/office.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { caseFileResponse } from './case-file-pdf.ts';

const office = useOffice();

async function read(actor: Actor, reference: string): Promise<string> {
	const response = await caseFileResponse(requestTo('/', { actor, params: { reference } }));
	expect(response.headers.get('cache-control')).toBe('private, no-store');
	return (await wordsOfPages(new Uint8Array(await response.arrayBuffer()))).join(' ');
}

test('contains messages, history, attachments and how deadlines are counted', async () => {
	const { reference } = await makeCase(office.unit, { title: 'Antrean panjang', body: 'Loket satu tutup sejak pagi.' });
	await bringTo(office, reference, 'verified');
	await askReporter(office.handler, reference, await on(reference, { body: 'Pukul berapa itu?' }));
	await writeToOffice((await readCase(reference)).id, { body: 'Sekitar pukul sembilan.' });
	await writeMessage(office.handler, reference, { body: 'Sudah saya cek ke loket.', public: false });
	const photo = new Uint8Array(await fourColourImage().png().toBuffer());
	await addFilesToCase(office.handler, reference, [{ name: 'loket.png', type: 'image/png', bytes: photo }]);
	const text = await read(office.handler, reference);
	const [file] = (await deskCase(office.handler, reference)).files;
	// A hash is broken over two lines.
	expect(text.replaceAll(' ', '')).toContain(file?.sha256);
	for (const words of [
		reference,
		'Antrean panjang',
		'Loket satu tutup sejak pagi.',
		'Pukul berapa itu?',
		'Sekitar pukul sembilan.',
		'Sudah saya cek ke loket.',
		'catatan intern',
		fileSize(file?.bytes ?? 0, 'id'),
		office.handler.name,
		`dicetak oleh ${office.handler.name}`
	])
		expect(text).toContain(words);
	for (const clock of await clocksOf(await caseForActor(office.handler, reference))) {
		expect(text).toContain(clock.basis);
		if (clock.dueAt) expect(text).toContain(formatDateTime(clock.dueAt, office.unit.timeZone, 'id'));
	}
});

test('contains also a deadline that was missed before a new one began', async () => {
	const zone = office.unit.timeZone;
	const { reference, id } = await atTime('2026-06-01T02:00:00Z', () =>
		caseIn(office, 'received', { kind: 'suggestion' })
	);
	await atTime('2026-07-01T02:00:00Z', () => bringTo(office, reference, 'answered'));
	await atTime('2026-07-02T02:00:00Z', () => submitObjection(id, { body: 'Saya belum puas.' }));
	const [latest] = (await clocksOf(await caseForActor(office.handler, reference))).filter(
		({ name }) => name === 'first_reply'
	);
	expect(latest).toMatchObject({ run: 2, late: false });
	expect(await read(office.handler, reference)).toContain(
		`Terpenuhi, terlambat (${formatDateTime(new Date('2026-07-01T02:00:00Z'), zone, 'id')}) 5 hari kerja`
	);
});

test('contains no withheld name, even for somebody who has revealed it', async () => {
	const { reference } = await makeCase(office.unit, {
		identity: 'withheld',
		reporter: { name: 'Warga Contoh', phone: '0811000111' }
	});
	await revealReporter(office.handler, reference, { reason: 'Pelapor minta ditelepon hari ini.' });
	const text = await read(office.handler, reference);
	expect(text).not.toMatch(/Warga Contoh|0811000111/);
	expect(text).toContain('dirahasiakan atas permintaan pelapor');
	await expect(read((await makeOffice()).supervisor, reference)).rejects.toMatchObject({ status: 404 });
});

test('prints names with Latin letters of many languages, replaces other scripts and emoji by □, and says how many', async () => {
	const body = 'Petugas Łukasz Ştefan Nguyễn Ωμέγα Жанна bilang “tunggu” – sejak pukul 8.';
	const plain = await read(office.handler, (await makeCase(office.unit, { body })).reference);
	expect(plain).toContain(body);
	expect(plain).not.toContain('tidak dapat dicetak');
	const { reference } = await makeCase(office.unit, {
		title: 'Loket 👩🏽‍💼',
		body: 'محمد menulis 漢字 di papan, ﬁle ｗ dan Š.'
	});
	const text = await read(office.handler, reference);
	expect(text).toContain('Loket □');
	expect(text).toContain('□□□□ menulis □□ di papan, file w dan Š.');
	expect(text).toMatch(/7 huruf tidak dapat dicetak dan diganti dengan tanda “□”; lihat laporan di layar\./);
	expect(text).not.toContain('?');
});

test('prints with an answer the action taken and its day', async () => {
	const { reference } = await makeCase(office.unit, { kind: 'suggestion' });
	await bringTo(office, reference, 'in_progress');
	const answer = { body: ANSWER, action: 'Lima kursi dipasang di ruang tunggu.', action_on: '2026-11-20' };
	await answerCase(office.handler, reference, await on(reference, answer), { files: [] });
	const text = await read(office.handler, reference);
	expect(text).toContain('Tindak lanjut yang dilakukan pada Jumat, 20 November 2026');
	expect(text).toContain('Lima kursi dipasang di ruang tunggu.');
});

test('explains for a complaint that its calendar days count every day', async () => {
	// The fourteenth day is a Sunday.
	const { reference } = await atTime('2026-11-15T02:00:00Z', () => makeCase(office.unit));
	const text = await read(office.handler, reference);
	expect(text).toContain('Semua hari dihitung, termasuk hari libur; waktunya tidak pernah dihentikan sementara.');
	expect(text).toMatch(/Tidak jatuh pada hari kerja, dimajukan ke 27 Nov 2026: 28– ?29 Nov 2026 \(bukan hari kerja\)/);
});
