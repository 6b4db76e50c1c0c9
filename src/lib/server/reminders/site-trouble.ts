import { and, eq, max, sql } from 'drizzle-orm';
import { endOccasions, notify } from '#lib/server/channels/notices.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import type { Finding } from '#lib/server/health/finding.ts';
import { findingsOf } from '#lib/server/health/report.ts';
import { rootAdministrators } from '#lib/server/people/administration.ts';

/** Parts of the site that are watched for trouble, with their names in e-mails. */
const WATCHED = {
	disk: 'Ruang penyimpanan',
	mail: 'Pengiriman e-mail',
	channels: 'Kanal e-mail, WhatsApp, dan SMS',
	backup: 'Cadangan',
	lapor: 'Sambungan ke SP4N-LAPOR!'
};
type Watched = keyof typeof WATCHED;

/**
 * A new site without a backup is not in trouble, because `/admin/mulai` lists the backup as a missing step. A failed
 * backup is trouble even if an older one is still good.
 */
const isTrouble = ({ condition, code }: Finding) =>
	(condition === 'bad' && code !== 'backup_never') || code === 'backup_failed';
/** Findings that neither start nor end trouble. Otherwise a disk near the limit could cause a notice each minute. */
const isUndecided = ({ code }: Finding) => code === 'disk_low';

/**
 * Runs each minute: notifies the root administrators once when a part of the site is in trouble and once when it works
 * again. If the same part has another trouble before it works again, that one gets its own notice. `/admin/health` shows
 * the same findings.
 */
export async function notifyOfTrouble(): Promise<void> {
	const people = (await rootAdministrators(db())).map(({ accountId }) => accountId);
	for (const subject of Object.keys(WATCHED) as Watched[]) {
		const findings = await findingsOf(subject);
		await transaction((tx) => notifyOf(tx, subject, findings, people));
	}
}

async function notifyOf(tx: Tx, subject: Watched, findings: readonly Finding[], people: readonly string[]) {
	const about = (kind: string) => and(eq(notices.kind, kind), sql`${notices.data} ->> 'subject' = ${subject}`);
	const troubles = findings.filter(isTrouble);
	if (troubles.length > 0) {
		// The key is the same until the part has recovered, so each trouble is notified once until then.
		const [last] = await tx
			.select({ at: max(notices.at) })
			.from(notices)
			.where(about('site_recovered'));
		for (const { code } of troubles) {
			const onceKey = `site_trouble:${subject}:${code}:${last?.at?.getTime() ?? 0}`;
			await notify(tx, people, { ...noticeOf('site_trouble', subject), onceKey });
		}
	} else if (!findings.some(isUndecided)) {
		const running = and(about('site_trouble'), sql`${notices.data} ->> 'ended' is null`);
		const told = await tx.selectDistinct({ id: notices.accountId }).from(notices).where(running);
		await endOccasions(tx, running);
		const ids = told.map(({ id }) => id);
		const onceKey = `site_recovered:${subject}:${now().toISOString()}`;
		await notify(tx, ids, { ...noticeOf('site_recovered', subject), onceKey });
	}
}

function noticeOf(kind: 'site_trouble' | 'site_recovered', subject: Watched) {
	const name = WATCHED[subject];
	const trouble = kind === 'site_trouble';
	const mail = {
		subject: trouble ? `Gangguan: ${name}` : `Pulih: ${name}`,
		lines: trouble
			? [`${name}: ada gangguan. Sebab dan langkahnya ada di halaman Kesehatan situs.`]
			: [`${name} berfungsi lagi.`],
		page: '/admin/health',
		english: trouble ? 'a part of the site is in trouble.' : 'a part of the site works again.'
	};
	// While no e-mail can be sent, an e-mail about it would arrive only after the trouble has ended.
	return { kind, caseId: null, at: now(), data: { subject }, ...(trouble && subject === 'mail' ? {} : { mail }) };
}
