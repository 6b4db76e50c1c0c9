import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { fileStore } from '#lib/server/attachments/store.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { decideDraft } from '#lib/server/cases/answers/decide-draft.ts';
import { askReporter, writeMessage } from '#lib/server/cases/conversation/message.ts';
import { submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { scoreAnswer, writeToOffice } from '#lib/server/cases/conversation/reporter-reply.ts';
import { renewReceipt } from '#lib/server/cases/conversation/contact.ts';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { answerQuestion, askOfficer, ownQuestions } from '#lib/server/cases/officers/clarifications.ts';
import { joinCase } from '#lib/server/channels/incoming/decide.ts';
import { writeTranscript } from '#lib/server/channels/incoming/incoming-files.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { escalations, escalationUpdates } from '#lib/server/db/schema/escalations.ts';
import { ratingContests, ratings } from '#lib/server/db/schema/ratings.ts';
import { lateCauses } from '#lib/server/db/schema/recap.ts';
import { skmResponses } from '#lib/server/db/schema/skm.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { deliver } from '#lib/server/escalation/delivery/deliver.ts';
import { escalateCase } from '#lib/server/escalation/forward/forward.ts';
import { receiveInbound } from '#lib/server/escalation/from-lapor/receive.ts';
import { pollOrLookUp } from '#lib/server/escalation/tracking/poll.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { Role } from '#lib/cases/vocabulary.ts';
import { localDate } from '#lib/calendar/days.ts';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { fromNow, now, withClock } from '#lib/server/clock.ts';
import { keptFile, makeConnection, receive as receiveMessage } from '../channels/incoming.ts';
import { pdfPages } from '../documents.ts';
import { makeCase, makeOfficerWithAccount, makeUnit, makeUser } from '../factories.ts';
import { photo, type LaporForTest } from '../lapor.ts';
import { notifyOfTimeline } from '../notices.ts';
import { act, readCase } from '../office.ts';
import { writeReporterMails } from '../reporters.ts';
import { LAPOR_IDS } from '../forwarding/sandbox-control.ts';

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
	document: 'Kartikaningdyah',
	witness: 'Hadiningratsari'
};
export const CONTACTS = ['zahwanita@contoh.invalid', '081298765432'];

/** The people and contacts of a case. `lapor_id`: the number under which LAPOR passed the report back. */
export interface Named {
	people: typeof PEOPLE;
	contacts: readonly string[];
	lapor_id: string;
}
const NAMED: Named = { people: PEOPLE, contacts: CONTACTS, lapor_id: '7700123' };

/** The people of the n-th case, from 0 to 25: the same names with a letter of their own at the end, three times. */
export function namesOf(n: number): Named {
	const mark = String.fromCharCode(97 + n).repeat(3);
	const people = Object.fromEntries(Object.entries(PEOPLE).map(([of, name]) => [of, name + mark]));
	const contacts = [`zahwanita${mark}@contoh.invalid`, `08129876${5500 + n}`];
	return { people: people as typeof PEOPLE, contacts, lapor_id: String(7_700_200 + n) };
}
export const wordsOf = ({ people, contacts }: Named): string[] => [...Object.values(people), ...contacts];

/** Words of visitors outside cases: a rating's comment, its objection, the guest book, a survey form, the audit log. */
export async function wordsOutsideCases({ unit, officer, handler }: FullOffice, { people }: Named = NAMED) {
	const day = '2026-01-05';
	const hashes = () => ({ submissionHash: crypto.randomUUID(), contentHash: 'x' });
	const [rating] = await db()
		.insert(ratings)
		.values({
			...hashes(),
			unitId: unit.id,
			officerId: officer.id,
			score: 2,
			source: 'web',
			day,
			comment: `Cari ${people.reply} saja`,
			commentHash: 'hash',
			commentFlags: ['name']
		})
		.returning();
	const ratingId = rating?.id ?? '';
	const contest = { ratingId, officerId: officer.id, contestedAt: now(), state: 'upheld' as const };
	await db()
		.insert(ratingContests)
		.values({ ...contest, words: `Bukan ${people.reply}.`, answer: `Benar, ${people.reply}.` });
	const marks = { u1: 4, u2: 4, u3: 4, u4: 4, u5: 4, u6: 4, u7: 4, u8: 4, u9: 4 };
	const [form] = await db()
		.insert(skmResponses)
		.values({ ...hashes(), ...marks, unitId: unit.id, suggestion: `Seperti ${people.body}`, day })
		.returning();
	const [visit] = await db()
		.insert(visits)
		.values({
			unitId: unit.id,
			channel: 'walk_in',
			purpose: `Data untuk ${people.note}`,
			tokenHash: crypto.randomUUID(),
			day,
			createdAt: now(),
			expiresAt: now()
		})
		.returning();
	await transaction((tx) =>
		recordChange(tx, handler, {
			unitId: unit.id,
			action: 'identity.revealed',
			subject: people.reporter,
			reason: `Untuk ${people.note}`,
			after: { note: people.body }
		})
	);
	return { ratingId, formId: form?.id ?? '', visitId: visit?.id ?? '' };
}

/** An office with its ids at LAPOR, a mailbox, a handler with e-mail, a supervisor, and an officer with an account. */
export async function fullOffice(at?: { id: string; code: string }) {
	const unit = at ?? (await makeUnit());
	await db().update(units).set({ laporIds: LAPOR_IDS }).where(eq(units.id, unit.id));
	const [officer, officerActor] = await makeOfficerWithAccount(unit.id);
	await db().update(officers).set({ position: 'Petugas' }).where(eq(officers.id, officer.id));
	// With a password, because the office may be that of the demo, whose own staff would get the work of accounts without.
	const signsIn = async (...held: Role[]) => (await makeUser([[unit.id, ...held]], 'kopi susu tanpa gula')).actor;
	return {
		unit,
		officer,
		officerActor,
		// Removed since, because the office may have another one.
		mailbox: await makeConnection(unit, { removedAt: now() }),
		handler: await signsIn('handler', 'admin'),
		supervisor: await signsIn('supervisor')
	};
}
export type FullOffice = Awaited<ReturnType<typeof fullOffice>>;

/**
 * A closed case with everything that can be written in one: a named reporter, files, messages, a note, a draft that was
 * sent back, an answer with its letter and files, a question to an officer, e-mails and notices, a voice note of somebody
 * else, a forward with identity and LAPOR's responses, and the report as LAPOR passed it back.
 */
export async function fullCase(
	office: FullOffice,
	lapor: LaporForTest,
	named: Named = NAMED,
	/** `days` from the report to its answer; `disputed`: the reporter disputes the answer. */
	{ days = 0, disputed = false } = {}
): Promise<{ id: number; reference: string }> {
	const { people, contacts } = named;
	const { unit, handler, supervisor, officer, officerActor } = office;
	const reporter = { name: `${people.reporter} Contoh`, email: contacts[0], phone: contacts[1] };
	const files = [
		await photo('loket.jpg'),
		{ name: 'bukti.pdf', type: 'application/pdf', bytes: new Uint8Array(await pdfPages(`Surat ${people.document}`)) }
	];
	const said = {
		title: `Petugas dan ${people.body}`,
		body: `Saya dan ${people.body} menunggu dua jam di loket, telepon ${contacts[1]}.`,
		requested_solution: `Hubungi ${people.body} segera.`
	};
	const { reference } = await makeCase(
		unit,
		{ ...said, identity: 'named', reporter, consent_lapor: true, officer: officer.id },
		{ files }
	);
	const { id } = await readCase(reference);
	await act(verifyCase, handler, reference, {
		category: 'time',
		class: 'plain',
		reason: `Menurut ${people.note} lengkap.`
	});
	await act(assignCase, handler, reference, { assignee: handler.accountId });
	await act(writeMessage, handler, reference, { public: false, body: `Catatan: ${people.note} sudah ditanya.` });
	await act(askOfficer, handler, reference, {
		officer: officer.id,
		question: `Apakah ${people.clarification} dilayani pada pagi itu?`
	});
	const question = (await ownQuestions(officerActor)).find(({ answer }) => answer === null);
	await answerQuestion(officerActor, question?.id ?? '', { answer: `Ya, ${people.clarification} dilayani.` });
	await act(askReporter, handler, reference, { body: 'Tanggal berapa kejadiannya?' });
	await writeToOffice(
		id,
		{ body: `Bersama ${people.reply} kemarin, surel ${contacts[0]}.`, submission_id: crypto.randomUUID() },
		[await photo('antrean.jpg')]
	);
	await joinVoiceNote(office, reference, people);
	const escalationId = await forward(handler, reference, lapor, named);
	await receiveInbound(handler, {
		unit: unit.code,
		lapor_id: named.lapor_id,
		received_on: localDate(now(), 'Asia/Makassar'),
		title: `Laporan ${people.inbound}`,
		content: `Diteruskan: ${people.inbound} mengeluh.`,
		reference
	});
	const answered = fromNow(days * DAY_MS);
	const answer = async () => {
		await act(answerCase, handler, reference, { body: `Jawaban untuk ${people.sentBack} belum jadi.` });
		await act(decideDraft, supervisor, reference, {
			decision: 'send_back',
			reason: `Nama ${people.sentBack} jangan ditulis.`
		});
		await act(
			answerCase,
			handler,
			reference,
			{
				body: `Terima kasih, ${people.answer} sudah kami bantu.`,
				action: `Loket ${people.answer}`,
				action_on: '2026-01-05'
			},
			{ files: [await photo('loket-baru.jpg')] }
		);
		await act(decideDraft, supervisor, reference, { decision: 'approve' });
		await notifyOfTimeline(reference);
		await writeReporterMails(reference);
		await renewReceipt(handler, reference, { reason: `Kenal dari ${people.note} di loket.` });
		await db()
			.insert(lateCauses)
			.values({ caseId: id, cause: `Menunggu ${people.note}.` });
		if (disputed) await submitObjection(id, { body: `Belum selesai, salam dari ${people.reply}.` });
		else await scoreAnswer(id, { score: 4, comment: `Salam dari ${people.reply}.` });
		await lapor.post(`/_reports/${await laporIdOf(escalationId)}/status`, { status_name: 'Selesai', note: '' });
		await pollOrLookUp(escalationId);
	};
	await (days === 0 ? answer() : withClock(() => answered, answer));
	return { id, reference };
}

async function joinVoiceNote(
	{ mailbox, handler, supervisor }: FullOffice,
	reference: string,
	{ witness }: typeof PEOPLE
): Promise<void> {
	const bytes = Buffer.from(`Suara ${witness}`);
	const sha256 = createHash('sha256').update(bytes).digest('hex');
	const voice = { ...keptFile('audio/ogg'), bytes: bytes.length, sha256 };
	await fileStore().put(voice.id, bytes);
	const { conversationId } = await receiveMessage(mailbox, `${witness}@contoh.invalid`, `Saya ${witness}.`, {
		name: witness,
		subject: `Dari ${witness}`,
		files: [voice]
	});
	await joinCase(handler, conversationId, { reference });
	await writeTranscript(supervisor, voice.id, { transcript: `Menurut ${witness} benar begitu.` });
}

const laporIdOf = async (id: string) =>
	(await db().select().from(escalations).where(eq(escalations.id, id)))[0]?.laporId ?? '';

async function forward(actor: Actor, reference: string, lapor: LaporForTest, { people }: Named): Promise<string> {
	const { id } = await act(escalateCase, actor, reference, {
		purpose: 'record',
		reason: `Diminta ${people.note} dicatat.`,
		consent: true
	});
	await deliver(id);
	const laporId = await laporIdOf(id);
	await lapor.post(`/_reports/${laporId}/followups`, {
		content: `Kepada ${people.lapor}: sedang diperiksa.`,
		institution_from: 'BPS'
	});
	await lapor.post(`/_reports/${laporId}/status`, { status_name: 'Dalam Proses', note: `Diperiksa, ${people.lapor}.` });
	await pollOrLookUp(id);
	// LAPOR's response repeats the reporter.
	await db()
		.insert(escalationUpdates)
		.values({
			escalationId: id,
			remoteKey: 'detail',
			kind: 'log',
			at: now(),
			author: `${people.reporter} Contoh`,
			attachments: [{ name: `${people.lapor}.pdf` }],
			raw: { reporter: people.reporter, text: people.lapor },
			receivedAt: now()
		});
	return id;
}
