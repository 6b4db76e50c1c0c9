import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { decideDraft } from '#lib/server/cases/answers/approve.ts';
import { archiveCase } from '#lib/server/cases/handling/archive.ts';
import { nameInCase } from '#lib/server/cases/officers/named.ts';
import { db } from '#lib/server/db/index.ts';
import { approvals } from '#lib/server/db/schema/cases.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { sweepWaitingDrafts } from './passed-up.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeCase, makeOfficer } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/mail.ts';
import { isAway, lettersTo, tellOfStory, toldTo, withAddress } from '#lib/dev/testing/notices.ts';
import {
	ANSWER,
	approve,
	at,
	bringTo,
	lastEntry,
	makeOffice,
	on,
	standing,
	story,
	type Office
} from '#lib/dev/testing/office.ts';

useFreshDatabase();
useMailServer();

let office: Office;
beforeEach(async () => {
	office = await makeOffice();
	await db().update(approvals).set({ state: 'withdrawn' }).where(eq(approvals.state, 'pending'));
});

const THURSDAY = '2026-11-26T02:00:00Z';

async function drafted(moment = THURSDAY): Promise<string> {
	const { reference } = await at(moment, () => makeCase(office.unit));
	await at(moment, async () => {
		await bringTo(office, reference, 'in_progress');
		await answerCase(office.handler, reference, await on(reference, { body: ANSWER }));
		await tellOfStory(reference);
	});
	return reference;
}
const sweepAt = (moment: string) => at(moment, sweepWaitingDrafts);

test('notifies the people who may decide a draft, but none of its writers', async () => {
	const address = await withAddress(office.supervisor);
	const reference = await drafted();
	expect(await toldTo(office.supervisor)).toEqual(['approval_wanted']);
	expect(await toldTo(office.handler)).toEqual([]);
	expect(await toldTo(office.rootSupervisor)).toEqual([]);
	const [letter] = await lettersTo(address);
	expect(letter?.subject).toBe(`Menunggu persetujuan: ${reference}`);
	expect(letter?.body).toContain('Jawaban menunggu persetujuan sejak Kamis, 26 November 2026, 10.00 WITA.');
	expect(letter?.body).toContain(`/desk/cases/${reference}/approval`);
	expect(letter?.body).not.toContain(ANSWER);
});

test('where the unit’s supervisor is absent, the ancestor’s is asked at once', async () => {
	await at(THURSDAY, () => isAway(office.supervisor));
	await drafted();
	expect(await toldTo(office.supervisor)).toEqual([]);
	expect(await toldTo(office.rootSupervisor)).toEqual(['approval_wanted']);
});

test('notifies of an archiving as of an answer, unless it was decided before the job ran', async () => {
	const { reference } = await makeCase(office.unit);
	await archiveCase(office.handler, reference, await on(reference, { reason: 'out_of_scope', note: 'Bukan kami.' }));
	await approve(office.supervisor, reference);
	await tellOfStory(reference);
	expect(await toldTo(office.supervisor)).toEqual([]);
	const { reference: other } = await makeCase(office.unit);
	await archiveCase(office.handler, other, await on(other, { reason: 'out_of_scope', note: 'Bukan kami.' }));
	await tellOfStory(other);
	expect(await toldTo(office.supervisor)).toEqual(['approval_wanted']);
});

test('after one working day without a decision, notifies the supervisors above once, who may then decide', async () => {
	const reference = await drafted();
	await sweepAt('2026-11-27T07:59:00Z');
	expect(await toldTo(office.rootSupervisor)).toEqual([]);
	// Friday, 16.00.
	await at('2026-11-27T08:00:00Z', () => Promise.all([sweepWaitingDrafts(), sweepWaitingDrafts()]));
	await sweepAt('2026-11-30T01:00:00Z');
	expect(await toldTo(office.rootSupervisor)).toEqual(['approval_passed_up']);
	expect(await toldTo(office.supervisor)).toEqual(['approval_wanted']);
	expect((await story(reference)).filter((type) => type === 'clock_passed_up')).toHaveLength(1);
	expect(await lastEntry(reference, 'clock_passed_up')).toMatchObject({ actorKind: 'system', public: false });
	await at('2026-11-30T01:00:00Z', () => approve(office.rootSupervisor, reference));
	expect((await standing(reference)).status).toBe('answered');
});

test('a weekend and the shorter hours of a Friday count as the office keeps them', async () => {
	const hours = { start: '08:00', end: '16:00', weekdays: { 5: { start: '08:00', end: '11:30' } } };
	await db().update(units).set({ hours }).where(eq(units.id, office.unit.id));
	await drafted();
	await sweepAt('2026-11-27T03:29:00Z');
	expect(await toldTo(office.rootSupervisor)).toEqual([]);
	await sweepAt('2026-11-27T03:30:00Z');
	expect(await toldTo(office.rootSupervisor)).toEqual(['approval_passed_up']);
	// Written on Friday: Monday's end.
	office = await makeOffice();
	await drafted('2026-11-27T02:00:00Z');
	await sweepAt('2026-11-30T07:59:00Z');
	expect(await toldTo(office.rootSupervisor)).toEqual([]);
	await sweepAt('2026-11-30T08:00:00Z');
	expect(await toldTo(office.rootSupervisor)).toEqual(['approval_passed_up']);
});

test('a draft that was sent back and rewritten starts a new day and notifies again', async () => {
	const reference = await drafted();
	await at('2026-11-27T07:00:00Z', async () => {
		const decision = { decision: 'send_back', reason: 'Sebutkan sejak kapan.' };
		await decideDraft(office.supervisor, reference, await on(reference, decision));
	});
	await sweepAt('2026-11-27T08:00:00Z');
	expect(await toldTo(office.rootSupervisor)).toEqual([]);
	await at('2026-11-27T07:30:00Z', async () => {
		await answerCase(office.handler, reference, await on(reference, { body: `${ANSWER} Sejak Senin.` }));
		await tellOfStory(reference);
	});
	expect(await toldTo(office.supervisor)).toEqual(['approval_wanted', 'approval_wanted']);
	await sweepAt('2026-11-27T09:00:00Z');
	expect(await toldTo(office.rootSupervisor)).toEqual([]);
	await sweepAt('2026-11-30T08:00:00Z');
	expect(await toldTo(office.rootSupervisor)).toEqual(['approval_passed_up']);
});

test('a supervisor above whom the case names is not told that it waits', async () => {
	const officer = await makeOfficer(office.root.id);
	const named = await makeActor([[office.root.id, 'supervisor']], officer.id);
	const reference = await drafted();
	await at(THURSDAY, async () =>
		nameInCase(office.handler, reference, await on(reference, { officer: officer.id, action: 'add' }))
	);
	await sweepAt('2026-11-27T08:00:00Z');
	expect(await toldTo(named)).toEqual([]);
	expect(await toldTo(office.rootSupervisor)).toEqual(['approval_passed_up']);
});

test('notifies the writer of a draft that it was sent back, but not after they rewrote it', async () => {
	const address = await withAddress(office.handler);
	const reference = await drafted();
	const sendBack = async () =>
		decideDraft(
			office.supervisor,
			reference,
			await on(reference, { decision: 'send_back', reason: 'Sebutkan tanggalnya.' })
		);
	await at(THURSDAY, sendBack);
	await tellOfStory(reference);
	await tellOfStory(reference);
	expect(await toldTo(office.handler)).toEqual(['sent_back']);
	const [letter] = await lettersTo(address);
	expect(letter?.subject).toBe(`Dikembalikan untuk diperbaiki: ${reference}`);
	expect(letter?.body).toContain(`/desk/cases/${reference}/answer`);
	expect(letter?.body).not.toContain('tanggalnya');

	await at(THURSDAY, async () => answerCase(office.handler, reference, await on(reference, { body: ANSWER })));
	await at(THURSDAY, sendBack);
	await at(THURSDAY, async () => answerCase(office.handler, reference, await on(reference, { body: ANSWER })));
	await tellOfStory(reference);
	expect(await toldTo(office.handler)).toEqual(['sent_back']);
});
