import { describe, expect, test } from 'vitest';
import { allows, type Move } from '#lib/cases/moves.ts';
import { CASE_STATUSES, type CaseStatus } from '#lib/cases/vocabulary.ts';
import { ANSWER, approve, caseIn, makeOffice, readCase, story, act } from '#lib/dev/testing/office.ts';
import { makeActor, makeCase } from '#lib/dev/testing/factories.ts';
import { answerCase } from './answers/answer.ts';
import { decideDraft } from './answers/decide-draft.ts';
import { archiveCase, reopenCase } from './handling/archive.ts';
import { assignCase } from './handling/assign.ts';
import { askReporter, writeMessage } from './conversation/message.ts';
import { submitObjection } from './conversation/objection.ts';
import { scoreAnswer } from './conversation/reporter-reply.ts';
import { verifyCase } from './handling/verify.ts';
import { deskCase } from './view.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

/** Moves whose verb needs nothing but its input. The others have specs of their own. */
const verbs: Partial<Record<Move, (reference: string) => Promise<unknown>>> = {
	verify: (reference) => act(verifyCase, office.supervisor, reference, { category: 'time', class: 'plain' }),
	assign: (reference) => act(assignCase, office.supervisor, reference, { assignee: office.handler.accountId }),
	answer: (reference) => act(answerCase, office.supervisor, reference, { body: ANSWER }),
	ask: (reference) => act(askReporter, office.supervisor, reference, { body: 'Kapan itu?' }),
	archive: (reference) => act(archiveCase, office.supervisor, reference, { reason: 'spam' }),
	reopen: (reference) => act(reopenCase, office.supervisor, reference, { reason: 'Masih relevan.' }),
	accept: async (reference) => scoreAnswer((await readCase(reference)).id, { score: 5 })
};

describe.each(CASE_STATUSES.filter((status) => status !== 'closed'))('a suggestion that is %s', (status) => {
	test.each(Object.keys(verbs) as Move[])('allows or refuses %s as the table of moves says', async (move) => {
		const { reference } = await caseIn(office, status, { kind: 'suggestion' });
		const before = await readCase(reference);
		const attempt = verbs[move]?.(reference);
		if (allows(move, status)) {
			await attempt;
			expect((await readCase(reference)).version).toBeGreaterThan(before.version);
		} else {
			await expect(attempt).rejects.toMatchObject({ name: 'Conflict', code: 'invalid-move' });
			expect(await readCase(reference)).toEqual(before);
		}
	});
});

test.each<CaseStatus>(['received', 'verified', 'in_progress', 'needs_info'])(
	'a case that is %s cannot be disputed',
	async (status) => {
		const { id } = await caseIn(office, status);
		await expect(submitObjection(id, { body: 'Saya tidak puas dengan ini.' })).rejects.toMatchObject({
			code: 'invalid-move',
			present: { reason: 'not_answered' }
		});
	}
);

test('a case without a waiting draft cannot be decided', async () => {
	const { reference } = await caseIn(office, 'in_progress');
	await expect(approve(office.supervisor, reference)).rejects.toMatchObject({ code: 'invalid-move' });
});

test('while a question to the reporter is open, a drafted answer cannot be approved', async () => {
	const { reference } = await caseIn(office, 'in_progress');
	await act(answerCase, office.handler, reference, { body: ANSWER });
	await act(askReporter, office.handler, reference, { body: 'Satu hal lagi: kapan?' });
	await expect(approve(office.supervisor, reference)).rejects.toMatchObject({ code: 'invalid-move' });
	const shown = await deskCase(office.supervisor, reference);
	expect([shown.draft?.state, shown.may.decide]).toEqual(['pending', false]);
	await act(decideDraft, office.supervisor, reference, { decision: 'send_back', reason: 'Tunggu jawaban pelapor.' });
	expect((await readCase(reference)).status).toBe('needs_info');
});

test('refuses a verb for an older version and lists the changes since', async () => {
	const { reference, version } = await caseIn(office, 'verified');
	await writeMessage(office.supervisor, reference, { body: 'Kami sedang memeriksa.', public: true });
	await act(assignCase, office.supervisor, reference, { assignee: office.handler.accountId });
	const late = answerCase(office.handler, reference, { body: ANSWER, version });
	await expect(late).rejects.toMatchObject({
		code: 'stale',
		present: { status: 'in_progress', version: version + 2, changes: ['message', 'assigned'] }
	});
	expect(await story(reference)).not.toContain('answer_drafted');
});

test('refuses one of two concurrent verbs with a list of the changes', async () => {
	const { reference, version } = await caseIn(office, 'received');
	const input = { category: 'time', class: 'plain', version };
	const both = await Promise.allSettled([
		verifyCase(office.handler, reference, input),
		verifyCase(office.supervisor, reference, { ...input, category: 'cost' })
	]);
	expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
	expect(both.find((one) => one.status === 'rejected')).toMatchObject({
		reason: { code: 'stale', present: { changes: ['verified'] } }
	});
	expect(await story(reference)).toEqual(['opened', 'verified']);
});

test('a handler reassigns their own case, but only a supervisor reassigns another person’s case', async () => {
	const { reference } = await caseIn(office, 'in_progress');
	const { handler, supervisor } = office;
	await act(assignCase, handler, reference, { assignee: supervisor.accountId });
	await act(writeMessage, supervisor, reference, { body: 'Sedang saya periksa.', public: false });
	const grab = act(assignCase, handler, reference, { assignee: handler.accountId });
	await expect(grab).rejects.toMatchObject({ name: 'NotAllowed' });
	await act(assignCase, supervisor, reference, { assignee: handler.accountId });
	expect((await readCase(reference)).assigneeId).toBe(handler.accountId);
});

test('the person who assigned a case takes it back until something else was done', async () => {
	const { reference } = await caseIn(office, 'in_progress');
	const { handler, supervisor } = office;
	const colleague = await makeActor([[office.unit.id, 'handler']]);
	const mayAssign = async (actor: typeof handler) => (await deskCase(actor, reference)).may.assign;
	await act(assignCase, handler, reference, { assignee: supervisor.accountId });
	expect([await mayAssign(handler), await mayAssign(colleague)]).toEqual([true, false]);
	await act(assignCase, handler, reference, { assignee: handler.accountId });
	expect((await readCase(reference)).assigneeId).toBe(handler.accountId);
	await act(assignCase, handler, reference, { assignee: supervisor.accountId });
	await act(writeMessage, supervisor, reference, { body: 'Sedang saya periksa.', public: false });
	expect(await mayAssign(handler)).toBe(false);
});

test('refuses to assign a case to somebody who may not see it', async () => {
	const elsewhere = await makeOffice();
	const { reference } = await makeCase(office.unit);
	const stranger = act(assignCase, office.handler, reference, { assignee: elsewhere.handler.accountId });
	await expect(stranger).rejects.toMatchObject({ issues: [{ path: 'assignee', code: 'assignee_invalid' }] });
});
