import { formatDateTime, formatDay } from '#lib/calendar/format.ts';
import type { ClockName, Scope } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import type { ListedNotice } from '#lib/server/channels/notice-list.ts';
import type { Watched } from '#lib/server/reminders/site-trouble.ts';
import { accessStateWord, accessTitle } from '#lib/words/access.ts';
import { clockWord } from '#lib/words/clock.ts';
import type { RequestKind } from '#lib/privacy/requests.ts';
import { requestKindWord } from '#lib/words/requests.ts';
import { scopeWord } from '#lib/words/office.ts';
import { keyWord } from '#lib/words/period.ts';
import type { Look } from '#lib/ui/content/shapes.ts';

type Kind = ListedNotice['kind'];
type Data = ListedNotice['data'];
type NoticeStyle = readonly [Look['tone'], Look['shape'], title: (data: Data) => string];

const clock = (data: Data) => ({ clock: clockWord(data.clock as ClockName, 'staff') });
const recap = (data: Data) => ({ period: keyWord(String(data.period)) });
const request = (data: Data) => ({ number: String(data.number), kind: requestKindWord(data.kind as RequestKind) });
const parts: Record<Watched, () => string> = {
	disk: m.health_disk,
	mail: m.health_mail,
	channels: m.channels_page,
	push: m.health_push,
	backup: m.health_backup,
	lapor: m.health_lapor,
	jobs: m.health_jobs
};
const part = ({ subject }: Data) => ({ part: parts[subject as Watched]() });
const breach = ({ number }: Data) => ({ number: String(number) });
const byDraft = (answer: () => string, archive: () => string) => (data: Data) =>
	data.draft === 'archive' ? archive() : answer();

const noticeStyles: Record<Kind, NoticeStyle> = {
	clock_warning: ['warn', 'clock', (data) => m.notices_clock_warning(clock(data))],
	clock_alert: ['warn', 'bang', (data) => m.notices_clock_alert(clock(data))],
	clock_overdue: ['danger', 'stop', (data) => m.notices_clock_overdue(clock(data))],
	new_case: ['info', 'bang', () => m.notices_new_case()],
	unverified: ['warn', 'clock', () => m.notices_unverified()],
	assigned: ['info', 'person', () => m.notices_assigned()],
	reopened: ['warn', 'turn', () => m.notices_reopened()],
	mentioned: [
		'info',
		'speech',
		({ by }) => (typeof by === 'string' ? m.notices_mentioned_by({ name: by }) : m.notices_mentioned())
	],
	approval_wanted: ['info', 'check', byDraft(m.notices_approval_wanted_answer, m.notices_approval_wanted_archive)],
	approval_passed_up: [
		'warn',
		'check',
		byDraft(m.notices_approval_passed_up_answer, m.notices_approval_passed_up_archive)
	],
	sent_back: ['warn', 'bang', byDraft(m.notices_sent_back_answer, m.notices_sent_back_archive)],
	message: ['info', 'speech', () => m.notices_message()],
	info_given: ['info', 'reply', () => m.notices_info_given()],
	disputed: ['warn', 'turn', () => m.notices_disputed()],
	objected: ['warn', 'bang', () => m.notices_objected()],
	undelivered: ['warn', 'bang', () => m.notices_undelivered()],
	clarification_asked: ['warn', 'question', () => m.notices_clarification_asked()],
	clarification_given: ['info', 'reply', () => m.notices_clarification_given()],
	forward_unknown: ['warn', 'question', () => m.notices_forward_unknown()],
	forward_stuck: ['danger', 'stop', () => m.notices_forward_stuck()],
	incoming_overdue: ['warn', 'clock', ({ count }) => m.incoming_notice({ count: Number(count) })],
	office_without_readers: ['danger', 'stop', ({ name }) => m.notices_office_without_readers({ unit: String(name) })],
	decree_missing: ['warn', 'bang', ({ year }) => m.notices_decree_missing({ year: Number(year) })],
	case_unattended: ['danger', 'stop', () => m.notices_case_unattended()],
	site_trouble: ['danger', 'stop', (data) => m.notices_site_trouble(part(data))],
	site_recovered: ['good', 'check', (data) => m.notices_site_recovered(part(data))],
	access_asked: ['warn', 'person', ({ name }) => m.access_notice_asked({ name: String(name) })],
	access_ended: ['info', 'person', accessEnded],
	access_closed: ['warn', 'person', accessClosed],
	password_reset: ['warn', 'person', () => m.notices_password_reset()],
	recovery_used: ['warn', 'person', () => m.notices_recovery_used()],
	identity_linked: ['warn', 'person', () => m.notices_identity_linked()],
	code_guessed: ['danger', 'bang', () => m.notices_code_guessed()],
	absence_entered: ['warn', 'person', absenceEntered],
	token_made: ['warn', 'person', ({ name }) => m.notices_token_made({ name: String(name) })],
	recap_due: ['warn', 'clock', (data) => m.notices_recap_due(recap(data))],
	recap_overdue: ['danger', 'stop', (data) => m.notices_recap_overdue(recap(data))],
	data_request_received: ['info', 'person', (data) => m.notices_data_request_received(request(data))],
	data_request_warning: ['warn', 'clock', (data) => m.notices_data_request_warning(request(data))],
	data_request_overdue: ['danger', 'stop', (data) => m.notices_data_request_overdue(request(data))],
	destruction_proposed: ['warn', 'bang', ({ number }) => m.retention_notice({ number: String(number) })],
	breach_recorded: ['warn', 'bang', (data) => m.breach_notice_recorded(breach(data))],
	breach_due: ['warn', 'clock', (data) => m.breach_notice_due(breach(data))],
	breach_overdue: ['danger', 'stop', (data) => m.breach_notice_overdue(breach(data))],
	breach_affected: ['warn', 'bang', () => m.breach_notice_affected()]
};
/** Notices of a sign-in that may be somebody else's. */
const ABOUT_SIGN_IN: ReadonlySet<Kind> = new Set([
	'password_reset',
	'recovery_used',
	'identity_linked',
	'code_guessed'
]);
/** For kinds that only a newer version of the program knows. */
const OTHER: NoticeStyle = ['neutral', 'info', () => m.notices_other()];

function absenceEntered({ by, from, to }: Data): string {
	const span = m.common_span({ from: formatDay(String(from)), to: formatDay(String(to)) });
	return m.notices_absence_entered({ name: String(by), span });
}

function tokenMade({ by, office, scopes }: Data): string {
	const what = (scopes as Scope[]).map(scopeWord).join(', ');
	const who = typeof by === 'string' ? by : m.notices_token_operator();
	return m.notices_token_made_text({ by: who, office: String(office), scopes: what });
}

function accessClosed({ kind, name }: Data): string {
	const title = kind === 'officer_linked' ? m.access_notice_closed_partly : m.access_notice_closed;
	return title({ name: String(name) });
}

function accessEnded(data: Data): string {
	const what = accessTitle(data as Parameters<typeof accessTitle>[0]);
	const state = accessStateWord(data.state as Parameters<typeof accessStateWord>[0]);
	return m.access_notice_ended({ name: String(data.name), what, state: state.toLocaleLowerCase(getLocale()) });
}

export function noticeLook({ kind }: Pick<ListedNotice, 'kind'>): Look {
	const [tone, shape] = noticeStyles[kind] ?? OTHER;
	return { tone, shape };
}

export function noticeTitle({ kind, data }: Pick<ListedNotice, 'kind' | 'data'>): string {
	const [, , title] = noticeStyles[kind] ?? OTHER;
	return title(data);
}

/** Second line of a notice: the deadline or the next step. */
export function noticeDetail({ kind, data }: ListedNotice, zone: string): string | undefined {
	if (kind === 'decree_missing') return m.notices_decree_missing_text();
	if (kind === 'incoming_overdue') return String(data.unit);
	if (kind === 'office_without_readers') return m.notices_office_without_readers_text();
	if (kind === 'site_trouble') return data.office ? m.notices_channel_trouble_text() : m.notices_site_trouble_text();
	if (kind === 'case_unattended') return m.notices_case_unattended_text({ unit: String(data.unit) });
	if (ABOUT_SIGN_IN.has(kind)) return m.notices_account_text();
	if (kind === 'absence_entered') return m.notices_absence_entered_text();
	if (kind === 'token_made') return tokenMade(data);
	if (kind === 'access_asked' || kind === 'access_closed') {
		const what = accessTitle(data as Parameters<typeof accessTitle>[0]);
		return typeof data.by === 'string' ? m.access_notice_by({ what, by: data.by }) : what;
	}
	if (kind === 'breach_affected') return String(data.text);
	if (typeof data.due_on === 'string')
		return m.notices_recap_text({ unit: String(data.name), date: formatDay(data.due_on) });
	if (typeof data.due_at !== 'string') return undefined;
	return m.clock_due_on({ date: formatDateTime(new Date(data.due_at), zone) });
}
