import { and, desc, eq, inArray, notInArray, sql, type SQL } from 'drizzle-orm';
import { lockCase, type CaseWithUnit } from '#lib/server/cases/find.ts';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import { accountsNamedBy } from '#lib/server/cases/case-staff.ts';
import type { StoredEntry } from '#lib/server/cases/timeline.ts';
import { isUnattended, unattendedCases } from '#lib/server/cases/handling/unattended.ts';
import { endOccasions, isRunning, notify } from '#lib/server/channels/notices.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { log } from '#lib/server/log.ts';
import { rootAdministrators } from '#lib/server/people/administration.ts';
import { isInSubtree, referenceData } from '#lib/server/reference/reference.ts';

const BATCH = 500;

/**
 * Notifies the administrators of the root unit that nobody may open a report, so that they add a supervisor.
 * Administrators whom the report names are not notified. The notice contains no number, kind or text. It is sent once
 * per period without a reader, at whose end the notices are marked as read.
 */
export async function notifyIfUnattended(tx: Tx, { row, unit }: CaseWithUnit, entry?: StoredEntry): Promise<void> {
	const attended = !OPEN_STATUSES.includes(row.status) || !(await isUnattended(tx, row));
	// A new report has no such period that could end.
	if (attended && entry?.type === 'opened') return;
	const handling = (await referenceData()).unitById.get(row.handlingUnitId) ?? unit;
	const administrators = (await rootAdministrators(tx))
		.filter(({ unitId }) => isInSubtree(handling, unitId))
		.map(({ accountId }) => accountId);
	const ofCase = and(inArray(notices.accountId, administrators), eq(caseOfNotice, String(row.id)));
	if (attended) return endPeriods(tx, ofCase);
	const [period] = await tx
		.select({ start: sql<string>`split_part(${notices.onceKey}, ':', 3)` })
		.from(notices)
		.where(and(ofPeriod, ofCase))
		.orderBy(desc(notices.at))
		.limit(1);
	const named = new Set((await accountsNamedBy(tx, row.id)).map(({ id }) => id));
	const people = administrators.filter((id) => !named.has(id));
	await notify(tx, people, {
		kind: 'case_unattended',
		scope: `case_unattended:${row.id}`,
		occasion: period?.start ?? now().getTime(),
		unitId: row.unitId,
		data: { unit: handling.name },
		page: '/admin/people'
	});
}

/** Only the key of a notice contains the case id, because administrators must not learn which report it is. */
const caseOfNotice = sql`split_part(${notices.onceKey}, ':', 2)`;
const ofPeriod = isRunning('case_unattended');

const endPeriods = (on: Database | Tx, which: SQL | undefined) => endOccasions(on, and(ofPeriod, which));

/**
 * Runs each night and after access changes, because switching off an account or changing a role adds no timeline entry.
 * Ends the periods of reports that somebody may open now.
 */
export async function sweepUnattended(): Promise<void> {
	const waiting = await unattendedCases(db(), BATCH);
	const ids = waiting.map(({ id }) => String(id));
	if (ids.length < BATCH) await endPeriods(db(), notInArray(caseOfNotice, ids));
	for (const { id } of waiting) {
		await transaction(async (tx) => notifyIfUnattended(tx, await lockCase(tx, id))).catch((error: unknown) =>
			log().error({ caseId: id, err: error }, 'administrators were not notified of a report that nobody can handle')
		);
	}
}
