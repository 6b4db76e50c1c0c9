import { m } from '#lib/paraglide/messages.js';

const words: Record<string, () => string> = {
	forwarded: m.escalation_done_forwarded,
	prepared: m.escalation_done_prepared,
	found: m.escalation_done_found,
	absent: m.escalation_done_absent,
	resent: m.escalation_done_resent,
	status: m.escalation_done_status,
	task: m.escalation_done_task,
	followup: m.escalation_done_followup
};

/** What was done, from the address; undefined for nothing and for what no form ever wrote there. */
export const doneWord = (done: string | null): string | undefined =>
	done !== null && Object.hasOwn(words, done) ? words[done]?.() : undefined;
