import { m } from '#lib/paraglide/messages.js';
import type { EscalationView } from '#lib/server/escalation/view.ts';

type Row = Pick<EscalationView, 'nn' | 'laporId' | 'purpose' | 'institution' | 'case'>;

const words: Record<string, (row: Row) => string> = {
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

export const doneWord = (done: string | null, row: Row): string | undefined =>
	done !== null && Object.hasOwn(words, done) ? words[done]?.(row) : undefined;
