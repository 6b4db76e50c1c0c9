import { and, eq, isNull, notInArray, sql } from 'drizzle-orm';
import { lockCase, type CaseWithUnit, type UnitRow } from '#lib/server/cases/find.ts';
import { OPEN_STATUSES } from '#lib/cases/status.ts';
import { accountsNamedBy } from '#lib/server/cases/people.ts';
import { isUnattended, unattendedCases } from '#lib/server/cases/unattended.ts';
import { tell } from '#lib/server/channels/notices.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { log } from '#lib/server/log.ts';
import { unattendedLetter } from '#lib/server/reminders/letters.ts';

const BATCH = 500;
const keyOf = (caseId: number): string => `unattended:${caseId}`;

/**
 * Tells the root's administrators that a report waits in an office because nobody may open it, so that they find
 * somebody who may: no number, no kind, no word of it, and not to whom it names (product.md, "Fairness inside a small
 * office"). Once per report.
 */
export async function tellIfUnattended(tx: Tx, { row, unit }: CaseWithUnit): Promise<void> {
	if (!OPEN_STATUSES.includes(row.status) || !(await isUnattended(tx, row))) return;
	const [handling = unit] = await tx.select().from(units).where(eq(units.id, row.handlingUnitId));
	await tell(tx, await administratorsAbove(tx, handling, row.id), {
		kind: 'case_unattended',
		onceKey: keyOf(row.id),
		caseId: null,
		at: now(),
		data: { unit: handling.name },
		letter: unattendedLetter(handling.name)
	});
}

/** Those of the tree's root, whom the case doesn't name. */
async function administratorsAbove(tx: Tx, unit: UnitRow, caseId: number): Promise<string[]> {
	const people = await tx
		.selectDistinct({ id: accounts.id })
		.from(roles)
		.innerJoin(units, eq(units.id, roles.unitId))
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.where(
			and(
				eq(roles.role, 'admin'),
				isNull(units.parentId),
				sql`${unit.path} like '/' || ${units.id}::text || '/%'`,
				eq(accounts.active, true),
				notInArray(accounts.id, accountsNamedBy(tx, caseId))
			)
		);
	return people.map(({ id }) => id);
}

/**
 * Nightly, for what no entry of a case tells of: an account was switched off, a role was taken away. Nobody is reminded
 * any more of a report that somebody may open by now.
 */
export async function sweepUnattended(): Promise<void> {
	const waiting = await unattendedCases(db(), BATCH);
	if (waiting.length < BATCH) await readAttended(waiting.map(({ id }) => id));
	for (const { id } of waiting) {
		await transaction(async (tx) => tellIfUnattended(tx, await lockCase(tx, id))).catch((error: unknown) =>
			log().error({ caseId: id, error }, 'administrators could not be told of a report that waits for nobody')
		);
	}
}

async function readAttended(unattended: readonly number[]): Promise<void> {
	const known = sql`split_part(${notices.onceKey}, ':', 2)`;
	await db()
		.update(notices)
		.set({ readAt: now() })
		.where(and(eq(notices.kind, 'case_unattended'), isNull(notices.readAt), notInArray(known, unattended.map(String))));
}
