import { expect, test } from 'vitest';
import { db, rowsOf, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { caseOfficers } from '#lib/server/db/schema/cases.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { eq, sql } from 'drizzle-orm';
import { queue } from '#lib/server/jobs/queue.ts';
import { actorOf, type Actor } from '#lib/server/people/actor.ts';
import { changeOfficer, createOfficer } from '#lib/server/people/officers/officers.ts';
import {
	makeActor,
	makeCase,
	makeOfficer,
	makePlace,
	makeUnit,
	makeOfficerWithAccount
} from '#lib/dev/testing/factories.ts';
import { ANSWER, bringTo, caseIn, makeOffice, readCase, act } from '#lib/dev/testing/office.ts';
import { answerCase } from './answers/answer.ts';
import { reopenCase } from './handling/archive.ts';
import { assignCase } from './handling/assign.ts';
import { correctCase } from './handling/correct.ts';
import { caseForActor, lockCase } from './find.ts';
import { inboxCounts } from './inbox/counts.ts';
import { inbox } from './inbox/inbox.ts';
import { writeMessage } from './conversation/message.ts';
import { updateCase } from './move.ts';
import { proposeInOngoingCases } from './officers/find-names.ts';
import { officersOfCase, changeNamedOfficers } from './officers/officers-of-case.ts';
import { peopleFor } from './case-staff.ts';
import { submitObjection } from './conversation/objection.ts';
import { scoreAnswer, writeToOffice } from './conversation/reporter-reply.ts';
import { revealReporter } from './reveal-reporter.ts';
import { verifyCase } from './handling/verify.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();
const notFound = { name: 'NotFound' };

async function sees(actor: Actor, reference: string): Promise<boolean> {
	const { items } = await inbox(actor, {});
	const listed = items.some((item) => item.reference === reference);
	const found = await inbox(actor, { q: reference });
	expect(found.items.some((item) => item.reference === reference)).toBe(listed);
	if (listed) await caseForActor(actor, reference);
	else await expect(caseForActor(actor, reference)).rejects.toMatchObject(notFound);
	return listed;
}

test('handlers and supervisors see only the cases of their unit and below', async () => {
	const other = await makeOffice();
	const manager = await makeActor([[office.unit.id, 'manager', 'admin']]);
	const { reference } = await makeCase(office.unit);
	expect(await sees(office.handler, reference)).toBe(true);
	expect(await sees(office.supervisor, reference)).toBe(true);
	expect(await sees(office.rootSupervisor, reference)).toBe(true);
	expect(await sees(other.handler, reference)).toBe(false);
	expect(await sees(manager, reference)).toBe(false);
	const { reference: above } = await makeCase(office.root);
	expect(await sees(office.handler, above)).toBe(false);
});

test('a case is hidden from the officer whom it names, in lists, counts, search and verbs', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id, ['handler', 'supervisor']);
	const { reference } = await makeCase(office.unit, { officer: officer.id });
	expect(await sees(named, reference)).toBe(false);
	expect(await inboxCounts(named)).toMatchObject({ open: 0, overdue: 0 });
	expect((await inboxCounts(office.handler)).open).toBe(1);
	const verb = act(verifyCase, named, reference, { category: 'time', class: 'plain' });
	await expect(verb).rejects.toMatchObject(notFound);
	await expect(writeMessage(named, reference, { body: 'Halo.', public: true })).rejects.toMatchObject(notFound);
	const people = await peopleFor(db(), await readCase(reference), ['handler', 'supervisor']);
	expect(people.map((person) => person.id)).not.toContain(named.accountId);
});

test('a case names the officer of the desk whose code was scanned', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	const place = await makePlace(office.unit.id, { kind: 'desk', officerId: officer.id });
	const { reference } = await makeCase(office.unit, { place: place.code });
	expect(await sees(named, reference)).toBe(false);
	expect(await sees(office.handler, reference)).toBe(true);
});

test('a name found in the text hides the case from that officer until a person clears it', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id, ['handler'], 'Rahmawati Tandipau');
	const { reference } = await makeCase(office.unit, { body: 'Petugas bernama Rahmawati membentak saya tadi pagi.' });
	const row = await readCase(reference);
	expect(await officersOfCase(row.id)).toMatchObject([
		{ name: 'Rahmawati Tandipau', state: 'proposed', source: 'text' }
	]);
	expect(await sees(named, reference)).toBe(false);
	await act(changeNamedOfficers, office.handler, reference, { officer: officer.id, action: 'clear' });
	expect(await sees(named, reference)).toBe(true);
});

test('a name in a later message is proposed too, but a cleared name stays cleared', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id, ['handler'], 'Rahmawati Tandipau');
	const { reference } = await makeCase(office.unit);
	const { id } = await readCase(reference);
	expect(await sees(named, reference)).toBe(true);
	await writeToOffice(id, { body: 'Yang melayani saya Ibu Rahmawati.' });
	expect(await sees(named, reference)).toBe(false);
	await act(changeNamedOfficers, office.handler, reference, { officer: officer.id, action: 'clear' });
	await writeToOffice(id, { body: 'Sekali lagi: Ibu Rahmawati.' });
	expect(await sees(named, reference)).toBe(true);
});

test('an officer who is entered, or gets a matching nickname, later does not see open reports', async () => {
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const clerk = await makeActor([[office.unit.id, 'handler']]);
	const open = await makeCase(office.unit, { body: 'Rahmawati di loket dua membentak saya.' });
	const nickname = await makeCase(office.unit);
	await writeToOffice((await readCase(nickname.reference)).id, { body: 'Namanya Bu Rin.' });
	const archived = await caseIn(office, 'archived', { body: 'Rahmawati membentak saya.' });
	const enter = { name: 'Rahmawati Tandipau', accountId: clerk.accountId, active: 'on' };
	const id = await createOfficer(admin, office.unit.id, enter);
	const now = async () => {
		const [job] = await queue().fetch<{ unitId: string }>('officers-named');
		await proposeInOngoingCases(job?.data.unitId ?? '');
		const named = (await actorOf(clerk.accountId ?? '')) ?? clerk;
		return Promise.all([open, nickname].map(({ reference }) => sees(named, reference)));
	};
	expect(await now()).toEqual([false, true]);
	await changeOfficer(admin, id, { ...enter, nicknames: 'Bu Rin' });
	expect(await now()).toEqual([false, false]);
	expect(await officersOfCase(archived.id)).toEqual([]);
	// An archived report goes on once it is reopened.
	await act(reopenCase, office.supervisor, archived.reference, { reason: 'Pelapor keberatan.' });
	expect(await officersOfCase(archived.id)).toMatchObject([{ name: 'Rahmawati Tandipau', state: 'proposed' }]);
});

const ACCUSES = 'Yang meminta uang Ibu Rahmawati.';
const correct = (id: number) =>
	transaction(async (tx) => {
		await correctCase(tx, office.supervisor, await lockCase(tx, id), { body: ACCUSES });
	});

test.each([
	['a dispute', 'answered', (id: number) => submitObjection(id, { body: ACCUSES })],
	['an objection', 'archived', (id: number) => submitObjection(id, { body: ACCUSES })],
	['the comment on a low score', 'answered', (id: number) => scoreAnswer(id, { score: 1, comment: ACCUSES })],
	['the comment on a high score', 'answered', (id: number) => scoreAnswer(id, { score: 4, comment: ACCUSES })],
	['a correction', 'in_progress', correct]
] as const)('a name in %s is proposed too', async (_, status, say) => {
	const [, named] = await makeOfficerWithAccount(office.unit.id, ['handler'], 'Rahmawati Tandipau');
	const { id, reference } = await caseIn(office, status);
	await caseForActor(named, reference);
	await say(id);
	await expect(caseForActor(named, reference)).rejects.toMatchObject(notFound);
	expect(await officersOfCase(id)).toMatchObject([{ state: 'proposed', source: 'text' }]);
});

test('removing a named officer needs two persons and a reason', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	const { reference } = await makeCase(office.unit, { officer: officer.id });
	const remove = (by: Actor, reason?: string) =>
		act(changeNamedOfficers, by, reference, { officer: officer.id, action: 'remove', reason });
	await expect(remove(office.handler)).rejects.toMatchObject({ issues: [{ path: 'reason' }] });
	await remove(office.handler, 'Pelapor salah sebut nama.');
	expect(await sees(named, reference)).toBe(false);
	await expect(remove(office.handler, 'Saya yakin.')).rejects.toMatchObject({
		name: 'NotAllowed',
		code: 'second_person'
	});
	await remove(office.supervisor, 'Sudah saya tanyakan kepada pelapor.');
	expect(await sees(named, reference)).toBe(true);
});

test('adding an officer again cancels a requested removal', async () => {
	const officer = await makeOfficer(office.unit.id);
	const { reference } = await makeCase(office.unit, { officer: officer.id });
	const change = (by: Actor, action: string) =>
		act(changeNamedOfficers, by, reference, { officer: officer.id, action, reason: 'Alasan yang ditulis.' });
	await change(office.handler, 'remove');
	await change(office.supervisor, 'add');
	await change(office.supervisor, 'remove');
	const [entry] = await officersOfCase((await readCase(reference)).id);
	expect(entry).toMatchObject({ state: 'named', removalBy: office.supervisor.accountId });
});

test('an officer who is named loses the case they worked on', async () => {
	const [officer, worker] = await makeOfficerWithAccount(office.unit.id);
	const { reference } = await makeCase(office.unit);
	await act(verifyCase, worker, reference, { category: 'time', class: 'plain' });
	await act(assignCase, worker, reference, { assignee: worker.accountId });
	await act(changeNamedOfficers, office.supervisor, reference, { officer: officer.id, action: 'add' });
	expect(await sees(worker, reference)).toBe(false);
	expect((await readCase(reference)).assigneeId).toBeNull();
	const late = act(answerCase, worker, reference, { body: ANSWER });
	await expect(late).rejects.toMatchObject(notFound);
});

test('an integrity case is visible only to the parent’s supervisors, as soon as it is stored', async () => {
	const rootHandler = await makeActor([[office.root.id, 'handler']]);
	const { reference } = await makeCase(office.unit, { category: 'integrity' });
	expect(await readCase(reference)).toMatchObject({ restricted: true, handlingUnitId: office.root.id });
	expect(await sees(office.handler, reference)).toBe(false);
	expect(await sees(office.supervisor, reference)).toBe(false);
	expect(await sees(rootHandler, reference)).toBe(false);
	expect(await sees(office.rootSupervisor, reference)).toBe(true);
});

test('a case that is verified as integrity moves to the parent’s supervisors', async () => {
	const { reference } = await makeCase(office.unit);
	await act(assignCase, office.handler, reference, { assignee: office.handler.accountId });
	await act(verifyCase, office.handler, reference, { category: 'integrity', class: 'plain' });
	expect(await readCase(reference)).toMatchObject({ restricted: true, status: 'verified', assigneeId: null });
	expect(await sees(office.handler, reference)).toBe(false);
	expect(await sees(office.rootSupervisor, reference)).toBe(true);
});

test('an assignee is found by username too', async () => {
	const { reference } = await makeCase(office.unit);
	const isHandler = eq(accounts.id, office.handler.accountId ?? '');
	const [{ username } = { username: '' }] = await db().select().from(accounts).where(isHandler);
	const attempt = (assignee: string) => act(assignCase, office.supervisor, reference, { assignee });
	await expect(attempt(`${username}x`)).rejects.toMatchObject({ issues: [{ code: 'assignee_invalid' }] });
	expect(await attempt(username.toUpperCase())).toMatchObject({ assigneeId: office.handler.accountId });
});

test('a restricted case can be assigned only to supervisors', async () => {
	const rootHandler = await makeActor([[office.root.id, 'handler']]);
	const { reference } = await makeCase(office.unit, { category: 'integrity' });
	const attempt = act(assignCase, office.rootSupervisor, reference, { assignee: rootHandler.accountId });
	await expect(attempt).rejects.toMatchObject({ issues: [{ code: 'assignee_invalid' }] });
});

test('a case that names the head goes to the parent unit, or at the root to its other supervisors', async () => {
	const head = await makeOfficer(office.unit.id);
	await db().update(units).set({ headOfficerId: head.id }).where(eq(units.id, office.unit.id));
	const { reference } = await makeCase(office.unit, { officer: head.id });
	expect(await sees(office.supervisor, reference)).toBe(false);
	expect(await sees(office.rootSupervisor, reference)).toBe(true);

	const [rootHead, rootHeadActor] = await makeOfficerWithAccount(office.root.id, ['supervisor']);
	await db().update(units).set({ headOfficerId: rootHead.id }).where(eq(units.id, office.root.id));
	const { reference: above } = await makeCase(office.root, { officer: rootHead.id });
	expect(await sees(rootHeadActor, above)).toBe(false);
	expect(await sees(office.rootSupervisor, above)).toBe(true);
});

test('a case that names everybody at the unit goes to the parent', async () => {
	const root = await makeUnit();
	const unit = await makeUnit({ parent: root });
	const [officer, only] = await makeOfficerWithAccount(unit.id, ['handler', 'supervisor']);
	const above = await makeActor([[root.id, 'handler']]);
	const { reference } = await makeCase(unit, { officer: officer.id });
	expect(await readCase(reference)).toMatchObject({ handlingUnitId: root.id, restricted: false });
	expect(await sees(only, reference)).toBe(false);
	expect(await sees(above, reference)).toBe(true);
});

test.runIf(process.env.TEST_DATABASE === 'postgres')(
	'an action that waits for the lock while a colleague names its actor does not find the case',
	async () => {
		const [officer, named] = await makeOfficerWithAccount(office.unit.id);
		const reporter = { name: 'Andi Contoh', phone: '081234567890' };
		const { id, reference } = await caseIn(office, 'verified', { identity: 'withheld', reporter });
		const reason = 'Inspektorat meminta konfirmasi langsung.';
		const { promise: waited, resolve: release } = Promise.withResolvers<void>();
		const { promise: locked, resolve: hold } = Promise.withResolvers<void>();
		const naming = transaction(async (tx) => {
			const { row } = await lockCase(tx, id);
			hold();
			await waited;
			await tx.insert(caseOfficers).values({ caseId: id, officerId: officer.id, source: 'staff', state: 'named' });
			await updateCase(tx, row);
		});
		await locked;
		const revealing = expect(revealReporter(named, reference, { reason })).rejects.toMatchObject(notFound);
		const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
		await expect.poll(() => rowsOf(db(), waiting)).toHaveLength(1);
		release();
		await Promise.all([naming, revealing]);
	}
);

test('an officer without a case role sees no case', async () => {
	const officer = await makeOfficer(office.unit.id);
	const plain = await makeActor([], officer.id);
	const { reference } = await makeCase(office.unit);
	expect(await sees(plain, reference)).toBe(false);
	expect(await actorOf(plain.accountId ?? '')).toMatchObject({ officerId: officer.id });
});

test('a case that later names the head moves to the parent and leaves the unit’s lists and counts', async () => {
	const head = await makeOfficer(office.unit.id);
	await db().update(units).set({ headOfficerId: head.id }).where(eq(units.id, office.unit.id));
	const { reference } = await makeCase(office.unit);
	await bringTo(office, reference, 'in_progress');
	expect((await inboxCounts(office.handler)).open).toBe(1);
	await act(changeNamedOfficers, office.handler, reference, { officer: head.id, action: 'add' });
	expect(await readCase(reference)).toMatchObject({
		restricted: true,
		handlingUnitId: office.root.id,
		assigneeId: null
	});
	expect(await sees(office.handler, reference)).toBe(false);
	expect((await inboxCounts(office.handler)).open).toBe(0);
});
