import { formatDate, formatDay } from '#lib/calendar/format.ts';
import type { NotAnsweredReason } from '#lib/cases/linking.ts';
import type {
	ArchiveReason,
	CaseClass,
	Category,
	Channel,
	ClockName,
	ContactWay,
	Priority,
	TimelineType
} from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { clockWord } from './clock.ts';
import { archiveReasonWord, categoryWord, channelWord, classWord, priorityWord } from './cases.ts';
import { forwardEntryLines } from './forward.ts';
import { requestEntryLines } from './requests.ts';
import { contactWord, heldText, recordedLine } from './conversation.ts';

interface Entry {
	type: TimelineType;
	data: Record<string, unknown>;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);

/** Details below the heading of an entry. Messages are not included, because the conversation shows them. */
export function entryDetail({ type, data }: Entry, zone: string): string | undefined {
	const lines = [
		recordedLine({ type, data }, zone),
		...factsOf({ type, data }, zone),
		data.single_signature === true ? m.term_single_signature() : undefined,
		...refusedWords(data),
		...originalsWords(data)
	];
	return lines.filter((line) => line !== undefined).join('\n') || undefined;
}

/** Names of the changed contact fields, never their values. */
export function changedContact(data: Entry['data']): string {
	const names: Record<string, () => string> = { phone: m.common_phone_number, email: m.common_email };
	return (Array.isArray(data.changed) ? data.changed : []).map((field) => names[String(field)]?.()).join(', ');
}

function factsOf({ type, data }: Entry, zone: string): (string | undefined)[] {
	if (type.startsWith('escalation_')) return forwardEntryLines(type, data);
	switch (type) {
		case 'opened':
			return [
				channelWord(data.channel as Channel),
				text(data.split_from) ? m.case_entry_split_from({ reference: String(data.split_from) }) : undefined
			];
		case 'verified':
		case 'classified':
			return [
				[categoryWord(data.category as Category), classWord(data.class as CaseClass, 'staff')].join(' · '),
				text(data.reason)
			];
		case 'moved':
			return [
				text(data.to) ? m.case_entry_moved({ from: String(data.from), to: String(data.to) }) : undefined,
				text(data.reason)
			];
		case 'split':
			return [text(data.reference)];
		case 'assigned':
			return [text(data.name), ...assignedBy(data)];
		case 'linked':
			return [linkedWord(data), text(data.reason)];
		case 'archived':
			return [
				archiveReasonWord(data.reason as ArchiveReason),
				typeof data.tries === 'number' ? m.record_tries({ count: data.tries }) : undefined,
				text(data.note)
			];
		case 'rated':
			return [m.score_of_five({ score: Number(data.score) }), text(data.comment)];
		case 'disputed':
			return [data.without_words === true ? m.desk_entry_without_words() : undefined];
		case 'contacted':
			return [contactWord(data.by as ContactWay)];
		case 'contact_changed':
			return [changedContact(data)];
		case 'copy_downloaded':
			return [text(data.format)?.toUpperCase()];
		case 'answered':
			return [text(data.transferred_to), data.final === true ? m.desk_entry_final() : undefined];
		case 'info_requested':
			return [data.pauses === false ? m.desk_entry_no_pause() : undefined];
		case 'reopened':
			if (data.reason === 'returned') return [m.case_entry_returned()];
			return [data.reason === 'completed' ? m.desk_entry_completed() : text(data.reason)];
		case 'archive_sent_back':
			return [data.reason === 'reporter_wrote' ? m.desk_draft_reporter_wrote() : text(data.reason)];
		case 'officers_changed':
			return [officersWord(data.action), text(data.reason)];
		case 'info_given':
		case 'message':
			return [
				data.unproven === true ? m.incoming_unproven() : undefined,
				data.other_address === true ? m.party_other_address() : undefined,
				data.quiet === true ? m.incoming_entry_quiet() : undefined
			];
		case 'clock_reminder':
			return [dueOn(data.due_at, zone)];
		case 'clock_warning':
		case 'clock_alert':
		case 'clock_overdue':
			return [clockDue(data.clock, data.due_at, zone)];
		case 'calendar_changed':
			return [datedChange(data.why), ...recounted(data.clocks, zone)];
		case 'data_requested':
		case 'data_decided':
		case 'data_corrected':
		case 'restriction_lifted':
			return requestEntryLines(data);
		default:
			return [text(data.reason)];
	}
}

/** Files that came with a message by e-mail or WhatsApp and were refused. */
export const refusedWords = ({ refused }: Entry['data']): string[] =>
	Array.isArray(refused) ? [m.incoming_refused({ names: refused.map(String).join(', ') })] : [];

/** Hashes of the PDFs as they were sent. Only pictures of their pages are stored. */
export const originalsWords = ({ originals }: Entry['data']): string[] =>
	Array.isArray(originals) ? originals.map((sha256) => m.timeline_original({ sha256: String(sha256) })) : [];

function dueOn(at: unknown, zone: string): string | undefined {
	return typeof at === 'string' ? m.clock_due_on({ date: formatDate(new Date(at), zone) }) : undefined;
}

/** `2026-10-12: Cuti tambahan`, with the day written as a date. */
export const datedChange = (why: unknown): string | undefined =>
	text(why)?.replace(/^\d{4}-\d{2}-\d{2}(?=: )/, (day) => formatDay(day));

/** The former due day, if it is another. */
export function formerDue(was: unknown, date: string, zone: string): string {
	const former = typeof was === 'string' ? formatDate(new Date(was), zone) : date;
	return former === date ? '' : `, ${m.clock_due_before({ date: former })}`;
}

/** `Balasan pertama · Batas waktu Selasa, 1 Desember 2026` */
function clockDue(clock: unknown, at: unknown, zone: string): string {
	const due = dueOn(at, zone);
	return [clockWord(clock as ClockName, 'staff'), ...(due ? [due] : [])].join(' · ');
}

/** The deadlines that a changed calendar moved, each with its new and its former date. */
function recounted(clocks: unknown, zone: string): string[] {
	if (!Array.isArray(clocks)) return [];
	return (clocks as { name: ClockName; due_at: string | null; was?: string }[]).map(
		({ name, due_at, was }) =>
			clockDue(name, due_at, zone) + (due_at ? formerDue(was, formatDate(new Date(due_at), zone), zone) : '')
	);
}

/** The routing rule, deputy and priority of an assignment, if any. */
function assignedBy(data: Entry['data']): (string | undefined)[] {
	const [rule, instead] = [text(data.rule), text(data.deputy_of)];
	const priority = text(data.priority);
	return [
		instead ? m.triage_entry_deputy({ name: instead }) : undefined,
		rule ? m.triage_entry_rule({ rule }) : undefined,
		priority ? m.triage_entry_priority({ priority: priorityWord(priority as Priority) }) : undefined
	];
}

function linkedWord({ action, why }: Entry['data']): string | undefined {
	if (action === 'held') return heldText(why as NotAnsweredReason);
	const words: Record<string, () => string> = {
		linked: m.triage_entry_linked,
		gained: m.triage_entry_gained,
		unlinked: m.triage_entry_unlinked,
		lost: m.triage_entry_lost,
		answered: m.triage_entry_answered
	};
	return words[String(action)]?.();
}

function officersWord(action: unknown): string | undefined {
	const words: Record<string, () => string> = {
		add: m.desk_entry_officer_added,
		confirm: m.desk_entry_officer_confirmed,
		clear: m.desk_entry_officer_cleared,
		remove: m.desk_entry_officer_removal,
		head: m.desk_entry_officer_head
	};
	return words[String(action)]?.();
}
