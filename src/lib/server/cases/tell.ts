import { eq, sql } from 'drizzle-orm';
import { beforeCommit, type Tx } from '#lib/server/db/index.ts';
import type { NoticeChannel } from '#lib/server/db/notify.ts';
import { cases } from '#lib/server/db/schema/cases.ts';

const CHANNEL: NoticeChannel = 'spatula_case';

/** A timeline entry of a case, by its number. */
interface Entry {
	caseId: number;
	seq: number;
}

const collected = new WeakMap<Tx, Map<number, number>>();

/**
 * Notifies every process of the site that these cases changed, once per case, with the commit. The notification carries the
 * case's id, its handling office and the number of the first new entry. Before a process forwards it, it queries the database
 * again for each person.
 */
export async function tellChanged(tx: Tx, entries: readonly Entry[]): Promise<void> {
	const before = collected.get(tx);
	const firsts = before ?? new Map<number, number>();
	for (const { caseId, seq } of entries) firsts.set(caseId, Math.min(seq, firsts.get(caseId) ?? seq));
	if (before) return;
	if (beforeCommit(tx, () => tell(tx, firsts))) collected.set(tx, firsts);
	else await tell(tx, firsts);
}

async function tell(tx: Tx, firsts: ReadonlyMap<number, number>): Promise<void> {
	const told = JSON.stringify([...firsts].map(([id, seq]) => ({ id, seq })));
	const from = sql`json_to_recordset(${told}::json) as told(id bigint, seq integer)`;
	await tx
		.select({
			told: sql`pg_notify(${CHANNEL}, json_build_object('case', ${cases.id}, 'unit', ${cases.handlingUnitId}, 'seq', told.seq)::text)`
		})
		.from(cases)
		.innerJoin(from, eq(cases.id, sql`told.id`));
}
