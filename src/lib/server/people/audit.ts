import { isDeepStrictEqual } from 'node:util';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import type { Actor } from './actor.ts';

/** An entry of the audit log. `action` consists of a subject and a verb, such as `role.granted`. */
export interface Change {
	unitId?: string | null;
	action: string;
	/** A reference, name or code, never the content of a case. */
	subject: string;
	reason?: string;
	before?: unknown;
	after?: unknown;
}

/** Writes an audit entry in the transaction of the change. */
export async function recordChange(tx: Tx, actor: Pick<Actor, 'accountId'> | null, change: Change): Promise<void> {
	await tx.insert(auditEntries).values({ at: now(), actorId: actor?.accountId ?? null, ...change });
}

/**
 * Writes the changed values to the audit log. Without changed values nothing is written.
 * @returns the keys that differ
 */
export async function recordDifference(
	tx: Tx,
	actor: Pick<Actor, 'accountId'>,
	about: Omit<Change, 'before' | 'after'>,
	before: Record<string, unknown>,
	after: Record<string, unknown>
): Promise<string[]> {
	const keys = Object.keys(after).filter((key) => !isDeepStrictEqual(before[key] ?? null, after[key] ?? null));
	const changed = (from: Record<string, unknown>) => Object.fromEntries(keys.map((key) => [key, from[key] ?? null]));
	if (keys.length > 0) await recordChange(tx, actor, { ...about, before: changed(before), after: changed(after) });
	return keys;
}

/** Lists that can be exported; used as file name and as subject in the audit log. */
export type ExportedList =
	'inbox' | 'approvals' | 'escalations' | 'unrecorded' | 'inbound' | 'visits' | 'register' | 'case_file' | 'cases';

/** Records an export in the audit log: filter, number of rows, and whether it was complete. */
export async function recordExport(
	actor: Actor,
	unitId: string | null,
	{ list, ...taken }: { list: ExportedList; filter: Record<string, string>; rows: number; complete: boolean }
): Promise<void> {
	await transaction((tx) => recordChange(tx, actor, { unitId, action: 'list.exported', subject: list, after: taken }));
}
