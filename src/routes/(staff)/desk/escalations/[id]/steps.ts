import type { EscalationView } from '#lib/server/escalation/view.ts';

type Row = Pick<
	EscalationView,
	'state' | 'mode' | 'laporId' | 'purpose' | 'institution' | 'nn' | 'family' | 'resendable'
>;

/** What a person can do with a forward as it stands, and which forms of the page are shown for it. */
export function stepsOf({ state, mode, laporId, purpose, institution, nn, family, resendable }: Row) {
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
