import type { timeline } from '#lib/server/db/schema/cases.ts';
import { isFinalAtLapor, type LaporStatus } from '#lib/server/escalation/tracking/lapor-status.ts';
import type { EscalationRow } from '#lib/server/escalation/rows.ts';

type Entry = typeof timeline.$inferSelect;

/** A forward's state according to the timeline. */
export type TimelineState = Pick<EscalationRow, 'state' | 'laporId' | 'laporStatus'>;

/** Computes the state of a case's forwards from their timeline entries alone. */
export function statesFromTimeline(entries: readonly Entry[]): Map<string, TimelineState> {
	const forwards = new Map<string, TimelineState>();
	for (const { type, data } of entries) {
		const id = typeof data.escalation === 'string' ? data.escalation : undefined;
		if (!id || !type.startsWith('escalation_')) continue;
		const state = forwards.get(id) ?? { state: 'waiting', laporId: null, laporStatus: null };
		forwards.set(id, { ...state, ...changed(type, data, state, othersOpen(forwards, id)) });
	}
	return forwards;
}

const othersOpen = (forwards: ReadonlyMap<string, TimelineState>, id: string): boolean =>
	[...forwards].some(([other, { state }]) => other !== id && state !== 'rejected' && state !== 'closed');

const STATES: Readonly<Record<string, TimelineState['state']>> = {
	escalation_waiting: 'waiting',
	escalation_stuck: 'stuck',
	escalation_unknown: 'unknown',
	escalation_rejected: 'rejected',
	escalation_closed: 'closed'
};

function changed(
	type: string,
	data: Entry['data'],
	state: TimelineState,
	othersAreOpen: boolean
): Partial<TimelineState> {
	if (type === 'escalation_sent') return { state: 'sent', laporId: String(data.lapor_id) };
	if (type === 'escalation_resolved' && data.outcome === 'corrected')
		return { laporId: String(data.lapor_id), laporStatus: null };
	if (type !== 'escalation_status') return STATES[type] ? { state: STATES[type] } : {};
	// A closed report with a new status that is not final is open again, unless another forward of the case is open.
	const reopened = state.state === 'closed' && !isFinalAtLapor(data.meaning as LaporStatus) && !othersAreOpen;
	return { laporStatus: String(data.status_name), ...(reopened ? { state: 'sent' as const } : {}) };
}
