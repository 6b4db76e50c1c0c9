import { entriesAt } from '#lib/server/cases/timeline.ts';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { declineObjection, submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { recordReporterAnswer } from '#lib/server/cases/conversation/record-answer.ts';
import { writeToOffice } from '#lib/server/cases/conversation/reporter-reply.ts';
import {
	answerQuestion,
	ownQuestions,
	askOfficer,
	withdrawQuestion
} from '#lib/server/cases/officers/clarifications.ts';
import { chooseNotices } from '#lib/server/channels/notice-choices.ts';
import { listNotices, readNotice } from '#lib/server/channels/notice-list.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { toUnknown } from '#lib/server/escalation/delivery/after-attempt.ts';
import { resolveEscalation } from '#lib/server/escalation/decisions.ts';
import { lockEscalation } from '#lib/server/escalation/rows.ts';
import { forwardedCase } from '#lib/dev/testing/lapor.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { notifyOfEvents } from './notify-of-events.ts';
import { makeActor, makeCase, makeOfficer, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import {
	countUnread,
	markAbsent,
	emailsTo,
	notifyOfTimeline,
	noticesToEach,
	noticesTo,
	onlyEmailTo,
	giveEmailAddress
} from '#lib/dev/testing/notices.ts';
import { ANSWER, approve, atTime, bringTo, lastEntry, nameOfficer, on, readCase } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();
useMailServer();

const THURSDAY = '2026-11-26T02:00:00Z';
const handler = (officer?: { id: string }) => makeActor([[office.unit.id, 'handler']], officer?.id);

test('notifies an assignee once, but not people who assign themselves', async () => {
	const colleague = await handler();
	const address = await giveEmailAddress(colleague);
	const { reference } = await makeCase(office.unit, { body: 'Kursi di ruang tunggu kurang banyak sekali.' });
	await assignCase(office.supervisor, reference, await on(reference, { assignee: colleague.accountId }));
	await notifyOfTimeline(reference);
	await notifyOfTimeline(reference);
	expect(await noticesTo(colleague)).toEqual(['assigned']);
	const mail = await onlyEmailTo(address);
	expect(mail.subject).toBe(`Laporan ditugaskan kepada Anda: ${reference}`);
	expect(mail.body).not.toContain('Kursi');
	await assignCase(colleague, reference, await on(reference, { assignee: colleague.accountId }));
	await notifyOfTimeline(reference);
	expect(await noticesTo(colleague)).toEqual(['assigned']);
});

test('notifies a mentioned person once, without the note’s text, unless they may no longer see the case', async () => {
	const officer = await makeOfficer(office.unit.id);
	const named = await handler(officer);
	const address = await giveEmailAddress(office.supervisor);
	const { reference } = await makeCase(office.unit);
	const username = ({ name }: { name: string }) => name.replace('Akun Contoh ', '@akun');
	const body = `Tolong periksa loket dua, ${username(office.supervisor)} dan ${username(named)}. ${username(office.handler)}`;
	await writeMessage(office.handler, reference, { body, public: false }, { files: [] });
	await nameOfficer(office.handler, reference, officer);
	await notifyOfTimeline(reference);
	await notifyOfTimeline(reference);
	expect(await noticesToEach(office.supervisor, named, office.handler)).toEqual([['mentioned'], [], []]);
	const mail = await onlyEmailTo(address);
	expect(mail.subject).toBe(`Anda disebut dalam catatan intern: ${reference}`);
	expect(mail.body).toContain(`${office.handler.name} menyebut Anda`);
	expect(mail.body).not.toContain('loket dua');
});

test('does not notify a former assignee, or an assignee whom the case names by the time of the job', async () => {
	const officer = await makeOfficer(office.unit.id);
	const named = await handler(officer);
	const passed = await handler();
	const { reference } = await makeCase(office.unit);
	for (const { accountId } of [passed, named])
		await assignCase(office.supervisor, reference, await on(reference, { assignee: accountId }));
	await nameOfficer(office.handler, reference, officer);
	await notifyOfTimeline(reference);
	// In working hours both are handlers on duty of a report that has lost its assignee.
	const kinds = (await noticesToEach(passed, named)).flat().filter((kind) => kind !== 'new_case');
	expect(kinds).toEqual([]);
});

describe('messages of the reporter', () => {
	it('notify the assignee of each message once, without its text', async () => {
		const colleague = await handler();
		const address = await giveEmailAddress(office.handler);
		const { reference } = await makeCase(office.unit);
		const { id } = await bringTo(office, reference, 'in_progress');
		await bringTo(office, reference, 'needs_info');
		await writeToOffice(id, { body: 'Kursi di ruang tunggu, Senin pagi.' });
		await writeToOffice(id, { body: 'Kursi itu masih rusak.' });
		await writeMessage(office.supervisor, reference, { body: 'Terima kasih, kami periksa.', public: true });
		await answerCase(office.handler, reference, await on(reference, { body: ANSWER }));
		await approve(office.supervisor, reference);
		await submitObjection(id, { body: 'Kursi belum diganti juga.' });
		await notifyOfTimeline(reference);
		await notifyOfTimeline(reference);
		expect((await noticesTo(office.handler)).toSorted()).toEqual(['disputed', 'info_given', 'message']);
		expect(await noticesToEach(colleague, office.supervisor)).toEqual([[], []]);
		const written = await emailsTo(address);
		expect(written.map(({ subject }) => subject).toSorted()).toEqual([
			`Pelapor belum puas: ${reference}`,
			`Pelapor menjawab pertanyaan kantor: ${reference}`,
			`Pelapor menulis pesan: ${reference}`
		]);
		for (const { body } of written) {
			expect(body).toContain(`/desk/cases/${reference}`);
			expect(body).not.toContain('Kursi');
		}
	});

	it('notify as well if staff recorded them, except the person who did', async () => {
		const { reference } = await atTime(THURSDAY, () => makeCase(office.unit, { kind: 'suggestion' }));
		await atTime(THURSDAY, () => bringTo(office, reference, 'in_progress'));
		await atTime(THURSDAY, () => bringTo(office, reference, 'needs_info'));
		const recorded = { kind: 'answer', by: 'phone', on: '2026-11-26', time: '11:00', body: 'Senin pagi.' };
		for (const [hour, actor] of [office.supervisor, office.handler].entries()) {
			await atTime(`2026-11-27T0${2 + hour}:00:00Z`, async () => {
				const sent = await on(reference, { ...recorded, submission_id: `contoh-formulir-rekam-${hour}` });
				await recordReporterAnswer(actor, reference, sent);
				await notifyOfTimeline(reference);
			});
			expect(await noticesTo(office.handler)).toEqual(['info_given']);
		}
	});

	it('notify the present handlers if a report has no assignee or the assignee is absent', async () => {
		const here = await handler();
		const { reference } = await makeCase(office.unit);
		const { id } = await bringTo(office, reference, 'in_progress');
		await markAbsent(office.handler);
		await writeToOffice(id, { body: 'Masih menunggu kabar.' });
		await notifyOfTimeline(reference);
		expect(await noticesToEach(office.handler, here)).toEqual([['message'], ['message']]);
		const { reference: free } = await makeCase(office.unit);
		await writeToOffice((await readCase(free)).id, { body: 'Masih menunggu kabar.' });
		await notifyOfTimeline(free);
		expect(await noticesToEach(office.handler, here)).toEqual([['message'], ['message', 'message']]);
	});

	it('do not notify of a dispute that was answered since; the last dispute also notifies supervisors', async () => {
		const { reference } = await makeCase(office.unit);
		const { id } = await bringTo(office, reference, 'answered');
		await submitObjection(id, { body: 'Masih sama saja.' });
		await answerCase(office.handler, reference, await on(reference, { body: ANSWER }));
		await approve(office.supervisor, reference);
		await notifyOfTimeline(reference);
		expect(await noticesTo(office.handler)).not.toContain('disputed');
		await submitObjection(id, { body: 'Masih sama saja.' });
		await notifyOfEvents(await entriesAt([{ caseId: id, seq: (await lastEntry(reference, 'disputed'))?.seq ?? 0 }]));
		expect(await noticesTo(office.handler)).toContain('disputed');
		expect(await noticesTo(office.supervisor)).toEqual(['disputed']);
	});

	it('notify supervisors of an open objection, except one whom the report names', async () => {
		const [officer, named] = await makeOfficerWithAccount(office.unit.id, ['supervisor']);
		const { reference } = await makeCase(office.unit, { officer: officer.id });
		const { id } = await bringTo(office, reference, 'archived');
		await submitObjection(id, { body: 'Ini urusan kantor Anda.' });
		await notifyOfTimeline(reference);
		expect(await noticesTo(office.supervisor)).toEqual(['objected']);
		expect(await noticesToEach(named, office.handler, office.rootSupervisor)).toEqual([[], [], []]);
		const { reference: decided } = await makeCase(office.unit);
		await submitObjection((await bringTo(office, decided, 'archived')).id, { body: 'Ini urusan kantor Anda.' });
		const reason = 'Bukan urusan kantor statistik.';
		await declineObjection(office.supervisor, decided, await on(decided, { reason }));
		await notifyOfTimeline(decided);
		expect(await noticesTo(office.supervisor)).toEqual(['objected']);
	});
});

describe('a question to an officer', () => {
	let officer: { id: string };
	let named: Actor;
	let asker: Actor;
	let reference: string;
	beforeEach(async () => {
		officer = await makeOfficer(office.unit.id);
		// An officer without any role.
		named = await makeActor([], officer.id);
		asker = await handler();
		const reporter = { name: 'Andi Contoh', phone: '081234567890' };
		({ reference } = await makeCase(office.unit, { officer: officer.id, identity: 'named', reporter }));
	});

	async function asked(): Promise<string> {
		const question = 'Bagaimana urutan layanan di loket dua pada Senin pagi yang lalu?';
		await askOfficer(asker, reference, await on(reference, { officer: officer.id, question }));
		await notifyOfTimeline(reference);
		return (await ownQuestions(named))[0]?.id ?? '';
	}
	const answer = (id: string) => answerQuestion(named, id, { answer: 'Satu per satu, menurut nomor antrean.' });

	it('notifies the officer once, with a link to the question and nothing that leads to the report', async () => {
		const address = await giveEmailAddress(named);
		const id = await asked();
		await notifyOfTimeline(reference);
		expect(await noticesTo(named)).toEqual(['clarification_asked']);
		const [notice] = (await listNotices(named)).items;
		expect(notice).toMatchObject({ case: null, unit: null, data: {} });
		expect(await readNotice(named, notice?.id ?? '')).toBe(`/me/questions/${id}`);
		const mail = await onlyEmailTo(address);
		expect(mail.body).toContain(`/me/questions/${id}`);
		const [stored] = await db()
			.select()
			.from(notices)
			.where(eq(notices.id, notice?.id ?? ''));
		expect([stored?.caseId, mail.caseId]).toEqual([null, null]);
		const row = await readCase(reference);
		for (const secret of [reference, 'Andi', '081234567890', 'loket dua', 'Pengaduan', asker.name, `:${row.id}:`])
			// Without times of day, whose minute may equal the id.
			expect(JSON.stringify([stored, mail]).replace(/T\d\d:\d\d:\d\d/g, 'T')).not.toContain(secret);
	});

	it('notifies people who want no e-mail only at the desk', async () => {
		const address = await giveEmailAddress(named);
		await chooseNotices(named, { wanted: [] });
		await asked();
		expect(await countUnread(named)).toBe(1);
		expect(await emailsTo(address)).toEqual([]);
	});

	it('notifies only the person who asked of the answer, once and without its text', async () => {
		const address = await giveEmailAddress(asker);
		await answer(await asked());
		await notifyOfTimeline(reference);
		await notifyOfTimeline(reference);
		expect(await noticesToEach(asker, named, office.handler, office.supervisor)).toEqual([
			['clarification_given'],
			['clarification_asked'],
			[],
			[]
		]);
		expect(await countUnread(named)).toBe(0);
		const mail = await onlyEmailTo(address);
		expect(mail.subject).toBe(`Klarifikasi petugas sudah diterima: ${reference}`);
		expect(mail.body).not.toContain('antrean');
	});

	it('notifies the handlers of the answer if the person who asked has been named since', async () => {
		const second = await makeOfficer(office.unit.id);
		asker = await handler(second);
		const id = await asked();
		await nameOfficer(office.handler, reference, second);
		await answer(id);
		await notifyOfTimeline(reference);
		expect(await noticesToEach(asker, office.handler)).toEqual([[], ['clarification_given']]);
	});

	it('notifies the assignee of the answer too if it is not the person who asked', async () => {
		const id = await asked();
		await assignCase(office.supervisor, reference, await on(reference, { assignee: office.handler.accountId }));
		await answer(id);
		await notifyOfTimeline(reference);
		expect(await noticesToEach(asker, office.handler)).toEqual([
			['clarification_given'],
			['assigned', 'clarification_given']
		]);
	});

	it('removes the notice of a withdrawn question', async () => {
		const id = await asked();
		await withdrawQuestion(asker, reference, await on(reference, { clarification: id }));
		await notifyOfTimeline(reference);
		expect(await noticesTo(named)).toEqual([]);
		await notifyOfTimeline(reference);
		expect(await countUnread(named)).toBe(0);
	});
});

test('notifies the assignee and supervisors of a forward that may not have been sent, until somebody decides', async () => {
	const officer = await makeOfficer(office.unit.id);
	const named = await makeActor([[office.unit.id, 'supervisor']], officer.id);
	const { row, escalation } = await forwardedCase({ ...office, actor: office.handler }, {}, { officer: officer.id });
	await assignCase(office.supervisor, row.reference, await on(row.reference, { assignee: office.handler.accountId }));
	await transaction(async (tx) => toUnknown(tx, await lockEscalation(tx, escalation.id), { code: 'timeout' }, false));
	const address = await giveEmailAddress(office.supervisor);
	await notifyOfTimeline(row.reference);
	await notifyOfTimeline(row.reference);
	expect((await onlyEmailTo(address)).body).not.toContain('Batas waktu');
	const [own, theirs, none] = await noticesToEach(office.handler, office.supervisor, named);
	expect([own, theirs, none]).toEqual([['assigned', 'forward_unknown'], ['forward_unknown'], []]);
	const found = { outcome: 'found', lapor_id: '1916449', reason: 'Ada di daftar.' };
	await resolveEscalation(office.handler, escalation.id, found);
	await notifyOfTimeline(row.reference);
	expect(await countUnread(office.supervisor)).toBe(0);
});
