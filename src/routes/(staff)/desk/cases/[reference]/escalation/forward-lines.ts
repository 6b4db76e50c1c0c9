import { ENDED_FORWARDS, UNSENT_FORWARDS } from '#lib/cases/forwarding.ts';
import { m } from '#lib/paraglide/messages.js';
import type { EscalationSummary } from '#lib/server/escalation/view.ts';
import { escalationPurposeWord } from '#lib/words/escalation.ts';
import { forwardTask, forwardWords, showsReason } from '#lib/words/forward.ts';
import { nextWord } from '../../../escalations/next-words.ts';

export type ForwardLine = ReturnType<typeof forwardLines>[number];

/** The forwards of a case in words. The server makes them, so that no browser loads the words of every reason. */
export const forwardLines = (forwards: readonly EscalationSummary[], zone: string, now: Date) =>
	forwards.map((forward) => ({
		id: forward.id,
		title: forward.laporId ? `#${forward.laporId}` : m.escalation_panel_nth({ n: forward.nn }),
		state: forward.state,
		mode: forward.mode,
		/** The report is being transferred to another agency. */
		transfers: forward.purpose === 'transfer' && !ENDED_FORWARDS.includes(forward.state),
		/** The mode of a forward that is not sent yet. */
		unsent: UNSENT_FORWARDS.includes(forward.state) ? forward.mode : undefined,
		facts: [
			escalationPurposeWord(forward.purpose),
			forward.laporStatus,
			nextWord(forward, zone, now),
			forward.mode === 'api' && forward.attempts > 0 && m.escalation_tries({ count: forward.attempts })
		]
			.filter(Boolean)
			.join(' · '),
		task: forward.task && forwardTask(forward.task),
		/** Whether a person must act on the forward's page. */
		todo: Boolean(forward.task) || forward.state === 'unknown' || forward.state === 'rejected',
		why: forward.reason && showsReason(forward) ? forwardWords(forward.reason) : null
	}));
