import { formatDateTime, formatDay } from '#lib/calendar/format.ts';
import type { NotAnsweredReason } from '#lib/cases/linking.ts';
import type { ContactWay, TimelineType } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { wordOf, type Words } from './cases.ts';

interface Message {
	author: 'reporter' | 'staff' | 'lapor' | 'other';
	name: string | null;
	public: boolean;
}

/** Whether a message is by the reporter, by the office, or an internal note. */
export function voice(message: Pick<Message, 'author' | 'public'>): 'reporter' | 'office' | 'note' {
	if (!message.public) return 'note';
	return message.author === 'reporter' ? 'reporter' : 'office';
}

export function speaker(message: Pick<Message, 'author' | 'name'>): string {
	if (message.author === 'reporter') return message.name ? m.record_party({ name: message.name }) : m.party_reporter();
	if (message.author === 'lapor') return m.term_lapor();
	if (message.author === 'other') return m.party_other_address();
	return message.name ?? m.party_office();
}

/** Heading of the action in an answer: `Tindak lanjut yang dilakukan pada …`. */
export const actionLabel = (on: string | null | undefined): string =>
	on ? m.answering_action_done_on({ date: formatDay(on) }) : m.answering_action();

export const contactWord = wordOf<ContactWay>({
	whatsapp: m.channel_whatsapp,
	phone: m.channel_phone,
	sms: m.channel_sms,
	email: m.common_email,
	visit: m.common_in_person,
	letter: m.record_way_letter
});

/** The way and time of a reporter's message that staff recorded. Undefined for other entries. */
export function recordedOf(data: Record<string, unknown> | undefined): { way: string; at: Date } | undefined {
	const recorded = data?.recorded as { by: ContactWay; at: string } | undefined;
	return recorded && { way: contactWord(recorded.by), at: new Date(recorded.at) };
}

/** The way and time of a reporter's message that staff recorded, as a line of text. */
export function recordedLine(
	{ type, data }: { type: TimelineType; data: Record<string, unknown> },
	zone: string
): string | undefined {
	const recorded = recordedOf(data);
	if (!recorded) return undefined;
	const words = { way: recorded.way, date: formatDateTime(recorded.at, zone) };
	return type === 'contact_tried' ? m.record_entry_tried(words) : m.record_entry(words);
}

const holds: Words<NotAnsweredReason> = {
	unverified: m.triage_held_unverified,
	waiting: m.triage_held_waiting,
	apart: m.triage_held_apart,
	personal: m.triage_held_personal,
	named: m.triage_held_named,
	second_person: m.triage_held_second_person,
	final: m.triage_held_final,
	transferred: m.triage_held_transferred,
	main_archived: m.triage_held_main_archived
};

/** Why a linked report did not get the main case's answer, as a sentence. */
export const heldText = (why: NotAnsweredReason) => m.triage_held({ why: holds[why]() });
