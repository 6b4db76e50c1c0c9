import { eq, sql } from 'drizzle-orm';
import { localDate, yearOf } from '#lib/calendar/days.ts';
import { firstReplyDeadline } from '#lib/cases/promised-deadline.ts';
import type { ClockName } from '#lib/cases/vocabulary.ts';
import { formatReference } from '#lib/text/reference-numbers.ts';
import { attachFiles, originalsOf, type KeptFile } from '#lib/server/attachments/stored-files.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { numberTaken } from '#lib/server/db/next-number.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { Conflict } from '#lib/server/errors.ts';
import { isInTrial } from '#lib/server/people/units/trial.ts';
import { clockNamed, noClocks, recomputeClocks, startClocks, storeClocks } from './clocks/case-clocks.ts';
import { classBeforeVerification, promisedRules } from './clocks/deadlines.ts';
import type { CaseRow, UnitRow } from './find.ts';
import { handlingOf } from './handling-unit.ts';
import { addNamedOfficers, type NamedOfficer } from './officers/find-names.ts';
import { routeCase } from './triage/route.ts';
import { recordEvent, type Author } from './timeline.ts';

type DerivedColumn = 'reference' | 'unitId' | 'handlingUnitId' | 'restricted' | 'class' | 'dueAt' | 'promisedAt';

/** A case to insert, with the data that is stored in the same commit. */
interface NewCase {
	unit: UnitRow;
	/** Columns that the caller sets; `insertCase` computes the others. */
	values: Omit<typeof cases.$inferInsert, DerivedColumn>;
	named: readonly NamedOfficer[];
	files: readonly (KeptFile & { public: boolean })[];
	author: Author;
	/** Additional data of the first timeline entry. */
	data?: Record<string, unknown>;
	/** Handling unit and restriction of the report that was split; set only if it is restricted. */
	handling?: Pick<CaseRow, 'handlingUnitId' | 'restricted'>;
	/** Deadlines that start later than the report was received. */
	startsLater?: Partial<Record<ClockName, Date>>;
	/** Stores further rows after the first timeline entry. If it throws, nothing is stored. */
	storeMore: (row: CaseRow) => Promise<void>;
}

/** `firstReplyAt`: the first-reply deadline, which can be later than `promisedAt`. */
export type InsertedCase = CaseRow & { firstReplyAt: Date | null };

/**
 * Another request stored the same submission. Thrown to roll back the transaction, including the report number. It is a
 * Conflict, so `withKeptFiles` deletes the files.
 */
export class AlreadyInserted extends Conflict {}

/**
 * Inserts a case. Every way to open a case calls this. Takes the number, adds the named officers, attaches files,
 * starts the deadlines, writes the first timeline entry and applies the routing rules.
 *
 * @throws AlreadyInserted if there is a case with this submission hash
 */
export async function insertCase(tx: Tx, newCase: NewCase): Promise<InsertedCase> {
	const { unit, values, named, files } = newCase;
	const ids = named.filter(({ state }) => state === 'named').map(({ officerId }) => officerId);
	const handling = newCase.handling ?? (await handlingOf(tx, unit, values.category ?? null, ids));
	const derived = { ...handling, unitId: unit.id, class: classBeforeVerification(values.kind) };
	const clocks = await noClocks(unit);
	for (const rule of (await promisedRules({ ...values, ...derived })).received)
		startClocks(clocks, [rule], newCase.startsLater?.[rule.name] ?? values.receivedAt);
	const dueAt = recomputeClocks(clocks);
	const promisedAt = firstReplyDeadline(clocks.runs)?.dueAt ?? null;
	const { reference, withNumber } = await nextReference(tx, unit, values.openedAt);
	const [row] = await withNumber
		.insert(cases)
		.values({ ...values, ...derived, reference, dueAt, promisedAt })
		.onConflictDoNothing({ target: cases.submissionHash })
		.returning();
	if (!row) throw new AlreadyInserted('submission-reused');
	// Send these statements together, because all other new reports of the office wait until this transaction frees the
	// counter.
	await Promise.all([
		storeClocks(tx, { row, clocks }),
		addNamedOfficers(tx, row.id, named),
		insertFiles(tx, row.id, files),
		recordEvent(tx, row, {
			type: 'opened',
			author: newCase.author,
			public: true,
			data: { channel: row.channel, attachments: files.length, ...originalsOf(files), ...newCase.data }
		})
	]);
	await newCase.storeMore(row);
	await routeCase(tx, { row, unit });
	return { ...row, firstReplyAt: clockNamed(clocks, 'first_reply')?.dueAt ?? null };
}

/** Inserts public files first. The numbers of the internal files continue theirs. */
async function insertFiles(tx: Tx, caseId: number, files: NewCase['files']): Promise<void> {
	for (const shown of [true, false]) {
		const some = files.filter((file) => file.public === shown);
		await attachFiles(tx, some, { caseId, public: shown });
	}
}

/**
 * The next report number of a unit and year, `SPATULA-1203-26-000123`, or of its trial, `UJI-1203-26-000001`.
 * @returns `withNumber` begins the statement that inserts the case and takes the number
 */
async function nextReference(tx: Tx, unit: UnitRow, openedAt: Date) {
	const year = yearOf(localDate(openedAt, unit.timeZone));
	const numbered = (number: number, trial?: boolean) => formatReference({ unit: unit.code, year, number, trial });
	if (isInTrial(unit)) return { reference: numbered(await nextTrialNumber(tx, unit.id), true), withNumber: tx };
	const [start] = numbered(1).split('000001');
	return {
		reference: sql<string>`(select ${start} || lpad(last::text, 6, '0') from counter)`,
		withNumber: tx.with(numberTaken(tx, 'case', unit.id, year))
	};
}

/**
 * The next number of the office's trial. Trials have no counter, so this counts the office's reports. The office's row
 * stays locked until the commit, so that two reports never get the same number.
 */
async function nextTrialNumber(tx: Tx, unitId: string): Promise<number> {
	await tx.select({ id: units.id }).from(units).where(eq(units.id, unitId)).for('no key update');
	return (await tx.$count(cases, eq(cases.unitId, unitId))) + 1;
}
