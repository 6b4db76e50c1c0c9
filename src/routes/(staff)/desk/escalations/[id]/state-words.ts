import { m } from '#lib/paraglide/messages.js';
import type { EscalationView } from '#lib/server/escalation/view.ts';

interface StateWords {
	tone: 'info' | 'warn' | 'danger' | 'good';
	title: string;
	/** One sentence more, where the state alone does not say what follows. */
	hint?: string | undefined;
}

export function stateWords(row: EscalationView): StateWords {
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

/** Whether a forward goes by a connection that is no longer in the settings: nothing of it moves by itself. */
export const connectionLost = ({ mode, state, installation }: EscalationView): boolean =>
	mode === 'api' && !installation.connected && state !== 'rejected' && state !== 'closed';

/** Said where a forward goes another way than new ones do now; undefined if it doesn't matter. */
export function modeStays(row: EscalationView): string | undefined {
	const over = row.state === 'closed' || row.state === 'rejected';
	if (over || connectionLost(row) || row.mode === row.installation.mode) return undefined;
	return row.mode === 'manual' ? m.escalation_mode_stays_manual() : m.escalation_mode_stays_api();
}

const done: Record<string, (view: EscalationView) => string> = {
	forwarded: () => m.escalation_done_forwarded(),
	prepared: () => m.escalation_done_prepared(),
	found: ({ laporId, purpose, institution }) =>
		purpose === 'transfer' && institution
			? m.escalation_done_found_transfer({ id: laporId ?? '', institution })
			: m.escalation_done_found({ id: laporId ?? '' }),
	absent: () => m.escalation_done_absent(),
	resent: ({ nn }) => m.escalation_done_resent({ n: nn }),
	status: () => m.escalation_done_status(),
	answered: () => m.escalation_done_answered(),
	task: () => m.escalation_done_task(),
	followup: () => m.escalation_done_followup()
};

/** What was just done with a forward, by the name in the address. */
export const doneWord = (name: string | null, view: EscalationView): string | undefined =>
	name !== null && Object.hasOwn(done, name) ? done[name]?.(view) : undefined;

/** What a person can do with a forward as it stands, and which forms of the page are shown for it. */
export function stepsOf({ state, mode, laporId, purpose, institution, nn, family, resendable }: EscalationView) {
	const byHand = mode === 'manual';
	const decide = state === 'unknown';
	const copy = byHand && state === 'waiting';
	const keep = byHand && (state === 'sent' || state === 'closed') && laporId !== null;
	// What has a successor is history: the newest is the one to go on from.
	const newest = family.all.every((one) => one.nn <= nn);
	const resend = newest && resendable;
	const parts = [
		...(decide ? ['found', 'absent'] : []),
		...(copy ? ['number'] : []),
		...(keep ? ['status'] : []),
		...(resend ? ['resend'] : [])
	];
	return {
		decide,
		copy,
		keep,
		resend,
		/** Sending again is what it waits for. */
		first: resend && state !== 'closed' && state !== 'waiting',
		/** Whether a re-send may name another agency. */
		target: purpose === 'transfer' || institution !== null,
		parts
	};
}
