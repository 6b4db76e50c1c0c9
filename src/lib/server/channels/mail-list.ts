import { isId } from '#lib/server/db/is-id.ts';
import { m } from '#lib/paraglide/messages.js';
import { clearAddressRefusal } from '#lib/server/cases/mail-preference.ts';
import { and, desc, eq, inArray, isNull, not, or, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { formatDateTime } from '#lib/calendar/format.ts';
import { decideRow } from './outbox.ts';
import { maskedAddress } from './mail-address.ts';
import { MAILS, mailServer, queueMail, type MailKind } from './mail-queue.ts';
import { siteAddress } from './site-address.ts';
import { decryptReporter } from '#lib/server/cases/reporter.ts';
import { hiddenFrom } from '#lib/server/cases/visibility.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, oneRow, transaction } from '#lib/server/db/index.ts';
import { beyond, pageOf } from '#lib/server/db/page.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { isRootAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';

/** Lists of the outbox. E-mails in `failed` and `unknown` need a person's decision. */
export const MAIL_LISTS = ['waiting', 'failed', 'unknown', 'sent', 'withdrawn'] as const;
export type MailList = (typeof MAIL_LISTS)[number];

const PAGE = 30;
/** Highest count shown. It means "this many or more". */
const COUNTED = 100;

/** An e-mail in state `sending` counts as waiting, because sending takes only seconds. */
const inList = (list: MailList): SQL =>
	list === 'waiting' ? inArray(mails.state, ['waiting', 'sending']) : eq(mails.state, list);

/**
 * Condition for the e-mails that an administrator may see: those of their offices, and for root administrators also
 * those without an office. E-mails about cases whose number is hidden from the administrator are not included.
 */
async function visibleMails(actor: Actor): Promise<SQL> {
	const held = actor.units.admin.length > 0 ? inArray(mails.unitId, [...actor.units.admin]) : sql`false`;
	const mine = (await isRootAdmin(actor)) ? or(held, isNull(mails.unitId)) : held;
	return and(mine, or(isNull(mails.caseId), not(hiddenFrom(actor)))) ?? sql`false`;
}

/**
 * A reply repeats the subject of a citizen's e-mail, which administrators don't read. A notice without a case can tell that
 * its recipient is asked about a report.
 */
const shownSubject = () => sql<string>`case when ${mails.kind} = 'conversation' then 'Re: …'
	when ${mails.kind} = 'notice' and ${mails.caseId} is null then ${m.notices_page()}::text else ${mails.subject} end`;

/** A page of one list, newest first. `cursor` is the `nextCursor` of the page before. */
export async function listMails(actor: Actor, list: MailList, cursor?: string) {
	const rows = await db()
		.select({
			id: mails.id,
			kind: sql<MailKind>`${mails.kind}`,
			subject: shownSubject(),
			state: mails.state,
			attempts: mails.attempts,
			nextAttemptAt: mails.nextAttemptAt,
			reason: mails.reason,
			createdAt: mails.createdAt,
			sentAt: mails.sentAt,
			decidedAt: mails.decidedAt,
			decidedBy: accounts.name,
			unit: units.name,
			address: mails.address,
			identity: cases.identity,
			sealed: cases.reporterSealed
		})
		.from(mails)
		.leftJoin(cases, eq(cases.id, mails.caseId))
		.leftJoin(units, eq(units.id, mails.unitId))
		.leftJoin(accounts, eq(accounts.id, mails.decidedBy))
		.where(and(inList(list), await visibleMails(actor), beyond(cursor, [mails.createdAt, mails.id])))
		.orderBy(desc(mails.createdAt), desc(mails.id))
		.limit(PAGE + 1);
	const { items, nextCursor } = pageOf(rows, PAGE, ({ createdAt }) => createdAt);
	return { items: await Promise.all(items.map(withRecipient)), nextCursor };
}

/**
 * Adds the recipient as the outbox may show it: a colleague's full address, a named reporter's masked address, or null
 * for a withheld reporter and a former address.
 */
async function withRecipient<
	Row extends { kind: MailKind; address: string | null; identity: string | null; sealed: string | null }
>({ address, identity, sealed, ...mail }: Row) {
	if (address) return { ...mail, to: mail.kind === 'reporter' ? null : address };
	const reporter = identity === 'named' ? await decryptReporter(sealed) : null;
	return { ...mail, to: reporter?.email ? maskedAddress(reporter.email) : null };
}

/** Counts waiting e-mails, and failed and unknown ones without a decision, each up to `COUNTED`. */
export async function countMails(actor: Actor): Promise<Record<'waiting' | 'failed' | 'unknown', number>> {
	const mine = await visibleMails(actor);
	const counted = async (list: 'waiting' | 'failed' | 'unknown') => {
		const some = db()
			.select({ id: mails.id })
			.from(mails)
			.leftJoin(cases, eq(cases.id, mails.caseId))
			.where(and(inList(list), list === 'waiting' ? undefined : isNull(mails.decidedAt), mine))
			.limit(COUNTED)
			.as('some');
		return db().$count(some);
	};
	const [waiting, failed, unknown] = await Promise.all([counted('waiting'), counted('failed'), counted('unknown')]);
	return { waiting, failed, unknown };
}

const decisionSchema = z.object({ decision: z.enum(['again', 'leave'], { error: 'mail_decision' }) });

/**
 * Records an administrator's decision about a failed or unknown e-mail: send it again, or leave it.
 * @throws NotFound if the actor may not see the e-mail · Conflict if it was already decided
 */
export async function decideMail(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { decision } = checked(decisionSchema, raw);
	const mail = await db()
		.select({ unitId: mails.unitId, subject: shownSubject() })
		.from(mails)
		.leftJoin(cases, eq(cases.id, mails.caseId))
		.where(and(isId(mails.id, id), await visibleMails(actor)))
		.then(oneRow);
	await transaction(async (tx) => {
		const row = await decideRow(tx, MAILS, id, { decision, accountId: actor.accountId });
		if (decision === 'again' && row.caseId !== null && row.kind === 'reporter' && row.address === null)
			await clearAddressRefusal(tx, row.caseId);
		const action = decision === 'again' ? 'mail.sent_again' : 'mail.left';
		await recordChange(tx, actor, { unitId: mail.unitId, action, subject: mail.subject });
	});
}

/** Sender address, the person's address, and their newest test e-mail, if any. */
export async function testMailOf({ accountId }: Actor) {
	const from = mailServer()?.from ?? null;
	if (!accountId) return { from, address: null, last: null };
	const [account] = await db().select({ email: accounts.email }).from(accounts).where(eq(accounts.id, accountId));
	const [last = null] = await db()
		.select({ state: mails.state, createdAt: mails.createdAt, reason: mails.reason })
		.from(mails)
		// A literal, so that the partial index is used.
		.where(and(eq(mails.accountId, accountId), sql`${mails.kind} = 'test'`))
		.orderBy(desc(mails.createdAt))
		.limit(1);
	return { from, address: account?.email ?? null, last };
}

/**
 * Sends a test e-mail to the person's own address through the outbox, at most once a minute.
 * @throws Invalid if there is no mail server or the person has no address
 */
export async function sendTestMail(actor: Actor): Promise<void> {
	const { from, address } = await testMailOf(actor);
	const { accountId } = actor;
	if (!from) throw invalid('', 'mail_no_server');
	if (!accountId || !address) throw invalid('', 'mail_no_address');
	const at = formatDateTime(now(), await firstZone(), 'id');
	await transaction((tx) =>
		queueMail(tx, {
			kind: 'test',
			onceKey: now().toISOString().slice(0, 16),
			to: { accountId, address },
			subject: 'E-mail percobaan SPATULA',
			body: `Yth. ${actor.name},

E-mail ini menunjukkan bahwa situs SPATULA dapat mengirim e-mail. Dikirim atas permintaan Anda pada ${at}.

${siteAddress()}/admin/mail

--
In English: this is the test e-mail you asked for; the site can send e-mails.
`
		})
	);
}
