import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db, transaction } from '#lib/server/db/index.ts';
import { approvals, timeline } from '#lib/server/db/schema/cases.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { systemActor, type Actor } from '#lib/server/people/actor.ts';
import { idOf, makeActor, makeCase, makeUnit, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { markAbsent } from '#lib/dev/testing/notices.ts';
import {
	ANSWER,
	approve,
	atTime,
	bringTo,
	lastEntry,
	readCase,
	act,
	rowsOfCase,
	caseIn
} from '#lib/dev/testing/office.ts';
import { answerCase } from './answer.ts';
import { assignCase } from '../handling/assign.ts';
import { singleSignatures } from './approval-lists.ts';
import { decideDraft } from './decide-draft.ts';
import { archiveCase, archiveNow } from '../handling/archive.ts';
import { lockCase } from '../find.ts';
import { changeNamedOfficers } from '../officers/officers-of-case.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

const refused = { name: 'NotAllowed', code: 'second_person' };

async function drafted(author: Actor): Promise<string> {
	const { reference } = await caseIn(office, 'in_progress');
	await act(answerCase, author, reference, { body: ANSWER });
	return reference;
}

test('a handler cannot decide a draft', async () => {
	const colleague = await makeActor([[office.unit.id, 'handler']]);
	const reference = await drafted(office.handler);
	await expect(approve(colleague, reference)).rejects.toMatchObject({ name: 'NotAllowed' });
	await expect(approve(office.handler, reference)).rejects.toMatchObject({ name: 'NotAllowed' });
	expect((await readCase(reference)).status).toBe('in_progress');
});

test('who answers a case without a handler becomes its handler, and stays it when the draft is sent back', async () => {
	const { reference } = await caseIn(office, 'verified');
	const words = { body: ANSWER, action: 'Petugas ditegur.', action_on: '2026-01-05' };
	await act(answerCase, office.handler, reference, words, { files: [] });
	await act(decideDraft, office.supervisor, reference, { decision: 'send_back', reason: 'Sebutkan harinya.' });
	expect(await readCase(reference)).toMatchObject({ status: 'in_progress', assigneeId: office.handler.accountId });
	expect((await rowsOfCase(timeline, reference)).map(({ type }) => type)).toContain('assigned');
});

test('an answer from the desk to a case whose handler lost the role makes its writer the handler', async () => {
	const former = await makeActor([[office.unit.id, 'handler']]);
	const { reference } = await caseIn(office, 'verified');
	await act(assignCase, former, reference, { assignee: idOf(former) });
	await db()
		.delete(roles)
		.where(eq(roles.accountId, idOf(former)));
	const words = { body: ANSWER, action: 'Petugas ditegur.', action_on: '2026-01-05' };
	await act(answerCase, office.handler, reference, words, { files: [] });
	expect((await readCase(reference)).assigneeId).toBe(office.handler.accountId);
});

test('an approval may have a reason', async () => {
	const reference = await drafted(office.handler);
	await act(decideDraft, office.supervisor, reference, { decision: 'approve', reason: 'Sudah lengkap.' });
	expect((await readCase(reference)).status).toBe('answered');
});

test('a supervisor who wrote the answer cannot approve it; a supervisor of the unit above can', async () => {
	const reference = await drafted(office.supervisor);
	await expect(approve(office.supervisor, reference)).rejects.toMatchObject(refused);
	await approve(office.rootSupervisor, reference);
	expect((await readCase(reference)).status).toBe('answered');
});

test('the writer of an earlier version of a draft cannot approve a later version', async () => {
	const reference = await drafted(office.supervisor);
	await act(answerCase, office.handler, reference, { body: `${ANSWER} Mohon maaf.` });
	await expect(approve(office.supervisor, reference)).rejects.toMatchObject(refused);
	await approve(office.rootSupervisor, reference);
});

test('while the supervisor is absent, a supervisor of the unit above may decide at once', async () => {
	await markAbsent(office.supervisor);
	const reference = await drafted(office.handler);
	await expect(approve(office.supervisor, reference)).rejects.toMatchObject(refused);
	await approve(office.rootSupervisor, reference);
	expect((await readCase(reference)).status).toBe('answered');
});

test('if the unit has an available supervisor, those of the unit above may decide only after one working day', async () => {
	const reference = await atTime('2026-11-26T02:00:00Z', () => drafted(office.handler));
	// The draft is from Thursday. Until Friday 16:00 WITA only the unit's supervisors may decide it.
	const early = atTime('2026-11-27T07:00:00Z', () => approve(office.rootSupervisor, reference));
	await expect(early).rejects.toMatchObject(refused);
	await atTime('2026-11-27T08:00:00Z', () => approve(office.rootSupervisor, reference));
	expect((await readCase(reference)).status).toBe('answered');
});

test('a supervisor whom the case names can neither see nor decide it', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id, ['supervisor']);
	const { reference } = await caseIn(office, 'in_progress', { officer: officer.id });
	await act(answerCase, office.supervisor, reference, { body: ANSWER });
	await expect(approve(named, reference)).rejects.toMatchObject({ name: 'NotFound' });
	await approve(office.rootSupervisor, reference);
});

test('a supervisor who is named after the draft was written can no longer decide it', async () => {
	const [officer, second] = await makeOfficerWithAccount(office.unit.id, ['supervisor']);
	const reference = await drafted(office.handler);
	await act(changeNamedOfficers, office.handler, reference, { officer: officer.id, action: 'add' });
	await expect(approve(second, reference)).rejects.toMatchObject({ name: 'NotFound' });
	await approve(office.supervisor, reference);
});

test('a draft whose writer is named afterwards can only be sent back, and somebody else writes it', async () => {
	const [officer, writer] = await makeOfficerWithAccount(office.unit.id);
	const reference = await drafted(writer);
	await act(changeNamedOfficers, office.supervisor, reference, { officer: officer.id, action: 'add' });
	await expect(approve(office.supervisor, reference)).rejects.toMatchObject({ issues: [{ code: 'draft_named' }] });
	const back = { decision: 'send_back', reason: 'Penulisnya disebut dalam laporan.' };
	await act(decideDraft, office.supervisor, reference, back);
	await act(answerCase, office.handler, reference, { body: ANSWER });
	await approve(office.supervisor, reference);
	expect((await readCase(reference)).status).toBe('answered');
});

test('at a root with one person the answer is published with a single signature and listed for review', async () => {
	const root = await makeUnit();
	const alone = await makeActor([[root.id, 'handler', 'supervisor']]);
	const { reference } = await makeCase(root);
	await bringTo({ ...office, unit: root, handler: alone, supervisor: alone }, reference, 'in_progress');
	// The message is for the writer, because no second person could send the draft back.
	await expect(act(answerCase, alone, reference, { body: `${ANSWER} {batas_waktu}` })).rejects.toMatchObject({
		issues: [{ path: 'body', code: 'placeholder_open' }]
	});
	// The desk's form asks first, because its button says that somebody will check the answer.
	const form = { body: ANSWER, action: 'Loket diberi pagar.', action_on: '2026-01-05' };
	const atDesk = (actor: Actor, number: string, input: unknown) => answerCase(actor, number, input, { files: [] });
	await expect(act(atDesk, alone, reference, form)).rejects.toMatchObject({
		issues: [{ path: 'confirmed', code: 'single_signature' }]
	});
	expect((await readCase(reference)).status).toBe('in_progress');
	await act(atDesk, alone, reference, { ...form, confirmed: 'true' });
	expect((await readCase(reference)).status).toBe('answered');
	expect((await lastEntry(reference, 'answered'))?.data).toMatchObject({ single_signature: true });
	const [approval] = await rowsOfCase(approvals, reference);
	expect(approval).toMatchObject({ state: 'approved', singleSignature: true, decidedBy: null });
	const listed = { reference, kind: 'answer', body: ANSWER, author: alone.name };
	expect(await singleSignatures(alone)).toMatchObject({ items: [listed] });
	expect((await singleSignatures(office.supervisor)).items).toEqual([]);
});

test('a person who supervises the unit and the province counts as one person', async () => {
	const root = await makeUnit();
	const unit = await makeUnit({ parent: root });
	const both = await makeActor([
		[root.id, 'supervisor'],
		[unit.id, 'supervisor', 'handler']
	]);
	const { reference } = await makeCase(unit);
	await bringTo({ ...office, unit, handler: both, supervisor: both }, reference, 'in_progress');
	await act(answerCase, both, reference, { body: ANSWER });
	expect((await lastEntry(reference, 'answered'))?.data).toMatchObject({ single_signature: true });
});

test('a draft by an API token waits for a person, and the token cannot approve it', async () => {
	const system = await systemActor(['cases:handle']);
	const reference = await drafted(system);
	expect((await readCase(reference)).status).toBe('in_progress');
	await expect(approve(system, reference)).rejects.toMatchObject(refused);
	await approve(office.supervisor, reference);
	expect((await readCase(reference)).status).toBe('answered');
});

test('sending back needs a reason, which the timeline shows, and the writer submits again', async () => {
	const reference = await drafted(office.handler);
	const bare = act(decideDraft, office.supervisor, reference, { decision: 'send_back' });
	await expect(bare).rejects.toMatchObject({ issues: [{ path: 'reason', code: 'reason_missing' }] });
	const reason = 'Sebutkan sejak kapan loket ditambah.';
	await act(decideDraft, office.supervisor, reference, { decision: 'send_back', reason });
	expect((await lastEntry(reference, 'answer_sent_back'))?.data).toMatchObject({ reason });
	await expect(approve(office.supervisor, reference)).rejects.toMatchObject({ code: 'invalid-move' });
	await act(answerCase, office.handler, reference, { body: `${ANSWER} Sejak Senin.` });
	await approve(office.supervisor, reference);
	expect((await readCase(reference)).status).toBe('answered');
});

test('archiving a complaint needs a second person too', async () => {
	const { reference } = await makeCase(office.unit);
	const input = { reason: 'out_of_scope', note: 'Ini urusan dinas pariwisata.' };
	await act(archiveCase, office.supervisor, reference, input);
	expect((await readCase(reference)).status).toBe('received');
	await expect(approve(office.supervisor, reference)).rejects.toMatchObject(refused);
	await approve(office.rootSupervisor, reference);
	expect(await readCase(reference)).toMatchObject({ status: 'archived', archiveReason: 'out_of_scope' });
	expect((await lastEntry(reference, 'archived'))?.data).toMatchObject({ note: 'Ini urusan dinas pariwisata.' });
});

test('a draft is withdrawn when its case is archived in another way', async () => {
	const { reference } = await caseIn(office, 'needs_info');
	await act(archiveCase, office.handler, reference, { reason: 'out_of_scope' });
	const { id } = await readCase(reference);
	await transaction(async (tx) => archiveNow(tx, 'system', await lockCase(tx, id), { archiveReason: 'incomplete' }));
	const left = await db().select({ state: approvals.state }).from(approvals).where(eq(approvals.caseId, id));
	expect(left).toEqual([{ state: 'withdrawn' }]);
	await expect(approve(office.supervisor, reference)).rejects.toMatchObject({ code: 'invalid-move' });
});

test('a draft with an empty heading or a placeholder cannot be approved, but can be sent back', async () => {
	const open = 'Terima kasih.\n\nHasil pemeriksaan:\n\nYang kami lakukan:\nDua kursi ditambah.';
	const { reference } = await caseIn(office, 'in_progress');
	for (const body of [open, `${ANSWER} Paling lambat {batas_waktu}.`]) {
		await act(answerCase, office.handler, reference, { body });
		await expect(approve(office.supervisor, reference)).rejects.toMatchObject({ issues: [{ code: 'draft_unfilled' }] });
	}
	expect((await readCase(reference)).status).toBe('in_progress');
	const back = { decision: 'send_back', reason: 'Isi dulu hasil pemeriksaannya.' };
	await act(decideDraft, office.supervisor, reference, back);
	expect((await lastEntry(reference, 'answer_sent_back'))?.data).toMatchObject({ reason: back.reason });
});
