import type { Locale } from '#lib/paraglide/runtime.js';
import { and, count, desc, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { inboxAddress } from '#lib/cases/inbox-query.ts';
import { readInboxChoice } from '#lib/cases/read-inbox-choice.ts';
import { choiceReader, inboxCondition, type InboxFilter } from '#lib/server/cases/inbox/filter.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, oneRow, transaction } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { caseExports } from '#lib/server/db/schema/desk.ts';
import { Conflict } from '#lib/server/errors.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { accountIdOf, type Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { homeUnit } from '#lib/server/people/units/find-unit.ts';
import { outsideTrial } from '#lib/server/people/units/trial.ts';
import { isOpenTo } from './access.ts';
import { fileOf, type ExportFormat } from './file.ts';

/** Most rows of an export that is streamed when it is downloaded. A job writes larger exports. */
export const STREAMED_ROWS = 5000;

const exportInput = z.object({
	format: z.enum(['csv', 'xlsx'], { error: 'export_format' }),
	query: z.string().max(2000)
});

/** Reads the filter from a list's query string. Search words are ignored, because an export reads in the order of ids. */
export async function exportedFilter(actor: Actor, query: string): Promise<{ filter: InboxFilter; query: string }> {
	const { q: _words, ...choice } = readInboxChoice(new URLSearchParams(query));
	const read = await choiceReader(actor);
	return { filter: read(choice), query: inboxAddress(choice).split('?')[1] ?? '' };
}

/** Whether the export is small enough to be streamed. */
async function isSmall(actor: Actor, filter: InboxFilter): Promise<boolean> {
	const firstRows = db()
		.select({ id: cases.id })
		.from(cases)
		.where(inboxCondition(await outsideTrial(actor), filter))
		.limit(STREAMED_ROWS + 1)
		.as('some');
	const [row] = await db().select({ n: count() }).from(firstRows);
	return (row?.n ?? 0) <= STREAMED_ROWS;
}

/**
 * Requests an export of a list. A small export can be fetched at once; a job writes a large one.
 * @returns `job`: the id of the export; `now`: format and filter for the download
 * @throws Invalid `export_format` · Conflict `export_running` if an export of the actor is still running
 */
export async function requestExport(
	actor: Actor,
	lang: Locale,
	raw: unknown
): Promise<{ job: string } | { now: { format: ExportFormat; query: string } }> {
	const input = checked(exportInput, raw);
	const accountId = accountIdOf(actor);
	const { filter, query } = await exportedFilter(actor, input.query);
	if (await isSmall(actor, filter)) return { now: { format: input.format, query } };
	return transaction(async (tx) => {
		const [row] = await tx
			.insert(caseExports)
			.values({ accountId, format: input.format, query, lang, state: 'waiting', createdAt: now() })
			.onConflictDoNothing()
			.returning({ id: caseExports.id });
		if (!row) throw new Conflict('invalid-move', { reason: 'export_running' });
		await enqueue(tx, 'case-export', { exportId: row.id });
		return { job: row.id };
	});
}

/** Cancels a waiting or running export of the actor. A running job stops after the current slice. */
export async function cancelExport(actor: Actor, id: string): Promise<void> {
	await db()
		.update(caseExports)
		.set({ state: 'cancelled', endedAt: now(), leaseUntil: null })
		.where(and(ownedBy(actor, id), inArray(caseExports.state, ['waiting', 'running'])));
}

const stateFor = (actor: Actor) =>
	sql<typeof caseExports.$inferSelect.state>`case when ${caseExports.state} = 'done' and not ${isOpenTo(actor)}
		then 'closed' else ${caseExports.state} end`;

/** The actor's latest exports, the newest first. Older ones are deleted after a day. */
export async function ownExports(actor: Actor) {
	if (!actor.accountId) return [];
	return db()
		.select({
			id: caseExports.id,
			format: caseExports.format,
			query: caseExports.query,
			state: stateFor(actor),
			rows: caseExports.rows,
			progress: caseExports.progress,
			bytes: caseExports.bytes,
			createdAt: caseExports.createdAt
		})
		.from(caseExports)
		.where(eq(caseExports.accountId, actor.accountId))
		.orderBy(desc(caseExports.createdAt))
		.limit(20);
}

/**
 * The finished file of an export, only for its owner, and only while the owner may see every report in it. The download is
 * logged.
 * @throws NotFound · Conflict `export_closed` if the owner may not see every report in it any more
 */
export async function ownExport(actor: Actor, id: string) {
	const { attempts, query, format, rows, bytes, createdAt } = caseExports;
	const row = await db()
		.select({ id: caseExports.id, attempts, state: stateFor(actor), query, format, rows, bytes, createdAt })
		.from(caseExports)
		.where(and(ownedBy(actor, id), inArray(caseExports.state, ['done', 'closed'])))
		.then(oneRow);
	if (row.state === 'closed') throw new Conflict('invalid-move', { reason: 'export_closed' });
	const unitId = (await homeUnit(actor))?.id ?? null;
	const after = { filter: Object.fromEntries(new URLSearchParams(row.query)), rows: row.rows };
	await transaction((tx) => recordChange(tx, actor, { unitId, action: 'list.downloaded', subject: 'cases', after }));
	return { file: fileOf(row), format: row.format, bytes: row.bytes ?? 0, createdAt: row.createdAt };
}

const ownedBy = (actor: Actor, id: string) =>
	and(isId(caseExports.id, id), eq(caseExports.accountId, actor.accountId ?? ''));
