import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { makeActor, makeCase } from '#lib/dev/testing/factories.ts';
import {
	approve,
	atTime,
	bringTo,
	caseIn,
	clockOf,
	lastEntry,
	makeOffice,
	readCase,
	story,
	act
} from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { changeRule } from '#lib/server/calendar/change-rules.ts';
import { db } from '#lib/server/db/index.ts';
import { approvals } from '#lib/server/db/schema/cases.ts';
import { decideDraft } from '../answers/decide-draft.ts';
import { archiveCase, reopenCase } from './archive.ts';
import { submitObjection } from '../conversation/objection.ts';
import { writeToOffice } from '../conversation/reporter-reply.ts';

const office = useOffice();

const phone = (number: string) => ({ identity: 'named', reporter: { name: 'Andi Contoh', phone: number } });
/** A call to the office. The number is not typed in a form. */
const byPhone = { channel: 'phone' } as const;
const suggestion = { kind: 'suggestion' };
const TUESDAY = '2026-11-24T02:00:00Z';
const later = (days: number) => new Date(Date.parse(TUESDAY) + days * DAY_MS).toISOString();

async function duplicateOf(reference: string, original: string) {
	return act(archiveCase, office.handler, reference, { reason: 'duplicate', duplicate_of: original });
}

test('refuses to archive a named report as a duplicate of another person’s report', async () => {
	const first = await makeCase(office.unit, { ...suggestion, ...phone('081234567890') }, byPhone);
	const same = await makeCase(office.unit, { ...suggestion, ...phone('+6281234567890') }, byPhone);
	const other = await makeCase(office.unit, { ...suggestion, ...phone('081999999999') });
	const anonymous = await makeCase(office.unit, suggestion);
	const wrong = { issues: [{ path: 'duplicate_of', code: 'duplicate_other_reporter' }] };
	await expect(duplicateOf(other.reference, first.reference)).rejects.toMatchObject(wrong);
	await expect(duplicateOf(anonymous.reference, first.reference)).rejects.toMatchObject(wrong);
	const self = { issues: [{ path: 'duplicate_of', code: 'duplicate_self' }] };
	await expect(duplicateOf(first.reference, first.reference)).rejects.toMatchObject(self);
	await duplicateOf(same.reference, first.reference);
	expect(await readCase(same.reference)).toMatchObject({
		status: 'archived',
		archiveReason: 'duplicate',
		mainCaseId: (await readCase(first.reference)).id
	});
});

test('never archives two reports as duplicates of each other, even at the same moment', async () => {
	const pair = async (kind: string) => {
		const input = { kind, ...phone('081234567890') };
		return [await makeCase(office.unit, input, byPhone), await makeCase(office.unit, input, byPhone)] as const;
	};
	const archivedOf = async (references: readonly { reference: string }[]) =>
		(await Promise.all(references.map(({ reference }) => readCase(reference)))).filter(
			({ status }) => status === 'archived'
		);
	const [first, second] = await pair('suggestion');
	await duplicateOf(second.reference, first.reference);
	const archived = { issues: [{ path: 'duplicate_of', code: 'duplicate_archived' }] };
	await expect(duplicateOf(first.reference, second.reference)).rejects.toMatchObject(archived);

	for (let round = 0; round < 5; round += 1) {
		const [one, other] = await pair('suggestion');
		const both = [duplicateOf(one.reference, other.reference), duplicateOf(other.reference, one.reference)];
		expect((await Promise.allSettled(both)).map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		expect(await archivedOf([one, other])).toHaveLength(1);
	}

	const [one, other] = await pair('complaint');
	const proposals = [duplicateOf(one.reference, other.reference), duplicateOf(other.reference, one.reference)];
	expect((await Promise.allSettled(proposals)).find(({ status }) => status === 'rejected')).toMatchObject({
		reason: { issues: [{ path: 'duplicate_of', code: 'duplicate_proposed' }] }
	});
});

test('a duplicate is not archived if its original was archived while the proposal waited', async () => {
	const reporter = phone('081234567890');
	const [first, again] = [await makeCase(office.unit, reporter), await makeCase(office.unit, reporter)];
	await duplicateOf(again.reference, first.reference);
	await act(archiveCase, office.handler, first.reference, { reason: 'spam' });
	await approve(office.supervisor, first.reference);
	const archived = { issues: [{ code: 'draft_duplicate_archived' }] };
	await expect(approve(office.supervisor, again.reference)).rejects.toMatchObject(archived);
	expect((await readCase(again.reference)).status).toBe('received');
});

test('finds the original by the last digits of its number', async () => {
	const reporter = { ...suggestion, ...phone('081234567890') };
	const [first, again] = [await makeCase(office.unit, reporter), await makeCase(office.unit, reporter)];
	await duplicateOf(again.reference, String(Number(first.reference.slice(-6))));
	expect(await readCase(again.reference)).toMatchObject({ mainCaseId: (await readCase(first.reference)).id });
});

test('an anonymous report can be archived as a duplicate of a report with the same content', async () => {
	const body = 'Kursi tunggu di ruang layanan sudah rusak dua.';
	const first = await makeCase(office.unit, { ...suggestion, body, submission_id: crypto.randomUUID() });
	const again = await makeCase(office.unit, { ...suggestion, body, submission_id: crypto.randomUUID() });
	await duplicateOf(again.reference, first.reference);
	expect((await readCase(again.reference)).status).toBe('archived');
});

test('gives the same error for an unknown original and for one that the actor may not see', async () => {
	const elsewhere = await makeOffice();
	const hidden = await makeCase(elsewhere.unit, suggestion);
	const { reference } = await makeCase(office.unit, suggestion);
	const wrong = { issues: [{ path: 'duplicate_of', code: 'duplicate_unknown' }] };
	for (const original of [hidden.reference, 'SPATULA-7604-26-999999', 'bukan nomor', undefined]) {
		await expect(duplicateOf(reference, original as string)).rejects.toMatchObject(wrong);
	}
});

test('one person archives a suggestion, and the reporter reads the reason and the note', async () => {
	const { reference } = await makeCase(office.unit, suggestion);
	const note = 'Data ini tersedia di pelayanan data.';
	await act(archiveCase, office.handler, reference, { reason: 'information_request', note });
	expect(await lastEntry(reference, 'archived')).toMatchObject({
		public: true,
		data: { reason: 'information_request', note }
	});
});

test('a case keeps its status if its archiving is sent back', async () => {
	const { reference } = await caseIn(office, 'verified');
	await act(archiveCase, office.handler, reference, { reason: 'spam' });
	const reason = 'Ini jelas bukan spam.';
	await act(decideDraft, office.supervisor, reference, { decision: 'send_back', reason });
	expect((await readCase(reference)).status).toBe('verified');
	expect((await story(reference)).slice(-2)).toEqual(['archive_drafted', 'archive_sent_back']);
});

test.each(['verified', 'needs_info'] as const)(
	'a move to %s withdraws a proposal that was sent back',
	async (status) => {
		const { reference, id } = await caseIn(office, 'received');
		const states = async () =>
			(await db().select().from(approvals).where(eq(approvals.caseId, id))).map(({ state }) => state);
		await act(archiveCase, office.handler, reference, { reason: 'spam' });
		await act(decideDraft, office.supervisor, reference, { decision: 'send_back', reason: 'Ini bukan spam.' });
		expect(await states()).toEqual(['sent_back']);
		await bringTo(office, reference, status);
		expect(await states()).toEqual(['withdrawn']);
	}
);

test.each(['received', 'verified', 'in_progress'] as const)('a reopened case is %s as before', async (status) => {
	const { reference, id } = await atTime(TUESDAY, () => caseIn(office, status));
	await atTime(later(1), () => bringTo(office, reference, 'archived'));
	await atTime(later(2), () => submitObjection(id, { body: 'Saya keberatan, ini urusan kantor Anda.' }));
	expect(await readCase(reference)).toMatchObject({ status: 'archived', objectionAt: expect.any(Date) });
	const byHandler = act(reopenCase, office.handler, reference, { reason: 'Keberatan diterima.' });
	await expect(byHandler).rejects.toMatchObject({ name: 'NotAllowed' });
	await atTime(later(6), () => act(reopenCase, office.supervisor, reference, { reason: 'Keberatan diterima.' }));
	expect(await readCase(reference)).toMatchObject({
		status,
		archiveReason: null,
		archivedAt: null,
		objectionAt: null,
		mainCaseId: null
	});
	expect(await clockOf(reference, 'first_reply')).toMatchObject({ run: 2, state: 'running' });
	expect(await clockOf(reference, 'solution')).toMatchObject({ run: 1, state: 'running' });
	const verification = await clockOf(reference, 'verification');
	if (status === 'received') expect(verification).toMatchObject({ run: 2, state: 'running' });
	else expect(verification).toMatchObject({ run: 1, state: 'met' });
	expect((await story(reference)).slice(-2)).toEqual(['objected', 'reopened']);
});

test('a reporter objects to an archiving once, within ten working days', async () => {
	const { reference, id } = await atTime(TUESDAY, () => caseIn(office, 'archived', suggestion));
	await atTime(later(1), () => submitObjection(id, { body: 'Saya keberatan atas ini.' }));
	const again = atTime(later(2), () => submitObjection(id, { body: 'Saya masih keberatan atas ini.' }));
	await expect(again).rejects.toMatchObject({ present: { reason: 'objected' } });
	const other = await atTime(TUESDAY, () => caseIn(office, 'archived', suggestion));
	const late = atTime(later(15), () => submitObjection(other.id, { body: 'Saya keberatan atas ini.' }));
	await expect(late).rejects.toMatchObject({ present: { reason: 'too_late' } });
	// The supervisor may agree at any later time to an objection that was made in time.
	await atTime(later(40), () => act(reopenCase, office.supervisor, reference, { reason: 'Keberatan diterima.' }));
	expect((await readCase(reference)).status).toBe('received');
});

test('a changed limit applies to reports that are opened after it', async () => {
	const admin = await makeActor([[office.root.id, 'admin']]);
	const limit = { days: 3, dayUnit: 'calendar', basis: 'Keputusan kepala 5/2026' };
	const before = await atTime(TUESDAY, () => caseIn(office, 'archived', suggestion));
	await atTime(later(1), () => changeRule(admin, 'objection.any.any.any', limit));
	const after = await atTime(later(1.1), () => caseIn(office, 'archived', suggestion));
	const late = atTime(later(5), () => submitObjection(after.id, { body: 'Saya keberatan atas ini.' }));
	await expect(late).rejects.toMatchObject({ present: { reason: 'too_late' } });
	await atTime(later(5), () => submitObjection(before.id, { body: 'Saya keberatan atas ini.' }));
	await atTime(later(6), () => changeRule(admin, 'objection.any.any.any', { ...limit, days: 10, dayUnit: 'working' }));
});

test('without an objection a case cannot be reopened after ten working days', async () => {
	const { reference } = await atTime(TUESDAY, () => caseIn(office, 'archived', suggestion));
	const late = atTime(later(15), () => act(reopenCase, office.supervisor, reference, { reason: 'Ternyata perlu.' }));
	await expect(late).rejects.toMatchObject({ code: 'invalid-move', present: { reason: 'too_late' } });
});

async function archiveAsIncomplete(moment: string) {
	const found = await atTime(moment, () => caseIn(office, 'verified', suggestion));
	await atTime(moment, () => act(archiveCase, office.handler, found.reference, { reason: 'incomplete' }));
	return found;
}

test('a report archived as incomplete is reopened automatically when it is completed within 60 days', async () => {
	const { reference, id } = await archiveAsIncomplete(TUESDAY);
	await atTime(later(60), () => writeToOffice(id, { body: 'Ini keterangan yang diminta.' }));
	expect(await readCase(reference)).toMatchObject({ status: 'verified', archiveReason: null });
	expect((await story(reference)).slice(-2)).toEqual(['info_given', 'reopened']);
	expect(await clockOf(reference, 'first_reply')).toMatchObject({ run: 2, state: 'running' });

	const other = await archiveAsIncomplete(TUESDAY);
	await atTime(later(61), () => writeToOffice(other.id, { body: 'Ini keterangan yang diminta.' }));
	expect((await readCase(other.reference)).status).toBe('archived');
	expect((await story(other.reference)).at(-1)).toBe('message');
});

test('the 60 days are counted in the zone of the office', async () => {
	// Tuesday, 2 March, 06:00 in Makassar. In UTC it is still 1 March.
	const early = '2027-03-01T22:00:00Z';
	const [inTime, late] = [await archiveAsIncomplete(early), await archiveAsIncomplete(early)];
	await atTime('2027-05-01T15:59:00Z', () => writeToOffice(inTime.id, { body: 'Ini keterangan yang diminta.' }));
	expect((await readCase(inTime.reference)).status).toBe('verified');
	await atTime('2027-05-01T16:01:00Z', () => writeToOffice(late.id, { body: 'Ini keterangan yang diminta.' }));
	expect((await readCase(late.reference)).status).toBe('archived');
});

test('a complaint that waits for its reporter can be archived after a second person approves', async () => {
	const { reference } = await caseIn(office, 'needs_info');
	await act(archiveCase, office.handler, reference, { reason: 'withdrawn' });
	await approve(office.supervisor, reference);
	expect(await readCase(reference)).toMatchObject({ status: 'archived', returnStatus: 'received' });
	expect(await clockOf(reference, 'reporter_turn')).toMatchObject({ state: 'stopped' });
});
