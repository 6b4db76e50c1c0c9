import { and, eq, isNotNull, sql } from 'drizzle-orm';
import { addDays, localDate, yearOf } from '#lib/calendar/days.ts';
import { addWorkingDays } from '#lib/calendar/working-calendar.ts';
import { destructionNumber } from '#lib/text/reference-numbers.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { notify } from '#lib/server/channels/notices.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { destructionItems, destructions, retentionRules } from '#lib/server/db/schema/retention.ts';
import { Conflict, NotAllowed } from '#lib/server/errors.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { rootAdministrators } from '#lib/server/people/administration.ts';
import { referenceData, type Unit } from '#lib/server/reference/reference.ts';
import { collectItems } from './candidates.ts';

const roots = async () => (await referenceData()).units.filter(({ depth }) => depth === 0);

/** The root unit that the actor administers. @throws NotAllowed if there is none */
export async function administeredRoot(actor: Actor): Promise<Unit> {
	const root = (await roots()).find(({ id }) => holds(actor, id, 'admin'));
	if (!root) throw new NotAllowed('root_admin');
	return root;
}

/**
 * Creates a proposal to destroy records ("usul musnah") for the root unit that the actor administers, at any time of
 * the year.
 * @returns its id
 * @throws NotAllowed · Conflict `invalid-move` while another destruction of the unit is open, or if nothing
 *   can be proposed: the number would be spent on an empty list
 */
export async function proposeDestruction(actor: Actor): Promise<string> {
	const root = await administeredRoot(actor);
	return transaction(async (tx) => {
		const id = await propose(tx, root, actor);
		if (!id) throw new Conflict('invalid-move', { reason: 'destruction_open' });
		const items = await tx.$count(destructionItems, eq(destructionItems.destructionId, id));
		if (items === 0) throw new Conflict('invalid-move', { reason: 'destruction_empty' });
		return id;
	});
}

/**
 * Runs each night: from the first working day of a year until the end of January, if a rule is confirmed, creates the
 * year's proposal for every root unit that has none of that year.
 */
export async function proposeYearly(): Promise<void> {
	const [confirmed] = await db()
		.select({ part: retentionRules.part })
		.from(retentionRules)
		.where(and(isNotNull(retentionRules.jraCode), eq(retentionRules.suggested, false)))
		.limit(1);
	if (!confirmed) return;
	const calendar = await loadCalendar();
	for (const root of await roots()) {
		const today = localDate(now(), root.timeZone);
		const year = yearOf(today);
		const firstWorkingDay = addWorkingDays(addDays(`${year}-01-01`, -1), 1, calendar);
		if (today < firstWorkingDay || today > `${year}-01-31`) continue;
		const ofYear = and(eq(destructions.unitId, root.id), eq(destructions.year, year));
		if ((await db().$count(destructions, ofYear)) === 0) await transaction((tx) => propose(tx, root, null));
	}
}

/** @returns undefined if a destruction of the unit is open */
async function propose(tx: Tx, root: Unit, actor: Actor | null): Promise<string | undefined> {
	const year = yearOf(localDate(now(), root.timeZone));
	const number = sql`(select coalesce(max(number), 0) + 1 from ${destructions}
		where unit_id = ${root.id} and year = ${year})`;
	const [row] = await tx
		.insert(destructions)
		.values({ unitId: root.id, year, number, state: 'proposed', proposedAt: now() })
		.onConflictDoNothing()
		.returning();
	if (!row) return undefined;
	await collectItems(tx, row.id, root);
	const words = destructionNumber({ ...row, unit: root.code });
	await recordChange(tx, actor, { unitId: root.id, action: 'destruction.proposed', subject: words });
	const people = (await rootAdministrators(tx)).filter(({ unitId }) => unitId === root.id);
	const ids = people.map(({ accountId }) => accountId);
	const page = `/admin/privacy/retention/${row.id}`;
	await notify(tx, ids, { kind: 'destruction_proposed', occasion: row.id, data: { number: words }, page });
	return row.id;
}
