import { formatDate } from '#lib/calendar/format.ts';
import type { PromisedDeadline } from '#lib/cases/promised-deadline.ts';
import type { CaseKind } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { isDeadlineProvisional } from '#lib/server/calendar/load.ts';
import type { CaseRow } from '#lib/server/cases/find.ts';
import { kindWord, reportForwardWord, reportStatusWord, type ReportForward } from '#lib/words/cases.ts';
import { promisedDate } from '#lib/words/clock.ts';
import type { MessageContent } from '../outgoing/queue.ts';
import { isOpenToPublic, type Unit } from '#lib/server/people/units/find-unit.ts';
import { RECEIPT_LINK } from '../placeholders.ts';
import { siteAddress } from '../site-address.ts';

/*
 * The site's own texts of a WhatsApp conversation, in the current locale. WhatsApp returns the id of the row or button
 * that the person presses, and `reply-to-message.ts` reads it.
 */

export const REPORT_KINDS = ['complaint', 'suggestion', 'information_request'] as const satisfies readonly CaseKind[];
const MENU = [...REPORT_KINDS, 'consultation', 'track', 'english'] as const;
export type MenuChoice = (typeof MENU)[number];

const trackLink = () => `${siteAddress()}/lacak`;

const menuOf = (body: string): MessageContent => ({
	kind: 'list',
	text: body,
	button: m.wa_menu_button(),
	rows: MENU.map((choice) => ({
		id: `menu:${choice}`,
		title: m[`wa_${choice}`](),
		description: m[`wa_${choice}_about`]()
	}))
});

export const text = (body: string): MessageContent => ({ kind: 'text', text: body });

type Office = Pick<Unit, 'name' | 'slug' | 'state'>;

/** A closed office opens no report. Its page names the office to which people can turn instead. */
export const officeClosedReply = ({ name, slug }: Office): MessageContent =>
	text(m.wa_office_closed({ office: name, link: `${siteAddress()}/${slug}` }));

/** The reply to a first message: the menu, and the link for anonymous reports. */
export const welcome = (office: Office): MessageContent =>
	isOpenToPublic(office)
		? menuOf(m.wa_welcome({ office: office.name, link: `${siteAddress()}/${office.slug}` }))
		: officeClosedReply(office);

export const menu = (): MessageContent => menuOf(m.wa_menu());

const withSend = (conversationId: number, body: string): MessageContent => ({
	kind: 'buttons',
	text: body,
	buttons: [
		{ id: `send:${conversationId}`, title: m.wa_send() },
		{ id: `cancel:${conversationId}`, title: m.common_cancel() }
	]
});
export const write = (conversationId: number, kind: CaseKind) =>
	withSend(conversationId, m.wa_write({ kind: kindWord(kind) }));
export const noted = (conversationId: number) => withSend(conversationId, m.wa_noted());
export const tooShort = (conversationId: number) => withSend(conversationId, m.wa_too_short());

/**
 * The acknowledgement of a report: its number and deadline. The receipt comes by a link, if the person asks for it. A
 * report with a withheld name has no such link.
 */
export async function sent(conversationId: number, row: CaseRow, zone: string): Promise<MessageContent> {
	const { reference, promisedAt, identity } = row;
	const provisional = await isDeadlineProvisional(promisedAt, zone);
	const date = promisedAt ? promisedDate(formatDate(promisedAt, zone), provisional) : '–';
	const received = m.wa_sent({ reference, date });
	if (identity === 'withheld') return text(received);
	return {
		kind: 'buttons',
		text: `${received} ${m.wa_sent_code({ link: trackLink() })}`,
		buttons: [{ id: `code:${conversationId}`, title: m.wa_ask_code() }]
	};
}

export const codeLink = (reference: string): MessageContent =>
	text(m.wa_code_link({ reference, receipt_link: RECEIPT_LINK }));

/** What a person may know of a report by its number alone. */
type ShownStatus = Pick<CaseRow, 'reference' | 'status' | 'transferredTo' | 'archiveReason'>;

interface Shown extends ShownStatus {
	/** The office's next deadline. */
	nextDeadline: PromisedDeadline | null;
	/** The newest forward to SP4N-LAPOR!. */
	forward: ReportForward | null;
}

async function statusOf({ nextDeadline, forward, ...report }: Shown, zone: string): Promise<string> {
	const status = m.wa_status({ reference: report.reference, status: reportStatusWord(report) });
	const date =
		nextDeadline &&
		promisedDate(formatDate(nextDeadline.dueAt, zone), await isDeadlineProvisional(nextDeadline.dueAt, zone));
	const due =
		date && (nextDeadline.what === 'reply' ? m.clock_due_citizen({ date }) : m.citizen_case_settled_by({ date }));
	return [status, due, forward && reportForwardWord(forward)].filter(Boolean).join('. ');
}

/** Maximum number of reports in one message. */
const MOST = 10;

export async function statusesOf(cases: readonly Shown[], zone: string, locked: boolean): Promise<MessageContent> {
	if (cases.length === 0) return text(m.wa_track_none({ link: trackLink() }));
	const lines = await Promise.all(cases.slice(0, MOST).map((one) => statusOf(one, zone)));
	const all = text([...lines, locked ? m.wa_locked() : m.wa_track_more({ link: trackLink() })].join('\n\n'));
	return locked ? { ...all, statusOnly: true } : all;
}

/** Asks to which of several reports a message belongs, or which one is done. */
export const which = (
	cases: readonly (ShownStatus & { conversationId: number })[],
	verb: 'case' | 'done'
): MessageContent => ({
	kind: 'list',
	text: m.wa_which(),
	button: m.wa_which_button(),
	rows: [
		...cases.slice(0, MOST - 1).map(({ conversationId, ...report }) => ({
			id: `${verb}:${conversationId}`,
			title: report.reference,
			// A message that is added to an archived report completes it.
			description: report.status === 'archived' ? m.wa_which_complete() : reportStatusWord(report)
		})),
		...(verb === 'case' ? [{ id: 'case:new', title: m.wa_which_new(), description: m.wa_which_new_about() }] : [])
	]
});

/** Asks after an answer whether the report is settled. */
export const afterAnswer = (conversationId: number, reference: string): MessageContent => ({
	kind: 'buttons',
	text: m.wa_after_answer({ reference }),
	buttons: [
		{ id: `done:${conversationId}`, title: m.wa_done() },
		{ id: `dispute:${conversationId}`, title: m.wa_not_done() }
	]
});
