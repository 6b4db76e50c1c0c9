import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import {
	idOf,
	makeActor,
	makeCase,
	makeOfficer,
	makeOfficerWithAccount,
	makePlace
} from '#lib/dev/testing/factories.ts';
import { act, lastEntry, nameOfficer, standing } from '#lib/dev/testing/office.ts';
import { codesOf, logOf } from '#lib/dev/testing/outcomes.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { absences } from '#lib/server/db/schema/people.ts';
import { routingRules } from '#lib/server/db/schema/triage.ts';
import { places } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import { addAbsence } from '#lib/server/people/absence.ts';
import { actorOf } from '#lib/server/people/actor.ts';
import { createRule } from '../triage/routing-rules.ts';
import { accountHoldings, handOverAccount } from './account-handover.ts';
import { assignCase } from './assign.ts';

const office = useOffice();

test('cases, rules, desks and tasks as a deputy pass to others in the commit that switches the account off', async () => {
	const { unit, supervisor } = office;
	const admin = await makeActor([[unit.id, 'admin']]);
	await makeActor([[office.root.id, 'admin']]);
	const [desker, leaver] = await makeOfficerWithAccount(unit.id);
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
	await addAbsence(colleague, idOf(colleague), { fromDay: '2030-01-01', toDay: '2030-01-02', deputyId: idOf(leaver) });

	expect(await accountHoldings(admin, idOf(leaver))).toMatchObject({
		...{ cases: 2, drafts: 0, rules: 1, desks: [desk.name], onlyApproverOf: [] }
	});
	expect(await accountHoldings(admin, idOf(supervisor))).toMatchObject({ onlyApproverOf: [unit.name] });
	await expect(handOverAccount(supervisor, idOf(leaver), {})).rejects.toThrow(NotFound);
	const elsewhere = await makeActor([]);
	expect(await codesOf(handOverAccount(admin, idOf(leaver), { successor: idOf(elsewhere) }))).toEqual([
		'deputy_invalid'
	]);
	expect(await actorOf(idOf(leaver))).toBeDefined();

	await handOverAccount(admin, idOf(leaver), { successor: idOf(successor), deskOfficer: newcomer.id });
	expect(await actorOf(idOf(leaver))).toBeUndefined();
	expect((await standing(plain)).assigneeId).toBe(idOf(successor));
	expect(await lastEntry(plain, 'assigned')).toMatchObject({ data: { assignee: idOf(successor) } });
	// The successor may not see the case that names them.
	expect([idOf(successor), idOf(leaver), null]).not.toContain((await standing(against)).assigneeId);
	const rules = await db().select().from(routingRules).where(eq(routingRules.unitId, unit.id));
	expect(rules.map(({ handlerId }) => handlerId)).toEqual([idOf(successor)]);
	const [absence] = await db()
		.select()
		.from(absences)
		.where(eq(absences.accountId, idOf(colleague)));
	expect(absence?.deputyId).toBe(idOf(successor));
	const [place] = await db().select().from(places).where(eq(places.id, desk.id));
	expect(place?.officerId).toBe(newcomer.id);
	const [{ username } = { username: '' }] = await db()
		.select()
		.from(accounts)
		.where(eq(accounts.id, idOf(leaver)));
	expect((await logOf(username)).map(({ action }) => action)).toEqual(['account.changed', 'account.handed_over']);
});
