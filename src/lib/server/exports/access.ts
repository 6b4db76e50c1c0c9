import { eq, sql, type SQL } from 'drizzle-orm';
import { visibleTo } from '#lib/server/cases/visibility.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { caseExports } from '#lib/server/db/schema/desk.ts';
import { sha256Hex } from '#lib/server/keys.ts';
import { actorOf, type Actor } from '#lib/server/people/actor.ts';

/** Hash of the facts about an account that decide which reports it sees: its units by role, and its officer. */
export const accessOf = ({ units, officerId }: Actor): string =>
	sha256Hex(JSON.stringify([units.handler.toSorted(), units.supervisor.toSorted(), officerId]));

/**
 * Condition for a finished export whose owner still has the same access and may still see every report in the file with
 * its text: no report's processing was restricted after the export.
 */
export function isOpenTo(actor: Actor): SQL {
	const seen = sql`select from ${cases} where ${cases.id} = written.id and ${visibleTo(actor)}
		and (${cases.processingRestrictedAt} is null or ${cases.processingRestrictedAt} < ${caseExports.createdAt})`;
	return sql`(${caseExports.access} is not distinct from ${accessOf(actor)}
		and not exists (select from unnest(${caseExports.caseIds}) written(id) where not exists (${seen})))`;
}

/** Finished exports whose owner has other units, another officer or no access any more. */
export async function exportsWithoutAccess() {
	// Not the ids of the cases, which can be all cases of the installation.
	const { id: exportId, accountId: owner, attempts, access: then } = caseExports;
	const done = await db()
		.select({ id: exportId, accountId: owner, attempts, access: then })
		.from(caseExports)
		.where(eq(caseExports.state, 'done'));
	const present = new Map<string, string>();
	for (const id of new Set(done.map(({ accountId }) => accountId))) {
		const actor = await actorOf(id);
		if (actor) present.set(id, accessOf(actor));
	}
	return done.filter(({ accountId, access }) => access !== present.get(accountId));
}
