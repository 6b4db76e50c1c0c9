import { formatDay } from '#lib/calendar/format.ts';
import type { ContactWay } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { wordOf } from './cases.ts';

interface Message {
	author: 'reporter' | 'staff' | 'lapor';
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
	if (message.author === 'lapor') return m.party_lapor();
	return message.name ?? m.party_office();
}

/** Heading of the action in an answer: `Tindak lanjut yang dilakukan pada …`. */
export const actionLabel = (on: string | null | undefined): string =>
	on ? m.answering_action_done_on({ date: formatDay(on) }) : m.answering_action_done();

export const contactWord = wordOf<ContactWay>({
	whatsapp: m.channel_whatsapp,
	phone: m.channel_phone,
	sms: m.channel_sms,
	email: m.channel_email,
	visit: m.common_in_person,
	letter: m.record_way_letter
});

/** The way and time of a reporter's message that staff recorded. Undefined for other entries. */
export function recordedOf(data: Record<string, unknown> | undefined): { way: string; at: Date } | undefined {
	const recorded = data?.recorded as { by: ContactWay; at: string } | undefined;
	return recorded && { way: contactWord(recorded.by), at: new Date(recorded.at) };
}
