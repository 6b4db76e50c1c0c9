import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { decideDraft } from '#lib/server/cases/answers/decide-draft.ts';
import { askReporter, writeMessage } from '#lib/server/cases/conversation/message.ts';
import { scoreAnswer, writeToOffice } from '#lib/server/cases/conversation/reporter-reply.ts';
import { renewReceipt } from '#lib/server/cases/conversation/contact.ts';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { answerQuestion, askOfficer, ownQuestions } from '#lib/server/cases/officers/clarifications.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { escalations, escalationUpdates } from '#lib/server/db/schema/escalations.ts';
import { ratingContests, ratings } from '#lib/server/db/schema/ratings.ts';
import { lateCauses } from '#lib/server/db/schema/recap.ts';
import { skmResponses } from '#lib/server/db/schema/skm.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { deliver } from '#lib/server/escalation/delivery/deliver.ts';
import { escalateCase } from '#lib/server/escalation/forward/forward.ts';
import { receiveInbound } from '#lib/server/escalation/inbound/receive.ts';
import { receive } from '#lib/server/escalation/tracking/receive.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { pdfPages } from '../documents.ts';
import { makeActor, makeCase, makeOfficerWithAccount, makeUnit } from '../factories.ts';
import { photo, type LaporForTest } from '../lapor.ts';
import { notifyOfTimeline } from '../notices.ts';
import { act, standing } from '../office.ts';
import { writeReporterMails } from '../reporters.ts';
import { LAPOR_IDS } from '../sandbox-control.ts';

/** People who occur in the case: each word occurs in no other data. */
export const PEOPLE = {
	reporter: 'Zahwanita',
	body: 'Qurrotaayuni',
	reply: 'Wirahadikusno',
	note: 'Yuswardinata',
	sentBack: 'Xantipasari',
	answer: 'Vidyatmokosari',
	clarification: 'Uwaisulqarnain',
	lapor: 'Jatmikorahayu',
	inbound: 'Nuruddinsyahlan',
	document: 'Kartikaningdyah'
};
export const CONTACTS = ['zahwanita@contoh.invalid', '081298765432'];

/** Words of visitors outside cases: a rating's comment, its objection, the guest book, a survey form, the audit log. */
export async function wordsOutsideCases({ unit, officer, handler }: FullOffice) {
	const day = '2026-01-05';
	const hashes = () => ({ submissionHash: randomUUID(), contentHash: 'x' });
	const [rating] = await db()
		.insert(ratings)
		.values({
			...hashes(),
			...{ unitId: unit.id, officerId: officer.id, score: 2, source: 'web', day },
			...{ comment: `Cari ${PEOPLE.reply} saja`, commentHash: 'hash', commentFlags: ['name'] }
		})
		.returning();
	const ratingId = rating?.id ?? '';
	const contest = { ratingId, officerId: officer.id, contestedAt: new Date(), state: 'upheld' as const };
	await db()
		.insert(ratingContests)
		.values({ ...contest, words: `Bukan ${PEOPLE.reply}.`, answer: `Benar, ${PEOPLE.reply}.` });
	const marks = { u1: 4, u2: 4, u3: 4, u4: 4, u5: 4, u6: 4, u7: 4, u8: 4, u9: 4 };
	const [form] = await db()
		.insert(skmResponses)
		.values({ ...hashes(), ...marks, unitId: unit.id, suggestion: `Seperti ${PEOPLE.body}`, day })
		.returning();
	const [visit] = await db()
		.insert(visits)
		.values({
			...{ unitId: unit.id, channel: 'walk_in', purpose: `Data untuk ${PEOPLE.note}`, tokenHash: randomUUID(), day },
			...{ createdAt: new Date(), expiresAt: new Date() }
		})
		.returning();
	await transaction((tx) =>
		recordChange(tx, handler, {
			unitId: unit.id,
			action: 'identity.revealed',
			subject: PEOPLE.reporter,
			reason: `Untuk ${PEOPLE.note}`,
			after: { note: PEOPLE.body }
		})
	);
	return { ratingId, formId: form?.id ?? '', visitId: visit?.id ?? '' };
}

/** An office with its ids at LAPOR, a handler with e-mail, a supervisor, and an officer with an account. */
export async function fullOffice() {
	const unit = await makeUnit();
	await db().update(units).set({ laporIds: LAPOR_IDS }).where(eq(units.id, unit.id));
	const [officer, officerActor] = await makeOfficerWithAccount(unit.id);
	await db().update(officers).set({ position: 'Petugas' }).where(eq(officers.id, officer.id));
	return {
		unit,
		officer,
		officerActor,
		handler: await makeActor([[unit.id, 'handler', 'admin']]),
		supervisor: await makeActor([[unit.id, 'supervisor']])
	};
}
export type FullOffice = Awaited<ReturnType<typeof fullOffice>>;

/**
 * A closed case with everything that can be written in one: a named reporter, files, messages, a note, a draft that was
 * sent back, an answer with its letter and files, a question to an officer, e-mails and notices, a forward with identity
 * and LAPOR's responses, and the report as LAPOR passed it back.
 */
export async function fullCase(office: FullOffice, lapor: LaporForTest): Promise<{ id: number; reference: string }> {
	const { unit, handler, supervisor, officer, officerActor } = office;
	const reporter = { name: `${PEOPLE.reporter} Contoh`, email: CONTACTS[0], phone: CONTACTS[1] };
	const files = [
		await photo('loket.jpg'),
		{ name: 'bukti.pdf', type: 'application/pdf', bytes: new Uint8Array(await pdfPages(`Surat ${PEOPLE.document}`)) }
	];
	const said = {
		title: `Petugas dan ${PEOPLE.body}`,
		body: `Saya dan ${PEOPLE.body} menunggu dua jam di loket, telepon ${CONTACTS[1]}.`,
		requested_solution: `Hubungi ${PEOPLE.body} segera.`
	};
	const { reference } = await makeCase(
		unit,
		{ ...said, identity: 'named', reporter, consent_lapor: true, officer: officer.id },
		{ files }
	);
	const { id } = await standing(reference);
	await act(verifyCase, handler, reference, {
		category: 'time',
		class: 'plain',
		reason: `Menurut ${PEOPLE.note} lengkap.`
	});
	await act(assignCase, handler, reference, { assignee: handler.accountId });
	await act(writeMessage, handler, reference, { public: false, body: `Catatan: ${PEOPLE.note} sudah ditanya.` });
	await act(askOfficer, handler, reference, {
		officer: officer.id,
		question: `Apakah ${PEOPLE.clarification} dilayani pada pagi itu?`
	});
	const [question] = await ownQuestions(officerActor);
	await answerQuestion(officerActor, question?.id ?? '', { answer: `Ya, ${PEOPLE.clarification} dilayani.` });
	await act(askReporter, handler, reference, { body: 'Tanggal berapa kejadiannya?' });
	await writeToOffice(
		id,
		{ body: `Bersama ${PEOPLE.reply} kemarin, surel ${CONTACTS[0]}.`, submission_id: randomUUID() },
		[await photo('antrean.jpg')]
	);
	await forward(handler, reference, lapor);
	await receiveInbound(handler, {
		unit: unit.code,
		lapor_id: '7700123',
		received_on: new Date().toISOString().slice(0, 10),
		title: `Laporan ${PEOPLE.inbound}`,
		content: `Diteruskan: ${PEOPLE.inbound} mengeluh.`,
		reference
	});
	await act(answerCase, handler, reference, { body: `Jawaban untuk ${PEOPLE.sentBack} belum jadi.` });
	await act(decideDraft, supervisor, reference, {
		decision: 'send_back',
		reason: `Nama ${PEOPLE.sentBack} jangan ditulis.`
	});
	await act(
		answerCase,
		handler,
		reference,
		{
			body: `Terima kasih, ${PEOPLE.answer} sudah kami bantu.`,
			action: `Loket ${PEOPLE.answer}`,
			action_on: '2026-01-05'
		},
		{ files: [await photo('loket-baru.jpg')] }
	);
	await act(decideDraft, supervisor, reference, { decision: 'approve' });
	await notifyOfTimeline(reference);
	await writeReporterMails(reference);
	await renewReceipt(handler, reference, { reason: `Kenal dari ${PEOPLE.note} di loket.` });
	await db()
		.insert(lateCauses)
		.values({ caseId: id, cause: `Menunggu ${PEOPLE.note}.`, writtenAt: new Date() });
	await scoreAnswer(id, { score: 4, comment: `Salam dari ${PEOPLE.reply}.` });
	return { id, reference };
}

async function forward(actor: Actor, reference: string, lapor: LaporForTest): Promise<void> {
	const { id } = await act(escalateCase, actor, reference, {
		purpose: 'record',
		reason: `Diminta ${PEOPLE.note} dicatat.`,
		consent: true
	});
	await deliver(id);
	const [{ laporId } = { laporId: '' }] = await db().select().from(escalations).where(eq(escalations.id, id));
	await lapor.post(`/_reports/${laporId}/followups`, {
		content: `Kepada ${PEOPLE.lapor}: sedang diperiksa.`,
		institution_from: 'BPS'
	});
	await lapor.post(`/_reports/${laporId}/status`, { status_name: 'Dalam Proses', note: `Diperiksa, ${PEOPLE.lapor}.` });
	await receive(id);
	// LAPOR's response repeats the reporter.
	await db()
		.insert(escalationUpdates)
		.values({
			escalationId: id,
			remoteKey: 'detail',
			kind: 'log',
			at: new Date(),
			author: `${PEOPLE.reporter} Contoh`,
			attachments: [{ name: `${PEOPLE.lapor}.pdf` }],
			raw: { reporter: PEOPLE.reporter, text: PEOPLE.lapor },
			receivedAt: new Date()
		});
}
