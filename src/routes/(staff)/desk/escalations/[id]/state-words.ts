import { ENDED_FORWARDS } from '#lib/cases/forwarding.ts';
import { m } from '#lib/paraglide/messages.js';
import type { EscalationView } from '#lib/server/escalation/view.ts';
import { forwardReason } from '#lib/words/forward.ts';
import { fullMoment } from '../next-words.ts';

interface StateWords {
	tone: 'info' | 'warn' | 'danger' | 'good';
	title: string;
	/** A further sentence, if the title does not say what happens next. */
	hint?: string;
}

export function stateWords(row: EscalationView): StateWords {
	switch (row.state) {
		case 'waiting':
			return row.mode === 'manual'
				? { tone: 'info', title: m.escalation_manual_waiting_title(), hint: m.escalation_manual_waiting_text() }
				: { tone: 'info', title: m.escalation_meaning_waiting(), hint: m.escalation_meaning_waiting_hint() };
		case 'sending':
			return { tone: 'info', title: m.escalation_meaning_sending(), hint: m.escalation_meaning_waiting_hint() };
		case 'sent':
			if (row.unread) return { tone: 'warn', title: m.escalation_meaning_sent(), hint: unreadWord(row, row.unread) };
			return {
				tone: 'good',
				title: m.escalation_meaning_sent(),
				hint: row.byHand ? m.escalation_meaning_sent_manual_hint() : m.escalation_meaning_sent_hint()
			};
		case 'unknown':
			return {
				tone: 'warn',
				title: m.escalation_meaning_unknown(),
				hint:
					row.nextLookupAt && row.resentIfAbsent && !row.searchRefused
						? m.escalation_meaning_unknown_lookup_hint()
						: m.escalation_meaning_unknown_hint()
			};
		case 'rejected':
			return { tone: 'warn', title: m.escalation_meaning_rejected() };
		case 'stuck':
			return { tone: 'danger', title: m.escalation_meaning_stuck(), hint: m.escalation_meaning_stuck_hint() };
		case 'closed':
			if (isWithdrawn(row)) return { tone: 'info', title: m.escalation_meaning_cancelled() };
			return row.laporId
				? {
						tone: 'info',
						title: m.escalation_meaning_closed(),
						hint: row.laporStatus ? m.escalation_meaning_closed_at({ status: row.laporStatus }) : undefined
					}
				: { tone: 'info', title: m.escalation_meaning_superseded() };
	}
}

/** The reasons of `withdrawForward` and `cancelForward`. */
const WITHDRAWN = ['archived', 'integrity', 'text_corrected', 'cancelled'];
const isWithdrawn = ({ state, laporId, reason }: EscalationView): boolean =>
	state === 'closed' && !laporId && reason !== null && WITHDRAWN.includes(reason.code);

const unreadWord = ({ unit }: EscalationView, { since, code }: NonNullable<EscalationView['unread']>): string =>
	m.escalation_meaning_unread({ since: fullMoment(since, unit.timeZone), reason: forwardReason(code) });

/**
 * Whether an open forward needs the API connection but it is no longer configured, so that nothing is sent
 * automatically.
 */
export const connectionLost = ({ mode, state, installation }: EscalationView): boolean =>
	mode === 'api' && !installation.connected && state !== 'rejected' && state !== 'closed';

/** Explains that an open forward keeps its mode although new forwards use another; undefined if that is not so. */
export function modeStays(row: EscalationView): string | undefined {
	const over = ENDED_FORWARDS.includes(row.state);
	if (over || connectionLost(row) || row.mode === row.installation.mode) return undefined;
	return row.mode === 'manual' ? m.escalation_mode_stays_manual() : m.escalation_mode_stays_api();
}

const doneMessages: Record<string, (view: EscalationView) => string> = {
	prepared: () => m.escalation_done_prepared(),
	absent: (view) => (isWithdrawn(view) ? m.escalation_meaning_cancelled() : m.escalation_done_absent()),
	corrected: ({ laporId }) => m.escalation_done_corrected({ id: laporId ?? '' }),
	resent: ({ nn }) => m.escalation_done_resent({ n: nn }),
	status: () => m.escalation_done_status(),
	task: () => m.escalation_done_task(),
	followup: () => m.escalation_done_followup()
};

/** Message for `?done=`; undefined for an unknown name. */
export const doneWord = (name: string | null, view: EscalationView): string | undefined =>
	name !== null && Object.hasOwn(doneMessages, name) ? doneMessages[name]?.(view) : undefined;

/** What a person can do with a forward in its state; `parts` are the names of the forms shown for it. */
export function stepsOf({
	state,
	mode,
	byHand,
	laporId,
	purpose,
	nn,
	family,
	resendable,
	numberTyped,
	destroyed,
	reason
}: EscalationView) {
	const decide = state === 'unknown';
	const copy = mode === 'manual' && state === 'waiting';
	const outdated = copy && reason?.code === 'text_outdated';
	const isUnsent = state === 'waiting' || state === 'stuck' || state === 'rejected';
	const record = mode === 'api' && isUnsent && purpose !== 'transfer' && !destroyed;
	const keep = byHand && (state === 'sent' || state === 'closed') && laporId !== null && !destroyed;
	// Only the latest forward of a case can be sent again.
	const newest = family.all.every((forward) => forward.nn <= nn);
	const resend = newest && resendable;
	const cancelled = newest && state === 'closed' && reason?.code === 'cancelled' && !destroyed;
	const parts = [
		...(decide ? ['found', 'absent'] : []),
		...(copy ? ['number', 'cancel'] : []),
		...(cancelled ? ['number'] : []),
		...(record ? ['found'] : []),
		...(keep ? ['status'] : []),
		...(numberTyped ? ['correct'] : []),
		...(resend ? ['resend'] : [])
	];
	return {
		decide,
		copy,
		/** The text was corrected, so it must not be copied any more. A person may have copied it already. */
		outdated,
		/** A colleague may have been copying it, and now has its number. */
		cancelled,
		/** A person may know that LAPOR has the report although it was not sent from here. A transfer's number ends the case. */
		record,
		keep,
		resend,
		/** A gateway may block only this report. A person can change it without waiting for the connection. */
		reword: resend && state === 'waiting' && !outdated,
		/** The forward waits for a person to send it again. */
		first: resend && (outdated || (state !== 'closed' && state !== 'waiting')),
		/** Whether a re-send may name another institution. */
		target: purpose === 'transfer',
		parts
	};
}
