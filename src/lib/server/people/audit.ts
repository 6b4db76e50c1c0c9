import { now } from '../clock.ts';
import type { Tx } from '../db/index.ts';
import { auditEntries } from '../db/schema/audit.ts';
import type { Actor } from './actor.ts';

/** What is written to the log of changes; `action` is a subject with a verb, such as `role.granted`. */
export interface Change {
	unitId?: string | null;
	action: string;
	/** What it happened to: a reference, a name, a code; never the content of a case. */
	subject: string;
	reason?: string;
	before?: unknown;
	after?: unknown;
}

/** Writes a change of settings, rules, calendar, roles, or a void or reveal, in the transaction that makes it. */
export async function recordChange(tx: Tx, actor: Pick<Actor, 'accountId'> | null, change: Change): Promise<void> {
	await tx.insert(auditEntries).values({ at: now(), actorId: actor?.accountId ?? null, ...change });
}
