import { chainOf, referenceData } from '#lib/server/reference/reference.ts';
import { firstRule, type Routable } from '#lib/cases/routing.ts';
import { savepoint, type Database, type Tx } from '#lib/server/db/index.ts';
import type { routingRules } from '#lib/server/db/schema/triage.ts';
import { log } from '#lib/server/log.ts';
import { textOfReport, type CaseRow, type CaseWithUnit, type UnitRow } from '../find.ts';
import { moveCase, updateCase } from '../move.ts';
import { workersFor, type Person } from '../case-staff.ts';
import { recordEvent, type Event } from '../timeline.ts';
import { leastLoadedFor, withWorkload, type Worker } from '../handling/workload.ts';

export type RuleRow = typeof routingRules.$inferSelect;

/** The active rules for reports of an office: its own in their order, then those of the offices above. */
export async function routingRulesFor(unit: Pick<UnitRow, 'path'>): Promise<RuleRow[]> {
	const nearestFirst = chainOf(unit).reverse();
	const { routingRules } = await referenceData();
	return nearestFirst.flatMap((unitId) => routingRules.filter((rule) => rule.unitId === unitId && rule.active));
}

/** The fields of a case that rules compare. */
export function routable(row: CaseRow): Routable {
	const { kind, category, placeId, service, channel } = row;
	return { kind, category, placeId, service, channel, text: textOfReport(row) };
}

/**
 * Chooses the person to whom a rule assigns a report, among people who may see it. If the rule's handler is absent, the
 * deputy gets the report. Without a deputy, or if the handler may not see the report, the person with the fewest open
 * cases gets it.
 *
 * @returns `worker` is null if the rule assigns nobody or nobody present may see the report. `insteadOf` is the absent
 * handler
 */
export async function assigneeOfRule(
	on: Database | Tx,
	rule: Pick<RuleRow, 'assign' | 'handlerId' | 'groupId'>,
	row: Pick<CaseRow, 'id' | 'handlingUnitId' | 'restricted'>,
	zone: string
): Promise<{ worker: Worker | null; insteadOf: Person | null }> {
	if (rule.assign === 'nobody') return { worker: null, insteadOf: null };
	const people = await withWorkload(on, await workersFor(on, row), zone);
	const ruleHandler = rule.assign === 'handler' ? people.find((person) => person.id === rule.handlerId) : undefined;
	if (ruleHandler && !ruleHandler.absent) return { worker: ruleHandler, insteadOf: null };
	const deputy = people.find((person) => person.id === ruleHandler?.deputy?.id);
	if (ruleHandler && deputy) return { worker: deputy, insteadOf: ruleHandler };
	return { worker: (await leastLoadedFor(on, row, people, rule.groupId)) ?? null, insteadOf: null };
}

/**
 * Applies the first matching routing rule to a case without an assignee: on opening, verification, hand-over, split and
 * reopening, in the transaction of that change. If a rule fails, that change is still committed and the report stays
 * unassigned.
 *
 * @param prioritySet a person set the priority, so no rule changes it
 * @returns the case afterwards
 */
export async function routeCase(tx: Tx, { row, unit }: CaseWithUnit, { prioritySet = false } = {}): Promise<CaseRow> {
	// An earlier rule or a person already chose the assignee.
	if (row.assigneeId) return row;
	try {
		const rule = firstRule(routable(row), await routingRulesFor(unit));
		return rule ? await savepoint(tx, (inner) => applyRule(inner, { row, unit }, rule, prioritySet)) : row;
	} catch (cause) {
		log().error({ err: cause }, 'a case could not be routed');
		return row;
	}
}

/**
 * Records the entry of a reopened case. If it has no assignee (any more), routing rules run again. If none assigns the
 * case, its handlers are notified as for a new report. A completion by the reporter has a notice of its own.
 *
 * @param before the case before it was reopened
 */
export async function recordReopening(
	tx: Tx,
	before: CaseRow,
	{ row, unit }: CaseWithUnit,
	event: Event
): Promise<CaseRow> {
	const isNotified = before.assigneeId === null && event.data?.reason === 'completed';
	const unassigned = row.assigneeId === null && !isNotified;
	await recordEvent(tx, row, unassigned ? { ...event, data: { ...event.data, unassigned } } : event);
	// Somebody may have set the priority before the case was settled.
	return routeCase(tx, { row, unit }, { prioritySet: true });
}

async function applyRule(
	tx: Tx,
	{ row: before, unit }: CaseWithUnit,
	rule: RuleRow,
	prioritySet: boolean
): Promise<CaseRow> {
	const { worker, insteadOf } = await assigneeOfRule(tx, rule, before, unit.timeZone);
	const priority = prioritySet ? null : rule.priority;
	if (!worker && (!priority || priority === before.priority)) return before;
	const changed = { ...(worker ? { assigneeId: worker.id } : {}), ...(priority ? { priority } : {}) };
	// Without an assignee the status stays.
	const row = worker ? await moveCase(tx, before, 'assign', changed) : await updateCase(tx, before, changed);
	const data = {
		rule: rule.name,
		assignee: worker?.id,
		name: worker?.name,
		priority: priority ?? undefined,
		deputy_of: insteadOf?.name
	};
	// As with an assignment by a person, the entry is public if the status changes to in progress.
	const isPublic = row.status !== before.status;
	await recordEvent(tx, row, { type: 'assigned', author: 'system', public: isPublic, data });
	return row;
}
