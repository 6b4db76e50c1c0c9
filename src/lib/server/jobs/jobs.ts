import { DAY_SECONDS, HOUR_SECONDS } from '#lib/calendar/durations.ts';
import type { Scope } from '#lib/cases/vocabulary.ts';
import type { Locale } from '#lib/paraglide/runtime.js';
import type { WhatsAppStatus } from '#lib/server/integrations/whatsapp/webhook.ts';

/** Every job and its payload. */
export interface JobPayloads {
	/** A timeline entry was written: writes notices, e-mails to reporters and follow-ups to LAPOR. */
	'case-event': { caseId: number; seq: number };
	/** Staff recorded a reporter's new contact: writes to the former e-mail address `to`, which is encrypted. */
	'contact-recorded': { caseId: number; version: number; to: string; language: Locale };
	/** One attempt to send an escalation to LAPOR. */
	'escalation-deliver': { escalationId: string };
	/** One poll of an escalation at LAPOR. */
	'escalation-receive': { escalationId: string };
	/** Each minute: enqueues due deliveries, look-ups and polls that have no job. */
	'escalation-sweep': { until?: string };
	/** An officer was added or changed, or became head: looks again for officers' names in the office's ongoing cases. */
	'officers-named': { unitId: string };
	/** The calendar or an office's hours were changed: recomputes running deadlines again, of all cases or the office's. */
	'calendar-changed': { why: string; unitId?: string | undefined };
	/** Each minute: refreshes LAPOR's lists if due. Separate from the sweep, which must not wait for a slow response. */
	'lapor-lists': Record<string, never>;
	/** Each minute: closes or continues cases whose reporter did not reply in time, and sends reminders. */
	'case-sweep': Record<string, never>;
	/** Attempt number `attempt` to send an e-mail. */
	'mail-deliver': { id: string; attempt: number };
	/** Attempt number `attempt` to send a push message. */
	'push-deliver': { id: string; attempt: number };
	/** Each minute: enqueues due push messages, such as those after quiet hours. */
	'push-sweep': Record<string, never>;
	/** Processes a stored message of WhatsApp or SMS. */
	'message-take': { messageId: number };
	/** Attempt number `attempt` to send a message by WhatsApp or SMS. */
	'message-deliver': { id: string; attempt: number };
	/** Stores what became of a message by WhatsApp. Looks again if the id of the message is not known yet. */
	'message-status': { connectionId: string; status: WhatsAppStatus; tries: number };
	/** Each minute: enqueues messages that were not processed or not sent, and releases rows of dead workers. */
	'message-sweep': Record<string, never>;
	/** Somebody forgot a password: writes the e-mail with the link, if the account exists. */
	'password-reset': { login: string };
	/**
	 * A recovery code was used, an identity linked, many codes or passwords were wrong, or somebody signed in on a new
	 * `device`: notifies the owner of the account.
	 */
	'sign-in-changed': {
		accountId: string;
		at: string;
		what: 'recovery_used' | 'identity_linked' | 'code_guessed' | 'password_guessed' | 'device_new';
		device?: string;
	};
	/** Notifies a person that somebody else made a token for their account. `by`: null for the operator. */
	'token-made': { accountId: string; at: string; by: string | null; name: string; office: string; scopes: Scope[] };
	/** Notifies a person that somebody else entered their absence, or the deputy of an `absent` person, also when it `ended`. */
	'absence-entered': { accountId: string; at: string; by: string; fromDay: string; toDay: string } & {
		absent?: string;
		ended?: boolean;
	};
	/** Each minute: enqueues due e-mails and releases rows of dead workers. */
	'mail-sweep': Record<string, never>;
	/** Each minute: sends the notices to staff that depend on time alone (`staff-notices/sweep.ts`). */
	'notice-sweep': Record<string, never>;
	/** Every two minutes: writes the digests of offices where it is eight o'clock or later. */
	digest: Record<string, never>;
	/** A supervisor approved another address, server or secret of a connection at this time: stores it. */
	'connection-approved': { by: string | null; at: string; change: object };
	/** Each minute: applies access changes after 24 hours, and writes their notices. */
	'access-sweep': Record<string, never>;
	/** Writes a requested export. */
	'case-export': { exportId: string };
	/** Each minute: deletes expired exports and ends those of dead workers. */
	'export-sweep': Record<string, never>;
	/** Makes a requested backup. */
	backup: { backupId: string };
	/** Every five minutes: requests the day's backup once its hour has come. */
	'backup-sweep': Record<string, never>;
	/** Each minute, and after the second confirmation: carries out confirmed destructions. */
	destruction: Record<string, never>;
	/** Each hour: deletes expired counts of rate limits. */
	'limits-sweep': Record<string, never>;
	/** Each night, or at the next start: deletes expired data and runs checks. */
	housekeeping: Record<string, never>;
}
export type JobName = keyof JobPayloads;

/** How often a failed job runs again, and after how many seconds. `retryBackoff` roughly doubles each wait. */
interface Retry {
	retryLimit: number;
	retryDelay: number;
	retryBackoff?: true;
	retryDelayMax?: number;
	/** Seconds after which an unfinished job is deleted. */
	retentionSeconds?: number;
}
/**
 * For work that nothing else starts again: with longer and longer waits, at most an hour, for six weeks. So it outlives
 * a full disk, a database that was away, and an error that a new version corrects.
 */
export const RETRY_FOR_WEEKS: Retry = {
	retryLimit: 1000,
	retryDelay: 30,
	retryBackoff: true,
	retryDelayMax: HOUR_SECONDS,
	retentionSeconds: 60 * DAY_SECONDS
};

interface JobOptions<N extends JobName> {
	/** Schedule in cron syntax, in UTC and not in a unit's zone. */
	cron?: string;
	/** `once`: after a time in which no process ran, the job runs for the times that were missed. */
	missed?: 'once';
	/**
	 * Retries by the queue, for jobs whose work has no row yet and can safely run twice. All other work is scheduled, or has
	 * a row with its own retry time. `password-reset` has neither: after a failure the owner asks again.
	 */
	retry?: Retry;
	/** Key of the job's row. While a job for the row is waiting, no second one is stored. */
	row?: (payload: JobPayloads[N]) => string;
	/** Seconds after which the worker of an unfinished job counts as dead. */
	expires?: number;
	/** Seconds between polls of the queue. Short for jobs that people wait for. */
	polling?: number;
	/**
	 * Jobs per fetch. After a full batch the next one is fetched at once, so a long queue is not slowed by polling. With
	 * several workers a slow response delays only its own batch.
	 */
	batch?: number;
	workers?: number;
}

const MINUTELY = '* * * * *';
const attemptKey = ({ id, attempt }: { id: string; attempt: number }) => `${id}:${attempt}`;

export const JOBS: { readonly [N in JobName]: JobOptions<N> } = {
	'case-event': { retry: RETRY_FOR_WEEKS, polling: 1, batch: 40 },
	'contact-recorded': { retry: RETRY_FOR_WEEKS, polling: 1 },
	'escalation-deliver': { row: ({ escalationId }) => escalationId, polling: 1, batch: 4, workers: 4 },
	'escalation-receive': { row: ({ escalationId }) => escalationId, polling: 1, batch: 8 },
	'escalation-sweep': { cron: MINUTELY, polling: 1 },
	'officers-named': { row: ({ unitId }) => unitId, retry: RETRY_FOR_WEEKS, polling: 2 },
	'calendar-changed': { retry: RETRY_FOR_WEEKS },
	'lapor-lists': { cron: MINUTELY },
	'case-sweep': { cron: MINUTELY },
	// The morning digest sends many e-mails at once. A mail server may treat more connections as an attack.
	'mail-deliver': { row: attemptKey, polling: 2, batch: 5 },
	'push-deliver': { row: attemptKey, polling: 1, batch: 10 },
	'push-sweep': { cron: MINUTELY },
	'message-take': { row: ({ messageId }) => String(messageId), polling: 1, batch: 4, workers: 2 },
	'message-deliver': { row: attemptKey, polling: 1, batch: 5 },
	'message-status': { retry: RETRY_FOR_WEEKS, polling: 1, batch: 10 },
	'message-sweep': { cron: MINUTELY },
	'password-reset': { polling: 2 },
	'sign-in-changed': { retry: RETRY_FOR_WEEKS },
	'token-made': { retry: RETRY_FOR_WEEKS },
	'absence-entered': { retry: RETRY_FOR_WEEKS },
	'mail-sweep': { cron: MINUTELY },
	'notice-sweep': { cron: MINUTELY },
	digest: { cron: '*/2 * * * *' },
	'connection-approved': { retry: RETRY_FOR_WEEKS, polling: 1 },
	'access-sweep': { cron: MINUTELY },
	'case-export': { row: ({ exportId }) => exportId, polling: 1 },
	'export-sweep': { cron: MINUTELY },
	backup: { expires: 12 * HOUR_SECONDS, polling: 2 },
	'backup-sweep': { cron: '*/5 * * * *', polling: 30 },
	destruction: { cron: MINUTELY, expires: HOUR_SECONDS, polling: 2 },
	'limits-sweep': { cron: '41 * * * *', missed: 'once', polling: 30 },
	// A small office may switch its server off at night. `expires`: waits for the end of a backup, to delete files.
	housekeeping: { cron: '17 18 * * *', missed: 'once', expires: 12 * HOUR_SECONDS, polling: 30 }
};
export const JOB_NAMES = Object.keys(JOBS) as JobName[];
