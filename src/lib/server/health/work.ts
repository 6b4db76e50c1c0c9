import { desc, eq, sql } from 'drizzle-orm';
import { missingDecrees } from '#lib/server/calendar/missing.ts';
import { mailServer } from '#lib/server/channels/mail-queue.ts';
import { now } from '#lib/server/clock.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { connectionState } from '#lib/server/escalation/connection/connection.ts';
import { stateFigures } from '#lib/server/escalation/figures.ts';
import type { Finding } from './finding.ts';
import { mailFigures, queueFigures } from './figures.ts';
import { lastHeartbeat } from '#lib/server/jobs/heartbeat.ts';
import { outgoingHeld } from '#lib/server/outgoing-hold.ts';

const MINUTE = 60_000;
/** The sweep runs each minute; a restart may skip a few. */
const SILENT_MINUTES = 5;
/** More waiting jobs of one name than a worker finishes in a minute. */
const MANY_JOBS = 1000;

/** When this process began. */
const STARTED = new Date(now().getTime() - process.uptime() * 1000);

const older = (at: Date, minutes: number) => now().getTime() - at.getTime() > minutes * MINUTE;

export async function jobsFinding(): Promise<Finding> {
	const last = await lastHeartbeat();
	if ((!last || older(last, SILENT_MINUTES)) && !older(STARTED, SILENT_MINUTES))
		return { subject: 'jobs', condition: 'good', code: 'jobs_starting', data: { since: STARTED } };
	if (!last) return { subject: 'jobs', condition: 'bad', code: 'jobs_never' };
	const data = { last };
	if (older(last, SILENT_MINUTES)) return { subject: 'jobs', condition: 'bad', code: 'jobs_silent', data };
	const behind = (await queueFigures()).find(({ state, n }) => state === 'ready' && n > MANY_JOBS);
	if (behind)
		return {
			subject: 'jobs',
			condition: 'watch',
			code: 'jobs_behind',
			data: { ...data, job: behind.job, count: behind.n }
		};
	return { subject: 'jobs', condition: 'good', code: 'jobs_good', data };
}

/** After a restore nothing leaves until an administrator has decided; else there is nothing to say of it. */
export async function outgoingFindings(): Promise<Finding[]> {
	if (!(await outgoingHeld())) return [];
	return [{ subject: 'outgoing', condition: 'bad', code: 'outgoing_held' }];
}

export async function laporFinding(): Promise<Finding> {
	const { mode, missing, halt, open } = await connectionState();
	const counts = new Map((await stateFigures()).map(({ state, count }) => [state, count] as const));
	const waiting = (counts.get('waiting') ?? 0) + (counts.get('stuck') ?? 0);
	const unknown = counts.get('unknown') ?? 0;
	if (mode === 'manual') return { subject: 'lapor', condition: 'off', code: 'lapor_manual', data: { waiting } };
	const last = await lastPolled();
	const data = { waiting, unknown, ...(last ? { last } : {}) };
	if (missing.length > 0)
		return { subject: 'lapor', condition: 'bad', code: 'lapor_settings', data: { ...data, names: missing.join(', ') } };
	if (halt) return { subject: 'lapor', condition: 'bad', code: 'lapor_halted', data: { ...data, since: halt.at } };
	const until = open.map((circuit) => circuit.until).sort((a, b) => b.getTime() - a.getTime())[0];
	if (until) return { subject: 'lapor', condition: 'bad', code: 'lapor_open', data: { ...data, until } };
	if (unknown > 0) return { subject: 'lapor', condition: 'watch', code: 'lapor_unknown', data };
	return { subject: 'lapor', condition: 'good', code: last ? 'lapor_good' : 'lapor_unused', data };
}

/** When LAPOR last answered anything about a forward. */
async function lastPolled(): Promise<Date | null> {
	const [row] = await rowsOf<{ at: string | Date | null }>(
		db(),
		sql`select greatest(max(polled_at), max(sent_at)) as at from (
			select polled_at, sent_at from ${escalations} order by created_at desc, id desc limit 200) newest`
	);
	return row?.at ? new Date(row.at) : null;
}

/** What waits longer than this is no greylisting any more. */
const HELD_UP_MS = 60 * MINUTE;

export async function mailFinding(): Promise<Finding> {
	if (!mailServer()) return { subject: 'mail', condition: 'watch', code: 'mail_off' };
	const { waiting, sending, failed, unknown } = await mailFigures();
	const [newest] = await db()
		.select({ at: mails.sentAt })
		.from(mails)
		.where(eq(mails.state, 'sent'))
		.orderBy(desc(mails.createdAt), desc(mails.id))
		.limit(1);
	const [oldest] = await rowsOf<{ at: string | Date | null }>(
		db(),
		sql`select min(created_at) as at from ${mails} where state in ('waiting', 'sending')`
	);
	const data = { waiting: waiting + sending, failed, unknown, ...(newest?.at ? { last: newest.at } : {}) };
	const since = oldest?.at ? new Date(oldest.at) : undefined;
	// Letters that a restore holds back wait for a person, not for the mail server.
	if (since && now().getTime() - since.getTime() > HELD_UP_MS && !(await outgoingHeld()))
		return { subject: 'mail', condition: 'bad', code: 'mail_held_up', data: { ...data, since } };
	if (failed + unknown > 0) return { subject: 'mail', condition: 'watch', code: 'mail_undecided', data };
	return { subject: 'mail', condition: 'good', code: newest?.at ? 'mail_good' : 'mail_unused', data };
}

export async function calendarFinding(): Promise<Finding> {
	const [year] = await missingDecrees();
	if (year) return { subject: 'calendar', condition: 'bad', code: 'calendar_missing', data: { year } };
	return { subject: 'calendar', condition: 'good', code: 'calendar_good' };
}
