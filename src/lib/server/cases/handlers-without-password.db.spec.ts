import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { idOf, makeActor, makeCase } from '#lib/dev/testing/factories.ts';
import { act, caseIn, readCase } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { assignCase, peopleToAssign } from './handling/assign.ts';
import { handlersOnDuty, workersNow } from './case-staff.ts';
import { createRule, listRules, removeRule } from './triage/routing-rules.ts';

const office = useOffice();

const givePassword = (actor: Actor) =>
	db()
		.update(accounts)
		.set({ passwordHash: 'x' })
		.where(eq(accounts.id, idOf(actor)));
const opened = async () => readCase((await makeCase(office.unit)).reference);

test('an account without a password gets no report by a rule or a proposal, if others have one', async () => {
	const second = await makeActor([[office.unit.id, 'handler']]);
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const rule = (changes: Record<string, unknown> = {}) =>
		createRule(admin, office.unit.id, { name: 'Antrean', active: 'on', assign: 'workload', ...changes });
	const row = await caseIn(office, 'in_progress');
	await rule();
	// No account has a password yet, so the rule counts all of them.
	expect(await opened()).toMatchObject({ assigneeId: second.accountId });
	await givePassword(office.handler);
	const next = await opened();
	expect(next).toMatchObject({ assigneeId: office.handler.accountId });
	const people = await peopleToAssign(office.supervisor, row.reference);
	const proposed = people.filter(({ lightest }) => lightest);
	expect(proposed.map(({ id }) => id)).toEqual([office.handler.accountId]);
	expect(people.find(({ id }) => id === second.accountId)).toMatchObject({ absent: true, signsIn: false });
	await rule({ name: 'Orang', priority: 'high', assign: 'handler', handlerId: second.accountId });
	const [first] = await listRules(admin);
	await removeRule(admin, first?.id ?? '');
	expect(await opened()).toMatchObject({ assigneeId: office.handler.accountId, priority: 'high' });
	// A person may still choose the account. Then the others are notified too.
	const given = await act(assignCase, office.supervisor, next.reference, { assignee: second.accountId });
	expect(given.assigneeId).toBe(second.accountId);
	const whole = { row: given, unit: office.unit };
	const ids = (await workersNow(db(), whole)).map(({ id }) => id);
	expect(ids).toEqual([second.accountId, office.handler.accountId]);
	expect((await handlersOnDuty(db(), whole)).map(({ id }) => id)).toEqual([office.handler.accountId]);
});

test('supervisors are notified if no handler has a password', async () => {
	await givePassword(office.rootSupervisor);
	const row = await opened();
	const ids = [office.rootSupervisor.accountId];
	const whole = { row, unit: office.unit };
	expect((await workersNow(db(), whole)).map(({ id }) => id)).toEqual(ids);
	expect((await handlersOnDuty(db(), whole)).map(({ id }) => id)).toEqual(ids);
});
