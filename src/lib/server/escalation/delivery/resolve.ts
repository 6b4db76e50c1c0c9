import { and, eq, ne } from 'drizzle-orm';
import { instantAt, localDate } from '#lib/calendar/days.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { Conflict, Invalid } from '#lib/server/errors.ts';
import { recordEscalation } from '../events.ts';
import { changeEscalation, lockEscalationForActor, type EscalationRow } from '../rows.ts';
import { resolutionInput } from '../schema.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { sendAgain, toSent } from './states.ts';

/**
 * Records a person's decision about a report: found at LAPOR with its number (-> sent), or absent (-> waiting with the same
 * `nn`; the only way a report is sent twice). For unknown rows; in manual mode also for waiting ones, whose number is entered
 * this way. The timeline records the decision with name and reason.
 *
 * @throws NotFound · Conflict `invalid-move` · Invalid
 */
export async function resolveEscalation(actor: Actor, id: string, raw: unknown): Promise<EscalationRow> {
	const input = checked(resolutionInput, raw);
	return transaction(async (tx) => {
		const locked = await lockEscalationForActor(tx, actor, id);
		const { escalation: before, row, unit } = locked;
		const decidable = before.state === 'unknown' || (before.mode === 'manual' && before.state === 'waiting');
		const refused = input.outcome === 'absent' && before.state === 'unknown' && !before.absentOffered;
		if (!decidable || refused)
			throw new Conflict('invalid-move', {
				status: row.status,
				version: row.version,
				reason: refused ? 'exists_at_lapor' : before.state
			});
		const { outcome, reason } = input;
		const laporId = input.lapor_id ?? '';
		if (outcome === 'found') await requireUnused(tx, before, laporId);
		await recordEscalation(tx, locked, 'escalation_resolved', actor, {
			outcome,
			reason,
			...(outcome === 'found' ? { lapor_id: laporId } : {})
		});
		if (outcome === 'found') {
			const at = input.at && 'day' in input.at ? dayAt(input.at.day, unit.timeZone) : input.at?.at;
			return toSent(tx, locked, laporId, actor, { ...(at ? { at } : {}), how: { by: 'person' } });
		}
		if (before.mode === 'manual') return toManualWaiting(tx, before);
		return sendAgain(tx, locked, actor);
	});
}

/** Refuses a number that another case already has, which is a typing error. */
async function requireUnused(tx: Tx, row: EscalationRow, laporId: string): Promise<void> {
	const [used] = await tx
		.select({ reference: escalations.reference })
		.from(escalations)
		.where(and(eq(escalations.laporId, laporId), ne(escalations.caseId, row.caseId)));
	if (used)
		throw new Invalid([{ path: 'lapor_id', code: 'escalation_lapor_id_used', params: { reference: used.reference } }]);
}

/** Noon of a day entered by hand; for today the present moment, so that it is not in the future. */
export function dayAt(day: string, zone: string): Date {
	const today = localDate(now(), zone);
	if (day > today) throw new Invalid([{ path: 'at', code: 'escalation_at_ahead' }]);
	return day === today ? now() : instantAt(day, '12:00', zone);
}

const toManualWaiting = (tx: Tx, before: EscalationRow): Promise<EscalationRow> =>
	changeEscalation(tx, before, {
		state: 'waiting',
		reasonCode: null,
		reasonText: null,
		waitingSince: now(),
		createStartedAt: null
	});
