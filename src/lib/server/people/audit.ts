import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import type { Actor } from './actor.ts';

/** An entry of the audit log; `action` is a subject and a verb, such as `role.granted`. */
export interface Change {
	unitId?: string | null;
	action: string;
	/** The subject: a reference, name or code, never content of a case. */
	subject: string;
	reason?: string;
	before?: unknown;
	after?: unknown;
}

/** Writes an audit entry in the transaction of the change: settings, rules, calendar, roles, a void or a reveal. */
export async function recordChange(tx: Tx, actor: Pick<Actor, 'accountId'> | null, change: Change): Promise<void> {
	await tx.insert(auditEntries).values({ at: now(), actorId: actor?.accountId ?? null, ...change });
}
