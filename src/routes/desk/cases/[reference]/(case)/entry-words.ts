import { formatDate, type DateLocale } from '#lib/calendar/format.ts';
import type { ArchiveReason, CaseClass, Category, Channel, TimelineType } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import type { TimelineEntry } from '#lib/server/cases/timeline.ts';
import type { Shape } from '#lib/ui/shapes.ts';
import { archiveReasonWord, categoryWord, channelWord, classWord } from '#lib/ui/words.ts';
import { forwardEntryLines } from '../../../escalations/entry-words.ts';
import { contactWord, type ContactWay } from './contact-words.ts';

type Entry = Pick<TimelineEntry, 'type' | 'data'>;

/** Who did it, or through which door it came. */
export function whoDid(entry: Pick<TimelineEntry, 'actorKind' | 'actorName'>): string {
	if (entry.actorKind === 'staff') return entry.actorName ?? m.party_office();
	return { reporter: m.party_reporter, system: m.party_system, lapor: m.party_lapor }[entry.actorKind]();
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);

/** What goes with the heading of an entry; what was said stands in the conversation and is not repeated. */
export function entryDetail({ type, data }: Entry, zone: string, lang: DateLocale): string | undefined {
	const lines = [
		...factsOf({ type, data }, zone, lang),
		data.single_signature === true ? m.term_single_signature() : undefined
	];
	return lines.filter((line) => line !== undefined).join('\n') || undefined;
}

function factsOf({ type, data }: Entry, zone: string, lang: DateLocale): (string | undefined)[] {
	if (type.startsWith('escalation_')) return forwardEntryLines(type, data);
	switch (type) {
		case 'opened':
			return [channelWord(data.channel as Channel)];
		case 'verified':
			return [
				[categoryWord(data.category as Category), classWord(data.class as CaseClass, 'staff')].join(' · '),
				text(data.reason)
			];
		case 'assigned':
			return [text(data.name)];
		case 'archived':
			return [archiveReasonWord(data.reason as ArchiveReason), text(data.note)];
		case 'rated':
			return [m.score_of_five({ score: Number(data.score) }), text(data.comment)];
		case 'contacted':
			return [contactWord(data.by as ContactWay)];
		case 'answered':
			return [text(data.transferred_to), data.final === true ? m.desk_entry_final() : undefined];
		case 'info_requested':
			return [data.pauses === false ? m.desk_entry_no_pause() : undefined];
		case 'reopened':
			return [data.reason === 'completed' ? m.desk_entry_completed() : text(data.reason)];
		case 'officers_changed':
			return [officersWord(data.action), text(data.reason)];
		case 'clock_reminder':
			return [
				data.due_at ? m.clock_due_on({ date: formatDate(new Date(String(data.due_at)), zone, lang) }) : undefined
			];
		default:
			return [text(data.reason)];
	}
}

function officersWord(action: unknown): string | undefined {
	const words: Record<string, () => string> = {
		add: m.desk_entry_officer_added,
		confirm: m.desk_entry_officer_confirmed,
		clear: m.desk_entry_officer_cleared,
		remove: m.desk_entry_officer_removal
	};
	return words[String(action)]?.();
}

const shapes: Partial<Record<TimelineType, Shape>> = {
	opened: 'ring',
	verified: 'check',
	assigned: 'person',
	message: 'speech',
	note: 'lock',
	info_requested: 'question',
	info_given: 'reply',
	answer_drafted: 'clock',
	answer_sent_back: 'reply',
	answered: 'reply',
	rated: 'star',
	disputed: 'turn',
	closed: 'check',
	archived: 'box',
	reopened: 'turn',
	revealed: 'eye',
	officers_changed: 'person',
	contacted: 'speech',
	objected: 'bang',
	receipt_renewed: 'lock'
};

export function entryShape(type: TimelineType): Shape {
	if (type.startsWith('escalation_')) return 'arrow';
	return type.startsWith('clock_') ? 'clock' : (shapes[type] ?? 'dot');
}
