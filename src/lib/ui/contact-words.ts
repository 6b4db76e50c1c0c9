import { m } from '#lib/paraglide/messages.js';

/** The ways by which a reporter is told something outside the site. */
export const CONTACT_WAYS = ['whatsapp', 'phone', 'sms', 'email', 'visit'] as const;
export type ContactWay = (typeof CONTACT_WAYS)[number];

const words: Record<ContactWay, () => string> = {
	whatsapp: m.channel_whatsapp,
	phone: m.channel_phone,
	sms: m.channel_sms,
	email: m.channel_email,
	visit: m.desk_contact_visit
};

export const contactWord = (way: ContactWay) => words[way]();
