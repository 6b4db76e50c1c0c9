import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import { ROLES } from '#lib/cases/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { approvals, cases } from '#lib/server/db/schema/cases.ts';
import { routingRules } from '#lib/server/db/schema/triage.ts';
import { invalid } from '#lib/server/errors.ts';
import { absentToday, deputiesFor, replaceDeputy } from '#lib/server/people/absence.ts';
import { switchOff } from '#lib/server/people/accounts.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { aboutAccount, accountForAdmin, roleHolders } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { byCode, homeUnit } from '#lib/server/people/units/find-unit.ts';
import { desksOfOfficer } from '#lib/server/places/duty.ts';
import { giveDesks } from '#lib/server/places/places.ts';
import { giveShifts } from '#lib/server/places/roster-shifts.ts';
import { chainOf, referenceData, type Unit } from '#lib/server/reference/reference.ts';
import { lockCase } from '../find.ts';
import { updateCase } from '../move.ts';
import { workersFor } from '../case-staff.ts';
import { recordEvent } from '../timeline.ts';
import { belongsToNoCaseNaming, notNaming } from '../visibility.ts';
import { leastLoadedFor, withWorkload } from './workload.ts';

const openCasesOf = (accountId: string) =>
	and(eq(cases.assigneeId, accountId), inArray(cases.status, [...OPEN_STATUSES]));

/**
 * What an account holds and would hand over, as numbers only: administrators read no case. Cases that name the actor
 * are not counted. Also the people who can take the cases, and the officers who can take the desks.
 * @throws NotFound if the actor does not administer the account
 */
export async function accountHoldings(actor: Actor, accountId: string) {
	const { name, active } = await accountForAdmin(db(), actor, accountId, 'administered');
	const waiting = inArray(approvals.state, ['pending', 'sent_back']);
	const draft = and(eq(approvals.authorId, accountId), waiting, belongsToNoCaseNaming(actor, approvals.caseId));
	const { officers } = await referenceData();
	const officer = officers.find((one) => one.accountId === accountId && one.active);
	const desks = officer ? await desksOfOfficer(officer) : [];
	const elsewhere = (await roleHolders(db(), ROLES)).filter(({ unitId }) => !actor.units.admin.includes(unitId));
	const deputies = await deputiesFor(accountId);
	const zone = (await homeUnit(actor))?.timeZone ?? 'UTC';
	const away = await absentToday(
		deputies.map(({ id }) => id),
		zone
	);
	const near = officers.filter((one) => one.active && one.unitId === officer?.unitId && one.id !== officer.id);
	return {
		name,
		active,
		cases: await countOpenCasesOf(actor, accountId),
		drafts: await db().$count(approvals, draft),
		rules: await db().$count(routingRules, eq(routingRules.handlerId, accountId)),
		desks: desks.map((place) => place.name),
		/** The person as an officer whom citizens can rate. */
		officerId: officer?.active ? officer.id : null,
		/** `administered`: the actor may grant the person a role. */
		people: deputies.map((one) => ({
			...one,
			absent: away.has(one.id),
			administered: elsewhere.every(({ id }) => id !== one.id)
		})),
		officers: near.map((one) => ({ id: one.id, name: one.name })),
		onlyApproverOf: await onlyApproverOf(accountId),
		onlyHandlerOf: await onlyHolderOf(accountId, 'handler')
	};
}

/** How many open reports an account handles, without those that name the actor. */
export const countOpenCasesOf = (actor: Actor, accountId: string): Promise<number> =>
	db().$count(cases, and(openCasesOf(accountId), notNaming(actor)));

/** Offices where an account is the only holder of a role, by name. */
interface HeldAlone {
	/** Its own offices, where holders of an office above take over. */
	covered: string[];
	/** Its own offices and those below that have nobody else, and nobody above. */
	uncovered: string[];
}

export const onlyApproverOf = (accountId: string): Promise<HeldAlone> => onlyHolderOf(accountId, 'supervisor');

async function onlyHolderOf(accountId: string, role: 'handler' | 'supervisor'): Promise<HeldAlone> {
	const holders = await roleHolders(db(), [role]);
	const own = new Set(holders.filter(({ id }) => id === accountId).map(({ unitId }) => unitId));
	const others = new Set(holders.filter(({ id }) => id !== accountId).map(({ unitId }) => unitId));
	const held = (await referenceData()).units.filter((unit) => chainOf(unit).some((id) => own.has(id))).toSorted(byCode);
	const hasOther = (unit: Unit) => chainOf(unit).some((id) => others.has(id));
	const namesOf = (units: readonly Unit[]) => units.map(({ name }) => name);
	return {
		covered: namesOf(held.filter((unit) => own.has(unit.id) && !others.has(unit.id) && hasOther(unit))),
		uncovered: namesOf(held.filter((unit) => !hasOther(unit)))
	};
}

/** Shares the work among the handlers with the fewest cases. */
const SHARED = 'shared';
/** Leaves the desks without an officer and removes their shifts. */
const NOBODY = 'nobody';
const handoverInput = z.object({
	successor: z.union([z.literal(SHARED), z.uuid('deputy_invalid')], { error: 'deputy_invalid' }),
	deskOfficer: z.union([z.literal(NOBODY), z.uuid('admin_officer')], { error: 'admin_officer' }).optional()
});

/**
 * Hands over what an account holds and switches it off, in one transaction. Each open case goes to the successor if
 * that person may see it, else to the present worker with the fewest cases. The actor does not choose who gets a case
 * that names the actor. A case without a permitted worker keeps its assignee and is reported as unattended.
 * Drafts stay with their cases and wait for approval as before.
 *
 * @returns how many cases passed to each person, without those that name the actor
 * @throws NotFound · Invalid `deputy_invalid`, `admin_officer`, and as `changeAccount`
 */
export async function handOverAccount(actor: Actor, accountId: string, raw: unknown): Promise<Map<string, number>> {
	const { successor: chosen, deskOfficer: chosenOfficer } = checked(handoverInput, raw);
	const successor = chosen === SHARED ? null : chosen;
	const { desks, officers } = await accountHoldings(actor, accountId);
	const deskOfficer = officers.find(({ id }) => id === chosenOfficer)?.id ?? null;
	// Removed shifts can't be restored, so the administrator must choose an officer or "nobody".
	if (!deskOfficer && chosenOfficer !== NOBODY && (chosenOfficer || desks.length > 0))
		throw invalid('deskOfficer', 'admin_officer');
	const officer = (await referenceData()).officers.find((one) => one.accountId === accountId && one.active);
	return transaction(async (tx) => {
		const account = await accountForAdmin(tx, actor, accountId, 'administered');
		const to = successor && (await deputiesFor(accountId, tx)).find(({ id }) => id === successor);
		if (successor && !to) throw invalid('successor', 'deputy_invalid');
		await switchOff(tx, actor, account);
		const open = await tx
			.select({ id: cases.id, mayKnow: sql<boolean>`${notNaming(actor) ?? sql`true`}` })
			.from(cases)
			.where(openCasesOf(accountId))
			.orderBy(asc(cases.id));
		const handedOver = new Map<string, number>();
		for (const { id, mayKnow } of open) {
			const to = { from: accountId, successor: mayKnow ? successor : null };
			const receiver = await reassignCase(tx, actor, id, to);
			if (receiver && mayKnow) handedOver.set(receiver, (handedOver.get(receiver) ?? 0) + 1);
		}
		const ofAccount = eq(routingRules.handlerId, accountId);
		const rules = await tx.update(routingRules).set({ handlerId: successor }).where(ofAccount).returning();
		const absences = await replaceDeputy(tx, actor, accountId, successor);
		if (officer) {
			await giveDesks(tx, actor, officer.id, deskOfficer);
			await giveShifts(tx, actor, officer.id, deskOfficer);
		}
		const about = await aboutAccount(tx, accountId);
		const count = [...handedOver.values()].reduce((sum, n) => sum + n, 0);
		const after = { count, rules: rules.length, absences, name: to ? to.name : undefined };
		await recordChange(tx, actor, { ...about, action: 'account.handed_over', after });
		return handedOver;
	});
}

/** @returns the account to which the case passed, if it did */
async function reassignCase(
	tx: Tx,
	actor: Actor,
	caseId: number,
	{ from, successor }: { from: string; successor: string | null }
): Promise<string | undefined> {
	const { row, unit } = await lockCase(tx, caseId);
	// Somebody may have assigned or closed it before it was locked.
	if (row.assigneeId !== from || !OPEN_STATUSES.includes(row.status)) return undefined;
	const workers = await withWorkload(tx, await workersFor(tx, row), unit.timeZone);
	const person = workers.find(({ id }) => id === successor) ?? (await leastLoadedFor(tx, row, workers));
	if (!person) return undefined;
	const changed = await updateCase(tx, row, { assigneeId: person.id });
	const data = { assignee: person.id, name: person.name };
	await recordEvent(tx, changed, { type: 'assigned', author: actor, public: false, data });
	return person.id;
}
