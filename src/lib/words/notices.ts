import { formatDateTime, formatDay } from '#lib/calendar/format.ts';
import type { ClockName, Scope } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import type { RequestKind } from '#lib/privacy/requests.ts';
import type { Look } from '#lib/ui/content/status-icons.ts';
import { accessStateWord, accessTitle } from './access.ts';
import type { DraftState } from './cases.ts';
import { clockWord } from './clock.ts';
import { scopeWord } from './office.ts';
import { periodKeyWord } from './period.ts';
import { requestKindWord } from './requests.ts';

/*
 * Words of the notices to staff, at the desk, in e-mails and in push messages. Kinds of notices are listed only here; the
 * server derives their type from this table.
 */

type Data = Readonly<Record<string, unknown>>;
/** `brief`: the title without name, number and details, for lock screens and subjects of e-mails. */
type NoticeWords = readonly [Look['tone'], Look['shape'], title: (data: Data) => string, brief?: () => string];

const clock = (data: Data) => ({ clock: clockWord(data.clock as ClockName, 'staff') });
const recap = (data: Data) => ({ period: periodKeyWord(String(data.period)) });
const numbered = ({ number }: Data) => ({ number: String(number) });
const named = ({ name }: Data) => ({ name: String(name) });
const deviceOf = ({ device }: Data) => String(device || m.account_device_unknown());
const span = ({ from, to }: Data) => ({
	span: m.common_span({ from: formatDay(String(from)), to: formatDay(String(to)) })
});

/** Parts of the site that are watched for trouble. */
const parts = {
	disk: m.health_disk,
	mail: m.health_mail,
	channels: m.channels_page,
	push: m.health_push,
	backup: m.health_backup,
	jobs: m.health_jobs,
	lapor: m.health_lapor
};
export type SitePart = keyof typeof parts;
export const SITE_PARTS = Object.keys(parts) as SitePart[];
const part = ({ subject }: Data) => ({ part: parts[subject as SitePart]() });

const byDraft = (answer: () => string, archive: () => string) => (data: Data) =>
	data.draft === 'archive' ? archive() : answer();
const approvalWanted = byDraft(m.notices_approval_wanted_answer, m.notices_approval_wanted_archive);
const approvalPassedUp = byDraft(m.notices_approval_passed_up_answer, m.notices_approval_passed_up_archive);
const sentBack = byDraft(m.notices_sent_back_answer, m.notices_sent_back_archive);
const mentioned = ({ by }: Data) =>
	typeof by === 'string' ? m.notices_mentioned_by({ name: by }) : m.notices_mentioned();

const NOTICES = {
	clock_warning: ['warn', 'clock', (data) => m.notices_clock_warning(clock(data)), m.mail_choice_clock_warning],
	clock_alert: ['warn', 'bang', (data) => m.notices_clock_alert(clock(data)), m.mail_choice_clock_alert],
	clock_overdue: ['danger', 'stop', (data) => m.notices_clock_overdue(clock(data)), m.push_says_overdue],
	new_case: ['info', 'bang', m.notices_new_case, m.notices_new_case],
	unverified: ['warn', 'clock', m.notices_unverified, m.notices_unverified],
	assigned: ['info', 'person', m.notices_assigned, m.notices_assigned],
	reopened: ['warn', 'turn', m.notices_reopened, m.notices_reopened],
	mentioned: ['info', 'speech', mentioned, m.notices_mentioned],
	approval_wanted: ['info', 'check', approvalWanted, m.push_says_approval],
	approval_passed_up: ['warn', 'check', approvalPassedUp, m.push_says_approval],
	sent_back: ['warn', 'bang', sentBack, m.push_says_sent_back],
	answer_sent: ['good', 'check', m.notices_answer_sent, m.notices_answer_sent],
	message: ['info', 'speech', m.notices_message, m.notices_message],
	info_given: ['info', 'reply', m.notices_info_given, m.notices_info_given],
	disputed: ['warn', 'turn', m.notices_disputed, m.notices_disputed],
	objected: ['warn', 'bang', m.notices_objected, m.notices_objected],
	undelivered: ['warn', 'bang', m.notices_undelivered, m.notices_undelivered],
	unreadable: ['warn', 'bang', m.notices_unreadable, m.notices_unreadable],
	clarification_asked: ['warn', 'question', m.notices_clarification_asked, m.notices_clarification_asked],
	clarification_given: ['info', 'reply', m.notices_clarification_given, m.notices_clarification_given],
	forward_unknown: ['warn', 'question', m.notices_forward_unknown, m.notices_forward_unknown],
	forward_stuck: ['danger', 'stop', m.notices_forward_stuck, m.notices_forward_stuck],
	incoming_overdue: ['warn', 'clock', ({ count }) => m.incoming_notice({ count: Number(count) })],
	office_without_readers: ['danger', 'stop', ({ name }) => m.notices_office_without_readers({ unit: String(name) })],
	office_opened: ['warn', 'person', ({ name }) => m.notices_office_opened({ unit: String(name) })],
	decree_missing: ['warn', 'bang', ({ year }) => m.notices_decree_missing({ year: Number(year) })],
	case_unattended: ['danger', 'stop', m.notices_case_unattended],
	site_trouble: ['danger', 'stop', (data) => m.notices_site_trouble(part(data))],
	site_recovered: ['good', 'check', (data) => m.notices_site_recovered(part(data))],
	access_asked: ['warn', 'person', (data) => m.access_notice_asked(named(data))],
	access_ended: ['info', 'person', accessEnded],
	access_closed: ['warn', 'person', accessClosed],
	password_reset: ['warn', 'person', m.notices_password_reset],
	recovery_used: ['warn', 'person', m.notices_recovery_used],
	identity_linked: ['warn', 'person', m.notices_identity_linked],
	code_guessed: ['danger', 'bang', m.notices_code_guessed],
	password_guessed: ['warn', 'bang', m.notices_password_guessed],
	device_new: ['info', 'person', (data) => m.notices_device_new({ device: deviceOf(data) })],
	absence_entered: ['warn', 'person', (data) => m.notices_absence_entered({ name: String(data.by), ...span(data) })],
	deputy_named: ['info', 'person', (data) => m.notices_deputy_named({ ...named(data), ...span(data) })],
	deputy_ended: ['info', 'person', (data) => m.notices_deputy_ended({ ...named(data), ...span(data) })],
	token_made: ['warn', 'person', (data) => m.notices_token_made(named(data))],
	recap_due: ['warn', 'clock', (data) => m.notices_recap_due(recap(data))],
	recap_overdue: ['danger', 'stop', (data) => m.notices_recap_overdue(recap(data))],
	data_request_received: ['info', 'person', (data) => m.notices_data_request_received(numbered(data))],
	data_request_warning: ['warn', 'clock', (data) => m.notices_data_request_warning(numbered(data))],
	data_request_overdue: ['danger', 'stop', (data) => m.notices_data_request_overdue(numbered(data))],
	data_request_decided: ['info', 'check', requestDecided],
	destruction_proposed: ['warn', 'bang', (data) => m.retention_notice(numbered(data))],
	breach_recorded: ['warn', 'bang', (data) => m.breach_notice_recorded(numbered(data))],
	breach_due: ['warn', 'clock', (data) => m.breach_notice_due(numbered(data))],
	breach_overdue: ['danger', 'stop', (data) => m.breach_notice_overdue(numbered(data))],
	breach_affected: ['warn', 'bang', m.breach_notice_affected]
} satisfies Record<string, NoticeWords>;
export type NoticeKind = keyof typeof NOTICES;
interface Notice {
	kind: NoticeKind;
	data: Data;
}

/** For kinds that only a newer version of the program knows. */
const OTHER: NoticeWords = ['neutral', 'info', m.notices_other];
const wordsOf = (kind: string): NoticeWords => (Object.hasOwn(NOTICES, kind) ? NOTICES[kind as NoticeKind] : OTHER);

export function noticeLook({ kind }: Pick<Notice, 'kind'>): Look {
	const [tone, shape] = wordsOf(kind);
	return { tone, shape };
}

export const noticeTitle = ({ kind, data }: Notice): string => wordsOf(kind)[2](data);

/** The title without name, number and details. Undefined for kinds that are not about work on reports. */
export const noticeBrief = (kind: string): (() => string) | undefined => wordsOf(kind)[3];

function requestDecided(data: Data): string {
	return data.outcome === 'granted'
		? m.notices_data_request_granted(numbered(data))
		: m.notices_data_request_refused(numbered(data));
}

function accessClosed(data: Data): string {
	return data.kind === 'officer_linked'
		? m.access_notice_closed_partly(named(data))
		: m.access_notice_closed(named(data));
}

function accessEnded(data: Data): string {
	const state = accessStateWord(data.state as Parameters<typeof accessStateWord>[0]);
	return m.access_notice_ended({
		name: String(data.name),
		what: accessWhat(data),
		state: state.toLocaleLowerCase(getLocale())
	});
}

const accessWhat = (data: Data) => accessTitle(data as Parameters<typeof accessTitle>[0]);

const clockDetail = ({ due, provisional }: Data) => {
	const words = m.clock_due_on({ date: String(due) });
	return provisional ? `${words}. ${m.clock_provisional()}` : words;
};
// Notices of earlier versions lack the time, and those of breaches the office.
const approvalDetail = ({ since }: Data) =>
	since === undefined ? undefined : m.notices_approval_since({ date: String(since) });
const list = (names: unknown) => (names as string[]).join(', ') || '–';
const accessDetail = (data: Data) => {
	const what = accessWhat(data);
	return typeof data.by === 'string' ? m.access_notice_by({ what, by: data.by }) : what;
};
const recapDetail = ({ name, due_on }: Data) =>
	m.notices_recap_text({ unit: String(name), date: formatDay(String(due_on)) });
const requestDetail = ({ kind, due }: Data) =>
	`${requestKindWord(kind as RequestKind)}. ${m.clock_due_on({ date: String(due) })}`;
const decisionDetail = ({ kind, reference, at_lapor }: Data) =>
	[
		[requestKindWord(kind as RequestKind), reference].filter(Boolean).join(' '),
		at_lapor === true && m.notices_data_request_at_lapor()
	]
		.filter(Boolean)
		.join('. ');
const breachDetail = ({ unit, due }: Data) =>
	unit === undefined
		? m.clock_due_on({ date: String(due) })
		: m.notices_breach_text({ unit: String(unit), date: String(due) });

/** `due` and `since` are times in words. */
const DETAILS: Partial<Record<NoticeKind, (data: Data) => string | undefined>> = {
	clock_warning: clockDetail,
	clock_alert: clockDetail,
	clock_overdue: clockDetail,
	approval_wanted: approvalDetail,
	approval_passed_up: approvalDetail,
	undelivered: m.notices_undelivered_text,
	unreadable: m.notices_unreadable_text,
	incoming_overdue: ({ unit }) => String(unit),
	office_without_readers: m.notices_office_without_readers_text,
	office_opened: ({ by, handlers, supervisors, invited = [] }) => {
		if ([handlers, supervisors].flat().length === 0) return m.notices_office_opened_nobody({ by: String(by) });
		const people = { by: String(by), handlers: list(handlers), supervisors: list(supervisors) };
		const without = (invited as string[]).length > 0 && m.notices_office_opened_invited({ names: list(invited) });
		return [m.notices_office_opened_text(people), without].filter(Boolean).join(' ');
	},
	decree_missing: m.notices_decree_missing_text,
	case_unattended: ({ unit }) => m.notices_case_unattended_text({ unit: String(unit) }),
	site_trouble: ({ office }) => (office ? m.notices_channel_trouble_text() : m.notices_site_trouble_text()),
	access_asked: accessDetail,
	access_closed: accessDetail,
	password_reset: m.notices_account_text,
	recovery_used: m.notices_account_text,
	identity_linked: m.notices_identity_linked_text,
	code_guessed: m.notices_code_guessed_text,
	password_guessed: m.notices_password_guessed_text,
	device_new: m.notices_device_new_text,
	absence_entered: m.notices_absence_entered_text,
	deputy_named: m.notices_deputy_named_text,
	deputy_ended: m.notices_deputy_ended_text,
	token_made: ({ by, office, scopes }) =>
		m.notices_token_made_text({
			by: typeof by === 'string' ? by : m.notices_token_operator(),
			office: String(office),
			scopes: (scopes as Scope[]).map(scopeWord).join(', ')
		}),
	recap_due: recapDetail,
	recap_overdue: recapDetail,
	data_request_received: requestDetail,
	data_request_warning: requestDetail,
	data_request_overdue: requestDetail,
	data_request_decided: decisionDetail,
	destruction_proposed: m.notices_destruction_text,
	breach_recorded: breachDetail,
	breach_due: breachDetail,
	breach_overdue: breachDetail
};

/**
 * Second line of a notice: the deadline or the next step. E-mails contain it too, so it has no text that people may read
 * only at the desk.
 */
export function noticeDetail({ kind, data }: Notice, zone: string): string | undefined {
	const inWords = (moment: unknown) =>
		typeof moment === 'string' ? formatDateTime(new Date(moment), zone) : undefined;
	return DETAILS[kind]?.({ ...data, due: inWords(data.due_at), since: inWords(data.since) });
}

/**
 * The second line of a notice at the desk. A draft that was decided or withdrawn no longer waits.
 * @param draft the state of the open draft of the notice's case, null if it has none; undefined if the case is not known
 */
export const listedDetail = (notice: Notice, zone: string, draft: DraftState | null | undefined): string | undefined =>
	draft !== undefined && draft !== 'pending' && ['approval_wanted', 'approval_passed_up'].includes(notice.kind)
		? m.notices_approval_over()
		: noticeDetail(notice, zone);
