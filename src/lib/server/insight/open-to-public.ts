import { and, eq, inArray, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { notify } from '#lib/server/channels/notices.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { Invalid } from '#lib/server/errors.ts';
import { unitsInUse } from '#lib/server/people/access/case-access.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { accountsWithRole, roleHolders } from '#lib/server/people/administration.ts';
import { reasonField } from '#lib/server/people/form-fields.ts';
import { isOpenToPublic, type Unit } from '#lib/server/people/units/find-unit.ts';
import { lockOffice, lockOffices, openingStates, setState } from '#lib/server/people/units/opening.ts';
import { chainOf } from '#lib/server/reference/reference.ts';

const openingSchema = z.object({
	units: z.array(z.uuid('admin_unit'), { error: 'opening_none' }).min(1, 'opening_none')
});

/**
 * Opens offices to the public: all of them, or none if one lacks something. An open office is not changed.
 * An office in trial, or below one, is opened after the trial has ended.
 *
 * @returns the codes of the opened offices
 * @throws NotFound if the actor does not administer one of them · Invalid `opening_none`, `opening_trial`, `opening_lacks`
 */
export async function openToPublic(actor: Actor, raw: unknown): Promise<string[]> {
	const { units: ids } = checked(openingSchema, raw);
	return transaction(async (tx) => {
		const closed = (await lockOffices(tx, actor, ids)).filter((unit) => !isOpenToPublic(unit));
		const trials = await tx.select().from(units).where(eq(units.state, 'trial'));
		const inTrial = trials.filter(({ path }) => closed.some((unit) => unit.path.startsWith(path)));
		if (inTrial.length > 0) {
			throw new Invalid(inTrial.map(({ name }) => ({ path: '', code: 'opening_trial', params: { unit: name } })));
		}
		const states = await openingStates(tx, closed);
		const unready = closed.filter(({ id }) => states.get(id)?.lacks.length !== 0);
		if (unready.length > 0) {
			throw new Invalid(unready.map(({ name }) => ({ path: '', code: 'opening_lacks', params: { unit: name } })));
		}
		for (const unit of closed) {
			await setState(tx, actor, unit, { state: 'open', action: 'unit.opened' });
			await notifySupervisorsAbove(tx, actor, unit);
		}
		return closed.map(({ code }) => code);
	});
}

const closingSchema = z.object({ reason: reasonField });

/**
 * Closes an office to the public with a reason for the log. Earlier reports go on: their deadlines run, their reporters
 * track them.
 * @throws NotFound if the actor does not administer it · Invalid
 */
export async function closeToPublic(actor: Actor, unitId: string, raw: unknown): Promise<void> {
	const { reason } = checked(closingSchema, raw);
	await transaction(async (tx) => {
		const unit = await lockOffice(tx, actor, unitId);
		if (isOpenToPublic(unit)) await setState(tx, actor, unit, { state: 'closed', action: 'unit.closed', reason });
	});
}

/**
 * Notifies the supervisors of the nearest office above of who works in an office that opens, if the offices above are
 * in use. Its first roles needed no approval, so an administrator could have made all its people.
 */
async function notifySupervisorsAbove(tx: Tx, actor: Actor, unit: Unit): Promise<void> {
	const above = chainOf(unit).slice(0, -1);
	if ((await unitsInUse(tx, above)).length === 0) return;
	const supervisors = (await roleHolders(tx, ['supervisor'])).filter(({ id }) => id !== actor.accountId);
	const nearest = above.findLast((id) => supervisors.some(({ unitId }) => unitId === id));
	const people = supervisors.filter(({ unitId }) => unitId === nearest).map(({ id }) => id);
	const handlers = await accountsWithRole(tx, ['handler'], [unit.id]);
	const heads = await accountsWithRole(tx, ['supervisor'], [unit.id]);
	const namesOf = (all: readonly { name: string }[]) => all.map(({ name }) => name);
	const ids = [...handlers, ...heads].map(({ id }) => id);
	const invited = await tx
		.select({ name: accounts.name })
		.from(accounts)
		.where(and(inArray(accounts.id, ids), isNull(accounts.passwordHash)))
		.orderBy(accounts.name);
	await notify(tx, people, {
		kind: 'office_opened',
		occasion: `${unit.id}:${now().toISOString()}`,
		data: {
			name: unit.name,
			by: actor.name,
			handlers: namesOf(handlers),
			supervisors: namesOf(heads),
			invited: namesOf(invited)
		},
		page: '/desk'
	});
}
