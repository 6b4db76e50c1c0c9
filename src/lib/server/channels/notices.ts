import { and, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import { isSwitchedOff } from './notice-choices.ts';
import { queueMail } from './mail-queue.ts';
import { queueNoticePushes } from './push/push-queue.ts';
import { siteAddress } from './site-address.ts';
import type { Locale } from '#lib/paraglide/runtime.js';
import { now } from '#lib/server/clock.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { inTrial } from '#lib/server/people/units/trial.ts';
import { noticeBrief, noticeDetail, noticeTitle, type NoticeKind } from '#lib/words/notices.ts';

/** What happened. A person gets one notice of it, however often it is written. */
export interface Occasion {
	kind: NoticeKind;
	/** Without it, the notice is not about a case. */
	caseId?: number;
	/** Distinguishes the occasions of one kind and case. */
	occasion: string | number;
	/** Replaces kind and case in the key, if several kinds or cases share an occasion. */
	scope?: string;
}

/** The key that is stored with a notice, without the person. */
export const occasionKey = ({ kind, caseId, occasion, scope = `${kind}:${caseId ?? ''}` }: Occasion): string =>
	`${scope}:${occasion}`;

/** A notice. If it is about a case, the caller must check that the recipients may see the case. */
export interface NewNotice extends Occasion {
	/** The office of an occasion without a case that can be practice. */
	unitId?: string;
	/** Time of the event. Default: now. */
	at?: Date;
	/** Values for the words of the notice. Never text of the report. */
	data?: Record<string, unknown>;
	/** Path of the page that the notice and its e-mail lead to. */
	page: string;
	/** Time zone of the times in its e-mail. Default: as on the page of notices. */
	zone?: string;
	/** Number of the report, which the subject of the e-mail shows. */
	reference?: string;
	/**
	 * Lines of the e-mail below the title, in the language of the call. They may contain report numbers, deadlines and
	 * dates, never text of the report. Default: the detail that the page of notices shows.
	 */
	lines?: () => readonly (string | false | null | undefined)[];
	/** People are notified only at the desk, neither by e-mail nor by push message. */
	deskOnly?: boolean;
	/** No e-mail is written, because e-mails can't be sent now. */
	withoutMail?: boolean;
}

/**
 * Notifies people at the desk, by e-mail and on their devices, in the caller's transaction, so that they are notified
 * only if the event is committed. Switched-off accounts get nothing. E-mails and push messages go to people who have an
 * address or a device and did not switch them off. Of events in an office in trial only its own people are notified,
 * and only at the desk.
 * @returns how many people were notified for the first time
 */
export async function notify(tx: Tx, accountIds: readonly string[], notice: NewNotice): Promise<number> {
	if (accountIds.length === 0) return 0;
	const { kind, caseId = null, at = now(), data = {}, page } = notice;
	const onceKey = occasionKey(notice);
	const office = trialOffice(notice);
	const people = await tx
		.select({
			id: accounts.id,
			name: accounts.name,
			email: sql<string | null>`case when ${office} is null and not ${isSwitchedOff(accounts.id, kind, 'email')}
				then ${accounts.email} end`,
			hasDevice: sql<boolean>`${office} is null and exists (
				select from push_subscriptions p where p.account_id = accounts.id)`
		})
		.from(accounts)
		.where(
			and(
				inArray(accounts.id, [...accountIds]),
				eq(accounts.active, true),
				sql`(${office} is null or ${office} in (select ${roles.unitId} from ${roles} where ${roles.accountId} = ${accounts.id}
					union all select ${officers.unitId} from ${officers} where ${officers.accountId} = ${accounts.id}))`
			)
		);
	if (people.length === 0) return 0;
	const written = await tx
		.insert(notices)
		.values(people.map(({ id }) => ({ accountId: id, kind, caseId, at, data, page, onceKey: `${onceKey}:${id}` })))
		.onConflictDoNothing({ target: notices.onceKey })
		.returning({ accountId: notices.accountId });
	const notified = new Set(written.map(({ accountId }) => accountId));
	if (notice.deskOnly || notified.size === 0) return notified.size;
	const mailTo = await mailOf(notice);
	for (const { id, name, email } of notice.withoutMail ? [] : people) {
		if (!email || !notified.has(id)) continue;
		await queueMail(tx, { kind: 'notice', onceKey, to: { accountId: id, address: email }, caseId, ...mailTo(name) });
	}
	const withDevice = people.flatMap(({ id, hasDevice }) => (hasDevice && notified.has(id) ? [id] : []));
	if (withDevice.length > 0) await queueNoticePushes(tx, withDevice, { kind, onceKey });
	return notified.size;
}

/** The office of the occasion if it is in trial, otherwise null. */
const trialOffice = ({ caseId, unitId }: NewNotice): SQL =>
	caseId === undefined && unitId === undefined
		? sql`null`
		: sql`(select ${units.id} from ${units} where ${inTrial(units.id)}
			and ${units.id} = ${unitId ?? sql`(select ${cases.unitId} from ${cases} where ${cases.id} = ${caseId})`})`;

/** Deletes an account's notice of an occasion that no longer applies. Its e-mail may already have been sent. */
export async function withdrawNotice(tx: Tx, accountId: string, occasion: Occasion): Promise<void> {
	await tx.delete(notices).where(eq(notices.onceKey, `${occasionKey(occasion)}:${accountId}`));
}

/** Marks all notices of an occasion as read, because its task is done. */
export async function markOccasionRead(on: Database | Tx, occasion: Occasion): Promise<void> {
	await markRead(on, eq(notices.onceKey, sql`${`${occasionKey(occasion)}:`} || ${notices.accountId}::text`));
}

/** Marks the unread ones among these notices as read. */
export async function markRead(on: Database | Tx, which: SQL | undefined): Promise<void> {
	await on
		.update(notices)
		.set({ readAt: now() })
		.where(and(isNull(notices.readAt), which ?? sql`false`));
}

/** Kinds of notices about a state that lasts until `endOccasions`. */
type StateKind = 'site_trouble' | 'office_without_readers' | 'case_unattended';

/** Condition for notices of this kind whose state has not ended. */
export const isRunning = (kind: StateKind): SQL => sql`${ofKind(kind)} and ${notices.data} ->> 'ended' is null`;

/** Condition for notices of this kind. The kind is a literal, so that a prepared statement uses the partial index. */
export const ofKind = (kind: StateKind | 'site_recovered' | 'decree_missing' | 'recap_due' | 'recap_overdue'): SQL =>
	sql`${notices.kind} = ${sql.raw(`'${kind}'`)}`;

/** Marks notices as read and their occasion as over, so that the next one is another occasion. */
export async function endOccasions(on: Database | Tx, which: SQL | undefined): Promise<void> {
	const readAt = sql`coalesce(${notices.readAt}, ${now().toISOString()})`;
	await on
		.update(notices)
		.set({ readAt, data: sql`${notices.data} || '{"ended": true}'` })
		.where(which ?? sql`false`);
}

/**
 * Composes the e-mail of a notice in both languages. Its subject is visible on lock screens and in logs of mail servers,
 * so notices about work on reports have the brief words there.
 */
async function mailOf({ kind, data = {}, page, reference, ...notice }: NewNotice) {
	const zone = notice.zone ?? (await firstZone());
	const title = () => noticeTitle({ kind, data });
	const { lines = () => [noticeDetail({ kind, data }, zone)] } = notice;
	const say = (locale: Locale) => inLocale(locale, () => [title(), ...lines()].filter(Boolean).join('\n'));
	const subject = inLocale('id', noticeBrief(kind) ?? title);
	return (name: string) => ({
		subject: reference ? `${subject}: ${reference}` : subject,
		body: `Yth. ${name},

${say('id')}

${siteAddress()}${page}

--
E-mail ini dibuat otomatis dan tidak perlu dibalas. Isi laporan dan data pelapor tidak dimuat di sini; buka tautannya dan masuk dengan akun Anda.

In English:
${say('en')}
Follow the link and sign in to read more.
`
	});
}
