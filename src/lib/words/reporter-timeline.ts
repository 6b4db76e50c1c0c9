import type { ArchiveReason, CaseClass, Category, ClockName, TimelineType } from '#lib/cases/vocabulary.ts';
import { formatDate, formatDateTime } from '#lib/calendar/format.ts';
import { isAnswerFinal } from '#lib/cases/moves.ts';
import { m } from '#lib/paraglide/messages.js';
import type { RequestState } from '#lib/privacy/requests.ts';
import type { Score } from '#lib/ratings/vocabulary.ts';
import { linkedFiles } from '#lib/text/linked-files.ts';
import { actionLabel, recordedOf } from './conversation.ts';
import { clockWord } from './clock.ts';
import { changedContact, datedChange, formerDue, originalsWords, refusedWords } from './timeline-details.ts';
import { requestDueWord, requestEntryLines, requestStateWord } from './requests.ts';
import { scoreWord } from './rating.ts';
import type { Look } from '#lib/ui/content/status-icons.ts';
import { citizenTimelineWord } from './timeline.ts';
import { archiveReasonWord, categoryWord, classWord } from './cases.ts';

interface Entry {
	seq: number;
	at: Date;
	type: TimelineType;
	actorKind: 'reporter' | 'staff' | 'system' | 'lapor';
	data: Record<string, unknown>;
}

/** A report as its reporter may read it: public entries, messages and files (`reporterView`). */
interface Report<File> {
	entries: readonly Entry[];
	messages: readonly { id: string; body: string }[];
	attachments: readonly File[];
}
interface OfMessage {
	messageId: string | null;
}

interface Reader {
	zone: string;
	/** Time of the previous visit, ISO 8601. Null on the first visit; then no entry is marked as new. */
	since: string | null;
}

/** The case's public timeline as shown to the reporter, latest entry first. */
export function reporterTimeline<File extends OfMessage>(report: Report<File>, reader: Reader) {
	return report.entries.map((entry) => timelineItem(entry, report, reader)).reverse();
}

const LOOKS: Record<string, [Look['shape'], Look['tone']]> = {
	verified: ['check', 'info'],
	message: ['speech', 'info'],
	info_requested: ['question', 'warn'],
	info_given: ['speech', 'neutral'],
	answered: ['reply', 'good'],
	rated: ['star', 'neutral'],
	disputed: ['turn', 'warn'],
	closed: ['check', 'good'],
	archived: ['box', 'neutral'],
	reopened: ['turn', 'info'],
	classified: ['check', 'info'],
	moved: ['arrow', 'info'],
	split: ['turn', 'info'],
	revealed: ['eye', 'warn'],
	contacted: ['person', 'info'],
	contact_tried: ['person', 'info'],
	contact_changed: ['person', 'warn'],
	objected: ['turn', 'warn'],
	objection_declined: ['box', 'neutral'],
	receipt_linked: ['lock', 'info'],
	receipt_renewed: ['lock', 'info'],
	copy_downloaded: ['arrow', 'info'],
	data_requested: ['person', 'neutral'],
	data_decided: ['check', 'info'],
	data_corrected: ['person', 'info'],
	restriction_lifted: ['turn', 'info'],
	calendar_changed: ['clock', 'neutral']
};

function lookOf({ type }: Entry): Look {
	if (type.startsWith('escalation_')) return { shape: 'arrow', tone: 'info' };
	if (type.startsWith('clock_')) return { shape: 'clock', tone: 'warn' };
	const [shape, tone] = LOOKS[type] ?? ['dot', 'neutral'];
	return { shape, tone };
}

const PARTIES: Record<Entry['actorKind'], () => string> = {
	reporter: m.party_reporter_citizen,
	staff: m.party_office,
	system: m.party_system,
	lapor: m.term_lapor
};

/** Entries in which a reporter judges an answer that they have read. */
const JUDGEMENTS: readonly TimelineType[] = ['rated', 'disputed'];

/** One timeline entry as shown to the reporter. */
function timelineItem<File extends OfMessage>(entry: Entry, report: Report<File>, reader: Reader) {
	const byReporter = entry.actorKind === 'reporter';
	const message = report.messages.find(({ id }) => id === entry.data.message);
	const isOpening = entry.type === 'opened';
	return {
		...lookOf(entry),
		seq: entry.seq,
		byReporter,
		title: titleOf(entry, byReporter),
		type: entry.type,
		at: formatDateTime(entry.at, reader.zone),
		datetime: entry.at.toISOString(),
		by: PARTIES[entry.actorKind](),
		// Messages that staff recorded for the reporter are also marked as new, so that the reporter checks them.
		isNew:
			(!byReporter || recordedOf(entry.data) !== undefined) &&
			reader.since !== null &&
			entry.at > new Date(reader.since) &&
			!(
				entry.type === 'answered' &&
				report.entries.some(({ seq, type }) => seq > entry.seq && JUDGEMENTS.includes(type))
			),
		/** Text as a person wrote it. `notes` are lines that the site adds. */
		quote: message?.body ?? text(entry, 'content') ?? commentOf(entry, report) ?? null,
		notes: notesOf(entry, reader),
		files: report.attachments.filter((file) => (isOpening ? file.messageId === null : file.messageId === message?.id)),
		letter: letterOf(entry),
		/** Files stored at SP4N-LAPOR!. */
		links: entry.type === 'escalation_followup' ? linkedFiles(entry.data.attachments) : []
	};
}

/** The words with a score, unless the dispute that the score made has them. */
function commentOf(entry: Entry, { entries, messages }: Report<unknown>): string | undefined {
	const comment = text(entry, 'comment');
	const next = entries.find(({ seq }) => seq > entry.seq);
	const isRepeated =
		next?.type === 'disputed' && messages.some(({ id, body }) => id === next.data.message && body === comment);
	return isRepeated ? undefined : comment;
}

function titleOf(entry: Entry, byReporter: boolean): string {
	if (text(entry, 'transferred_to')) return m.progress_transferred();
	if (entry.data.outcome === 'withdrawn') return m.timeline_data_withdrawn();
	return citizenTimelineWord(entry.type, byReporter);
}

function text(entry: Entry, key: string): string | undefined {
	const value = entry.data[key];
	return typeof value === 'string' && value !== '' ? value : undefined;
}

type EntryNotes = (entry: Entry, reader: Reader) => (string | undefined)[];

const reason: EntryNotes = (entry) => [worded(text(entry, 'reason'), (why) => m.common_reason_is({ reason: why }))];

const category: EntryNotes = (entry) => [
	worded(text(entry, 'category'), (value) => `${m.citizen_case_category()}: ${categoryWord(value as Category)}`)
];

const classified: EntryNotes = (entry, reader) => [
	// The class of an information request repeats its kind.
	entry.data.class === 'information'
		? undefined
		: worded(text(entry, 'class'), (value) =>
				m.citizen_case_class({ class: classWord(value as CaseClass, 'citizen') })
			),
	...reason(entry, reader),
	...movedClocks(entry, reader)
];

/** What a request waits for and until when, while it waits. */
const waitingRequest: EntryNotes = (entry, { zone }) => [
	worded(text(entry, 'due_at'), (at) => {
		const due = requestDueWord(formatDateTime(new Date(at), zone), entry.data.overdue === true);
		return `${requestStateWord(entry.data.state as RequestState)} · ${due}`;
	})
];

/** Lines of an entry in addition to its heading and message, by entry type. */
const NOTES: Record<string, EntryNotes> = {
	verified: (entry, reader) => [...category(entry, reader), ...classified(entry, reader)],
	classified: (entry, reader) => [
		...(entry.data.was_integrity ? category(entry, reader) : []),
		...classified(entry, reader)
	],
	moved: (entry, reader) => [text(entry, 'to'), ...reason(entry, reader)],
	split: (entry) => [text(entry, 'reference')],
	answered: (entry) => [
		worded(text(entry, 'action'), (action) => `${actionLabel(text(entry, 'action_on'))}: ${action}`),
		worded(text(entry, 'transferred_to'), (institution) => m.citizen_case_transferred({ institution })),
		entry.data.final ? m.citizen_case_final() : undefined,
		entry.data.single_signature ? m.citizen_case_single_signature() : undefined
	],
	disputed: (entry) => [isAnswerFinal({ disputes: Number(entry.data.count) }) ? m.citizen_dispute_last() : undefined],
	rated: (entry) => [m.citizen_case_score({ score: scoreWord(Number(entry.data.score) as Score) })],
	archived: (entry) => [
		worded(text(entry, 'reason'), (value) =>
			m.citizen_case_archived({ reason: archiveReasonWord(value as ArchiveReason) })
		),
		typeof entry.data.tries === 'number' ? m.citizen_case_tries({ count: entry.data.tries }) : undefined,
		text(entry, 'note'),
		entry.data.single_signature ? m.citizen_case_single_signature() : undefined
	],
	reopened: (entry, reader) => {
		if (entry.data.reason === 'completed') return [m.citizen_case_completed()];
		return entry.data.reason === 'returned' ? [m.case_entry_returned()] : reason(entry, reader);
	},
	objection_declined: reason,
	revealed: reason,
	contacted: (entry) => [CONTACTS[text(entry, 'by') ?? '']?.()],
	contact_changed: (entry) => [changedContact(entry.data)],
	copy_downloaded: (entry) => [text(entry, 'format')?.toUpperCase()],
	calendar_changed: (entry, reader) => [datedChange(entry.data.why), ...movedClocks(entry, reader)],
	data_requested: (entry, reader) => [...requestEntryLines(entry.data), ...waitingRequest(entry, reader)],
	data_decided: ({ data }) => [
		...requestEntryLines(data),
		Array.isArray(data.sent) && data.sent.length === 0 ? m.request_entry_none_sent() : undefined
	],
	data_corrected: ({ data }) => requestEntryLines(data),
	restriction_lifted: ({ data }) => requestEntryLines(data),
	escalation_sent: (entry) => [
		worded(text(entry, 'lapor_id'), (id) => m.citizen_case_forward_number({ id })),
		text(entry, 'institution'),
		entry.data.corrected ? m.citizen_case_forward_corrected() : undefined
	],
	escalation_inbound: (entry) => [worded(text(entry, 'lapor_id'), (id) => m.inbound_entry_number({ id }))],
	escalation_status: (entry) => [text(entry, 'status_name'), text(entry, 'note')],
	escalation_followup: (entry) => [
		text(entry, 'institution'),
		entry.data.changed ? m.timeline_followup_changed() : undefined
	],
	clock_reminder: (entry, reader) => [
		worded(text(entry, 'due_at'), (at) => m.citizen_case_waits({ date: formatDate(new Date(at), reader.zone) }))
	]
};

/** The letter of an answer: its number and the id of the answer's message; null for other entries. */
function letterOf(entry: Entry) {
	const number = text(entry, 'letter');
	const message = text(entry, 'message');
	return entry.type === 'answered' && number && message ? { number, message } : null;
}

function notesOf(entry: Entry, reader: Reader): string[] {
	const notes = [...(NOTES[entry.type]?.(entry, reader) ?? []), ...recordedNotes(entry, reader)];
	if (entry.data.unproven) notes.push(m.citizen_case_unproven());
	return [...notes.filter((note) => note !== undefined), ...refusedWords(entry.data), ...originalsWords(entry.data)];
}

/** Notes of an entry that staff recorded for the reporter. */
function recordedNotes(entry: Entry, { zone }: Reader): string[] {
	const recorded = recordedOf(entry.data);
	if (!recorded) return [];
	const words = { way: recorded.way, date: formatDateTime(recorded.at, zone) };
	if (entry.type === 'contact_tried') return [m.citizen_case_tried(words)];
	// The recorded text follows this note, so the note ends with a colon. A changed contact has no text.
	const note = entry.type === 'contact_changed' ? m.citizen_case_recorded_change : m.citizen_case_recorded;
	return [m.citizen_case_recorded_wrong(), note(words)];
}

function worded<T>(value: T | undefined, words: (value: T) => string): string | undefined {
	return value === undefined ? undefined : words(value);
}

const CONTACTS: Record<string, () => string> = {
	whatsapp: m.common_by_whatsapp,
	phone: m.citizen_case_contacted_phone,
	email: m.common_by_email,
	sms: m.citizen_case_contacted_sms,
	visit: m.common_in_person,
	letter: m.citizen_case_contacted_letter
};

/** New due days of the clocks that a change of the calendar or of the report's class has moved. */
function movedClocks({ data }: Entry, { zone }: Reader): (string | undefined)[] {
	const moved = (Array.isArray(data.clocks) ? data.clocks : []) as {
		name: ClockName;
		due_at: string | null;
		was?: string;
	}[];
	return moved.map(({ name, due_at, was }) => {
		const date = due_at && formatDate(new Date(due_at), zone);
		if (!date) return undefined;
		return m.citizen_case_due_changed({ clock: clockWord(name, 'citizen'), date }) + formerDue(was, date, zone);
	});
}
