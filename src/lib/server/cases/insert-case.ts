import { eq, sql } from 'drizzle-orm';
import { localDate, yearOf } from '#lib/calendar/days.ts';
import { formatReference } from '#lib/text/reference.ts';
import { attachFiles, originalsOf, type KeptFile } from '#lib/server/attachments/keep.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { nextNumber } from '#lib/server/db/next-number.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { caseNumbers } from '#lib/server/db/schema/numbers.ts';
import { Conflict } from '#lib/server/errors.ts';
import { classBeforeVerification, promisedRules, recomputeClocks, startClocks } from './clocks/deadlines.ts';
import type { CaseRow, UnitRow } from './find.ts';
import { handlingOf, nameOfficers, type NamedOfficer } from './officers/named.ts';
import { routeCase } from './triage/route.ts';
import { recordEvent, type Author } from './timeline.ts';

type Chosen = 'reference' | 'unitId' | 'handlingUnitId' | 'restricted' | 'class';

/** A case to insert, with what is stored in the same commit. */
interface NewCase {
	unit: UnitRow;
	/** Its columns, without those that follow from its office and kind. */
	values: Omit<typeof cases.$inferInsert, Chosen>;
	named: readonly NamedOfficer[];
	files: readonly (KeptFile & { public: boolean })[];
	author: Author;
	/** More for its first timeline entry. */
	data?: Record<string, unknown>;
	/** Only for a part of a restricted report, which is handled where the report is. */
	handling?: Pick<CaseRow, 'handlingUnitId' | 'restricted'>;
	/** When the deadline for verification begins; all others begin with the receipt. */
	verificationFrom: Date;
	/** Stores more after the first timeline entry; if it throws, nothing is stored. */
	alongside: (tx: Tx, row: CaseRow) => Promise<void>;
}

/** Another request has stored the same submission. Rolls the transaction back, and with it the number. */
export class AlreadyInserted extends Conflict {}

/**
 * Inserts a case: every way to open one ends here. Takes the number, names officers, attaches files, starts the deadlines,
 * writes the first timeline entry and applies the routing rules.
 *
 * @throws AlreadyInserted if there is a case with this submission hash
 */
export async function insertCase(tx: Tx, given: NewCase): Promise<CaseRow> {
	const { unit, values, named, files } = given;
	const ids = named.filter(({ state }) => state === 'named').map(({ officerId }) => officerId);
	const handling = given.handling ?? (await handlingOf(tx, unit, values.category ?? null, ids));
	const reference = await nextReference(tx, unit, values.openedAt);
	const [inserted] = await tx
		.insert(cases)
		.values({ ...values, ...handling, reference, unitId: unit.id, class: classBeforeVerification(values.kind) })
		.onConflictDoNothing({ target: cases.submissionHash })
		.returning();
	if (!inserted) throw new AlreadyInserted('submission-reused');
	await nameOfficers(tx, inserted.id, named);
	for (const shown of [true, false]) {
		const some = files.filter((file) => file.public === shown);
		await attachFiles(tx, some, { caseId: inserted.id, public: shown });
	}
	const row = await startPromises(tx, inserted, unit, given.verificationFrom);
	await recordEvent(tx, row, {
		type: 'opened',
		author: given.author,
		public: true,
		data: { channel: row.channel, attachments: files.length, ...originalsOf(files), ...given.data }
	});
	await given.alongside(tx, row);
	await routeCase(tx, row);
	return row;
}

/** Starts the deadlines and keeps the promised first reply: a repeated submission gets the same answer. */
async function startPromises(tx: Tx, row: CaseRow, unit: UnitRow, verificationFrom: Date): Promise<CaseRow> {
	const { receipt } = await promisedRules(tx, row);
	for (const rule of receipt)
		await startClocks(tx, row, [rule], rule.name === 'verification' ? verificationFrom : row.receivedAt);
	await recomputeClocks(tx, { row, unit });
	const firstReply = sql`(select due_at from clocks where case_id = ${row.id} and name = 'first_reply')`;
	const [promised] = await tx.update(cases).set({ promisedAt: firstReply }).where(eq(cases.id, row.id)).returning();
	return promised ?? row;
}

/** Takes the next report number of a unit and year, `SPATULA-7604-26-000123`. */
async function nextReference(tx: Tx, unit: UnitRow, openedAt: Date): Promise<string> {
	const year = yearOf(localDate(openedAt, unit.timeZone));
	return formatReference({ unit: unit.code, year, number: await nextNumber(tx, caseNumbers, unit.id, year) });
}
