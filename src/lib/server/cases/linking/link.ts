import { and, eq, ne, sql } from 'drizzle-orm';
import { linkProblem } from '#lib/cases/linking.ts';
import { linkInput, reasonInput } from '#lib/cases/schema.ts';
import { OPEN_STATUSES } from '#lib/cases/status.ts';
import { checked } from '#lib/server/checked.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { Conflict, Invalid, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { caseForActor, lockCase, lockCaseForActor, type CaseRow, type CaseWithUnit } from '../find.ts';
import { requireVersion, updateCase } from '../move.ts';
import { recordEvents } from '../timeline.ts';

/**
 * Links an open report to the main case of its matter. Both keep their own life, receipt and deadlines. The answer to the main
 * case also answers this report. Neither reporter learns of the link.
 *
 * @throws Invalid on `main` with the reason why they can't be linked; a main case the actor may not see counts as missing
 */
export async function linkCase(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(linkInput, raw);
	return transaction(async (tx) => {
		await oneAtATime(tx);
		const main = await mainFor(tx, actor, input.main);
		const { row: before } = await lockCaseForActor(tx, actor, reference);
		await requireVersion(tx, before, input.version);
		if (!OPEN_STATUSES.includes(before.status)) {
			throw new Conflict('invalid-move', { status: before.status, version: before.version });
		}
		const problem = linkProblem(before, main, await hasLinked(tx, before.id));
		if (problem) throw new Invalid([{ path: 'main', code: problem }]);
		const row = await updateCase(tx, before, { mainCaseId: main.id });
		// A new version, so that a person about to sign the main case's answer learns that it reaches one more reporter.
		const told = await updateCase(tx, main, {});
		await recordEvents(tx, pair(actor, { row, data: { action: 'linked' } }, { row: told, data: { action: 'gained' } }));
		return row;
	});
}

/** Unlinks a report from its main case; it is then answered separately. @throws Conflict if it is linked to none */
export async function unlinkCase(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(reasonInput, raw);
	return transaction(async (tx) => {
		const { main, found } = await lockPair(tx, actor, reference);
		await requireVersion(tx, found.row, input.version);
		const row = await updateCase(tx, found.row, { mainCaseId: null });
		const told = await updateCase(tx, main.row, {});
		// The reason stays with its report: not everybody who sees the main case may see it.
		const left = { row, data: { action: 'unlinked', reason: input.reason } };
		await recordEvents(tx, pair(actor, left, { row: told, data: { action: 'lost' } }));
		return row;
	});
}

/** Locks a linked report and its main case, the main case first. @throws Conflict if it is linked to none */
export async function lockPair(
	tx: Tx,
	actor: Actor,
	reference: string
): Promise<{ main: CaseWithUnit; found: CaseWithUnit }> {
	await oneAtATime(tx);
	const mainId = await mainIdOf(tx, actor, reference);
	const main = await lockCase(tx, mainId);
	const found = await lockCaseForActor(tx, actor, reference);
	const { row } = found;
	if (row.mainCaseId !== mainId || row.status === 'archived') {
		throw new Conflict('invalid-move', { status: row.status, version: row.version });
	}
	return { main, found };
}

/** Serialises links, so that two links made at once neither form a chain nor deadlock. */
async function oneAtATime(tx: Tx): Promise<void> {
	await tx.execute(sql`select pg_advisory_xact_lock(hashtext('case-links'))`);
}

async function mainIdOf(tx: Tx, actor: Actor, reference: string): Promise<number> {
	const { row } = await caseForActor(actor, reference, tx);
	if (row.mainCaseId === null) throw new Conflict('invalid-move', { status: row.status, version: row.version });
	return row.mainCaseId;
}

async function mainFor(tx: Tx, actor: Actor, reference: string): Promise<CaseRow> {
	try {
		return (await lockCaseForActor(tx, actor, reference)).row;
	} catch (cause) {
		if (!(cause instanceof NotFound)) throw cause;
		throw new Invalid([{ path: 'main', code: 'link_unknown' }]);
	}
}

/** Whether reports are linked to this one. Archived duplicates do not count. */
async function hasLinked(tx: Tx, caseId: number): Promise<boolean> {
	const [one] = await tx
		.select({ id: cases.id })
		.from(cases)
		.where(and(eq(cases.mainCaseId, caseId), ne(cases.status, 'archived')))
		.limit(1);
	return one !== undefined;
}

interface Side {
	row: CaseRow;
	data: Record<string, unknown>;
}

/** The timeline entries of both. Each refers to the other by row id; its number is shown to people who may see it. */
function pair(author: Actor, one: Side, other: Side) {
	const entry = ({ row, data }: Side, about: CaseRow) => ({
		row,
		event: { type: 'linked' as const, author, public: false, data: { ...data, case: about.id } }
	});
	return [entry(one, other.row), entry(other, one.row)];
}
