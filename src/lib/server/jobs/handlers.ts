import { askForDueBackup, doBackup } from '#lib/server/backup/ask.ts';
import { sweepReporterTurns } from '#lib/server/cases/conversation/reporter-turns.ts';
import { deliverMail, sweepMails } from '#lib/server/channels/mail-delivery.ts';
import { deliver } from '#lib/server/escalation/delivery/deliver.ts';
import { followCaseEvents } from '#lib/server/escalation/followups/followups.ts';
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

/** The domain call of each job. Those of `case-event` are called once for a whole batch. */
export const handlers: { [N in Exclude<JobName, 'case-event'>]: (payload: JobPayloads[N]) => Promise<unknown> } = {
	'escalation-deliver': ({ escalationId }) => deliver(escalationId),
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

/** What observes new timeline entries. */
export const handleCaseEvents = (events: readonly JobPayloads['case-event'][]): Promise<unknown> =>
	Promise.all([followCaseEvents(events), notifyOfEvents(events), writeToReporters(events)]);
