import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { makeCase, makeOfficerWithAccount, makeUnit } from '#lib/dev/testing/factories.ts';
import {
	approve,
	atTime,
	bringTo,
	caseIn,
	clockOf,
	lastEntry,
	makeOffice,
	on,
	readCase,
	story,
	act,
	seenByReporter
} from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { archiveCase } from '../handling/archive.ts';
import { caseForActor } from '../find.ts';
import { changeNamedOfficers } from '../officers/officers-of-case.ts';
import { recordReporterAnswer } from './record-answer.ts';
import { scoreAnswer } from './reporter-reply.ts';
import { decryptReporter } from '../reporter.ts';
import { handOverCase } from '../handling/hand-over.ts';
import { splitCase } from '../handling/split.ts';
import { sweepReporterTurns } from './close-after-silence.ts';
import { deskCase } from '../view.ts';

const office = useOffice();

/** Tuesday, 2 March 2027, 10:00 in Makassar. */
const TUESDAY = '2027-03-02T02:00:00Z';
const reporter = { name: 'Andi Contoh', phone: '081234567890' };
const named = { identity: 'named', reporter };
let form = 0;
const formOf = (more: Record<string, unknown> = {}) => ({
	kind: 'answer',
	by: 'phone',
	on: '2027-03-02',
	time: '11:00',
	body: 'Kejadiannya hari Senin.',
	submission_id: `contoh-formulir-${++form}`,
	...more
});
const record = (reference: string, more: Record<string, unknown> = {}, by = office.handler) =>
	act(recordReporterAnswer, by, reference, formOf(more));
/** Two days after the reporter spoke. */
const later = <T>(work: () => Promise<T>) => atTime('2027-03-04T02:00:00Z', work);
test('an answer by phone returns the case to its former status, counted from when the reporter spoke', async () => {
	const { reference } = await atTime(TUESDAY, () => caseIn(office, 'verified', named));
	await atTime(TUESDAY, () => bringTo(office, reference, 'needs_info'));
	await later(() => record(reference));
	expect(await readCase(reference)).toMatchObject({ status: 'verified' });
	const spoken = new Date('2027-03-02T03:00:00Z');
	expect(await clockOf(reference, 'reporter_turn')).toMatchObject({ state: 'met', metAt: spoken, late: false });
	expect(await clockOf(reference, 'decision_by_law')).toMatchObject({ startAt: spoken });
	expect(await lastEntry(reference, 'info_given')).toMatchObject({
		public: true,
		actorKind: 'reporter',
		actorId: office.handler.accountId,
		data: { recorded: { by: 'phone', at: spoken.toISOString() } }
	});
});

test('the time until it was recorded counts for the office', async () => {
	const answered = async (written: string) => {
		const { reference } = await atTime(TUESDAY, () => caseIn(office, 'needs_info', { kind: 'suggestion' }));
		await atTime(written, () => record(reference));
		return (await clockOf(reference, 'solution'))?.dueAt;
	};
	expect(await answered('2027-03-08T02:00:00Z')).toEqual(await answered('2027-03-02T03:01:00Z'));
});

test('a case is not archived as unanswered if the reporter spoke in time, even if that was recorded late', async () => {
	const { reference } = await atTime(TUESDAY, () => caseIn(office, 'needs_info', named));
	await later(() => record(reference));
	await atTime('2027-06-01T02:00:00Z', sweepReporterTurns);
	expect((await readCase(reference)).status).toBe('received');

	const silent = await atTime(TUESDAY, () => caseIn(office, 'needs_info', named));
	// Sends the reminder that is missing.
	await atTime('2027-04-16T02:00:00Z', sweepReporterTurns);
	await atTime('2027-04-20T02:00:00Z', async () => {
		await sweepReporterTurns();
		expect((await readCase(silent.reference)).status).toBe('archived');
		await record(silent.reference);
	});
	expect((await readCase(silent.reference)).status).toBe('received');
	expect((await story(silent.reference)).slice(-2)).toEqual(['info_given', 'reopened']);
});

test('without an open question it becomes a message of the reporter', async () => {
	const { reference } = await atTime(TUESDAY, () => caseIn(office, 'in_progress', named));
	await later(() => record(reference));
	expect((await readCase(reference)).status).toBe('in_progress');
	expect((await story(reference)).at(-1)).toBe('message');
	const [turn] = (await deskCase(office.handler, reference)).conversation;
	expect(turn).toMatchObject({ author: 'reporter', public: true, body: 'Kejadiannya hari Senin.' });
});

test('a recorded objection has the same time limit and counts the same as one by the reporter', async () => {
	const { reference } = await atTime(TUESDAY, () => caseIn(office, 'answered', named));
	const objection = { kind: 'objection', body: 'Pelapor belum puas dengan jawaban ini.' };
	// Recorded after the ten working days, but spoken within them.
	await atTime('2027-04-20T02:00:00Z', async () => {
		await sweepReporterTurns();
		expect((await readCase(reference)).status).toBe('closed');
		await record(reference, { ...objection, on: '2027-03-04' });
	});
	expect(await readCase(reference)).toMatchObject({ status: 'in_progress', disputes: 1, satisfaction: null });
	expect(await clockOf(reference, 'first_reply')).toMatchObject({ run: 2, startAt: new Date('2027-03-04T03:00:00Z') });

	const late = await atTime(TUESDAY, () => caseIn(office, 'answered', named));
	await atTime('2027-04-20T02:00:00Z', async () => {
		const attempt = record(late.reference, { ...objection, on: '2027-04-19' });
		await expect(attempt).rejects.toMatchObject({ present: { reason: 'too_late' } });
	});
});

test('an objection to an archiving waits for a supervisor', async () => {
	const { reference } = await atTime(TUESDAY, () => caseIn(office, 'archived', named));
	await later(() => record(reference, { kind: 'objection', body: 'Pelapor keberatan laporannya ditutup.' }));
	expect(await readCase(reference)).toMatchObject({
		status: 'archived',
		objectionAt: new Date('2027-03-02T03:00:00Z')
	});
});

test('recording never sets a score and never closes the case', async () => {
	const { reference, id } = await atTime(TUESDAY, () => caseIn(office, 'answered', named));
	await later(async () => {
		const attempt = record(reference, { kind: 'score', score: 5 });
		await expect(attempt).rejects.toMatchObject({ issues: [{ path: 'kind', code: 'record_kind_missing' }] });
		await record(reference, { body: 'Terima kasih, saya puas.', score: 5 });
	});
	expect(await readCase(reference)).toMatchObject({ status: 'answered', satisfaction: null });
	await atTime(TUESDAY, () => scoreAnswer(id, { score: 5 }));
	await later(() => record(reference));
	expect((await readCase(reference)).status).toBe('closed');
});

test('rejects a time in the future, before the report, before the question or before the answer', async () => {
	const refused = (reference: string, more: Record<string, unknown>, code: string) =>
		later(() => expect(record(reference, more)).rejects.toMatchObject({ issues: [{ path: 'on', code }] }));
	const open = await atTime(TUESDAY, () => caseIn(office, 'received', named));
	await refused(open.reference, { on: '2027-03-05' }, 'spoken_ahead');
	await refused(open.reference, { time: '09:58' }, 'spoken_before_case');
	await atTime('2027-03-03T02:00:00Z', () => bringTo(office, open.reference, 'needs_info'));
	await refused(open.reference, {}, 'spoken_before_question');
	const answered = await atTime(TUESDAY, () => caseIn(office, 'answered', named));
	const objection = { kind: 'objection', body: 'Pelapor belum puas.', time: '09:58' };
	await refused(answered.reference, objection, 'spoken_before_settled');
});

test('accepts the minute of the question itself', async () => {
	const { reference } = await atTime('2027-03-02T02:00:40Z', () => caseIn(office, 'needs_info', named));
	await atTime('2027-03-02T02:01:00Z', () => record(reference, { time: '10:00' }));
	expect((await readCase(reference)).status).toBe('received');
});

test('records a form sent twice once, and refuses it with other content', async () => {
	const { reference } = await atTime(TUESDAY, () => caseIn(office, 'needs_info', named));
	const once = await on(reference, formOf());
	await later(async () => {
		const both = [1, 2].map(() => recordReporterAnswer(office.handler, reference, once));
		const [first, second] = await Promise.all(both);
		expect(first?.version).toBe(second?.version);
		const other = recordReporterAnswer(office.handler, reference, { ...once, body: 'Kejadiannya hari Selasa.' });
		await expect(other).rejects.toMatchObject({ code: 'submission-reused' });
		const stale = recordReporterAnswer(office.handler, reference, { ...once, submission_id: 'contoh-lain-1' });
		await expect(stale).rejects.toMatchObject({ code: 'stale', present: { changes: ['info_given'] } });
	});
	expect((await story(reference)).filter((type) => type === 'info_given')).toHaveLength(1);
});

test('encrypts a new contact, also for a withheld name; the timeline names the field but not its value', async () => {
	for (const identity of ['named', 'withheld']) {
		const { reference } = await atTime(TUESDAY, () => makeCase(office.unit, { identity, reporter }));
		const email = 'andi@contoh.example';
		await later(() => record(reference, { kind: 'contact', phone: '0813 9999 0000', email, body: undefined }));
		const row = await readCase(reference);
		expect(await decryptReporter(row.reporterSealed)).toEqual({ name: 'Andi Contoh', phone: '081399990000', email });
		const entry = await lastEntry(reference, 'contact_changed');
		expect(entry).toMatchObject({ public: true, data: { changed: ['phone', 'email'] } });
		expect(JSON.stringify(entry)).not.toMatch(/0813|andi@/);
		expect((await deskCase(office.handler, reference)).reporterMail).toBe('wanted');
	}
});

test('a new contact applies to every part of a split report, except parts hidden from the person who records it', async () => {
	const [officer, writer] = await makeOfficerWithAccount(office.unit.id);
	const { reference: whole } = await atTime(TUESDAY, () => makeCase(office.unit, named));
	const split = (from: string, body: string) =>
		act(splitCase, office.handler, from, { kind: 'suggestion', body, submission_id: crypto.randomUUID() });
	const [first, second, ...others] = await later(async () => {
		const part = await split(whole, 'Sediakan kursi untuk orang tua di ruang tunggu.');
		const nested = await split(part, 'Sediakan juga air minum di ruang tunggu.');
		const hidden = await split(whole, 'Petugas di loket tidak ramah kepada orang tua.');
		await act(changeNamedOfficers, office.handler, hidden, { officer: officer.id, action: 'add' });
		const restricted = await split(whole, 'Petugas di loket meminta uang kepada saya.');
		await db().update(cases).set({ restricted: true }).where(eq(cases.reference, restricted));
		const moved = await split(whole, 'Jalan ke kantor kabupaten lain itu rusak.');
		const { code } = await makeUnit();
		await act(handOverCase, office.handler, moved, { unit: code, reason: 'Ini urusan kantor lain.' });
		await record(nested, { kind: 'contact', email: 'andi@contoh.example', body: undefined }, writer);
		return [part, nested, hidden, restricted, moved] as const;
	});
	for (const reference of [whole, first, second]) {
		const row = await readCase(reference);
		expect(await decryptReporter(row.reporterSealed)).toEqual({ ...reporter, email: 'andi@contoh.example' });
		expect((await deskCase(office.handler, reference)).reporterMail).toBe('wanted');
		expect((await story(reference)).filter((type) => type === 'contact_changed')).toHaveLength(1);
		expect(await lastEntry(reference, 'contact_changed')).toMatchObject({
			public: true,
			actorId: writer.accountId,
			data: { changed: ['email'], recorded: { by: 'phone' }, version: row.version }
		});
	}
	for (const reference of others) {
		expect(await decryptReporter((await readCase(reference)).reporterSealed)).toEqual({ ...reporter, email: null });
		expect(await story(reference)).not.toContain('contact_changed');
	}
});

test('an anonymous report accepts neither a contact nor a failed attempt to reach the reporter', async () => {
	const { reference } = await atTime(TUESDAY, () => makeCase(office.unit));
	for (const kind of ['contact', 'unreached']) {
		const attempt = later(() => record(reference, { kind, phone: '081399990000' }));
		await expect(attempt).rejects.toMatchObject({ issues: [{ code: 'record_no_contact' }] });
	}
	expect(await story(reference)).toEqual(['opened']);
});

test('a reporter with a name alone can’t be recorded as not reached', async () => {
	const nameAlone = { identity: 'named', reporter: { name: 'Andi Contoh' } };
	const { reference } = await atTime(TUESDAY, () => makeCase(office.unit, nameAlone));
	await expect(later(() => record(reference, { kind: 'unreached' }))).rejects.toMatchObject({
		issues: [{ code: 'record_no_contact' }]
	});
});

test('attempts to reach the reporter allow archiving a report as incomplete', async () => {
	const { reference } = await atTime(TUESDAY, () => caseIn(office, 'verified', { ...named, kind: 'suggestion' }));
	const archive = () => act(archiveCase, office.handler, reference, { reason: 'incomplete' }, { atDesk: true });
	await later(async () => {
		await expect(archive()).rejects.toMatchObject({ issues: [{ path: 'reason', code: 'incomplete_unasked' }] });
		await record(reference, { kind: 'unreached', body: undefined });
		await record(reference, { kind: 'unreached', by: 'whatsapp', body: undefined });
		expect((await deskCase(office.handler, reference)).failedContacts).toBe(2);
		await archive();
	});
	expect(await lastEntry(reference, 'archived')).toMatchObject({ data: { reason: 'incomplete', tries: 2 } });
	const { entries } = await seenByReporter(reference);
	expect(entries.filter(({ type }) => type === 'contact_tried')).toHaveLength(2);
});

test('automatic archiving counts the attempts too', async () => {
	const { reference } = await atTime(TUESDAY, () => caseIn(office, 'needs_info', named));
	await later(() => record(reference, { kind: 'unreached', body: undefined }));
	expect((await readCase(reference)).status).toBe('needs_info');
	// The first sweep sends the reminder that is missing.
	for (const day of ['2027-06-01', '2027-06-03']) await atTime(`${day}T02:00:00Z`, sweepReporterTurns);
	expect(await lastEntry(reference, 'archived')).toMatchObject({ actorKind: 'system', data: { tries: 1 } });
});

test('people of another office and a named officer cannot record on the case', async () => {
	const [officer, account] = await makeOfficerWithAccount(office.unit.id);
	const { reference } = await atTime(TUESDAY, () => makeCase(office.unit, { ...named, officer: officer.id }));
	const { handler: stranger } = await makeOffice();
	for (const who of [stranger, account]) {
		await expect(later(() => record(reference, {}, who))).rejects.toMatchObject({ name: 'NotFound' });
	}
});

test('proposes an officer named in the text and hides the case from that account', async () => {
	const [, account] = await makeOfficerWithAccount(office.unit.id, ['handler'], 'Petugas Contoh Melati');
	const { reference } = await atTime(TUESDAY, () => caseIn(office, 'in_progress', named));
	await later(() => record(reference, { body: 'Yang melayani saya Petugas Contoh Melati.' }, account));
	await expect(caseForActor(account, reference)).rejects.toMatchObject({ name: 'NotFound' });
});

test('the second person sees the attempts before a complaint is archived', async () => {
	const { reference } = await atTime(TUESDAY, () => caseIn(office, 'verified', named));
	await later(async () => {
		await record(reference, { kind: 'unreached', body: undefined });
		await act(archiveCase, office.handler, reference, { reason: 'incomplete' }, { atDesk: true });
		expect((await deskCase(office.supervisor, reference)).failedContacts).toBe(1);
		await approve(office.supervisor, reference);
	});
	expect(await lastEntry(reference, 'archived')).toMatchObject({ data: { tries: 1 } });
});
