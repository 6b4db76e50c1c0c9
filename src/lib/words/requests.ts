import { isLocalDate } from '#lib/calendar/days.ts';
import { formatShortDay } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { PersonCheck, RequestKind, RequestState, RequestWay } from '#lib/privacy/requests.ts';
import type { Look } from '#lib/ui/content/status-icons.ts';
import { wordOf } from './cases.ts';

export const requestKindWord = wordOf<RequestKind>({
	access: m.request_kind_access,
	correction: m.request_kind_correction,
	restriction: m.request_kind_restriction,
	consent: m.request_kind_consent,
	report: m.request_kind_report,
	contact: m.request_kind_contact
});

/** The same as a choice, in the words of the person who asks. */
export const requestChoiceWord = wordOf<RequestKind>({
	access: m.request_choice_access,
	correction: m.request_choice_correction,
	restriction: m.request_choice_restriction,
	consent: m.request_choice_consent,
	report: m.request_choice_report,
	contact: m.request_choice_contact
});

/** What granting a kind of request does, as the person who asks reads it. */
export const requestKindHint = wordOf<RequestKind>({
	access: m.request_hint_access,
	correction: m.request_hint_correction,
	restriction: m.request_hint_restriction,
	consent: m.request_hint_consent,
	report: m.request_hint_report,
	contact: m.request_hint_contact
});

/** The same for the officer who records a request at the counter. */
export const counterKindHint = (kind: RequestKind): string => (COUNTER_HINTS[kind] ?? (() => requestKindHint(kind)))();
const COUNTER_HINTS: Partial<Record<RequestKind, () => string>> = {
	access: m.request_counter_hint_access,
	report: m.request_counter_hint_report,
	contact: m.request_counter_hint_contact
};

/** Until when the office answers a request that waits. `date` is a moment in words. */
export const requestDueWord = (date: string, overdue: boolean): string =>
	overdue ? m.request_due_over({ date }) : m.request_due({ date });

/** When a request ended. `date` is a moment in words. */
export const requestEndWord = (state: RequestState, date: string): string =>
	state === 'withdrawn' ? m.request_withdrawn({ date }) : m.request_decided({ date });

export const requestStateWord = wordOf<RequestState>({
	confirming: m.request_state_confirming,
	open: m.request_state_open,
	granted: m.request_state_granted,
	refused: m.request_state_refused,
	withdrawn: m.request_state_withdrawn
});

export const requestLooks: Record<RequestState, Look> = {
	confirming: { tone: 'warn', shape: 'clock' },
	open: { tone: 'info', shape: 'clock' },
	granted: { tone: 'good', shape: 'check' },
	refused: { tone: 'neutral', shape: 'cross' },
	withdrawn: { tone: 'neutral', shape: 'turn' }
};

export const requestWayWord = wordOf<RequestWay>({
	tracking: m.request_via_tracking,
	counter: m.common_group_counter,
	account: m.request_via_account
});

export const personCheckWord = wordOf<PersonCheck>({
	identity_card: m.request_check_identity_card,
	receipt: m.request_check_receipt,
	known_contact: m.request_check_known_contact,
	authority: m.request_check_authority
});

const FIELDS: Record<string, () => string> = {
	name: m.request_field_name,
	title: m.common_title,
	body: m.common_report_text,
	requestedSolution: m.citizen_case_solution,
	incidentOn: m.request_field_incident_on
};

/** Lines of a timeline entry about a request: what was asked, the outcome with its ground, and corrected fields. */
export function requestEntryLines(data: Record<string, unknown>): string[] {
	const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
	const changes = (Array.isArray(data.changes) ? data.changes : []) as Record<'field' | 'before' | 'after', string>[];
	const sent = Array.isArray(data.sent) && data.sent.length > 0 ? data.sent.join(', ') : undefined;
	const kind = text(data.kind) as RequestKind | undefined;
	const lines = [
		text(data.number) && kind
			? m.request_entry({ number: String(data.number), kind: requestKindWord(kind) })
			: undefined,
		text(data.outcome) ? requestStateWord(data.outcome as RequestState) : undefined,
		text(data.ground) ? m.request_ground_is({ ground: String(data.ground) }) : undefined,
		text(data.reason) ? m.common_reason_is({ reason: String(data.reason) }) : undefined,
		data.single_signature === true ? m.request_entry_alone() : undefined,
		sent ? m.request_entry_sent({ ids: sent }) : undefined,
		...changes.map(({ field, before, after }) => {
			const name = FIELDS[field]?.() ?? field;
			const shown = (value: string) => (isLocalDate(value) ? formatShortDay(value) : value);
			return after
				? m.request_entry_change({ field: name, before: before ? shown(before) : '–', after: shown(after) })
				: m.request_entry_changed({ field: name });
		})
	];
	return lines.filter((line) => line !== undefined);
}
