import { isId } from '#lib/server/db/is-id.ts';
import { byCode } from '#lib/server/people/units/find-unit.ts';
import { chainOf, isInSubtree, referenceData } from '#lib/server/reference/reference.ts';
import { wordList } from './category-words.ts';
import { workerRoles } from '../case-staff.ts';
import { and, asc, eq, getTableColumns, inArray, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import { ROUTING_ASSIGNEES } from '#lib/cases/routing.ts';
import { CASE_KINDS, CATEGORIES, CHANNELS, PRIORITIES, SERVICE_KINDS } from '#lib/cases/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { createOnce } from '#lib/server/db/create-once.ts';
import { db, oneRow, storedRow, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { routingRules } from '#lib/server/db/schema/triage.ts';
import { places, units } from '#lib/server/db/schema/units.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { requireAdmin } from '#lib/server/people/administration.ts';
import { recordChange, recordDifference } from '#lib/server/people/audit.ts';
import { flagField, nameField } from '#lib/server/people/form-fields.ts';
import { requireSeen, seenValues } from '#lib/server/stale-form.ts';
import type { RuleRow } from './route.ts';

const choice = <T extends string>(values: readonly T[]) =>
	z
		.enum(values, { error: 'routing_choice' })
		.optional()
		.transform((value) => value ?? null);
const id = z
	.uuid('routing_choice')
	.optional()
	.transform((value) => value ?? null);

const ruleSchema = z.object({
	name: nameField,
	active: flagField,
	kind: choice(CASE_KINDS),
	category: choice(CATEGORIES),
	placeId: id,
	service: choice(SERVICE_KINDS),
	channel: choice(CHANNELS),
	words: wordList,
	assign: z.enum(ROUTING_ASSIGNEES, { error: 'routing_assign' }),
	handlerId: id,
	groupId: id,
	priority: choice(PRIORITIES)
});
type RuleInput = z.output<typeof ruleSchema>;
const RULE_FIELDS = Object.keys(ruleSchema.shape);

/** What the form of a rule was loaded with (see `requireSeen`). */
export const seenOfRule = (rule: RuleRow): string => seenValues(rule, RULE_FIELDS);

const groupName = sql<string | null>`(select g.name from units g where g.id = ${routingRules.groupId})`;

/** Lists the rules of the offices that the actor administers, by office, in the order in which they are applied. */
export async function listRules(actor: Actor) {
	return db()
		.select({ ...getTableColumns(routingRules), place: places.name, handler: accounts.name, group: groupName })
		.from(routingRules)
		.innerJoin(units, eq(units.id, routingRules.unitId))
		.leftJoin(places, eq(places.id, routingRules.placeId))
		.leftJoin(accounts, eq(accounts.id, routingRules.handlerId))
		.where(inArray(routingRules.unitId, [...actor.units.admin]))
		.orderBy(asc(units.code), asc(routingRules.position), asc(routingRules.id));
}

/** Finds a rule of an office that the actor administers. @throws NotFound */
export async function ruleForAdmin(actor: Actor, ruleId: string): Promise<RuleRow> {
	const rule = (await referenceData()).routingRules.find(({ id }) => id === ruleId);
	if (!rule || !holds(actor, rule.unitId, 'admin')) throw new NotFound(`rule ${ruleId}`);
	return rule;
}

export type ListedRule = Awaited<ReturnType<typeof listRules>>[number];

/**
 * Adds a rule at the end of its office's list. @throws NotFound if the actor does not administer the office · Invalid
 */
export async function createRule(actor: Actor, unitId: string, raw: unknown): Promise<string> {
	requireAdmin(actor, unitId);
	const rule = await usableRule(unitId, checked(ruleSchema, raw));
	return transaction((tx) =>
		createOnce(tx, routingRules, raw, async (givenId) => {
			const position = sql`(select coalesce(max(position), 0) + 1 from routing_rules where unit_id = ${unitId})`;
			const made = await tx
				.insert(routingRules)
				.values({ id: givenId, unitId, ...rule, position })
				.returning({ id: routingRules.id })
				.then(storedRow);
			await recordChange(tx, actor, { unitId, action: 'routing.created', subject: rule.name, after: rule });
			return made.id;
		})
	);
}

/** Changes a rule for reports that are routed from now on. @throws NotFound · Conflict `stale` · Invalid */
export async function changeRoutingRule(actor: Actor, ruleId: string, raw: unknown): Promise<void> {
	const { unitId } = await ruleForAdmin(actor, ruleId);
	const change = await usableRule(unitId, checked(ruleSchema, raw));
	await transaction(async (tx) => {
		const before = await tx.select().from(routingRules).where(eq(routingRules.id, ruleId)).for('update').then(oneRow);
		requireSeen(raw, before, change, RULE_FIELDS);
		await tx.update(routingRules).set(change).where(eq(routingRules.id, ruleId));
		const about = { unitId, action: 'routing.changed' as const, subject: before.name };
		await recordDifference(tx, actor, about, before, change);
	});
}

/**
 * Deletes a rule. Cases that it assigned stay assigned. Does nothing if the rule is already deleted.
 * @throws NotFound for a rule of another office
 */
export async function removeRule(actor: Actor, ruleId: string): Promise<void> {
	await transaction(async (tx) => {
		const [before] = await tx.select().from(routingRules).where(isId(routingRules.id, ruleId)).for('update');
		if (!before) return;
		requireAdmin(actor, before.unitId);
		await tx.delete(routingRules).where(eq(routingRules.id, ruleId));
		await recordChange(tx, actor, { unitId: before.unitId, action: 'routing.removed', subject: before.name, before });
	});
}

/** Moves a rule one place up or down in its office's list. Does nothing at the end of the list. */
export async function moveRule(actor: Actor, ruleId: string, way: 'up' | 'down'): Promise<void> {
	const { unitId, name } = await ruleForAdmin(actor, ruleId);
	await transaction(async (tx) => {
		const list = await tx
			.select({ id: routingRules.id })
			.from(routingRules)
			.where(eq(routingRules.unitId, unitId))
			.orderBy(asc(routingRules.position), asc(routingRules.id))
			.for('update');
		const here = list.findIndex((rule) => rule.id === ruleId);
		const there = here + (way === 'up' ? -1 : 1);
		const [one, other] = [list[here], list[there]];
		if (!one || !other) return;
		[list[here], list[there]] = [other, one];
		for (const [at, rule] of list.entries()) {
			const position = at + 1;
			const moved = and(eq(routingRules.id, rule.id), ne(routingRules.position, position));
			await tx.update(routingRules).set({ position }).where(moved);
		}
		const span = { before: { position: here + 1 }, after: { position: there + 1 } };
		await recordChange(tx, actor, { unitId, action: 'routing.changed', subject: name, ...span });
	});
}

/**
 * Checks that place, assignee and group are available to the office, and that the assignees may see matching cases.
 * Sets values that this way of assigning does not use to null.
 */
async function usableRule(unitId: string, rule: RuleInput): Promise<RuleInput> {
	const offered = await routingChoices(unitId);
	const unknown = (id: string | null, list: readonly { id: string }[]) =>
		id !== null && !list.some((one) => one.id === id);
	const issues = [
		...(unknown(rule.placeId, offered.places) ? ['placeId'] : []),
		...(unknown(rule.handlerId, offered.people) ? ['handlerId'] : []),
		...(unknown(rule.groupId, offered.groups) ? ['groupId'] : [])
	].map((path) => ({ path, code: 'routing_choice' }));
	if (rule.assign === 'handler' && !rule.handlerId) issues.push({ path: 'handlerId', code: 'routing_handler_missing' });
	if (rule.assign === 'nobody' && !rule.priority) issues.push({ path: 'priority', code: 'routing_priority_missing' });
	if (issues.length > 0) throw new Invalid(issues);
	const used = {
		...rule,
		handlerId: rule.assign === 'handler' ? rule.handlerId : null,
		groupId: rule.assign === 'nobody' ? null : rule.groupId
	};
	const never = await fieldsNeverReached(unitId, used);
	if (never.length > 0) throw new Invalid(never.map((path) => ({ path, code: 'routing_never' })));
	return used;
}

/**
 * The options of a rule of an office: places of the office and of offices below, people who work on their reports, and
 * groups. The groups are these offices and those above.
 */
export async function routingChoices(unitId: string) {
	const known = await referenceData();
	const unit = known.unitById.get(unitId);
	if (!unit) throw new NotFound(`unit ${unitId}`);
	const below = known.units.filter((one) => isInSubtree(one, unitId)).sort(byCode);
	const groups = known.units.filter((one) => isInSubtree(one, unitId) || isInSubtree(unit, one.id)).sort(byCode);
	const inGroups = inArray(
		roles.unitId,
		groups.map(({ id }) => id)
	);
	const people = await db()
		.selectDistinct({ id: accounts.id, name: accounts.name })
		.from(roles)
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.where(and(inGroups, inArray(roles.role, [...workerRoles(false)]), eq(accounts.active, true)))
		.orderBy(asc(accounts.name), asc(accounts.id));
	const inUse = known.places.filter(({ withdrawnAt }) => withdrawnAt === null);
	return {
		places: below.flatMap((one) =>
			inUse.filter((place) => place.unitId === one.id).map(({ id, name }) => ({ id, name, unitName: one.name }))
		),
		people,
		groups: groups.map(({ id, name }) => ({ id, name }))
	};
}

/** The fields of a rule (`groupId`, `handlerId`) whose people may never see the cases that it matches. */
async function fieldsNeverReached(unitId: string, rule: RuleInput): Promise<string[]> {
	const integrity = rule.category === 'integrity';
	const known = await referenceData();
	const ofPlace = known.placeById.get(rule.placeId ?? '')?.unitId;
	const matched = known.units.filter((unit) => (rule.placeId ? unit.id === ofPlace : isInSubtree(unit, unitId)));
	// People of the case's office and above may see a report. An integrity case is visible only above its office, if
	// there is an office above.
	const chains = matched.map(chainOf);
	const seeingUnits = new Set(chains.flatMap((chain) => (integrity && chain.length > 1 ? chain.slice(0, -1) : chain)));
	const handlerRoles = rule.handlerId
		? await db()
				.select({ unitId: roles.unitId })
				.from(roles)
				.where(and(eq(roles.accountId, rule.handlerId), inArray(roles.role, [...workerRoles(integrity)])))
		: [];
	return [
		...(rule.groupId && !seeingUnits.has(rule.groupId) ? ['groupId'] : []),
		...(rule.handlerId && !handlerRoles.some((role) => seeingUnits.has(role.unitId)) ? ['handlerId'] : [])
	];
}
