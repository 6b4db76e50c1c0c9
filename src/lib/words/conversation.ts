import { formatDay } from '#lib/calendar/format.ts';
import type { ContactWay } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { wordOf } from './cases.ts';

interface Said {
	author: 'reporter' | 'staff' | 'lapor';
	name: string | null;
	public: boolean;
}

/** Whether the reporter or the office wrote it, or it is an internal note. */
export function voice(said: Pick<Said, 'author' | 'public'>): 'reporter' | 'office' | 'note' {
	if (!said.public) return 'note';
	return said.author === 'reporter' ? 'reporter' : 'office';
}

export function speaker(said: Pick<Said, 'author' | 'name'>): string {
	if (said.author === 'reporter') return said.name ? m.record_party({ name: said.name }) : m.party_reporter();
	if (said.author === 'lapor') return m.party_lapor();
	return said.name ?? m.party_office();
}

/** `Tindak lanjut yang dilakukan pada …`: the heading of the action that an answer reports. */
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

/** How and when a reporter said what staff wrote down; undefined for other entries. */
export function recordedOf(data: Record<string, unknown> | undefined): { way: string; at: Date } | undefined {
	const recorded = data?.recorded as { by: ContactWay; at: string } | undefined;
	return recorded && { way: contactWord(recorded.by), at: new Date(recorded.at) };
}
