import type { timeline } from '#lib/server/db/schema/cases.ts';
import { isFinalAtLapor, type LaporStatus } from '#lib/server/escalation/tracking/lapor-status.ts';
import type { EscalationRow } from '#lib/server/escalation/rows.ts';

type Entry = typeof timeline.$inferSelect;

/** What the timeline says of a forward. */
export type Told = Pick<EscalationRow, 'state' | 'laporId' | 'laporStatus'>;

/** Tells a case's forwards by their entries alone, as somebody reads them who sees nothing else. */
export function retold(entries: readonly Entry[]): Map<string, Told> {
	const forwards = new Map<string, Told>();
	for (const { type, data } of entries) {
		const id = typeof data.escalation === 'string' ? data.escalation : undefined;
		if (!id || !type.startsWith('escalation_')) continue;
		const told = forwards.get(id) ?? { state: 'waiting', laporId: null, laporStatus: null };
		forwards.set(id, { ...told, ...changed(type, data, told, othersOpen(forwards, id)) });
	}
	return forwards;
}

const othersOpen = (forwards: ReadonlyMap<string, Told>, id: string): boolean =>
	[...forwards].some(([other, { state }]) => other !== id && state !== 'rejected' && state !== 'closed');

const STATES: Readonly<Record<string, Told['state']>> = {
	escalation_waiting: 'waiting',
	escalation_stuck: 'stuck',
	escalation_unknown: 'unknown',
	escalation_rejected: 'rejected',
	escalation_closed: 'closed'
};

function changed(type: string, data: Entry['data'], told: Told, othersAreOpen: boolean): Partial<Told> {
	if (type === 'escalation_sent') return { state: 'sent', laporId: String(data.lapor_id) };
	if (type !== 'escalation_status') return STATES[type] ? { state: STATES[type] } : {};
	// A report that LAPOR takes up again is open again, unless another forward of the case is.
	const reopened = told.state === 'closed' && !isFinalAtLapor(data.meaning as LaporStatus) && !othersAreOpen;
	return { laporStatus: String(data.status_name), ...(reopened ? { state: 'sent' as const } : {}) };
}
