import type { Job } from 'pg-boss';
import { requestDueBackup, runBackupJob } from '#lib/server/backup/request-backup.ts';
import { recomputeAgain } from '#lib/server/cases/clocks/recompute-deadlines.ts';
import { sweepReporterTurns } from '#lib/server/cases/conversation/close-after-silence.ts';
import { proposeInOngoingCases } from '#lib/server/cases/officers/find-names.ts';
import { entriesAt, type StoredEntry } from '#lib/server/cases/timeline.ts';
import { storeApproved } from '#lib/server/channels/connections/store-connection.ts';
import { deliverMail, sweepMails } from '#lib/server/channels/mail-delivery.ts';
import { deliverPush, sweepPushes } from '#lib/server/channels/push/push-delivery.ts';
import { deliverMessage, noteDeliveryStatus, sweepMessages } from '#lib/server/channels/outgoing/delivery.ts';
import { sweepStored, processMessage } from '#lib/server/channels/process-message.ts';
import { deliver } from '#lib/server/escalation/delivery/deliver.ts';
import { followCaseEvents } from '#lib/server/escalation/followups/followups.ts';
import { pollOrLookUp } from '#lib/server/escalation/tracking/poll.ts';
import { sweepLaporLists, sweepRounds } from '#lib/server/escalation/delivery/sweep.ts';
import { sweepAccessChanges } from '#lib/server/staff-notices/access-changes.ts';
import { writeDigests } from '#lib/server/staff-notices/digest.ts';
import { runExport } from '#lib/server/exports/run.ts';
import { sweepExports } from '#lib/server/exports/sweep.ts';
import { notifyOfAbsence, notifyOfSignInChange, notifyOfToken } from '#lib/server/staff-notices/account-notices.ts';
import { notifyOfEvents } from '#lib/server/staff-notices/notify-of-events.ts';
import { writePasswordReset } from '#lib/server/staff-notices/password-reset.ts';
import { sweepStaffNotices } from '#lib/server/staff-notices/sweep.ts';
import { writeToFormerAddress, writeToReporters } from '#lib/server/reporters/write-to-reporters.ts';
import { notifyNewOffices } from '#lib/server/privacy/requests/request-notices.ts';
import { runDestructions } from '#lib/server/privacy/retention/run.ts';
import { asJob } from '#lib/server/db/index.ts';
import { log } from '#lib/server/log.ts';
import { countJob } from '#lib/server/process-metrics.ts';
import { deleteExpiredLimits } from '#lib/server/rate-limits.ts';
import { runHousekeeping } from './housekeeping.ts';
import { JOB_NAMES, JOBS, type JobName, type JobPayloads } from './jobs.ts';
import { HEARTBEAT, noteHeartbeat, queue } from './queue.ts';

/** The domain call of each job. A job without a handler does not compile. */
const HANDLERS: { [N in JobName]: (payload: JobPayloads[N]) => Promise<unknown> } = {
	'case-event': (event) => followEntries([event]),
	'contact-recorded': writeToFormerAddress,
	'escalation-deliver': ({ escalationId }) => deliver(escalationId),
	'escalation-receive': ({ escalationId }) => pollOrLookUp(escalationId),
	'escalation-sweep': sweepRounds,
	'officers-named': ({ unitId }) => proposeInOngoingCases(unitId),
	'calendar-changed': recomputeAgain,
	'lapor-lists': sweepLaporLists,
	'case-sweep': sweepReporterTurns,
	'notice-sweep': sweepStaffNotices,
	digest: writeDigests,
	'access-sweep': sweepAccessChanges,
	'connection-approved': storeApproved,
	'case-export': ({ exportId }) => runExport(exportId),
	'export-sweep': sweepExports,
	'mail-deliver': ({ id, attempt }) => deliverMail(id, attempt),
	'push-deliver': ({ id, attempt }) => deliverPush(id, attempt),
	'push-sweep': sweepPushes,
	'message-take': ({ messageId }) => processMessage(messageId),
	'message-deliver': ({ id, attempt }) => deliverMessage(id, attempt),
	'message-status': noteDeliveryStatus,
	'message-sweep': () => Promise.all([sweepMessages(), sweepStored()]),
	'password-reset': ({ login }) => writePasswordReset(login),
	'sign-in-changed': notifyOfSignInChange,
	'token-made': notifyOfToken,
	'absence-entered': notifyOfAbsence,
	'mail-sweep': sweepMails,
	backup: ({ backupId }) => runBackupJob(backupId),
	'backup-sweep': requestDueBackup,
	destruction: () => runDestructions(),
	'limits-sweep': deleteExpiredLimits,
	housekeeping: runHousekeeping
};

/** @returns one result per payload, or one for the whole batch */
type Batch<P> = (payloads: readonly P[]) => Promise<PromiseSettledResult<unknown>[]>;
/** Jobs that make one call for a batch. */
const BATCHES: { [N in JobName]?: Batch<JobPayloads[N]> } = { 'case-event': followBatch };

type CaseEvent = JobPayloads['case-event'];

/**
 * Reads the entries of a batch once and makes one call per observer. If that fails, each entry is followed alone, so
 * that an entry that always fails does not fail the others.
 */
async function followBatch(events: readonly CaseEvent[]): Promise<PromiseSettledResult<unknown>[]> {
	const together = await Promise.allSettled([followEntries(events)]);
	if (events.length === 1 || together[0].status === 'fulfilled') return together;
	const alone: PromiseSettledResult<unknown>[] = [];
	for (const event of events) alone.push(...(await Promise.allSettled([HANDLERS['case-event'](event)])));
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
			const payloads = jobs.map(({ data }) => data);
			const each = () => Promise.allSettled(payloads.map((payload) => HANDLERS[name](payload)));
			const ended = await asJob(() => BATCHES[name]?.(payloads) ?? each());
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
