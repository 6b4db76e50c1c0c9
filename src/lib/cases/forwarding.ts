import { isTrialReference } from '#lib/text/reference-numbers.ts';
import type { Category, Channel, EscalationState } from './vocabulary.ts';

/** Maximum number of characters: `title` on LAPOR's public form, `followup` in LAPOR's API. */
export const LAPOR_CHARACTERS = { title: 100, followup: 1000 };

/** States of a forward that archiving cancels. Not `sending`, because LAPOR may already have the report. */
export const UNSENT_FORWARDS: readonly EscalationState[] = ['waiting', 'stuck'];

/** States of a forward that is over. A case has at most one forward in another state. */
export const ENDED_FORWARDS: EscalationState[] = ['rejected', 'closed'];

/**
 * Why a case is never forwarded; undefined if it may be. The rule about integrity stands again in `server/escalation`: in
 * the queries of `list.ts`, `unrecorded.ts` (and its index) and `delivery/lease.ts`, where it is checked last, and in
 * `forward/lapor-report.ts` and `connection/report-settings.ts`.
 */
export function whyNotForwardable({
	category,
	channel,
	reference
}: {
	category: Category | null;
	channel: Channel;
	reference: string;
}): 'integrity' | 'from_lapor' | 'trial' | undefined {
	if (isTrialReference(reference)) return 'trial';
	if (category === 'integrity') return 'integrity';
	return channel === 'lapor' ? 'from_lapor' : undefined;
}
