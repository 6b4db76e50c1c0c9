import { and, isNull, ne, sql, type SQL } from 'drizzle-orm';
import { beforeCommit, type Tx } from '#lib/server/db/index.ts';
import { auditEntries, auditHead } from '#lib/server/db/schema/audit.ts';
import { keyedHex, sha256Hex } from '#lib/server/keys.ts';

/** Action of the entry that records the destruction of the text of older entries. */
export const DESTRUCTION = 'log.destroyed';

type Row = typeof auditEntries.$inferSelect;
type Content = Pick<Row, 'at' | 'actorId' | 'unitId' | 'action' | 'subject'> & {
	reason?: string | null;
	before?: unknown;
	after?: unknown;
};

/** An entry that waits for the end of its transaction. */
export interface NewEntry extends Content {
	/** Entries whose text this entry destroys. */
	destroys?: SQL;
}

/** JSON with sorted keys, because the database does not keep the order of keys. */
const canonical = (value: unknown): string =>
	JSON.stringify(value, (_, part: unknown) =>
		typeof part === 'object' && part !== null && !Array.isArray(part)
			? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
			: part
	);

/** Keyed hash of the part of an entry that retention may destroy. */
export const textHashOf = ({ subject, reason, before, after }: Content): string =>
	keyedHex('audit-text', canonical([subject, reason ?? null, before ?? null, after ?? null]));

/** Keyed hash of an entry: its text by `textHash`, so that it still holds when the text is destroyed. */
export const hashOf = (prev: string, entry: Content & Pick<Row, 'textHash'>): string =>
	keyedHex('audit-entry', canonical([prev, entry.at, entry.actorId, entry.unitId, entry.action, entry.textHash]));

export const macOf = (last: number, hash: string): string => keyedHex('audit-head', `${last}:${hash}`);

/** What an entry that destroys others records: how many there are, and a hash of their numbers. */
const destroyedList = (numbers: readonly number[]) => ({
	count: numbers.length,
	list: sha256Hex(numbers.join(','))
});

const collected = new WeakMap<Tx, NewEntry[]>();

/**
 * Adds an entry to the chain as the last step of the transaction. Only then the head is locked, so transactions wait for
 * each other no longer than for one insert and a commit, and never in a circle.
 */
export function appendAtEnd(tx: Tx, entry: NewEntry): void {
	const waiting = collected.get(tx);
	if (waiting) return void waiting.push(entry);
	const entries = [entry];
	collected.set(tx, entries);
	if (!beforeCommit(tx, (outer) => append(outer, entries)))
		throw new Error('the audit log is written in transaction() or savepoint() only');
}

async function lockHead(tx: Tx) {
	return (await tx.select().from(auditHead).for('update'))[0];
}

/** Creates the head of a new chain. If somebody removed it, its empty MAC breaks the chain in `append`. */
async function createHead(tx: Tx) {
	const last = sql`(select coalesce(max(${auditEntries.id}), 0) from ${auditEntries})`;
	await tx.insert(auditHead).values({ last, hash: '', mac: '' }).onConflictDoNothing();
	return lockHead(tx);
}

async function append(tx: Tx, entries: readonly NewEntry[]): Promise<void> {
	const head = (await lockHead(tx)) ?? (await createHead(tx));
	if (!head) throw new Error('the audit log has no head');
	let { last: id } = head;
	// After a forged head the entry has no predecessor: work goes on, and verification fails here for good.
	let prev = head.mac === macOf(head.last, head.hash) ? head.hash : '';
	const rows = [];
	for (const { destroys, ...content } of entries) {
		id += 1;
		if (destroys)
			content.after = { ...(content.after as object), ...(await destroyTexts(tx, destroys, id, content.at)) };
		const textHash = textHashOf(content);
		const hash = hashOf(prev, { ...content, textHash });
		rows.push({ id, ...content, textHash, prev, hash });
		prev = hash;
	}
	const written = tx.$with('written').as(tx.insert(auditEntries).values(rows).returning({ id: auditEntries.id }));
	await tx
		.with(written)
		.update(auditHead)
		.set({ last: id, hash: prev, mac: macOf(id, prev) });
}

/** Empties the text of entries. Entries that record a destruction keep theirs, because verification reads it. */
async function destroyTexts(tx: Tx, which: SQL, destroyedBy: number, destroyedAt: Date) {
	await tx.execute(sql`set local spatula.retention = 'on'`);
	const destroyed = await tx
		.update(auditEntries)
		.set({ subject: '', reason: null, before: null, after: null, destroyedAt, destroyedBy })
		.where(and(which, isNull(auditEntries.destroyedAt), ne(auditEntries.action, DESTRUCTION)))
		.returning({ id: auditEntries.id });
	await tx.execute(sql`set local spatula.retention = 'off'`);
	return destroyedList(destroyed.map((entry) => entry.id).sort((one, other) => one - other));
}
