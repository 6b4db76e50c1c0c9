import { formatDateTime, formatDay, type DateLocale } from '#lib/calendar/format.ts';
import type { ClockName } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import type { ListedNotice } from '#lib/server/channels/notice-list.ts';
import { accessStateWord, accessTitle } from '#lib/words/access.ts';
import { clockWord } from '#lib/words/clock.ts';
import { keyWord } from '#lib/words/period.ts';
import type { Look } from '#lib/ui/content/shapes.ts';

type Kind = ListedNotice['kind'];
type Data = ListedNotice['data'];
interface Telling {
	look: Look;
	title: (data: Data) => string;
}

const clock = (data: Data) => ({ clock: clockWord(data.clock as ClockName, 'staff') });
const recap = (data: Data) => ({ period: keyWord(String(data.period), getLocale()) });
const byDraft = (answer: () => string, archive: () => string) => (data: Data) =>
	data.draft === 'archive' ? archive() : answer();

const tellings: Record<Kind, Telling> = {
	clock_warning: { look: { tone: 'warn', shape: 'clock' }, title: (data) => m.notices_clock_warning(clock(data)) },
	clock_alert: { look: { tone: 'warn', shape: 'bang' }, title: (data) => m.notices_clock_alert(clock(data)) },
	clock_overdue: { look: { tone: 'danger', shape: 'stop' }, title: (data) => m.notices_clock_overdue(clock(data)) },
	assigned: { look: { tone: 'info', shape: 'person' }, title: () => m.notices_assigned() },
	mentioned: {
		look: { tone: 'info', shape: 'speech' },
		title: ({ by }) => (typeof by === 'string' ? m.notices_mentioned_by({ name: by }) : m.notices_mentioned())
	},
	approval_wanted: {
		look: { tone: 'info', shape: 'check' },
		title: byDraft(m.notices_approval_wanted_answer, m.notices_approval_wanted_archive)
	},
	approval_passed_up: {
		look: { tone: 'warn', shape: 'check' },
		title: byDraft(m.notices_approval_passed_up_answer, m.notices_approval_passed_up_archive)
	},
	sent_back: {
		look: { tone: 'warn', shape: 'bang' },
		title: byDraft(m.notices_sent_back_answer, m.notices_sent_back_archive)
	},
	message: { look: { tone: 'info', shape: 'speech' }, title: () => m.notices_message() },
	info_given: { look: { tone: 'info', shape: 'reply' }, title: () => m.notices_info_given() },
	disputed: { look: { tone: 'warn', shape: 'turn' }, title: () => m.notices_disputed() },
	objected: { look: { tone: 'warn', shape: 'bang' }, title: () => m.notices_objected() },
	clarification_asked: { look: { tone: 'warn', shape: 'question' }, title: () => m.notices_clarification_asked() },
	clarification_given: { look: { tone: 'info', shape: 'reply' }, title: () => m.notices_clarification_given() },
	decree_missing: {
		look: { tone: 'warn', shape: 'bang' },
		title: (data) => m.notices_decree_missing({ year: Number(data.year) })
	},
	case_unattended: { look: { tone: 'danger', shape: 'stop' }, title: () => m.notices_case_unattended() },
	access_asked: {
		look: { tone: 'warn', shape: 'person' },
		title: ({ name }) => m.access_notice_asked({ name: String(name) })
	},
	access_ended: {
		look: { tone: 'info', shape: 'person' },
		title: (data) =>
			m.access_notice_ended({
				name: String(data.name),
				what: accessTitle(data as Parameters<typeof accessTitle>[0]),
				state: accessStateWord(data.state as Parameters<typeof accessStateWord>[0]).toLocaleLowerCase(getLocale())
			})
	},
	access_closed: {
		look: { tone: 'warn', shape: 'person' },
		title: ({ name }) => m.access_notice_closed({ name: String(name) })
	},
	recap_due: { look: { tone: 'warn', shape: 'clock' }, title: (data) => m.notices_recap_due(recap(data)) },
	recap_overdue: { look: { tone: 'danger', shape: 'stop' }, title: (data) => m.notices_recap_overdue(recap(data)) }
};
/** A kind that a newer version of the program wrote. */
const OTHER: Telling = { look: { tone: 'neutral', shape: 'info' }, title: () => m.notices_other() };

const tellingOf = (kind: Kind): Telling => tellings[kind] ?? OTHER;

export const noticeLook = ({ kind }: Pick<ListedNotice, 'kind'>): Look => tellingOf(kind).look;
export const noticeTitle = ({ kind, data }: Pick<ListedNotice, 'kind' | 'data'>): string => tellingOf(kind).title(data);

/** Second line of a notice: the deadline or the next step. */
export function noticeDetail({ kind, data }: ListedNotice, zone: string, lang: DateLocale): string | undefined {
	if (kind === 'decree_missing') return m.notices_decree_missing_text();
	if (kind === 'case_unattended') return m.notices_case_unattended_text({ unit: String(data.unit) });
	if (kind === 'access_asked' || kind === 'access_closed') {
		const what = accessTitle(data as Parameters<typeof accessTitle>[0]);
		return typeof data.by === 'string' ? m.access_notice_by({ what, by: data.by }) : what;
	}
	if (typeof data.due_on === 'string')
		return m.notices_recap_text({ unit: String(data.name), date: formatDay(data.due_on, lang) });
	if (typeof data.due_at !== 'string') return undefined;
	return m.clock_due_on({ date: formatDateTime(new Date(data.due_at), zone, lang) });
}
