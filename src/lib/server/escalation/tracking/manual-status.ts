import { eq } from 'drizzle-orm';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalationUpdates } from '#lib/server/db/schema/escalations.ts';
import { Conflict, Invalid } from '#lib/server/errors.ts';
import { applyStatus, meaningOf } from './apply.ts';
import { dayAt } from '../delivery/resolve.ts';
import { lockEscalationForActor } from '../rows.ts';
import { manualStatusInput } from '../schema.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/**
 * Records a status that a person enters by hand in manual mode, with LAPOR's note and the time of the change. Selesai with the
 * institution's text answers a case in progress, as with polling.
 *
 * @returns the row, and whether this answered the case
 * @throws NotFound · Conflict `invalid-move` · Invalid: an unknown name, or news older than what is known
 */
export async function setManualStatus(actor: Actor, id: string, raw: unknown) {
	const input = checked(manualStatusInput, raw);
	return transaction(async (tx) => {
		const locked = await lockEscalationForActor(tx, actor, id);
		const { escalation: before, row, unit } = locked;
		if (before.mode !== 'manual' || (before.state !== 'sent' && before.state !== 'closed'))
			throw new Conflict('invalid-move', { status: row.status, version: row.version, reason: before.state });
		const meaning = await meaningOf(tx, input.status_name);
		if (!meaning) throw new Invalid([{ path: 'status_name', code: 'escalation_status_name' }]);
		const at = 'day' in input.at ? dayAt(input.at.day, unit.timeZone) : input.at.at;
		if (before.laporNewsAt && at < before.laporNewsAt) throw new Invalid([{ path: 'at', code: 'escalation_at_older' }]);
		const note = input.note ?? '';
		await tx.insert(escalationUpdates).values({
			escalationId: before.id,
			remoteKey: `manual:${before.version}`,
			kind: 'status',
			at,
			statusName: input.status_name,
			content: note,
			raw: { entered_by: actor.accountId, status_name: input.status_name, note },
			receivedAt: now(),
			appliedAt: now()
		});
		const after = await applyStatus(tx, locked, { name: input.status_name, meaning, at, note, text: note }, actor);
		const [about] = await tx.select({ status: cases.status }).from(cases).where(eq(cases.id, row.id));
		return { ...after, answered: about?.status === 'answered' && row.status !== 'answered' };
	});
}
