import { and, desc, eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import {
	idOf,
	makeActor,
	makeCase,
	makeOfficer,
	makeOfficerWithAccount,
	makePlace,
	makeUnit
} from '#lib/dev/testing/factories.ts';
import { markAbsent } from '#lib/dev/testing/notices.ts';
import { act, atTime, lastEntry, nameOfficer, readCase } from '#lib/dev/testing/office.ts';
import { codesOf, logOf } from '#lib/dev/testing/outcomes.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { db, rowsOf, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { absences } from '#lib/server/db/schema/people.ts';
import { routingRules } from '#lib/server/db/schema/triage.ts';
import { officers, places, rosterShifts } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import { addAbsence } from '#lib/server/people/absence.ts';
import { actorOf, type Actor } from '#lib/server/people/actor.ts';
import { officerOnDuty } from '#lib/server/places/duty.ts';
import { addDayShift, addWeekShifts } from '#lib/server/places/roster-shifts.ts';
import { lockCase } from '../find.ts';
import { createRule } from '../triage/routing-rules.ts';
import { accountHoldings, handOverAccount } from './account-handover.ts';
import { assignCase } from './assign.ts';

const office = useOffice();

test('cases, rules, desks and tasks as a deputy pass to others in the commit that switches the account off', async () => {
	const { unit, supervisor } = office;
	const admin = await makeActor([[unit.id, 'admin']]);
	await makeActor([[office.root.id, 'admin']]);
	const [desker, leaver] = await makeOfficerWithAccount(unit.id);
	// The record at an office where the person was before. It comes first by name.
	const former = await makeOfficer(office.root.id, 'Andi Contoh');
	await db()
		.update(officers)
		.set({ active: false, accountId: idOf(leaver) })
		.where(eq(officers.id, former.id));
	const [witness, successor] = await makeOfficerWithAccount(unit.id);
	const colleague = await makeActor([[unit.id, 'handler']]);
	const desk = await makePlace(unit.id, { kind: 'desk', officerId: desker.id });
	const newcomer = await makeOfficer(unit.id);
	const take = async (changes = {}) => {
		const { reference } = await makeCase(unit, { kind: 'suggestion', ...changes });
		await act(assignCase, supervisor, reference, { assignee: idOf(leaver) });
		return reference;
	};
	const [plain, against] = [await take(), await take()];
	await nameOfficer(supervisor, against, witness);
	await createRule(admin, unit.id, { name: 'Semua saran', active: true, assign: 'handler', handlerId: idOf(leaver) });
	const away = (fromDay: string, toDay: string) =>
		addAbsence(colleague, idOf(colleague), { fromDay, toDay, deputyId: idOf(leaver) });
	await atTime('2020-01-01T02:00:00Z', () => away('2020-01-01', '2020-01-02'));
	await away('2099-01-01', '2099-01-02');

	expect(await accountHoldings(admin, idOf(leaver))).toMatchObject({
		cases: 2,
		drafts: 0,
		rules: 1,
		desks: [desk.name],
		onlyApproverOf: { covered: [], uncovered: [] },
		onlyHandlerOf: { covered: [], uncovered: [] }
	});
	const sole = await makeUnit();
	const below = await makeUnit({ parent: sole });
	const soleHandler = idOf(await makeActor([[sole.id, 'handler']]));
	const soleAdmin = await makeActor([[sole.id, 'admin']]);
	expect(await accountHoldings(soleAdmin, soleHandler)).toMatchObject({
		onlyHandlerOf: { covered: [], uncovered: [sole.name, below.name] }
	});
	expect(await accountHoldings(admin, idOf(supervisor))).toMatchObject({
		onlyApproverOf: { covered: [unit.name], uncovered: [] }
	});
	const { people } = await accountHoldings(admin, idOf(leaver));
	const isAdministered = (actor: Actor) => people.find(({ id }) => id === idOf(actor))?.administered;
	expect([isAdministered(successor), isAdministered(office.rootSupervisor)]).toEqual([true, false]);
	await markAbsent(successor);
	const afterwards = (await accountHoldings(admin, idOf(leaver))).people;
	expect(afterwards.filter(({ absent }) => absent).map(({ id }) => id)).toEqual([idOf(successor)]);
	await expect(handOverAccount(supervisor, idOf(leaver), { successor: 'shared' })).rejects.toThrow(NotFound);
	expect(await codesOf(handOverAccount(admin, idOf(leaver), {}))).toEqual(['deputy_invalid']);
	const elsewhere = await makeActor([]);
	const toStranger = { successor: idOf(elsewhere), deskOfficer: 'nobody' };
	expect(await codesOf(handOverAccount(admin, idOf(leaver), toStranger))).toEqual(['deputy_invalid']);
	for (const deskOfficer of [undefined, 'all', desker.id]) {
		const handover = handOverAccount(admin, idOf(leaver), { successor: 'shared', deskOfficer });
		expect(await codesOf(handover)).toEqual(['admin_officer']);
	}
	expect(await actorOf(idOf(leaver))).toBeDefined();

	const handOver = handOverAccount(admin, idOf(leaver), { successor: idOf(successor), deskOfficer: newcomer.id });
	const handedOver = await handOver;
	const { assigneeId: other } = await readCase(against);
	expect(handedOver).toEqual(
		new Map([
			[idOf(successor), 1],
			[other, 1]
		])
	);
	expect(await actorOf(idOf(leaver))).toBeUndefined();
	expect((await readCase(plain)).assigneeId).toBe(idOf(successor));
	expect(await lastEntry(plain, 'assigned')).toMatchObject({ data: { assignee: idOf(successor) } });
	// The successor may not see the case that names them.
	expect([idOf(successor), idOf(leaver), null]).not.toContain((await readCase(against)).assigneeId);
	const rules = await db().select().from(routingRules).where(eq(routingRules.unitId, unit.id));
	expect(rules.map(({ handlerId }) => handlerId)).toEqual([idOf(successor)]);
	const [absence] = await db().select().from(absences).where(eq(absences.fromDay, '2099-01-01'));
	expect(absence?.deputyId).toBe(idOf(successor));
	const told = sql`select data from pgboss.job where name = 'absence-entered' and data ->> 'accountId' = ${idOf(successor)}`;
	expect(await rowsOf(db(), told)).toMatchObject([{ data: { fromDay: '2099-01-01', absent: colleague.name } }]);
	const [place] = await db().select().from(places).where(eq(places.id, desk.id));
	expect(place?.officerId).toBe(newcomer.id);
	const [{ username } = { username: '' }] = await db()
		.select()
		.from(accounts)
		.where(eq(accounts.id, idOf(leaver)));
	const log = await logOf(username);
	expect(log.map(({ action }) => action)).toEqual(['account.changed', 'account.handed_over']);
	expect(log[1]?.after).toMatchObject({ count: 2, rules: 1, absences: 1 });
	const over = await db().select().from(absences).where(eq(absences.toDay, '2020-01-02'));
	expect(over.map(({ deputyId }) => deputyId)).toEqual([idOf(leaver)]);
});

test.each([true, false])(
	'weekly and coming shifts pass to a new officer (%s) or end, and past ones stay',
	async (given) => {
		const { unit } = office;
		const admin = await makeActor([[unit.id, 'admin']]);
		const [officer, leaver] = await makeOfficerWithAccount(unit.id);
		const newcomer = given ? (await makeOfficer(unit.id)).id : undefined;
		const desk = await makePlace(unit.id, { kind: 'desk' });
		const hours = { officerId: officer.id, startsAt: '08:00', endsAt: '16:00' };
		const monday = '2027-03-01T02:00:00Z';
		await atTime(monday, async () => {
			await addWeekShifts(admin, desk.id, { ...hours, weekdays: [1] });
			for (const day of ['2027-03-02', '2027-03-09']) await addDayShift(admin, desk.id, { ...hours, day });
		});
		const onDuty = (moment: string) => atTime(moment, async () => (await officerOnDuty(desk.id))?.id);
		expect(await onDuty(monday)).toBe(officer.id);
		await atTime('2027-03-03T02:00:00Z', async () => {
			expect(await accountHoldings(admin, idOf(leaver))).toMatchObject({ desks: [desk.name], officerId: officer.id });
			await handOverAccount(admin, idOf(leaver), { successor: 'shared', deskOfficer: newcomer ?? 'nobody' });
		});
		expect([await onDuty('2027-03-08T02:00:00Z'), await onDuty('2027-03-09T02:00:00Z')]).toEqual([newcomer, newcomer]);
		const isPast = and(eq(rosterShifts.placeId, desk.id), eq(rosterShifts.day, '2027-03-02'));
		const past = await db().select().from(rosterShifts).where(isPast);
		expect(past.map(({ officerId }) => officerId)).toEqual([officer.id]);
		const changes = (await logOf(desk.code)).map(({ action }) => action).slice(3);
		expect(changes).toEqual(Array(2).fill(given ? 'roster.changed' : 'roster.removed'));
	}
);

test('administrators neither count nor pass on, to a person of their choice, a case that names them', async () => {
	const { unit, supervisor } = office;
	const [officer, named] = await makeOfficerWithAccount(unit.id, ['admin', 'handler']);
	const other = await makeActor([[unit.id, 'admin']]);
	await makeActor([[office.root.id, 'admin']]);
	const [leaver, friend] = [await makeActor([[unit.id, 'handler']]), await makeActor([[unit.id, 'handler']])];
	const take = async (assignee: Actor, changes = {}) => {
		const { reference } = await makeCase(unit, { kind: 'suggestion', ...changes });
		await act(assignCase, supervisor, reference, { assignee: idOf(assignee) });
		return reference;
	};
	const [plain, naming] = [await take(leaver), await take(leaver, { officer: officer.id })];
	// The friend has the most cases, so nothing is shared out to the friend.
	for (let n = 0; n < 3; n += 1) await take(friend);
	const shown = async (actor: Actor) => (await accountHoldings(actor, idOf(leaver))).cases;
	expect([await shown(named), await shown(other)]).toEqual([1, 2]);
	await handOverAccount(named, idOf(leaver), { successor: idOf(friend) });
	expect((await readCase(plain)).assigneeId).toBe(idOf(friend));
	expect([idOf(friend), idOf(leaver), null]).not.toContain((await readCase(naming)).assigneeId);
	const entry = eq(auditEntries.action, 'account.handed_over');
	const [logged] = await db().select().from(auditEntries).where(entry).orderBy(desc(auditEntries.id));
	expect(logged?.after).toMatchObject({ count: 1 });
});

// The embedded database runs one transaction at a time.
test.runIf(process.env.TEST_DATABASE === 'postgres')(
	'a case that somebody else assigned or closed meanwhile stays as it is, and is not counted',
	async () => {
		const { unit, supervisor } = office;
		const admin = await makeActor([[unit.id, 'admin']]);
		await makeActor([[office.root.id, 'admin']]);
		const [leaver, other] = [await makeActor([[unit.id, 'handler']]), await makeActor([[unit.id, 'handler']])];
		const { reference } = await makeCase(unit, { kind: 'suggestion' });
		const { id } = await readCase(reference);
		await act(assignCase, supervisor, reference, { assignee: idOf(leaver) });
		const [locked, assign] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		const meanwhile = transaction(async (tx) => {
			await lockCase(tx, id);
			locked.resolve();
			await assign.promise;
			await tx
				.update(cases)
				.set({ assigneeId: idOf(other) })
				.where(eq(cases.id, id));
		});
		await locked.promise;
		const handover = handOverAccount(admin, idOf(leaver), { successor: idOf(supervisor) });
		await expect.poll(lockWaits).toBeGreaterThan(0);
		assign.resolve();
		await Promise.all([meanwhile, handover]);
		expect((await readCase(reference)).assigneeId).toBe(idOf(other));
		const [entry] = await db()
			.select()
			.from(auditEntries)
			.where(eq(auditEntries.action, 'account.handed_over'))
			.orderBy(desc(auditEntries.id));
		expect(entry?.after).toMatchObject({ count: 0 });
	}
);

/** How many statements wait for a row that another transaction holds. */
const lockWaits = async () =>
	(
		await rowsOf(
			db(),
			sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
		)
	).length;
