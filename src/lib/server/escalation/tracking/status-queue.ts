import { asc, desc, eq, sql } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { escalationUpdates } from '#lib/server/db/schema/escalations.ts';
import { laporStatusNames } from '#lib/server/db/schema/lapor.ts';
import type { LaporStatus } from './lapor-status.ts';
import { proposeRedaction, redact } from '#lib/text/redaction.ts';
import { columnKey } from './status-names.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';

/** A status name from LAPOR that waits for its meaning. */
export interface WaitingName {
	/** As it came first. */
	name: string;
	/** How many forwards wait with it, and since when the first does. */
	reports: number;
	since: Date;
	/** What LAPOR wrote beside it once, without numbers and addresses: an administrator sees no content of cases. */
	example: string | null;
}

const EXAMPLE_CHARACTERS = 300;

/** The names that wait, those of most forwards first. */
export async function namesToMap(): Promise<WaitingName[]> {
	const rows = await db()
		.select({
			name: sql<string>`min(${escalationUpdates.statusName})`,
			reports: sql<number>`count(distinct ${escalationUpdates.escalationId})::int`,
			since: sql<string>`min(${escalationUpdates.receivedAt})`,
			example: sql<string | null>`(array_agg(${escalationUpdates.content} order by ${escalationUpdates.id} desc)
				filter (where ${escalationUpdates.content} <> ''))[1]`
		})
		.from(escalationUpdates)
		.where(eq(escalationUpdates.needsMapping, true))
		.groupBy(columnKey)
		.orderBy(desc(sql`count(*)`), asc(columnKey));
	return rows.map((row) => ({ ...row, since: new Date(row.since), example: row.example && exampleOf(row.example) }));
}

function exampleOf(note: string): string {
	const plain = redact(note, proposeRedaction(note));
	return plain.length > EXAMPLE_CHARACTERS ? `${plain.slice(0, EXAMPLE_CHARACTERS).toWellFormed()}…` : plain;
}

/** How many names wait; for pages that only point there. */
export async function countNamesToMap(): Promise<number> {
	const [row] = await db()
		.select({ count: sql<number>`count(distinct ${columnKey})::int` })
		.from(escalationUpdates)
		.where(eq(escalationUpdates.needsMapping, true));
	return row?.count ?? 0;
}

/** A name with the meaning somebody gave it. */
export interface MappedName {
	name: string;
	meaning: LaporStatus;
	by: string | null;
	at: Date;
}

/**
 * What waits and what was said so far, for the page where a meaning is given.
 *
 * @throws NotAllowed if the actor administers no root unit
 */
export async function statusNamesForAdmin(actor: Actor): Promise<{ waiting: WaitingName[]; mapped: MappedName[] }> {
	await requireRootAdmin(db(), actor);
	const mapped = await db()
		.select({
			name: laporStatusNames.name,
			meaning: laporStatusNames.meaning,
			by: accounts.name,
			at: laporStatusNames.mappedAt
		})
		.from(laporStatusNames)
		.leftJoin(accounts, eq(accounts.id, laporStatusNames.mappedBy))
		.orderBy(desc(laporStatusNames.mappedAt), asc(laporStatusNames.name));
	return {
		waiting: await namesToMap(),
		mapped: mapped.map((row) => ({ ...row, meaning: row.meaning as LaporStatus }))
	};
}
