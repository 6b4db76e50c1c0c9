import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { addDays, localDate } from '#lib/calendar/days.ts';
import { officesLeftByAbsence } from '#lib/server/cases/answers/offices-left-by-absence.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import type { Actor } from './actor.ts';
import { absencesOf, addAbsence, deputiesFor, peopleDeputisedFor } from './absence.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { ANSWER, approve, caseIn, on } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();
const today = () => localDate(now(), 'Asia/Makassar');
const days = () => ({ fromDay: today(), toDay: today() });

test('a deputy must be a handler or supervisor of the same unit or of a unit above it', async () => {
	const stranger = await makeActor([[(await makeUnit()).id, 'handler']]);
	const manager = await makeActor([[office.unit.id, 'manager']]);
	const offered = (await deputiesFor(office.handler.accountId!)).map(({ id }) => id);
	expect(offered.sort()).toEqual([office.supervisor.accountId, office.rootSupervisor.accountId].sort());
	for (const deputyId of [stranger.accountId, manager.accountId, office.handler.accountId]) {
		const adding = addAbsence(office.handler, office.handler.accountId!, { ...days(), deputyId });
		await expect(adding).rejects.toMatchObject({ issues: [{ path: 'deputyId', code: 'deputy_invalid' }] });
	}
	await addAbsence(office.handler, office.handler.accountId!, { ...days(), deputyId: office.supervisor.accountId });
	expect(await absencesOf(office.handler.accountId!)).toMatchObject([{ deputy: office.supervisor.name }]);
});

test('a deputy no longer acts for an account that was switched off', async () => {
	await addAbsence(office.handler, office.handler.accountId!, { ...days(), deputyId: office.supervisor.accountId });
	const deputisedFor = async () => (await peopleDeputisedFor(office.supervisor.accountId)).map(({ id }) => id);
	expect(await deputisedFor()).toEqual([office.handler.accountId]);
	await db().update(accounts).set({ active: false }).where(eq(accounts.id, office.handler.accountId!));
	expect(await deputisedFor()).toEqual([]);
});

test('an absence of the last present supervisor is followed by what waits, and by who decides meanwhile', async () => {
	const { supervisor, rootSupervisor, unit } = office;
	const { reference } = await caseIn(office, 'in_progress');
	await answerCase(office.handler, reference, await on(reference, { body: ANSWER }));
	const leftFor = async (reader: Actor) =>
		officesLeftByAbsence(reader, supervisor.accountId!, await absencesOf(supervisor.accountId!));
	const left = () => leftFor(supervisor);
	expect(await left()).toBeUndefined();
	await addAbsence(supervisor, supervisor.accountId!, days());
	expect(await left()).toEqual({ units: [unit.name], drafts: 1, hasAbove: false });
	expect(await leftFor(await makeActor([[unit.id, 'admin']]))).toEqual(await left());
	await db().update(accounts).set({ passwordHash: 'x' }).where(eq(accounts.id, rootSupervisor.accountId!));
	expect(await left()).toMatchObject({ hasAbove: true });
	await db()
		.update(accounts)
		.set({ passwordHash: 'x' })
		.where(eq(accounts.id, (await makeActor([[unit.id, 'supervisor']])).accountId!));
	expect(await left()).toBeUndefined();
});

test('an absence whose last day is past is refused, and one that began in the past is not', async () => {
	const add = (toDay: string) =>
		addAbsence(office.handler, office.handler.accountId!, { fromDay: '2026-01-05', toDay });
	// The day before yesterday may still be UTC's yesterday.
	await expect(add(addDays(today(), -3))).rejects.toMatchObject({ issues: [{ path: 'toDay', code: 'last_day_past' }] });
	await add(today());
	expect(await absencesOf(office.handler.accountId!)).toHaveLength(1);
});

test('a deputy cannot approve with the absent supervisor’s role, only with a role of their own', async () => {
	const deputy = await makeActor([[office.unit.id, 'handler']]);
	const row = await caseIn(office, 'in_progress');
	await addAbsence(office.supervisor, office.supervisor.accountId!, { ...days(), deputyId: deputy.accountId });
	await answerCase(office.handler, row.reference, await on(row.reference, { body: ANSWER }));
	await expect(approve(deputy, row.reference)).rejects.toMatchObject({ name: 'NotAllowed' });
	await approve(office.rootSupervisor, row.reference);
});
