import { isDeepStrictEqual } from 'node:util';
import type { SQL } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import type { AuditAction } from '#lib/words/audit.ts';
import type { Actor } from './actor.ts';
import { appendAtEnd, DESTRUCTION } from './audit-chain.ts';

/** An entry of the audit log. */
export interface Change {
	unitId?: string | null;
	action: AuditAction;
	/** A reference, name or code, never the content of a case. */
	subject: string;
	reason?: string;
	before?: object | null;
	after?: object | null;
}

type By = Pick<Actor, 'accountId'> | null;
const newEntry = (actor: By, { unitId = null, ...change }: Change) => ({
	at: now(),
	actorId: actor?.accountId ?? null,
	unitId,
	...change
});

/** Writes an audit entry at the end of the transaction of the change. @throws Error unless `transaction` opened it */
export async function recordChange(tx: Tx, actor: By, change: Change): Promise<void> {
	appendAtEnd(tx, newEntry(actor, change));
}

/**
 * Destroys the text of old entries (subject, reason, before and after) and records it in an entry `log.destroyed`, whose
 * `after` gets the number of destroyed entries. Number, time, person, unit and action of each entry stay, and so does
 * the hash of its text: verification lists such an entry as destroyed.
 *
 * @param which condition on `auditEntries`. Entries that were destroyed or record a destruction are left out
 */
export function destroyEntryTexts(tx: Tx, actor: By, change: Omit<Change, 'action'>, which: SQL): void {
	appendAtEnd(tx, { ...newEntry(actor, { ...change, action: DESTRUCTION }), destroys: which });
}

/**
 * Writes the changed values to the audit log, besides those of `about.after`. Without changed values nothing is written.
 * @returns the keys that differ
 */
export async function recordDifference(
	tx: Tx,
	actor: Pick<Actor, 'accountId'>,
	about: Omit<Change, 'before'>,
	before: Record<string, unknown>,
	after: Record<string, unknown>
): Promise<string[]> {
	const keys = Object.keys(after).filter((key) => !isDeepStrictEqual(before[key] ?? null, after[key] ?? null));
	const changed = (from: Record<string, unknown>) => Object.fromEntries(keys.map((key) => [key, from[key] ?? null]));
	if (keys.length > 0)
		await recordChange(tx, actor, {
			...about,
			before: changed(before),
			after: { ...about.after, ...changed(after) }
		});
	return keys;
}

/** Lists that can be exported; used as file name and as subject in the audit log. */
export type ExportedList =
	| 'inbox'
	| 'approvals'
	| 'escalations'
	| 'unrecorded'
	| 'inbound'
	| 'visits'
	| 'ratings'
	| 'officers'
	| 'offices'
	| 'board'
	| 'skm'
	| 'register'
	| 'case_file'
	| 'case_copy'
	| 'cases'
	| 'letter'
	| 'recap'
	| 'overview'
	| 'breach_letter'
	| 'data_requests'
	| 'destruction'
	| 'destruction_record'
	| 'own_data'
	| 'log';

interface Export {
	list: ExportedList;
	filter: Record<string, string>;
	rows: number;
	complete: boolean;
}

/** The audit log's entry of an export. */
export const exportEntry = (unitId: string | null, { list, ...after }: Export): Change => ({
	unitId,
	action: 'list.exported',
	subject: list,
	after
});

/** Records an export in the audit log, in its own transaction. */
export async function recordExport(actor: Actor, unitId: string | null, exported: Export): Promise<void> {
	await transaction((tx) => recordChange(tx, actor, exportEntry(unitId, exported)));
}
