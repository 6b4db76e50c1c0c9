import { and, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import { isSwitchedOff, type NoticeKind } from './notice-choices.ts';
import { queueMail } from './mail-queue.ts';
import { queueNoticePushes } from './push/push-queue.ts';
import { siteAddress } from './site-address.ts';
import { now } from '#lib/server/clock.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { inTrial } from '#lib/server/people/units/trial.ts';

export interface NewNotice {
	kind: NoticeKind;
	/** Key of the occasion. A person gets one notice per occasion, however often it is written. */
	onceKey: string;
	/** null for a notice that is not about a case. The caller must check that the recipients may see the case. */
	caseId: number | null;
	/** The office of an occasion without a case that can be practice. */
	unitId?: string;
	/** Time of the event. */
	at: Date;
	/** Values for the text of the notice. Never text of the report. */
	data: Record<string, unknown>;
	/** Path of the page that the notice and its e-mail lead to. */
	page: string;
	/** Without it, people are notified only at the desk, neither by e-mail nor by push message. */
	mail?: NoticeMail;
}

/** The e-mail of a notice. It may contain report numbers, deadlines and dates, never text of the report. */
export interface NoticeMail {
	subject: string;
	lines: readonly string[];
	english: string;
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
	const { kind, caseId, at, data, page, onceKey } = notice;
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
	for (const { id, name, email } of people) {
		if (!notice.mail || !email || !notified.has(id)) continue;
		const mail = { subject: notice.mail.subject, body: bodyOf(notice.mail, page, name) };
		await queueMail(tx, { kind: 'notice', onceKey, to: { accountId: id, address: email }, caseId, ...mail });
	}
	const withDevice = people.flatMap(({ id, hasDevice }) => (hasDevice && notified.has(id) ? [id] : []));
	if (notice.mail && withDevice.length > 0) await queueNoticePushes(tx, withDevice, { kind, onceKey });
	return notified.size;
}

/** The office of the occasion if it is in trial, otherwise null. */
const trialOffice = ({ caseId, unitId }: NewNotice): SQL =>
	caseId === null && unitId === undefined
		? sql`null`
		: sql`(select ${units.id} from ${units} where ${inTrial(units.id)}
			and ${units.id} = ${unitId ?? sql`(select ${cases.unitId} from ${cases} where ${cases.id} = ${caseId})`})`;

/** Deletes an account's notice of an occasion that no longer applies. Its e-mail may already have been sent. */
export async function withdrawNotice(tx: Tx, accountId: string, onceKey: string): Promise<void> {
	await tx.delete(notices).where(eq(notices.onceKey, `${onceKey}:${accountId}`));
}

/** Marks all notices of an occasion as read, because its task is done. */
export async function markOccasionRead(on: Database | Tx, onceKey: string): Promise<void> {
	await markRead(on, eq(notices.onceKey, sql`${`${onceKey}:`} || ${notices.accountId}::text`));
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

function bodyOf({ lines, english }: NoticeMail, page: string, name: string): string {
	return `Yth. ${name},

${lines.join('\n')}

${siteAddress()}${page}

--
E-mail ini dibuat otomatis dan tidak perlu dibalas. Isi laporan dan data pelapor tidak dimuat di sini; buka tautannya dan masuk dengan akun Anda.
In English: ${english} Follow the link and sign in to read more.
`;
}
