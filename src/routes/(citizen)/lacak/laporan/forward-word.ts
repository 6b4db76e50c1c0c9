import { m } from '#lib/paraglide/messages.js';
import type { TrackedView } from '#lib/server/cases/track.ts';

/** Status of the report at SP4N-LAPOR! in that system's words; null if it was never forwarded. */
export function forwardWord(forward: TrackedView['forward']): string | null {
	if (!forward) return null;
	const { laporId: id, laporStatus: status } = forward;
	if (!id) return m.citizen_case_forward_waiting();
	return status ? m.term_escalated_with_status({ id, status }) : m.citizen_case_forward_sent({ id });
}
