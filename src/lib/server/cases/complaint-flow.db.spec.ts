import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { messages } from '#lib/server/db/schema/cases.ts';
import { BUDGETS, consume } from '#lib/server/rate-limits.ts';
import { asForm } from '#lib/server/web/http/error-responses.ts';
import { reporterTimeline } from '#lib/words/reporter-timeline.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { makeCase, makeOfficer } from '#lib/dev/testing/factories.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { ANSWER, approve, caseIn, lastEntry, readCase, seenByReporter, story, act } from '#lib/dev/testing/office.ts';
import { answerCase } from './answers/answer.ts';
import { archiveCase, reopenCase } from './handling/archive.ts';
import { assignCase } from './handling/assign.ts';
import { recordContact } from './conversation/contact.ts';
import { askReporter, writeMessage } from './conversation/message.ts';
import { changeNamedOfficers } from './officers/officers-of-case.ts';
import { declineObjection, submitObjection } from './conversation/objection.ts';
import { MESSAGES_PER_DAY, writeToOffice, scoreAnswer } from './conversation/reporter-reply.ts';
import { revealReporter } from './reveal-reporter.ts';
import { verifyCase } from './handling/verify.ts';

const office = useOffice();

test('a complaint goes through verification, question, approved answer, dispute, second answer and closing', async () => {
	const { handler, supervisor } = office;
	const { reference } = await makeCase(office.unit);
	const { id } = await readCase(reference);

	await act(verifyCase, handler, reference, { category: 'time', class: 'plain', priority: 'high' });
	expect(await readCase(reference)).toMatchObject({ status: 'verified', category: 'time', priority: 'high' });

	await act(assignCase, handler, reference, { assignee: handler.accountId });
	expect(await readCase(reference)).toMatchObject({ status: 'in_progress', assigneeId: handler.accountId });

	await act(askReporter, handler, reference, { body: 'Loket nomor berapa?' });
	expect(await readCase(reference)).toMatchObject({ status: 'needs_info', returnStatus: 'in_progress', questions: 1 });

	await writeToOffice(id, { body: 'Loket nomor dua, sekitar pukul sepuluh.' });
	expect((await readCase(reference)).status).toBe('in_progress');

	await act(answerCase, handler, reference, { body: ANSWER });
	expect((await readCase(reference)).status).toBe('in_progress');
	await approve(supervisor, reference);
	expect(await readCase(reference)).toMatchObject({ status: 'answered', answeredAt: expect.any(Date) });

	await submitObjection(id, { body: 'Loketnya masih tetap satu kemarin.' });
	expect(await readCase(reference)).toMatchObject({ status: 'in_progress', disputes: 1, answeredAt: null });

	await act(answerCase, handler, reference, { body: 'Loket kedua dibuka mulai hari ini.' });
	await approve(supervisor, reference);
	await scoreAnswer(id, { score: 4, comment: 'Terima kasih.' });
	expect(await readCase(reference)).toMatchObject({ status: 'closed', satisfaction: 4, closedAt: expect.any(Date) });

	const once = ['opened', 'verified', 'assigned', 'info_requested', 'info_given', 'answer_drafted', 'answered'];
	expect(await story(reference)).toEqual([...once, 'disputed', 'answer_drafted', 'answered', 'rated', 'closed']);
});

test('a message sent several times is stored once', async () => {
	const { reference } = await makeCase(office.unit);
	const { id } = await readCase(reference);
	const message = { body: 'Saya tambahkan foto antrean.', submission_id: 'pesan-yang-sama' };
	await Promise.all([writeToOffice(id, message), writeToOffice(id, message), writeToOffice(id, message)]);
	await writeToOffice(id, message);
	const stored = await db().select().from(messages).where(eq(messages.caseId, id));
	expect(stored).toHaveLength(1);
	const [longer, photo] = [{ ...message, body: 'Saya tambahkan foto antrean dan loket.' }, Buffer.from('foto')];
	await expect(writeToOffice(id, longer)).rejects.toMatchObject({ code: 'submission-reused' });
	const withPhoto = writeToOffice(id, message, [{ name: 'loket.jpg', type: 'image/jpeg', bytes: photo }]);
	await expect(withPhoto).rejects.toMatchObject({ code: 'submission-reused' });
	expect(await story(reference)).toEqual(['opened', 'message']);
});

test('refuses messages above the daily limit, returns the typed text, and accepts a stored one again', async () => {
	const { id, reference } = await readCase((await makeCase(office.unit)).reference);
	const earlier = { caseId: id, author: 'reporter', public: true, body: 'Masih tutup.', at: now() } as const;
	await db()
		.insert(messages)
		.values(Array<typeof earlier>(MESSAGES_PER_DAY - 1).fill(earlier));
	const last = { body: 'Loket dua masih tutup.', submission_id: 'pesan-terakhir' };
	await writeToOffice(id, last);
	const typed = { body: 'Sekarang loketnya sudah buka.' };
	const refused = [{ path: 'body', code: 'message_budget' }];
	expect(await asForm(typed, () => writeToOffice(id, typed))).toMatchObject({
		status: 422,
		data: { typed, issues: refused }
	});
	await writeToOffice(id, last);
	expect(await story(reference)).toEqual(['opened', 'message']);
});

test('refuses messages with files above the daily limit, returns the typed text, and accepts messages without files', async () => {
	const { id, reference } = await readCase((await makeCase(office.unit)).reference);
	const typed = { body: 'Saya tambahkan foto antrean.' };
	const send = (bytes: Buffer) => writeToOffice(id, typed, [{ name: 'loket.jpg', type: 'image/jpeg', bytes }]);
	const photo = await fourColourImage().jpeg().toBuffer();
	for (let n = 1; n < BUDGETS.message_files.points; n += 1) await consume('message_files', String(id));
	await expect(send(Buffer.from('no photo'))).rejects.toThrow();
	await send(photo);
	const refused = [{ path: 'file', code: 'file_budget' }];
	expect(await asForm(typed, () => send(photo))).toMatchObject({ status: 422, data: { typed, issues: refused } });
	await writeToOffice(id, typed);
	expect(await story(reference)).toEqual(['opened', 'message', 'message']);
});

test('a photo without text answers a question, and a form without both is refused', async () => {
	const { id, reference } = await caseIn(office, 'needs_info');
	const refused = { issues: [{ path: 'body', code: 'message_or_file_missing' }] };
	for (const empty of [{}, { body: ' ' }]) await expect(writeToOffice(id, empty)).rejects.toMatchObject(refused);
	const photo = await fourColourImage().jpeg().toBuffer();
	await writeToOffice(id, { body: '' }, [{ name: 'loket.jpg', type: 'image/jpeg', bytes: photo }]);
	expect((await lastEntry(reference, 'info_given'))?.data.message).toBeDefined();
	expect((await readCase(reference)).status).not.toBe('needs_info');
	const [item] = reporterTimeline(await seenByReporter(reference), { zone: 'Asia/Makassar', since: null });
	expect(item).toMatchObject({ quote: '(tanpa teks)', files: [{ name: expect.any(String) }] });
});

test('a score or an objection that is sent again after a lost response is stored once', async () => {
	const { id, reference } = await caseIn(office, 'answered');
	const score = { score: 2, comment: 'Antrean masih sama saja.' };
	await scoreAnswer(id, score);
	await scoreAnswer(id, score);
	await expect(scoreAnswer(id, { score: 2, comment: 'Loket masih tutup.' })).rejects.toMatchObject({
		code: 'invalid-move'
	});
	expect((await story(reference)).slice(-2)).toEqual(['rated', 'disputed']);

	const other = await caseIn(office, 'answered');
	// The objection is the latest of several messages, whatever their random ids.
	for (const body of ['Satu.', 'Dua.', 'Tiga.']) await writeToOffice(other.id, { body });
	await submitObjection(other.id, { body: score.comment });
	await submitObjection(other.id, { body: score.comment });
	await expect(submitObjection(other.id, { body: 'Loket masih tutup.' })).rejects.toMatchObject({
		code: 'invalid-move'
	});
	expect((await story(other.reference)).filter((type) => type === 'disputed')).toHaveLength(1);
});

test('every change of a case adds a timeline entry with its new version', async () => {
	const { handler, supervisor } = office;
	const officer = await makeOfficer(office.unit.id);
	const reporter = { name: 'Andi Contoh', phone: '081234567890' };
	const { reference } = await makeCase(office.unit, { identity: 'withheld', reporter });
	const { id } = await readCase(reference);
	const steps: [type: string, step: () => Promise<unknown>][] = [
		['assigned', () => act(assignCase, handler, reference, { assignee: handler.accountId })],
		['verified', () => act(verifyCase, handler, reference, { category: 'time', class: 'plain' })],
		['message', () => writeMessage(handler, reference, { body: 'Kami periksa.', public: true })],
		['note', () => writeMessage(handler, reference, { body: 'Tanyakan ke loket dua.', public: false })],
		['info_requested', () => act(askReporter, handler, reference, { body: 'Kapan itu?' })],
		['info_given', () => writeToOffice(id, { body: 'Kemarin pagi.' })],
		['contacted', () => recordContact(handler, reference, { by: 'phone' })],
		['revealed', () => revealReporter(handler, reference, { reason: 'Alamat pengiriman perlu dipastikan.' })],
		['officers_changed', () => act(changeNamedOfficers, handler, reference, { officer: officer.id, action: 'add' })],
		['answer_drafted', () => act(answerCase, handler, reference, { body: ANSWER })],
		['answered', () => approve(supervisor, reference)],
		['disputed', () => submitObjection(id, { body: 'Masih sama saja.' })],
		['archive_drafted', () => act(archiveCase, handler, reference, { reason: 'withdrawn' })],
		['archived', () => approve(supervisor, reference)],
		['objected', () => submitObjection(id, { body: 'Saya tidak mencabutnya.' })],
		['objection_declined', () => act(declineObjection, supervisor, reference, { reason: 'Dicabut lewat telepon.' })],
		['reopened', () => act(reopenCase, supervisor, reference, { reason: 'Keberatan diterima.' })]
	];
	for (const [type, step] of steps) {
		const before = (await readCase(reference)).version;
		await step();
		const { version } = await readCase(reference);
		expect([type, version > before]).toEqual([type, true]);
		expect([type, (await lastEntry(reference, type))?.data.version]).toEqual([type, version]);
	}
});
