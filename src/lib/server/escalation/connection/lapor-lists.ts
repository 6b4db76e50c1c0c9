import { DAY_MS, HOUR_MS } from '#lib/calendar/durations.ts';
import { and, eq, sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { progressOf, storeProgress } from '#lib/server/db/job-progress.ts';
import { laporLists } from '#lib/server/db/schema/lapor.ts';
import { throughCircuit } from './circuit.ts';
import { haltConnection } from './connection.ts';
import { laporClient } from './lapor-client.ts';
import { reasonOf, type Reason } from '../failure-reason.ts';
import { classifyRead } from '../classify-response.ts';
import {
	hasMoreRows,
	LIST_ROWS,
	readInstitutions,
	readTemplates,
	type ListRow
} from '#lib/server/integrations/lapor/responses.ts';
import type { LaporClient } from '#lib/server/integrations/lapor/client.ts';
import type { Exchange } from '#lib/server/integrations/lapor/types.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';

const KINDS = ['institution', 'template'] as const;
type ListKind = (typeof KINDS)[number];

/** Pages of a list; enough for LAPOR's few thousand institutions, also if a gateway allows only 100 rows per page. */
const MAX_PAGES = 100;

/** A list this many times shorter than the stored one, or shorter than LAPOR says, is probably only a part of it. */
const SHRUNK = 2;

/** The last read of a list. Times are ISO. `reason`: why the last read failed. */
interface LastRead {
	askedAt: string;
	readAt?: string;
	reason?: Reason;
}

const keyOf = (kind: ListKind) => `lapor.lists.${kind}`;

const lastRead = async (kind: ListKind) =>
	(await progressOf(db(), [keyOf(kind)])).get(keyOf(kind)) as LastRead | undefined;

/**
 * Reads each of LAPOR's lists once a day, or an hour after a failed read, which changes nothing. A list that is far
 * shorter than the stored one is not stored: an administrator decides about it (`readLaporListsNow`).
 */
export async function refreshLaporLists(): Promise<void> {
	const client = laporClient();
	if (!client) return;
	for (const kind of KINDS) {
		const before = await lastRead(kind);
		const age = before ? now().getTime() - Date.parse(before.askedAt) : Infinity;
		if (age < (before?.reason ? HOUR_MS : DAY_MS)) continue;
		const read = await throughCircuit('masters', async () => {
			const failed = await readLaporList(client, kind, { acceptShorter: false });
			return { works: failed === undefined || isAnswer(failed), result: failed };
		});
		if ('openUntil' in read) return;
		if (read.result?.code === 'unauthorised') return haltConnection(read.result);
	}
}

/** Whether the reason shows that the service responds: it refused the list, has none, or sent one that is too short. */
const isAnswer = ({ code, status = 0 }: Reason): boolean =>
	code === 'list_shrunk' || code === 'gone' || (status >= 300 && status < 500 && status !== 408 && status !== 429);

/**
 * Reads both lists now, at the request of an administrator.
 *
 * @returns false if address or secrets are missing
 * @throws NotAllowed if the actor administers no root unit
 */
export async function readLaporListsNow(actor: Actor): Promise<boolean> {
	await requireRootAdmin(actor);
	const client = laporClient();
	if (!client) return false;
	const after: Record<string, unknown> = {};
	for (const kind of KINDS) {
		const failed = await readLaporList(client, kind, { acceptShorter: true });
		after[kind] = failed ? failed.code : await countOf(kind);
	}
	await transaction((tx) => recordChange(tx, actor, { action: 'lapor.lists_read', subject: 'LAPOR', after }));
	return true;
}

/**
 * @param acceptShorter whether to store a list that is far shorter than the stored one
 * @returns why the list could not be read; undefined if it was read and stored
 */
async function readLaporList(
	client: LaporClient,
	kind: ListKind,
	{ acceptShorter }: { acceptShorter: boolean }
): Promise<Reason | undefined> {
	const read = await readPages(client, kind, { stored: await countOf(kind), acceptShorter });
	const before = await lastRead(kind);
	const at = now().toISOString();
	const value: LastRead = Array.isArray(read)
		? { askedAt: at, readAt: at }
		: { askedAt: at, readAt: before?.readAt, reason: read };
	await transaction(async (tx) => {
		await storeProgress(tx, keyOf(kind), value);
		if (!Array.isArray(read)) return;
		const ids = read.map(({ id }) => id);
		// One parameter for all ids, because PostgreSQL limits the number of parameters.
		const isGone = sql`${laporLists.id} <> all(${sql.param(ids)}::text[])`;
		await tx.delete(laporLists).where(and(eq(laporLists.kind, kind), isGone));
		for (let from = 0; from < read.length; from += LIST_ROWS)
			await tx
				.insert(laporLists)
				.values(read.slice(from, from + LIST_ROWS).map((row) => ({ kind, ...row })))
				.onConflictDoUpdate({
					target: [laporLists.kind, laporLists.id],
					set: { name: sql`excluded.name` }
				});
	});
	return Array.isArray(read) ? undefined : read;
}

/**
 * Reads pages while they have new rows, because a gateway may return fewer rows per page than requested without saying
 * that there are more. A service without paging repeats the first page. More than `MAX_PAGES` pages are refused.
 *
 * @param stored the number of stored rows; a list that is probably only a part of them is not accepted, unless `acceptShorter`
 */
async function readPages(
	client: LaporClient,
	kind: ListKind,
	{ stored, acceptShorter }: { stored: number; acceptShorter: boolean }
): Promise<ListRow[] | Reason> {
	const rows = new Map<string, ListRow>();
	let saysMore = false;
	/** The page before had as many rows as were asked for. */
	let wasFull = false;
	for (let page = 1; ; page++) {
		if (page > MAX_PAGES) return { code: 'answer_too_large' };
		const seen = await (kind === 'institution' ? client.institutions(page) : client.templates(page));
		const outcome = classifyRead(seen, now());
		const parse = kind === 'institution' ? readInstitutions : readTemplates;
		const read = outcome.kind === 'read' ? parse(seen.json) : undefined;
		if (!read) {
			// A failed read must not delete stored rows.
			const isWhole = !wasFull && (rows.size >= stored || (acceptShorter && isRefusal(seen)));
			if (page > 1 && !saysMore && (outcome.kind === 'gone' || isWhole)) break;
			return outcome.kind === 'read' ? reasonOf('unreadable', seen) : outcome.reason;
		}
		// An empty list would delete all stored institutions.
		if (kind === 'institution' && page === 1 && read.length === 0) return { code: 'list_shrunk' };
		const known = rows.size;
		for (const row of read) rows.set(row.id, row);
		// A repeated page does not show whether rows are missing.
		if (page > 1 && rows.size === known) break;
		saysMore = hasMoreRows(seen.json, rows.size, page);
		wasFull = read.length >= LIST_ROWS;
	}
	const hasShrunk = rows.size * SHRUNK <= stored || (saysMore && rows.size < stored);
	if (hasShrunk && stored > 0 && !acceptShorter) return { code: 'list_shrunk' };
	return [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The service understood the call and refuses it, so that page does not exist. */
const isRefusal = ({ status = 0 }: Exchange): boolean => status >= 400 && status < 500;

const countOf = (kind: ListKind): Promise<number> => db().$count(laporLists, eq(laporLists.kind, kind));

/**
 * The number of rows of each list and the outcome of its last read. After a failed read the rows are those of `readAt`.
 */
export const laporListsState = () => Promise.all(KINDS.map(stateOf));

async function stateOf(kind: ListKind) {
	const last = await lastRead(kind);
	return {
		kind,
		count: await countOf(kind),
		askedAt: last ? new Date(last.askedAt) : null,
		readAt: last?.readAt ? new Date(last.readAt) : null,
		reason: last?.reason ?? null
	};
}
