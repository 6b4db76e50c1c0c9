import { and, asc, eq, inArray, isNotNull, isNull, not, sql } from 'drizzle-orm';
import { z } from 'zod';
import { requiredText } from '#lib/cases/schema.ts';
import { lockCase } from '#lib/server/cases/find.ts';
import { belongsToNoCaseNaming, hiddenFrom, visibleTo } from '#lib/server/cases/visibility.ts';
import { reachableByMail } from '#lib/server/cases/mail-preference.ts';
import { mailServer } from '#lib/server/channels/mail-queue.ts';
import { notify } from '#lib/server/channels/notices.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { breachLetters, breachSubjects } from '#lib/server/db/schema/breaches.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { mailReporter } from '#lib/server/reporters/write-to-reporters.ts';
import type { AuditAction } from '#lib/words/audit.ts';
import { changeBreach } from './book.ts';

/** The published notice to the people affected; undefined if it is still a draft. */
export async function noticeOf(tx: Tx, id: string) {
	const [notice] = await tx
		.select({ body: breachLetters.body, sentAt: breachLetters.sentAt })
		.from(breachLetters)
		.where(and(eq(breachLetters.breachId, id), eq(breachLetters.to, 'people'), isNotNull(breachLetters.sentAt)));
	return notice;
}

/**
 * Marks anonymous reporters as told by the notice on their tracking page.
 * @returns how many, without reports that name the actor
 */
export async function notifyAnonymous(tx: Tx, actor: Actor, id: string): Promise<number> {
	const anonymous = tx.select({ id: cases.id }).from(cases).where(isNull(cases.reporterSealed));
	const told = await tx
		.update(breachSubjects)
		.set({ toldAt: now(), toldHow: 'page' })
		.where(and(untoldOf(id), inArray(breachSubjects.caseId, anonymous)))
		.returning({ id: breachSubjects.id });
	return countShown(tx, actor, told);
}

const isAmong = (rows: readonly { id: string }[]) =>
	sql`${breachSubjects.id} = any(${sql.param(rows.map(({ id }) => id))}::uuid[])`;

const countShown = (tx: Tx, actor: Actor, rows: readonly { id: string }[]): Promise<number> =>
	tx.$count(breachSubjects, and(isAmong(rows), belongsToNoCaseNaming(actor, breachSubjects.caseId)));

/** Numbers of the reports among these affected people that name the actor. */
async function namingAmong(tx: Tx, actor: Actor, rows: readonly { id: string }[]): Promise<string[]> {
	const naming = await tx
		.select({ reference: cases.reference })
		.from(breachSubjects)
		.innerJoin(cases, eq(cases.id, breachSubjects.caseId))
		.where(and(isAmong(rows), not(belongsToNoCaseNaming(actor, breachSubjects.caseId))))
		.orderBy(asc(cases.id));
	return naming.map((row) => row.reference);
}

/**
 * Logs a step about reports that name the actor, one entry each with the report as its subject. So the log hides these
 * entries from the actor, and shows everybody else what the actor did.
 */
export async function recordNaming(
	tx: Tx,
	actor: Actor,
	references: readonly string[],
	{ unitId, action, breach }: { unitId: string; action: AuditAction; breach: string }
): Promise<void> {
	for (const subject of references) await recordChange(tx, actor, { unitId, action, subject, after: { breach } });
}

const untoldOf = (id: string) => and(eq(breachSubjects.breachId, id), isNull(breachSubjects.toldAt));

/** How a person can be told: at the desk (accounts that can sign in), by e-mail, on the tracking page, or only by a person. */
export type Contact = 'desk' | 'email' | 'page' | 'other';
const activeAccounts = (on: Database | Tx) =>
	on.select({ id: accounts.id }).from(accounts).where(eq(accounts.active, true));
const contact = (on: Database | Tx) => sql<Contact>`case
	when coalesce(${breachSubjects.accountId}, ${officers.accountId}) in ${activeAccounts(on)} then 'desk'
	when ${breachSubjects.caseId} is null then 'other'
	when ${cases.reporterSealed} is null then 'page'
	when ${breachSubjects.toldHow} = 'email' and ${breachSubjects.toldAt} is null then 'other'
	when ${breachSubjects.caseId} in ${reachableByMail(on)} then 'email'
	else 'other' end`;

/**
 * The affected people of a breach with their contacts, and the number of a case that the actor may see. `isHidden`: the case
 * is hidden from the actor. The caller must add the breach as a condition.
 */
export const subjectsWithContact = (on: Database | Tx, actor: Actor) =>
	on
		.select({
			id: breachSubjects.id,
			caseId: breachSubjects.caseId,
			addedAt: breachSubjects.addedAt,
			toldAt: breachSubjects.toldAt,
			toldHow: breachSubjects.toldHow,
			seenAt: breachSubjects.seenAt,
			name: sql<string | null>`coalesce(${accounts.name}, ${officers.name}, ${breachSubjects.described})`.as('name'),
			accountId: sql<string | null>`coalesce(${breachSubjects.accountId}, ${officers.accountId})`.as('account_of'),
			contact: contact(on).as('contact'),
			reference: sql<string | null>`case when ${visibleTo(actor)} then ${cases.reference} end`.as('reference'),
			isHidden: sql<boolean>`(${breachSubjects.caseId} is not null and ${hiddenFrom(actor)})`.as('is_hidden')
		})
		.from(breachSubjects)
		.leftJoin(accounts, eq(accounts.id, breachSubjects.accountId))
		.leftJoin(officers, eq(officers.id, breachSubjects.officerId))
		.leftJoin(cases, eq(cases.id, breachSubjects.caseId));

/** E-mails and notices written in one transaction. */
const BATCH = 200;

/**
 * Tells everybody affected who has an account or wants e-mails: accounts get the notice at the desk, reporters an
 * e-mail that only says that a notice waits on the tracking page. Works in batches; what a failed call has left
 * is told by the next one.
 * @returns how many were told, without reports that name the actor, which are told too
 * @throws as `changeBreach` · Conflict `invalid-move` if the notice is not published yet
 */
export async function notifyAffected(actor: Actor, id: string): Promise<number> {
	for (let total = 0; ;) {
		const told = await changeBreach(actor, id, async (tx, { unit, subject }) => {
			const notice = await noticeOf(tx, id);
			if (!notice) throw new Conflict('invalid-move', { reason: 'breach_not_published' });
			const ways = mailServer() ? ['desk', 'email'] : ['desk'];
			const every = subjectsWithContact(tx, actor).where(untoldOf(id)).as('every');
			const batch = await tx
				.select()
				.from(every)
				.where(inArray(every.contact, ways))
				.orderBy(asc(every.id))
				.limit(BATCH);
			for (const { id: subjectId, accountId, caseId, contact: toldHow } of batch) {
				// Before the e-mail is written, see `noteFailedMails`.
				const toldAt = now();
				if (accountId) await notifyAccount(tx, accountId, { id, subject, body: notice.body });
				else if (caseId)
					await mailReporter(tx, await lockCase(tx, caseId), { kind: 'breach', by: notice.sentAt }, `breach:${id}`);
				await tx.update(breachSubjects).set({ toldAt, toldHow }).where(eq(breachSubjects.id, subjectId));
			}
			const about = { unitId: unit.id, action: 'breach.told' as const, subject };
			const shown = await countShown(tx, actor, batch);
			const naming = await namingAmong(tx, actor, batch);
			await recordNaming(tx, actor, naming, { unitId: unit.id, action: 'breach.report_told', breach: subject });
			if (shown > 0) await recordChange(tx, actor, { ...about, after: { how: 'desk, email', count: shown } });
			return { shown, all: batch.length };
		});
		total += told.shown;
		if (told.all < BATCH) return total;
	}
}

async function notifyAccount(
	tx: Tx,
	accountId: string,
	{ id, subject, body }: Record<'id' | 'subject' | 'body', string>
) {
	await notify(tx, [accountId], {
		kind: 'breach_affected',
		occasion: id,
		data: { number: subject, text: body },
		page: '/desk/notices'
	});
}

const toldInput = z.object({
	pick: z.array(z.uuid('field_invalid')).min(1, 'breach_pick'),
	how: requiredText(1, 200, 'text')
});

/**
 * Records that a person told these affected people, for example by telephone. Reports that name the actor are left out.
 * @throws as `changeBreach` · NotFound
 */
export async function markTold(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { pick, how } = checked(toldInput, raw);
	await changeBreach(actor, id, async (tx, { unit, subject }) => {
		const told = await tx
			.update(breachSubjects)
			.set({ toldAt: now(), toldHow: how })
			.where(and(untoldOf(id), inArray(breachSubjects.id, pick), belongsToNoCaseNaming(actor, breachSubjects.caseId)))
			.returning({ id: breachSubjects.id });
		if (told.length === 0) throw new NotFound();
		const about = { unitId: unit.id, action: 'breach.told' as const, subject };
		// Not how: a name or number in it would stay in the log after the row lost it.
		await recordChange(tx, actor, { ...about, after: { count: told.length } });
	});
}
