import type { Job } from 'pg-boss';
import { requestDueBackup, runBackupJob } from '#lib/server/backup/request-backup.ts';
import { recomputeAgain } from '#lib/server/cases/clocks/recompute-deadlines.ts';
import { sweepReporterTurns } from '#lib/server/cases/conversation/reporter-turns.ts';
import { proposeInOngoingCases } from '#lib/server/cases/officers/find-names.ts';
import { entriesAt, type StoredEntry } from '#lib/server/cases/timeline.ts';
import { storeApproved } from '#lib/server/channels/connections/store-connection.ts';
import { deliverMail, sweepMails } from '#lib/server/channels/mail-delivery.ts';
import { deliverPush, sweepPushes } from '#lib/server/channels/push/push-delivery.ts';
import { deliverMessage, retryStatus, sweepMessages } from '#lib/server/channels/outgoing/delivery.ts';
import { sweepStored, processMessage } from '#lib/server/channels/process-message.ts';
import { deliver } from '#lib/server/escalation/delivery/deliver.ts';
import { followCaseEvents } from '#lib/server/escalation/followups/followups.ts';
import { pollOrLookUp } from '#lib/server/escalation/tracking/poll.ts';
import { sweepMasters, sweepRounds } from '#lib/server/escalation/delivery/sweep.ts';
import { sweepAccessChanges } from '#lib/server/reminders/access-changes.ts';
import { writeDigests } from '#lib/server/reminders/digest.ts';
import { runExport, sweepExports } from '#lib/server/exports/run.ts';
import { notifyOfAbsence, notifyOfSignInChange, notifyOfToken } from '#lib/server/reminders/account-notices.ts';
import { notifyOfEvents } from '#lib/server/reminders/events.ts';
import { writePasswordReset } from '#lib/server/reminders/password-reset.ts';
import { sweepReminders } from '#lib/server/reminders/sweep.ts';
import { writeToReporters } from '#lib/server/reporters/events.ts';
import { notifyNewOffices } from '#lib/server/privacy/requests/request-notices.ts';
import { runDestructions } from '#lib/server/privacy/retention/run.ts';
import { asJob } from '#lib/server/db/index.ts';
import { log } from '#lib/server/log.ts';
import { countJob } from '#lib/server/metrics.ts';
import { runHousekeeping } from './housekeeping.ts';
import { JOB_NAMES, JOBS, type JobName, type JobPayloads } from './jobs.ts';
import { HEARTBEAT, noteHeartbeat, queue } from './queue.ts';

const each =
	<P>(work: (payload: P) => Promise<unknown>) =>
	(payloads: readonly P[]) =>
		Promise.allSettled(payloads.map(work));

/**
 * The domain call of each job, for a batch of payloads. It returns one result per payload, or one for the whole batch.
 * A job without a handler does not compile.
 */
const HANDLERS: {
	[N in JobName]: (payloads: readonly JobPayloads[N][]) => Promise<PromiseSettledResult<unknown>[]>;
} = {
	'case-event': followBatch,
	'escalation-deliver': each(({ escalationId }) => deliver(escalationId)),
	'escalation-receive': each(({ escalationId }) => pollOrLookUp(escalationId)),
	'escalation-sweep': each(sweepRounds),
	'officers-named': each(({ unitId }) => proposeInOngoingCases(unitId)),
	'calendar-changed': each(recomputeAgain),
	'lapor-masters': each(sweepMasters),
	'case-sweep': each(sweepReporterTurns),
	'reminder-sweep': each(sweepReminders),
	digest: each(writeDigests),
	'access-sweep': each(sweepAccessChanges),
	'connection-approved': each(storeApproved),
	'case-export': each(({ exportId }) => runExport(exportId)),
	'export-sweep': each(sweepExports),
	'mail-deliver': each(({ id, attempt }) => deliverMail(id, attempt)),
	'push-deliver': each(({ id, attempt }) => deliverPush(id, attempt)),
	'push-sweep': each(sweepPushes),
	'message-take': each(({ messageId }) => processMessage(messageId)),
	'message-deliver': each(({ id, attempt }) => deliverMessage(id, attempt)),
	'message-status': each(retryStatus),
	'message-sweep': each(() => Promise.all([sweepMessages(), sweepStored()])),
	'password-reset': each(({ login }) => writePasswordReset(login)),
	'sign-in-changed': each(notifyOfSignInChange),
	'token-made': each(notifyOfToken),
	'absence-entered': each(notifyOfAbsence),
	'mail-sweep': each(sweepMails),
	backup: each(({ backupId }) => runBackupJob(backupId)),
	'backup-sweep': each(requestDueBackup),
	destruction: each(() => runDestructions()),
	housekeeping: each(runHousekeeping)
};

type CaseEvent = JobPayloads['case-event'];

/**
 * Reads the entries of a batch once and makes one call per observer. If that fails, each entry is followed alone, so
 * that an entry that always fails does not fail the others.
 */
async function followBatch(events: readonly CaseEvent[]): Promise<PromiseSettledResult<unknown>[]> {
	const together = await Promise.allSettled([followEntries(events)]);
	if (events.length === 1 || together[0].status === 'fulfilled') return together;
	const alone: PromiseSettledResult<unknown>[] = [];
	for (const event of events) alone.push(...(await Promise.allSettled([followEntries([event])])));
	return alone;
}

/** Calls every observer, also if one of them fails. */
async function followEntries(events: readonly CaseEvent[]): Promise<void> {
	const entries = await entriesAt(events);
	const ended = await Promise.allSettled(OBSERVERS.map((follow) => follow(entries)));
	const failed = ended.find((one) => one.status === 'rejected');
	if (failed) throw failed.reason;
}

/** Called with each batch of new timeline entries. */
const OBSERVERS: readonly ((entries: readonly StoredEntry[]) => Promise<unknown>)[] = [
	followCaseEvents,
	notifyOfEvents,
	writeToReporters,
	notifyNewOffices
];

async function work<N extends JobName>(name: N): Promise<void> {
	const { polling = 5, batch = 1, workers = 1 } = JOBS[name];
	const pace = { pollingIntervalSeconds: polling, batchSize: batch, burstWhenBatchFull: true };
	await queue().work<JobPayloads[N]>(
		name,
		{ ...pace, localConcurrency: workers, perJobResults: true },
		async (jobs: Job<JobPayloads[N]>[]) => {
			const ended = await asJob(() => HANDLERS[name](jobs.map(({ data }) => data)));
			for (const [index, one] of ended.entries()) {
				// By this id the job's row, with its payload, can be found in `pgboss.job`.
				const id = jobs[index]?.id;
				if (one.status === 'rejected') log().error({ job: name, id, err: one.reason as unknown }, 'job failed');
			}
			if (name === HEARTBEAT && ended.every(({ status }) => status === 'fulfilled')) await noteHeartbeat();
			return jobs.map(({ id }, index) => {
				const isDone = (ended[index] ?? ended[0])?.status === 'fulfilled';
				countJob(name, isDone ? 'done' : 'failed');
				return { id, status: isDone ? ('completed' as const) : ('failed' as const) };
			});
		}
	);
}

export async function startWorkers(): Promise<void> {
	for (const name of JOB_NAMES) await work(name);
}
