import { and, eq, inArray, sql, type SQL } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import { mailServer } from './mail-queue.ts';
import { checked } from '#lib/server/checked.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { noticeChoices } from '#lib/server/db/schema/mails.ts';
import { accountIdOf, type Actor } from '#lib/server/people/actor.ts';
import type { NoticeKind } from '#lib/words/notices.ts';

/**
 * Kinds of e-mail and push message that a person may switch off. Notices at the desk can't be switched off.
 */
export const NOTICE_CHOICES = [
	'new_case',
	'assigned',
	'mentioned',
	'approval',
	'sent_back',
	'reporter',
	'clarification',
	'forward',
	'clock_warning',
	'clock_alert',
	'recap_due',
	'digest'
] as const;
export type NoticeChoice = (typeof NOTICE_CHOICES)[number];

/** The choices that concern a person. An officer without a role is only asked for clarification. */
const choicesOf = ({ units }: Actor): readonly NoticeChoice[] =>
	Object.values(units).some((ids) => ids.length > 0) ? NOTICE_CHOICES : ['clarification'];

/** Choices that also exist as push messages. The digest is an e-mail only. */
const PUSH_CHOICES = NOTICE_CHOICES.filter((choice) => choice !== 'digest');

/** The choice that switches off the e-mails and push messages of each kind of notice. null: no choice does. */
const CHOICE_OF_NOTICE = {
	clock_warning: 'clock_warning',
	clock_alert: 'clock_alert',
	clock_overdue: null,
	new_case: 'new_case',
	unverified: 'new_case',
	incoming_overdue: 'new_case',
	assigned: 'assigned',
	reopened: 'assigned',
	mentioned: 'mentioned',
	approval_wanted: 'approval',
	approval_passed_up: 'approval',
	sent_back: 'sent_back',
	// Shown at the desk only, so there is nothing to switch off.
	answer_sent: null,
	message: 'reporter',
	info_given: 'reporter',
	disputed: 'reporter',
	objected: 'reporter',
	undelivered: 'reporter',
	unreadable: 'reporter',
	clarification_asked: 'clarification',
	clarification_given: 'clarification',
	forward_unknown: 'forward',
	forward_stuck: 'forward',
	decree_missing: null,
	office_without_readers: null,
	office_opened: null,
	case_unattended: null,
	site_trouble: null,
	site_recovered: null,
	access_asked: null,
	access_ended: null,
	access_closed: null,
	password_reset: null,
	recovery_used: null,
	identity_linked: null,
	code_guessed: null,
	password_guessed: null,
	device_new: null,
	absence_entered: null,
	deputy_named: null,
	deputy_ended: null,
	token_made: null,
	recap_due: 'recap_due',
	recap_overdue: null,
	data_request_received: null,
	data_request_warning: null,
	data_request_overdue: null,
	data_request_decided: null,
	destruction_proposed: null,
	breach_recorded: null,
	breach_due: null,
	breach_overdue: null,
	breach_affected: null
} as const satisfies Record<NoticeKind, NoticeChoice | null>;

type NoticeChannel = 'email' | 'push';

/** Condition: the account switched off the e-mails, or push messages, of a kind of notice. */
export function isSwitchedOff(account: AnyPgColumn, kind: NoticeKind | 'digest', by: NoticeChannel): SQL {
	const choice = kind === 'digest' ? kind : CHOICE_OF_NOTICE[kind];
	const { accountId } = noticeChoices;
	return choice === null
		? sql`false`
		: sql`exists (select from ${noticeChoices}
			where ${accountId} = ${account} and ${noticeChoices.kind} = ${choice} and ${noticeChoices.by} = ${by})`;
}

/** Data of a person's settings page: the address, whether the site sends e-mails, the choices, and the wanted notices. */
export async function ownNoticeChoices(actor: Actor) {
	const { accountId } = actor;
	if (!accountId) return undefined;
	const [account] = await db().select({ email: accounts.email }).from(accounts).where(eq(accounts.id, accountId));
	const off = await db().select().from(noticeChoices).where(eq(noticeChoices.accountId, accountId));
	const wanted = (way: NoticeChannel) => (choice: NoticeChoice) =>
		!off.some(({ kind, by }) => kind === choice && by === way);
	return {
		address: account?.email ?? null,
		siteSendsEmail: mailServer() !== undefined,
		choices: choicesOf(actor),
		wanted: NOTICE_CHOICES.filter(wanted('email')),
		pushed: PUSH_CHOICES.filter(wanted('push'))
	};
}

const choiceSchema = z.object({ wanted: z.array(z.enum(NOTICE_CHOICES)).default([]) });

/** Stores which of the optional e-mails, or push messages, a person wants. */
export async function chooseNotices(actor: Actor, raw: unknown, by: NoticeChannel = 'email'): Promise<void> {
	const { wanted } = checked(choiceSchema, raw);
	const accountId = accountIdOf(actor);
	const offered = choicesOf(actor);
	const off = offered.filter((choice) => !wanted.includes(choice));
	const own = and(eq(noticeChoices.accountId, accountId), eq(noticeChoices.by, by));
	await transaction(async (tx) => {
		await tx.delete(noticeChoices).where(and(own, inArray(noticeChoices.kind, [...offered])));
		if (off.length > 0) await tx.insert(noticeChoices).values(off.map((kind) => ({ accountId, kind, by })));
	});
}
