import { and, max, sql } from 'drizzle-orm';
import { endOccasions, isRunning, notify, ofKind } from '#lib/server/channels/notices.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { channelFindings } from '#lib/server/health/channels.ts';
import type { Finding, FindingCode } from '#lib/server/health/finding.ts';
import { findingsOf } from '#lib/server/health/report.ts';
import { accountsWithRole, rootAdministrators } from '#lib/server/people/administration.ts';
import { SITE_PARTS, type SitePart } from '#lib/words/notices.ts';

/**
 * A new site without a backup is not in trouble, because `/admin/mulai` lists the backup as a missing step. A failed
 * backup is trouble even if an older one is still good. Jobs that never ran or stopped are no trouble here, because this
 * check is itself a job: when it runs, jobs run.
 */
const isTrouble = ({ condition, code }: Finding) =>
	(condition === 'bad' && !NO_TROUBLE.includes(code)) || code === 'backup_failed';
const NO_TROUBLE: readonly FindingCode[] = ['backup_never', 'jobs_never', 'jobs_silent'];
/** Findings that neither start nor end trouble. Otherwise a disk near the limit could cause a notice each minute. */
const isUndecided = ({ code }: Finding) => code === 'disk_low';

/** What is in trouble: a part of the site, or the channels of one office. */
interface Subject {
	subject: SitePart;
	office?: string;
}

/**
 * Runs each minute: notifies the root administrators once when a part of the site is in trouble and once when it works
 * again. If the same part has another trouble before it works again, that one gets its own notice. `/admin/health`
 * shows the same findings. Administrators of an office are notified of its own channels, which they set up.
 */
export async function notifyOfTrouble(): Promise<void> {
	const people = (await rootAdministrators(db())).map(({ accountId }) => accountId);
	const running = await runningTroubles();
	const runs = (about: Subject) =>
		running.some(({ subject, office }) => subject === about.subject && office === (about.office ?? null));
	for (const subject of SITE_PARTS) {
		const findings = await findingsOf(subject);
		if (findings.some(isTrouble) || runs({ subject }))
			await transaction((tx) => notifyOf(tx, { subject }, findings, people));
	}
	const channels = Map.groupBy(await channelFindings(), ({ office }) => office);
	// If the failed channel was removed, its trouble is over too.
	const inTrouble = running.flatMap(({ office }) => office ?? []);
	for (const office of new Set([...channels.keys(), ...inTrouble])) {
		const findings = channels.get(office) ?? [];
		if (!findings.some(isTrouble) && !runs({ subject: 'channels', office })) continue;
		const own = await accountsWithRole(db(), ['admin'], [office]);
		const others = own.map(({ id }) => id).filter((id) => !people.includes(id));
		await transaction((tx) => notifyOf(tx, { subject: 'channels', office }, findings, others));
	}
}

/** Troubles that somebody was notified of and that are not over. */
const runningTroubles = () =>
	db()
		.selectDistinct({
			subject: sql<string>`${notices.data} ->> 'subject'`,
			office: sql<string | null>`${notices.data} ->> 'office'`
		})
		.from(notices)
		.where(isRunning('site_trouble'));

async function notifyOf(tx: Tx, about: Subject, findings: readonly Finding[], people: readonly string[]) {
	const { subject, office } = about;
	const ofSubject = and(sql`${notices.data} ->> 'subject' = ${subject}`, officeIs(office));
	const key = office ? `${subject}:${office}` : subject;
	const page = office ? '/admin/channels' : '/admin/health';
	const troubles = findings.filter(isTrouble);
	if (troubles.length > 0) {
		// The key is the same until the part has recovered, so each trouble is notified once until then. Each connection of
		// an office has its own, because one that has failed for long must not hide another.
		const [last] = await tx
			.select({ at: max(notices.at) })
			.from(notices)
			.where(and(ofKind('site_recovered'), ofSubject));
		let told = 0;
		for (const { code, instance = '' } of troubles) {
			const occasion = `${key}:${code}:${instance}:${last?.at?.getTime() ?? 0}`;
			// While no e-mail can be sent, one about it would arrive only after the trouble has ended.
			const withoutMail = subject === 'mail';
			// Connections that fail together, as without a network, cause one message, and each its own notice.
			const how = { withoutMail, deskOnly: told > 0 };
			told += await notify(tx, people, { kind: 'site_trouble', occasion, data: { ...about }, page, ...how });
		}
	} else if (!findings.some(isUndecided)) {
		const running = and(isRunning('site_trouble'), ofSubject);
		const told = await tx.selectDistinct({ id: notices.accountId }).from(notices).where(running);
		await endOccasions(tx, running);
		const ids = told.map(({ id }) => id);
		const occasion = `${key}:${now().toISOString()}`;
		await notify(tx, ids, { kind: 'site_recovered', occasion, data: { ...about }, page });
	}
}

const officeIs = (office?: string) => sql`${notices.data} ->> 'office' is not distinct from ${office ?? null}::text`;
