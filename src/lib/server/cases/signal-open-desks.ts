import { eq, sql } from 'drizzle-orm';
import { beforeCommit, type Tx } from '#lib/server/db/index.ts';
import type { NoticeChannel } from '#lib/server/db/notify.ts';
import { cases } from '#lib/server/db/schema/cases.ts';

const CHANNEL: NoticeChannel = 'spatula_case';

/** Per open transaction: the changed cases, each with the sequence number of its first new entry. */
const collected = new WeakMap<Tx, Map<number, number>>();

/**
 * Notifies every process of the site that these cases changed, once per case, with the commit. The notification
 * contains the case's id, its handling unit and the sequence number of the first new entry. Each process then asks the
 * database which signed-in people may see the case, and sends the change only to their desks.
 */
export async function signalOpenDesks(tx: Tx, entries: readonly { caseId: number; seq: number }[]): Promise<void> {
	const before = collected.get(tx);
	const firsts = before ?? new Map<number, number>();
	for (const { caseId, seq } of entries) firsts.set(caseId, Math.min(seq, firsts.get(caseId) ?? seq));
	if (before) return;
	if (beforeCommit(tx, (outer) => send(outer, firsts))) collected.set(tx, firsts);
	else await send(tx, firsts);
}

async function send(tx: Tx, firsts: ReadonlyMap<number, number>): Promise<void> {
	const changed = JSON.stringify([...firsts].map(([id, seq]) => ({ id, seq })));
	const notice = sql`json_build_object('case', ${cases.id}, 'unit', ${cases.handlingUnitId}, 'seq', changed.seq)`;
	await tx
		.select({ sent: sql`pg_notify(${CHANNEL}, ${notice}::text)` })
		.from(cases)
		.innerJoin(
			sql`json_to_recordset(${changed}::json) as changed(id bigint, seq integer)`,
			eq(cases.id, sql`changed.id`)
		);
}
