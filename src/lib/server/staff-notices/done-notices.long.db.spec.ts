import { beforeEach, expect, test } from 'vitest';
import { and, eq, isNull } from 'drizzle-orm';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { decideDraft } from '#lib/server/cases/answers/decide-draft.ts';
import { reopenCase } from '#lib/server/cases/handling/archive.ts';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { declineObjection, submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { writeToOffice } from '#lib/server/cases/conversation/reporter-reply.ts';
import { db } from '#lib/server/db/index.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { sweepClocks } from './deadlines.ts';
import { sweepWaitingDrafts } from './draft-deciders.ts';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { countUnread, notifyOfTimeline, switchOff } from '#lib/dev/testing/notices.ts';
import { act, ANSWER, approve, atTime, bringTo, caseIn, on, readCase } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();
let second: Actor;
beforeEach(async () => {
	second = await makeActor([[office.unit.id, 'supervisor']]);
});

const TUESDAY = '2027-03-02T02:00:00Z';
const later = (days: number, hour = 2) => new Date(Date.UTC(2027, 2, 2 + days, hour)).toISOString();

/** Kinds of a person's unread notices. */
async function unread(actor: Actor): Promise<string[]> {
	const rows = await db()
		.select({ kind: notices.kind, data: notices.data })
		.from(notices)
		.where(and(eq(notices.accountId, actor.accountId ?? ''), isNull(notices.readAt)));
	return rows.map(({ kind, data }) => (typeof data.clock === 'string' ? `${kind} ${data.clock}` : kind)).sort();
}

/** Does something at a time, and then runs the job of its timeline entries. */
const then = (moment: string, reference: string, work: () => Promise<unknown>) =>
	atTime(moment, async () => {
		await work();
		await notifyOfTimeline(reference);
	});
const answer = async (reference: string, body = ANSWER) =>
	answerCase(office.handler, reference, await on(reference, { body }));

async function drafted(): Promise<string> {
	const { reference } = await atTime(TUESDAY, () => caseIn(office, 'in_progress'));
	await then(TUESDAY, reference, () => answer(reference));
	return reference;
}

test('a decision marks the notices of a draft as read', async () => {
	const reference = await drafted();
	expect([await unread(office.supervisor), await unread(second)]).toEqual([['approval_wanted'], ['approval_wanted']]);
	expect(await countUnread(second)).toBe(1);
	await then(later(0, 3), reference, () => approve(office.supervisor, reference));
	expect([await unread(office.supervisor), await unread(second)]).toEqual([[], []]);
	expect(await countUnread(second)).toBe(0);
});

test('a decision also marks notices to supervisors above, and a notice of a draft sent back stays until it is rewritten', async () => {
	const reference = await drafted();
	await atTime(later(2), sweepWaitingDrafts);
	expect(await unread(office.rootSupervisor)).toEqual(['approval_passed_up']);
	await then(later(2, 3), reference, async () => {
		const reason = 'Tulis juga tanggal perbaikannya.';
		await decideDraft(second, reference, await on(reference, { decision: 'send_back', reason }));
	});
	expect(await unread(office.rootSupervisor)).toEqual([]);
	expect(await unread(office.handler)).toContain('sent_back');
	await then(later(2, 4), reference, () => answer(reference, `${ANSWER} Mulai hari ini.`));
	expect(await unread(office.handler)).not.toContain('sent_back');
	expect(await unread(second)).toEqual(['approval_wanted']);
});

test('a draft sent back after its writer left notifies the present workers of the case, until one of them rewrites it', async () => {
	const reference = await drafted();
	const successor = await makeActor([[office.unit.id, 'handler']]);
	await then(later(0, 3), reference, async () => {
		await switchOff(office.handler);
		await assignCase(office.supervisor, reference, await on(reference, { assignee: successor.accountId }));
		const reason = 'Tulis juga tanggal perbaikannya.';
		await decideDraft(second, reference, await on(reference, { decision: 'send_back', reason }));
	});
	expect([await unread(office.handler), await unread(successor)]).toEqual([[], ['assigned', 'sent_back']]);
	await then(later(0, 4), reference, async () =>
		answerCase(successor, reference, await on(reference, { body: `${ANSWER} Mulai hari ini.` }))
	);
	expect(await unread(successor)).toEqual(['assigned']);
});

test('a reassignment marks the notice of the former assignee as read', async () => {
	const colleague = await makeActor([[office.unit.id, 'handler']]);
	const { reference } = await atTime(TUESDAY, () => caseIn(office, 'verified'));
	const give = (to: Actor) =>
		then(TUESDAY, reference, async () =>
			assignCase(office.supervisor, reference, await on(reference, { assignee: to.accountId }))
		);
	await give(colleague);
	expect(await unread(colleague)).toEqual(['assigned']);
	await give(office.handler);
	expect([await unread(colleague), await unread(office.handler)]).toEqual([[], ['assigned']]);
});

test('a reassignment marks the notice of a reopened report as read', async () => {
	const colleague = await makeActor([[office.unit.id, 'handler']]);
	const { reference } = await atTime(TUESDAY, () => caseIn(office, 'in_progress'));
	await atTime(TUESDAY, () => bringTo(office, reference, 'archived'));
	await then(later(1), reference, () => act(reopenCase, office.supervisor, reference, { reason: 'Masih relevan.' }));
	expect(await unread(office.handler)).toContain('reopened');
	await then(later(1, 3), reference, () =>
		act(assignCase, office.supervisor, reference, { assignee: colleague.accountId })
	);
	expect(await unread(office.handler)).not.toContain('reopened');
	expect(await unread(colleague)).toEqual(['assigned']);
});

test('a reply by anybody at the office marks the notice of a reporter’s message as read', async () => {
	const colleague = await makeActor([[office.unit.id, 'handler']]);
	const { reference, id } = await atTime(TUESDAY, () => caseIn(office, 'in_progress'));
	await then(later(1), reference, () => writeToOffice(id, { body: 'Apakah sudah ada kabar?' }));
	await then(later(1), reference, () =>
		writeMessage(colleague, reference, { body: 'Catatan untuk rekan.', public: false })
	);
	expect(await unread(office.handler)).toContain('message');
	await then(later(1, 3), reference, () =>
		writeMessage(colleague, reference, { body: 'Sedang kami periksa.', public: true })
	);
	expect(await unread(office.handler)).not.toContain('message');
});

test('notifies of the first four messages in an hour, until the office writes', async () => {
	const { reference, id } = await atTime(TUESDAY, () => caseIn(office, 'in_progress'));
	const say = () => then(later(1), reference, () => writeToOffice(id, { body: 'Apakah sudah ada kabar?' }));
	const messages = async () => (await unread(office.handler)).filter((kind) => kind === 'message').length;
	for (let n = 0; n < 6; n++) await say();
	expect(await messages()).toBe(4);
	await then('2027-03-03T02:10:00Z', reference, () =>
		writeMessage(office.handler, reference, { body: 'Sedang kami periksa.', public: true })
	);
	expect(await messages()).toBe(0);
	// Within the hour, so that only the office's message lets it be heard again.
	await then('2027-03-03T02:30:00Z', reference, () => writeToOffice(id, { body: 'Terima kasih.' }));
	expect(await messages()).toBe(1);
});

test('an answer marks the notice of a dispute as read, and a decision that of an objection', async () => {
	const { reference, id } = await atTime(TUESDAY, () => caseIn(office, 'answered', { kind: 'suggestion' }));
	await then(later(1), reference, () => submitObjection(id, { body: 'Saya belum puas dengan jawaban ini.' }));
	expect(await unread(office.handler)).toContain('disputed');
	await then(later(1, 3), reference, () => answer(reference));
	expect(await unread(office.handler)).not.toContain('disputed');

	const archived = await atTime(TUESDAY, () => caseIn(office, 'archived', { kind: 'suggestion' }));
	await then(later(1), archived.reference, () =>
		submitObjection(archived.id, { body: 'Saya keberatan atas penutupan ini.' })
	);
	expect(await unread(second)).toEqual(['objected']);
	await then(later(1), archived.reference, async () => {
		const reason = 'Bukan layanan kantor ini.';
		await declineObjection(office.supervisor, archived.reference, await on(archived.reference, { reason }));
	});
	expect(await unread(second)).toEqual([]);
});

test('meeting a deadline marks its notices as read', async () => {
	const { reference } = await atTime(TUESDAY, () => caseIn(office, 'received'));
	await atTime(later(14), sweepClocks);
	const ofLaw = 'clock_alert response_by_law';
	const unverified = 'clock_overdue verification';
	expect(await unread(office.handler)).toEqual([ofLaw, unverified, 'clock_warning first_reply']);
	await then(later(14, 3), reference, () => bringTo(office, reference, 'needs_info'));
	expect((await readCase(reference)).status).toBe('needs_info');
	// The question was the first reply. The report is still unverified.
	expect(await unread(office.handler)).toEqual([unverified]);
});
