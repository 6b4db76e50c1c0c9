import { m } from '#lib/paraglide/messages.js';

/** Search words of each settings page besides its visible texts, by address. */
const words: Record<string, () => string> = {
	'/admin/mulai': m.admin_find_setup,
	'/admin/units': m.admin_find_units,
	'/admin/officers': m.admin_find_officers,
	'/admin/services': m.admin_find_services,
	'/admin/links': m.admin_find_links,
	'/admin/places': m.admin_find_places,
	'/admin/people': m.admin_find_people,
	'/admin/routing': m.admin_find_routing,
	'/admin/calendar': m.admin_find_calendar,
	'/admin/deadlines': m.admin_find_deadlines,
	'/admin/templates': m.admin_find_templates,
	'/admin/skm': m.admin_find_skm,
	'/admin/privacy': m.admin_find_privacy,
	'/admin/lapor': m.admin_find_lapor,
	'/admin/channels': m.admin_find_channels,
	'/admin/mail': m.admin_find_mail,
	'/admin/tokens': m.admin_find_tokens,
	'/admin/backup': m.admin_find_backup,
	'/admin/health': m.admin_find_health,
	'/admin/log': m.admin_find_log
};

/**
 * Whether a settings page has every word of the search, in its texts on the page or in its other words. An empty search
 * matches every page. A word of two
 * letters must be there as a whole word, because nearly every page has it inside another one.
 */
export function matchesSettings(search: string, href: string, texts: readonly (string | undefined)[]): boolean {
	const text = [...texts, words[href]?.()].join(' ').toLowerCase();
	return search
		.toLowerCase()
		.split(/\s+/)
		.filter(Boolean)
		.every((word) => (word.length > 2 ? text.includes(word) : text.split(/[^\p{L}\d]+/u).includes(word)));
}
