import { askForDueBackup, doBackup } from '#lib/server/backup/ask.ts';
import { sweepReporterTurns } from '#lib/server/cases/conversation/sweep.ts';
import { deliverMail, sweepMails } from '#lib/server/channels/mail-delivery.ts';
import { deliverAll } from '#lib/server/escalation/delivery/deliver.ts';
import { followCaseEvents } from '#lib/server/escalation/followups/followups.ts';
import { untilAllEnded } from '#lib/server/escalation/delivery/gathering.ts';
import { receive } from '#lib/server/escalation/tracking/receive.ts';
import { sweepMasters, sweepRounds } from '#lib/server/escalation/delivery/sweep.ts';
import { sweepAccessChanges } from '#lib/server/reminders/access-changes.ts';
import { writeDigests } from '#lib/server/reminders/digest.ts';
import { runExport, sweepExports } from '#lib/server/exports/run.ts';
import { notifyOfEvents } from '#lib/server/reminders/events.ts';
import { sweepReminders } from '#lib/server/reminders/sweep.ts';
import { writeToReporters } from '#lib/server/reporters/events.ts';
import { keepHouse } from './housekeeping.ts';
import type { JobName, JobPayloads } from './queue.ts';

/** Jobs whose whole batch is one domain call, which runs its statements once for all. */
type Together = 'case-event' | 'escalation-deliver';

/** The domain call of each job. */
export const handlers: { [N in Exclude<JobName, Together>]: (payload: JobPayloads[N]) => Promise<unknown> } = {
	'escalation-receive': ({ escalationId }) => receive(escalationId),
	'escalation-sweep': sweepRounds,
	'lapor-masters': sweepMasters,
	'case-sweep': sweepReporterTurns,
	'reminder-sweep': sweepReminders,
	digest: writeDigests,
	'access-sweep': sweepAccessChanges,
	'case-export': ({ exportId }) => runExport(exportId),
	'export-sweep': sweepExports,
	'mail-deliver': ({ mailId, attempt }) => deliverMail(mailId, attempt),
	'mail-sweep': sweepMails,
	backup: ({ backupId }) => doBackup(backupId),
	'backup-sweep': askForDueBackup,
	housekeeping: keepHouse
};

/** The domain call of a batch. */
export const batchHandlers: { [N in Together]: (payloads: readonly JobPayloads[N][]) => Promise<void> } = {
	'case-event': (events) => untilAllEnded([followCaseEvents(events), notifyOfEvents(events), writeToReporters(events)]),
	'escalation-deliver': (all) => deliverAll(all.map(({ escalationId }) => escalationId))
};
