import { formatDay, type DateLocale } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';

/** `Tindak lanjut yang dilakukan pada …`: the heading over what an answer says was done. */
export const actionLabel = (on: string | null | undefined, lang: DateLocale): string =>
	on ? m.answering_action_done_on({ date: formatDay(on, lang) }) : m.answering_action_done();
