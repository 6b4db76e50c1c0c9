import { sweepReporterTurns } from '../cases/sweep.ts';
import { deliver } from '../escalation/deliver.ts';
import { followCaseEvent } from '../escalation/followups.ts';
import { receive } from '../escalation/receive.ts';
import { sweepRounds } from '../escalation/sweep.ts';
import { keepHouse } from './housekeeping.ts';
import type { JobName, JobPayloads } from './queue.ts';

/** What each job does: one line that calls the domain. */
export const handlers: { [N in JobName]: (payload: JobPayloads[N]) => Promise<void> } = {
	'case-event': followCaseEvent,
	'escalation-deliver': ({ escalationId }) => deliver(escalationId),
	'escalation-receive': ({ escalationId }) => receive(escalationId),
	'escalation-sweep': sweepRounds,
	'case-sweep': sweepReporterTurns,
	housekeeping: keepHouse
};
