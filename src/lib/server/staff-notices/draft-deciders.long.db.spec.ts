import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { decideDraft } from '#lib/server/cases/answers/decide-draft.ts';
import { askReporter } from '#lib/server/cases/conversation/message.ts';
import { submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { writeToOffice } from '#lib/server/cases/conversation/reporter-reply.ts';
import { archiveCase } from '#lib/server/cases/handling/archive.ts';
import { archivePicked } from '#lib/server/cases/handling/bulk.ts';
import { db } from '#lib/server/db/index.ts';
import { approvals } from '#lib/server/db/schema/cases.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { notifyOfEvents } from './notify-of-events.ts';
import { sweepWaitingDrafts } from './draft-deciders.ts';
import { makeActor, makeCase, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import {
	emailsTo,
	giveEmailAddress,
	markAbsent,
	noticesTo,
	noticesToEach,
	notifyOfTimeline
} from '#lib/dev/testing/notices.ts';
import {
	ANSWER,
	act,
	approve,
	atTime,
	bringTo,
	entriesOf,
	lastEntry,
	makeOffice,
	nameOfficer,
	on,
	readCase,
	story
} from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();
useMailServer();

beforeEach(async () => {
	await db().update(approvals).set({ state: 'withdrawn' }).where(eq(approvals.state, 'pending'));
});

const THURSDAY = '2026-11-26T02:00:00Z';

async function drafted(moment = THURSDAY): Promise<string> {
	const { reference } = await atTime(moment, () => makeCase(office.unit));
	await atTime(moment, async () => {
		await bringTo(office, reference, 'in_progress');
		await answer(reference);
		await notifyOfTimeline(reference);
	});
	return reference;
}
const answer = async (reference: string, body = ANSWER) =>
	answerCase(office.handler, reference, await on(reference, { body }));
const sendBack = async (reference: string, reason: string) =>
	decideDraft(office.supervisor, reference, await on(reference, { decision: 'send_back', reason }));
const noticesAboveAt = async (moment: string) => {
	await atTime(moment, sweepWaitingDrafts);
	return noticesTo(office.rootSupervisor);
};
const PASSED_UP = ['approval_passed_up'];

test('notifies the people who may decide a draft, but none of its writers', async () => {
	const address = await giveEmailAddress(office.supervisor);
	const reference = await drafted();
	expect(await noticesToEach(office.supervisor, office.handler, office.rootSupervisor)).toEqual([
		['approval_wanted'],
		[],
		[]
	]);
	const [mail] = await emailsTo(address);
	expect(mail?.subject).toBe(`Ada yang menunggu persetujuan Anda: ${reference}`);
	expect(mail?.body).toContain('Jawaban menunggu persetujuan Anda');
	expect(mail?.body).toContain('Menunggu sejak Kamis, 26 November 2026, 10.00 WITA');
	expect(mail?.body).toContain(`/desk/cases/${reference}/approval`);
	expect(mail?.body).not.toContain(ANSWER);
});

test('notifies the writer at the desk that the answer was sent, unless the reporter has disputed it since', async () => {
	const address = await giveEmailAddress(office.handler);
	const reference = await drafted();
	await atTime('2026-11-26T03:00:00Z', () => approve(office.supervisor, reference));
	await notifyOfTimeline(reference);
	const disputed = await drafted();
	await atTime('2026-11-26T04:00:00Z', () => approve(office.supervisor, disputed));
	await atTime('2026-11-26T05:00:00Z', async () =>
		submitObjection((await readCase(disputed)).id, { body: 'Masih sama saja.' })
	);
	await notifyOfTimeline(disputed);
	expect(await noticesTo(office.handler)).toEqual(['answer_sent', 'disputed']);
	expect((await emailsTo(address)).map(({ subject }) => subject)).toEqual([`Pelapor belum puas: ${disputed}`]);
});

test('notifies of a drafted archiving, unless it was decided before the job ran', async () => {
	const archived = async () => {
		const { reference } = await makeCase(office.unit);
		const input = { reason: 'out_of_scope', note: 'Bukan kami.' };
		await archiveCase(office.handler, reference, await on(reference, input));
		return reference;
	};
	const reference = await archived();
	await approve(office.supervisor, reference);
	await notifyOfTimeline(reference);
	expect(await noticesTo(office.supervisor)).toEqual([]);
	await notifyOfTimeline(await archived());
	expect(await noticesTo(office.supervisor)).toEqual(['approval_wanted']);
});

test('after one working day without a decision, notifies the supervisors above once', async () => {
	const reference = await drafted();
	expect(await noticesAboveAt('2026-11-27T07:59:00Z')).toEqual([]);
	// Friday, 16:00.
	await atTime('2026-11-27T08:00:00Z', () => Promise.all([sweepWaitingDrafts(), sweepWaitingDrafts()]));
	expect(await noticesAboveAt('2026-11-30T01:00:00Z')).toEqual(PASSED_UP);
	expect(await noticesTo(office.supervisor)).toEqual(['approval_wanted']);
	expect((await story(reference)).filter((type) => type === 'clock_passed_up')).toHaveLength(1);
	expect(await lastEntry(reference, 'clock_passed_up')).toMatchObject({ actorKind: 'system', public: false });
});

test('after one working day a draft is also passed up if its supervisor has become absent', async () => {
	const reference = await drafted();
	await atTime('2026-11-27T02:00:00Z', () => markAbsent(office.supervisor));
	expect(await noticesAboveAt('2026-11-27T08:00:00Z')).toEqual(PASSED_UP);
	expect(await story(reference)).toContain('clock_passed_up');
});

test('without anybody above, a wave of archivings is not passed up, and only a new colleague is notified', async () => {
	await atTime('2026-11-27T02:00:00Z', () => markAbsent(office.rootSupervisor));
	const references = await atTime(THURSDAY, async () => {
		const made = [await makeCase(office.unit), await makeCase(office.unit)].map(({ reference }) => reference);
		const picked = await Promise.all(made.map(readCase));
		await archivePicked(office.handler, picked, { reason: 'spam', note: 'Bukan laporan.' });
		for (const reference of made) await notifyOfTimeline(reference);
		return made;
	});
	const colleague = await makeActor([[office.unit.id, 'supervisor']]);
	expect(await noticesAboveAt('2026-11-27T08:00:00Z')).toEqual([]);
	expect(await noticesToEach(office.supervisor, colleague)).toEqual([['approval_wanted'], ['approval_wanted']]);
	for (const reference of references) expect(await story(reference)).not.toContain('clock_passed_up');
});

test('an answer does not wait for a decision while the reporter is asked, and again after the reply', async () => {
	const reference = await drafted();
	await atTime(THURSDAY, () => act(askReporter, office.handler, reference, { body: 'Tanggal berapa kejadiannya?' }));
	expect(await noticesAboveAt('2026-11-30T01:00:00Z')).toEqual([]);
	expect(await story(reference)).not.toContain('clock_passed_up');
	await atTime('2026-12-07T01:00:00Z', async () => {
		await writeToOffice((await readCase(reference)).id, { body: 'Kejadiannya tanggal 3 November.' });
		const reply = (await entriesOf(reference)).filter(({ type }) => type === 'info_given');
		for (const _ of ['once', 'again']) await notifyOfEvents(reply);
	});
	expect(await noticesTo(office.supervisor)).toEqual(['approval_wanted', 'approval_wanted']);
	expect(await noticesAboveAt('2026-12-07T01:01:00Z')).toEqual(PASSED_UP);
	expect((await story(reference)).filter((type) => type === 'clock_passed_up')).toHaveLength(1);
});

test('a draft whose second persons are gone after one working day is published with a single signature', async () => {
	const unfilled = await drafted();
	await atTime(THURSDAY, () => answer(unfilled, `${ANSWER} Paling lambat {batas_waktu}.`));
	const reference = await drafted();
	await atTime('2026-11-27T08:00:00Z', sweepWaitingDrafts);
	await atTime('2026-11-30T01:00:00Z', async () => {
		await markAbsent(office.supervisor);
		await markAbsent(office.rootSupervisor);
		await Promise.all([sweepWaitingDrafts(), sweepWaitingDrafts()]);
	});
	expect(await readCase(reference)).toMatchObject({ status: 'answered' });
	expect(await lastEntry(reference, 'answered')).toMatchObject({
		actorKind: 'system',
		data: { single_signature: true }
	});
	expect(await readCase(unfilled)).toMatchObject({ status: 'in_progress' });
});

test('the working day of a draft depends on weekends and the office’s hours', async () => {
	const hours = { start: '08:00', end: '16:00', weekdays: { 5: { start: '08:00', end: '11:30' } } };
	await db().update(units).set({ hours }).where(eq(units.id, office.unit.id));
	await drafted();
	expect(await noticesAboveAt('2026-11-27T03:29:00Z')).toEqual([]);
	expect(await noticesAboveAt('2026-11-27T03:30:00Z')).toEqual(PASSED_UP);
	// A draft of Friday can be decided above from the end of Monday.
	Object.assign(office, await makeOffice());
	await drafted('2026-11-27T02:00:00Z');
	expect(await noticesAboveAt('2026-11-30T07:59:00Z')).toEqual([]);
	expect(await noticesAboveAt('2026-11-30T08:00:00Z')).toEqual(PASSED_UP);
});

test('a draft that was sent back and rewritten starts a new day and notifies again', async () => {
	const reference = await drafted();
	await atTime('2026-11-27T07:00:00Z', () => sendBack(reference, 'Sebutkan sejak kapan.'));
	expect(await noticesAboveAt('2026-11-27T08:00:00Z')).toEqual([]);
	await atTime('2026-11-27T07:30:00Z', async () => {
		await answer(reference, `${ANSWER} Sejak Senin.`);
		await notifyOfTimeline(reference);
	});
	expect(await noticesTo(office.supervisor)).toEqual(['approval_wanted', 'approval_wanted']);
	expect(await noticesAboveAt('2026-11-27T09:00:00Z')).toEqual([]);
	expect(await noticesAboveAt('2026-11-30T08:00:00Z')).toEqual(PASSED_UP);
});

test('does not notify a supervisor above whom the case names', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.root.id, ['supervisor']);
	const reference = await drafted();
	await atTime(THURSDAY, () => nameOfficer(office.handler, reference, officer));
	expect(await noticesAboveAt('2026-11-27T08:00:00Z')).toEqual(PASSED_UP);
	expect(await noticesTo(named)).toEqual([]);
});

test('notifies the writer of a draft that it was sent back, but not after they rewrote it', async () => {
	const address = await giveEmailAddress(office.handler);
	const reference = await drafted();
	await atTime(THURSDAY, () => sendBack(reference, 'Sebutkan tanggalnya.'));
	await notifyOfTimeline(reference);
	await notifyOfTimeline(reference);
	expect(await noticesTo(office.handler)).toEqual(['sent_back']);
	const [mail] = await emailsTo(address);
	expect(mail?.subject).toBe(`Rancangan dikembalikan untuk diperbaiki: ${reference}`);
	expect(mail?.body).toContain(`/desk/cases/${reference}/answer`);
	expect(mail?.body).not.toContain('tanggalnya');

	await atTime(THURSDAY, async () => {
		await answer(reference);
		await sendBack(reference, 'Sebutkan tanggalnya.');
		await answer(reference);
	});
	await notifyOfTimeline(reference);
	expect(await noticesTo(office.handler)).toEqual(['sent_back']);
});

test('a draft that was sent back to an absent writer, or to a former assignee, also notifies the people who work on the case', async () => {
	const deputy = await makeActor([[office.root.id, 'handler']]);
	const assignee = await makeActor([[office.unit.id, 'handler']]);
	const [absent, reassigned] = [await drafted(), await drafted()];
	await atTime(THURSDAY, async () => {
		await assignCase(office.supervisor, reassigned, await on(reassigned, { assignee: assignee.accountId }));
		await sendBack(reassigned, 'Sebutkan tanggalnya.');
		await notifyOfTimeline(reassigned);
		expect(await noticesToEach(office.handler, assignee)).toEqual([['sent_back'], ['assigned', 'sent_back']]);
		await markAbsent(office.handler, deputy);
		await sendBack(absent, 'Sebutkan tanggalnya.');
		await notifyOfTimeline(absent);
	});
	expect(await noticesTo(deputy)).toEqual(['sent_back']);
	expect(await noticesTo(office.handler)).toEqual(['sent_back', 'sent_back']);
});
