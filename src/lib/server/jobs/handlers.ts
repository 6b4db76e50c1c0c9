import { keepHouse } from './housekeeping.ts';
import type { JobName, JobPayloads } from './queue.ts';

/** What each job does: one line that calls the domain. */
export const handlers: { [N in JobName]: (payload: JobPayloads[N]) => Promise<void> } = {
	'case-event': async () => {},
	'escalation-deliver': async () => {},
	'escalation-receive': async () => {},
	'escalation-sweep': async () => {},
	'case-sweep': async () => {},
	housekeeping: keepHouse
};
