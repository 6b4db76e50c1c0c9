import { desc, eq, isNotNull, sql } from 'drizzle-orm';
import { HOUR_MS } from '#lib/calendar/durations.ts';
import { missingDecrees } from '#lib/server/calendar/year.ts';
import { mailServer } from '#lib/server/channels/mail-queue.ts';
import { refusedPushes } from '#lib/server/channels/push/push-delivery.ts';
import { ago, isTooFarAhead } from '#lib/server/clock.ts';
import { db, handle, rowsOf } from '#lib/server/db/index.ts';
import { pushSubscriptions } from '#lib/server/db/schema/channels.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { connectionState } from '#lib/server/escalation/connection/connection.ts';
import { stateFigures } from '#lib/server/escalation/list.ts';
import { failingJobs, lastHeartbeat } from '#lib/server/jobs/queue.ts';
import { outgoingHeld } from '#lib/server/outgoing-hold.ts';
import { isBackupOverdue, lastEndedBackup, latestBackup, newestArchiveBytes } from '#lib/server/backup/list.ts';
import { copyBytes } from '#lib/server/backup/snapshot.ts';
import { backupFolder, env } from '#lib/server/env.ts';
import { roleHolders } from '#lib/server/people/administration.ts';
import { headRecipients } from '#lib/server/people/audit-heads.ts';
import { isOpenToPublic } from '#lib/server/people/units/find-unit.ts';
import { chainOf, referenceData } from '#lib/server/reference/reference.ts';
import { mailReason, type MailReason } from '#lib/text/mail-reason.ts';
import { reservedBytes } from '#lib/server/attachments/disk-reserve.ts';
import { diskSpace } from '#lib/server/disk-space.ts';
import { finding, isOlder, type Finding } from './finding.ts';
import { mailFigures, queueFigures } from './figures.ts';

/** Minutes without a heartbeat that are an error. There is one each minute, but a restart may skip a few. */
const SILENT_MINUTES = 5;
/** Waiting jobs of one name. More than this is a backlog that a worker can't finish in a minute. */
const MANY_JOBS = 1000;

/** When this process started. */
const STARTED = ago(process.uptime() * 1000);

/** Whether jobs run, and whether jobs that are retried for weeks keep failing. */
export async function jobsFindings(): Promise<Finding[]> {
	const failing = await failingJobs();
	const failed = failing ? [finding('jobs', 'bad', 'jobs_failing', { count: failing.count, at: failing.since })] : [];
	return [await jobsFinding(), ...failed];
}

async function jobsFinding(): Promise<Finding> {
	const last = await lastHeartbeat();
	if ((!last || isOlder(last, SILENT_MINUTES)) && !isOlder(STARTED, SILENT_MINUTES))
		return finding('jobs', 'good', 'jobs_starting', { at: STARTED });
	if (!last) return finding('jobs', 'bad', 'jobs_never');
	const data = { at: last };
	// A heartbeat in the future is of a time when the clock was wrong. Until then the queue runs no schedules.
	if (isOlder(last, SILENT_MINUTES) || isTooFarAhead(last)) return finding('jobs', 'bad', 'jobs_silent', data);
	const behind = (await queueFigures()).find(({ state, n }) => state === 'ready' && n > MANY_JOBS);
	if (behind) return finding('jobs', 'watch', 'jobs_behind', { ...data, job: behind.job, count: behind.n });
	return finding('jobs', 'good', 'jobs_good', data);
}

/** After a restore, nothing is sent until an administrator decides. Without a hold there is no finding. */
export async function outgoingFindings(): Promise<Finding[]> {
	return (await outgoingHeld()) ? [finding('outgoing', 'bad', 'outgoing_held')] : [];
}

export async function laporFinding(): Promise<Finding> {
	const { mode, missing, halt, open } = await connectionState();
	const figures = await stateFigures();
	const counts = new Map(figures.map(({ state, count }) => [state, count] as const));
	const stuck = counts.get('stuck') ?? 0;
	const waiting = (counts.get('waiting') ?? 0) + stuck;
	const unknown = counts.get('unknown') ?? 0;
	const last = await lastPolled();
	const data = { waiting, unknown, ...(last ? { at: last } : {}) };
	// In manual mode too, a halt stops the forwards that began by API.
	if (mode === 'manual' && !halt) {
		return waiting > 0
			? finding('lapor', 'off', 'lapor_manual', { waiting })
			: finding('lapor', 'off', 'lapor_manual_idle');
	}
	if (missing.length > 0) return finding('lapor', 'bad', 'lapor_settings', { ...data, names: missing.join(', ') });
	if (halt) return finding('lapor', 'bad', 'lapor_halted', { ...data, at: halt.at });
	const until = open.map((circuit) => circuit.until).sort((a, b) => b.getTime() - a.getTime())[0];
	if (until) return finding('lapor', 'bad', 'lapor_open', { ...data, at: until });
	// Often a setting is missing, which only an administrator can enter.
	const forPeople = stuck - (figures.find(({ state }) => state === 'stuck')?.restricted ?? 0);
	if (forPeople > 0) return finding('lapor', 'watch', 'lapor_stuck', { ...data, stuck: forPeople });
	if (unknown > 0) return finding('lapor', 'watch', 'lapor_unknown', data);
	return finding('lapor', 'good', last ? 'lapor_good' : 'lapor_unused', data);
}

/** The latest successful poll or create among the newest 200 forwards. */
async function lastPolled(): Promise<Date | null> {
	const [row] = await rowsOf<{ at: string | Date | null }>(
		db(),
		sql`select greatest(max(polled_at), max(sent_at)) as at from (
			select polled_at, sent_at from ${escalations} order by created_at desc, id desc limit 200) newest`
	);
	return row?.at ? new Date(row.at) : null;
}

/** Greylisting delays an e-mail less than this, and ends before the third attempt, six minutes after the first. */
const HELD_UP_MS = HOUR_MS;
const HELD_UP_ATTEMPTS = 3;
/** E-mails that were lost in a row. Fewer may be those of one recipient. */
const LOST_IN_A_ROW = 3;
const OF_RECIPIENT: readonly MailReason[] = ['address', 'full'];

export async function mailFinding(): Promise<Finding> {
	if (!mailServer()) return finding('mail', 'watch', 'mail_off');
	const { waiting, sending, failed, unknown } = await mailFigures();
	const [newest] = await db()
		.select({ at: mails.sentAt, createdAt: mails.createdAt })
		.from(mails)
		.where(eq(mails.state, 'sent'))
		.orderBy(desc(mails.createdAt), desc(mails.id))
		.limit(1);
	// If another e-mail was sent since, the trouble is that of one recipient.
	const sinceNewest = sql`waits_from >= ${(newest?.at ?? new Date(0)).toISOString()}`;
	const [oldest] = await rowsOf<{ at: string | Date | null; tries: number }>(
		db(),
		sql`select min(created_at) as at, coalesce(max(attempts), 0)::int as tries from ${mails}
			where state in ('waiting', 'sending') and ${sinceNewest}`
	);
	const undelivered = await db()
		.select({ reason: mails.reason })
		.from(mails)
		.where(
			sql`state in ('failed', 'unknown') and decided_at is null and reason is distinct from 'restored'
				and waits_from > ${(newest?.createdAt ?? new Date(0)).toISOString()}`
		);
	// A server that refuses a recipient's address works.
	const lost = undelivered.filter(({ reason }) => !OF_RECIPIENT.includes(mailReason(reason ?? ''))).length;
	const data = { waiting: waiting + sending, failed, unknown, ...(newest?.at ? { at: newest.at } : {}) };
	const since = oldest?.at ? new Date(oldest.at) : undefined;
	// E-mails on hold after a restore wait for a person, not for the mail server.
	const late = since && since < ago(HELD_UP_MS);
	if (since && (late || (oldest?.tries ?? 0) >= HELD_UP_ATTEMPTS) && !(await outgoingHeld()))
		return finding('mail', 'bad', 'mail_held_up', { ...data, at: since });
	if (lost >= LOST_IN_A_ROW) return finding('mail', 'bad', 'mail_lost', { ...data, lost });
	if (failed + unknown > 0) return finding('mail', 'watch', 'mail_undecided', data);
	return finding('mail', 'good', newest?.at ? 'mail_good' : 'mail_unused', data);
}

/** Whether somebody gets the fingerprints of the log by e-mail. Without trouble, or without e-mails, there is no finding. */
export async function logFindings(): Promise<Finding[]> {
	if (!mailServer() || (await headRecipients()).length > 0) return [];
	return [finding('log', 'watch', 'log_unsent')];
}

/** Refused push messages in a row that count as trouble. Fewer may be due to one device. */
const REFUSED_IN_A_ROW = 5;
const ofStaff = isNotNull(pushSubscriptions.accountId);

/** Push services refuse all messages if the site's key or clock is wrong. Without trouble there is no finding. */
export async function pushFindings(): Promise<Finding[]> {
	const count = await refusedPushes();
	if (count < REFUSED_IN_A_ROW || (await db().$count(pushSubscriptions, ofStaff)) === 0) return [];
	return [finding('push', 'bad', 'push_refused', { count })];
}

/**
 * Open offices without a handler, or without a supervisor, who has a password, there or in an office above. If there is
 * none, there is no finding.
 */
export async function officesFindings(): Promise<Finding[]> {
	const open = (await referenceData()).units.filter(isOpenToPublic);
	const namesWithout = async (role: 'handler' | 'supervisor') => {
		const able = (await roleHolders(db(), [role])).filter(({ hasPassword }) => hasPassword);
		const served = new Set(able.map(({ unitId }) => unitId));
		return open.filter((unit) => !chainOf(unit).some((id) => served.has(id))).map(({ name }) => name);
	};
	const findings = (code: 'offices_handlers' | 'offices_supervisors', names: string[]) =>
		names.length > 0 ? [finding('offices', 'bad', code, { names: names.join(', ') })] : [];
	return [
		...findings('offices_handlers', await namesWithout('handler')),
		...findings('offices_supervisors', await namesWithout('supervisor'))
	];
}

export async function calendarFinding(): Promise<Finding> {
	const [year] = await missingDecrees();
	if (year) return finding('calendar', 'bad', 'calendar_missing', { year: String(year) });
	return finding('calendar', 'good', 'calendar_good');
}

/** The state of the latest backup, and whether the next one fits into the folder of backups. */
export async function backupFindings(): Promise<Finding[]> {
	const spaceFinding = await backupSpaceFinding();
	return [await latestBackupFinding(), ...(spaceFinding ? [spaceFinding] : [])];
}

/**
 * The finding about the latest backup that was read back completely. A later backup that failed is shown at once with
 * its error, instead of only when the latest good one is too old.
 */
async function latestBackupFinding(): Promise<Finding> {
	const latest = await latestBackup();
	const overdue = isBackupOverdue(latest);
	const last = await lastEndedBackup();
	if (last?.state === 'failed') {
		const code = !latest ? 'backup_failed_all' : overdue ? 'backup_failed_old' : 'backup_failed';
		const data = { at: last.endedAt ?? last.askedAt, fault: last.fault ?? 'other', ...(latest ? { latest } : {}) };
		return finding('backup', overdue ? 'bad' : 'watch', code, data);
	}
	const condition = overdue ? 'bad' : 'good';
	if (!latest) return finding('backup', condition, 'backup_never');
	return finding('backup', condition, overdue ? 'backup_old' : 'backup_good', { at: latest });
}

/**
 * A finding if the next archive does not fit. It will be about as large as the newest one, and old archives are deleted
 * only after it is complete. In DATA_DIR it is beside its copy of the embedded database.
 */
async function backupSpaceFinding(): Promise<Finding | undefined> {
	const folder = backupFolder();
	const { free } = await diskSpace(folder);
	const copy = env().BACKUP_DIR ? 0 : await copyBytes(handle());
	const need = (await newestArchiveBytes()) + copy + reservedBytes();
	if (free >= need) return undefined;
	return finding('backup', 'bad', 'backup_disk_full', { folder, free, need });
}
