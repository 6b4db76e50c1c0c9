import { and, max, sql } from 'drizzle-orm';
import { endOccasions, isRunning, notify, ofKind } from '#lib/server/channels/notices.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { channelFindings } from '#lib/server/health/channels.ts';
import type { Finding, FindingCode } from '#lib/server/health/finding.ts';
import { findingsOf } from '#lib/server/health/report.ts';
import { accountsWithRole, rootAdministrators } from '#lib/server/people/administration.ts';

/** Parts of the site that are watched for trouble, with their names in e-mails. */
const WATCHED = {
	disk: 'Ruang penyimpanan',
	mail: 'Pengiriman e-mail',
	channels: 'Kanal e-mail, WhatsApp, dan SMS',
	push: 'Pemberitahuan di perangkat',
	backup: 'Cadangan',
	jobs: 'Pekerjaan latar',
	lapor: 'Sambungan ke SP4N-LAPOR!'
};
export type Watched = keyof typeof WATCHED;

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
	subject: Watched;
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
	for (const subject of Object.keys(WATCHED) as Watched[]) {
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

/** Troubles of which somebody was notified and which are not over. */
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
	const key = [subject, ...(office ? [office] : [])].join(':');
	const troubles = findings.filter(isTrouble);
	if (troubles.length > 0) {
		// The key is the same until the part has recovered, so each trouble is notified once until then.
		const [last] = await tx
			.select({ at: max(notices.at) })
			.from(notices)
			.where(and(ofKind('site_recovered'), ofSubject));
		for (const { code } of troubles) {
			const onceKey = `site_trouble:${key}:${code}:${last?.at?.getTime() ?? 0}`;
			await notify(tx, people, { ...noticeOf('site_trouble', about), onceKey });
		}
	} else if (!findings.some(isUndecided)) {
		const running = and(isRunning('site_trouble'), ofSubject);
		const told = await tx.selectDistinct({ id: notices.accountId }).from(notices).where(running);
		await endOccasions(tx, running);
		const ids = told.map(({ id }) => id);
		const onceKey = `site_recovered:${key}:${now().toISOString()}`;
		await notify(tx, ids, { ...noticeOf('site_recovered', about), onceKey });
	}
}

const officeIs = (office?: string) => sql`${notices.data} ->> 'office' is not distinct from ${office ?? null}::text`;

function noticeOf(kind: 'site_trouble' | 'site_recovered', { subject, office }: Subject) {
	const name = WATCHED[subject];
	const trouble = kind === 'site_trouble';
	const where = office ? 'Kanal' : 'Kesehatan situs';
	const mail = {
		subject: trouble ? `Gangguan: ${name}` : `Pulih: ${name}`,
		lines: trouble
			? [`${name}: ada gangguan. Sebab dan langkahnya ada di halaman ${where}.`]
			: [`${name} berfungsi lagi.`],
		english: trouble ? 'a part of the site is in trouble.' : 'a part of the site works again.'
	};
	const data = { subject, ...(office && { office }) };
	const page = office ? '/admin/channels' : '/admin/health';
	// While no e-mail can be sent, an e-mail about it would arrive only after the trouble has ended.
	return { kind, caseId: null, at: now(), data, page, ...(trouble && subject === 'mail' ? {} : { mail }) };
}
