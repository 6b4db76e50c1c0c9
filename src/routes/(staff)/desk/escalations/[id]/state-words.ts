import { m } from '#lib/paraglide/messages.js';
import type { EscalationView } from '#lib/server/escalation/view.ts';

export interface StateWords {
	tone: 'info' | 'warn' | 'danger' | 'good';
	title: string;
	/** One sentence more, where the state alone does not say what follows. */
	hint?: string | undefined;
}

type Row = Pick<EscalationView, 'state' | 'mode' | 'laporId' | 'laporStatus'>;

export function stateWords(row: Row): StateWords {
	const byHand = row.mode === 'manual';
	switch (row.state) {
		case 'waiting':
			return byHand
				? { tone: 'info', title: m.escalation_manual_waiting_title(), hint: m.escalation_manual_waiting_text() }
				: { tone: 'info', title: m.escalation_meaning_waiting(), hint: m.escalation_meaning_waiting_hint() };
		case 'sending':
			return { tone: 'info', title: m.escalation_meaning_sending(), hint: m.escalation_meaning_waiting_hint() };
		case 'sent':
			return {
				tone: 'good',
				title: m.escalation_meaning_sent(),
				hint: byHand ? m.escalation_meaning_sent_manual_hint() : m.escalation_meaning_sent_hint()
			};
		case 'unknown':
			return { tone: 'warn', title: m.escalation_meaning_unknown(), hint: m.escalation_meaning_unknown_hint() };
		case 'rejected':
			return { tone: 'warn', title: m.escalation_meaning_rejected() };
		case 'stuck':
			return { tone: 'danger', title: m.escalation_meaning_stuck(), hint: m.escalation_meaning_stuck_hint() };
		case 'closed':
			return row.laporId
				? {
						tone: 'info',
						title: m.escalation_meaning_closed(),
						hint: row.laporStatus ? m.escalation_meaning_closed_at({ status: row.laporStatus }) : undefined
					}
				: { tone: 'info', title: m.escalation_meaning_superseded() };
	}
}

type Way = Pick<EscalationView, 'mode' | 'state' | 'installation'>;

/** Whether a forward goes by a connection that is no longer in the settings: nothing of it moves by itself. */
export const connectionLost = ({ mode, state, installation }: Way): boolean =>
	mode === 'api' && !installation.connected && state !== 'rejected' && state !== 'closed';

/** Said where a forward goes another way than new ones do now; undefined if it doesn't matter. */
export function modeStays(row: Way): string | undefined {
	const over = row.state === 'closed' || row.state === 'rejected';
	if (over || connectionLost(row) || row.mode === row.installation.mode) return undefined;
	return row.mode === 'manual' ? m.escalation_mode_stays_manual() : m.escalation_mode_stays_api();
}
