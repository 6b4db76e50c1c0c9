import type { ContactWay } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';

const words: Record<ContactWay, () => string> = {
	whatsapp: m.channel_whatsapp,
	phone: m.channel_phone,
	sms: m.channel_sms,
	email: m.channel_email,
	visit: m.desk_contact_visit,
	letter: m.record_way_letter
};

/** The name of a way of speaking outside the site. */
export const contactWord = (way: ContactWay) => words[way]();

/** What an entry says of being written down by staff: by which way the reporter spoke, and when. */
export interface Recorded {
	way: string;
	at: Date;
}

/** Undefined for an entry that nobody wrote down for the reporter. */
export function recordedOf(data: Record<string, unknown> | undefined): Recorded | undefined {
	const recorded = data?.recorded as { by: ContactWay; at: string } | undefined;
	return recorded && { way: contactWord(recorded.by), at: new Date(recorded.at) };
}
