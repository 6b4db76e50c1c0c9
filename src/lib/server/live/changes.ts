import { and, asc, eq, gte, or } from 'drizzle-orm';
import type { CaseChange } from '#lib/cases/live.ts';
import { visibleTo } from '#lib/server/cases/visibility.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/** A case with the sequence number of its first new entry. */
export interface Changed {
	caseId: number;
	seq: number;
}

/** Reads the new entries of those cases that the actor may see now. */
export async function changesFor(actor: Actor, changed: readonly Changed[]): Promise<CaseChange[]> {
	if (changed.length === 0) return [];
	const since = changed.map(({ caseId, seq }) => and(eq(timeline.caseId, caseId), gte(timeline.seq, seq)));
	const rows = await db()
		.select({
			reference: cases.reference,
			seq: timeline.seq,
			type: timeline.type,
			actorKind: timeline.actorKind,
			actorId: timeline.actorId,
			actorName: accounts.name
		})
		.from(timeline)
		.innerJoin(cases, eq(cases.id, timeline.caseId))
		.leftJoin(accounts, eq(accounts.id, timeline.actorId))
		.where(and(visibleTo(actor), or(...since)))
		.orderBy(asc(timeline.caseId), asc(timeline.seq));
	const changes = new Map<string, CaseChange>();
	for (const { reference, actorId, ...entry } of rows) {
		const change = changes.get(reference) ?? { reference, entries: [] };
		change.entries.push({ ...entry, own: actorId !== null && actorId === actor.accountId });
		changes.set(reference, change);
	}
	return [...changes.values()];
}
