import { inArray } from 'drizzle-orm';
import type { Tx } from '#lib/server/db/index.ts';
import { officers, places } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordDifference } from '#lib/server/people/differing.ts';
import { visitNumber, type VisitRow } from './find.ts';

type Changed = Pick<VisitRow, 'id' | 'unitId' | 'service' | 'officerId' | 'placeId' | 'channel' | 'purpose'>;

/**
 * Writes what a change of a visit changed to the log, officers and desks by name. Of the purpose it says only that it was
 * rewritten: what is corrected there may be a visitor's name, and the log forgets nothing.
 */
export async function recordVisitChange(
	tx: Tx,
	actor: Actor,
	action: 'visit.officer_changed' | 'visit.corrected',
	before: Changed,
	after: Changed,
	reason?: string
): Promise<void> {
	const nameOf = await names(tx, [before.officerId, after.officerId, before.placeId, after.placeId]);
	const values = (visit: Changed) => ({
		service: visit.service,
		officer: nameOf(visit.officerId),
		desk: nameOf(visit.placeId),
		channel: visit.channel
	});
	const rewritten = before.purpose === after.purpose ? {} : { purpose: '…' };
	const about = { unitId: before.unitId, action, subject: visitNumber(before.id), ...(reason ? { reason } : {}) };
	await recordDifference(tx, actor, about, values(before), { ...values(after), ...rewritten });
}

async function names(tx: Tx, ids: (string | null)[]) {
	const wanted = ids.filter((id) => id !== null);
	const known = new Map<string, string>();
	if (wanted.length > 0) {
		for (const table of [officers, places]) {
			const rows = await tx.select({ id: table.id, name: table.name }).from(table).where(inArray(table.id, wanted));
			for (const { id, name } of rows) known.set(id, name);
		}
	}
	return (id: string | null) => (id === null ? null : (known.get(id) ?? id));
}
