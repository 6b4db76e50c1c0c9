import { m } from '#lib/paraglide/messages.js';

/** Decides which areas a signed-in person sees in the menu. The pages themselves check access. */
export interface StaffMember {
	name: string;
	units: Record<'handler' | 'supervisor' | 'manager' | 'admin', readonly string[]>;
	officerId: string | null;
}

export interface Area {
	href: string;
	label: string;
	icon: 'desk' | 'insight' | 'admin' | 'me';
	/** Pages of the area, listed while the area is open. */
	pages: { href: string; label: string }[];
}

/** Areas for a person's roles, most used first. Everyone has `/me`, the own account. */
export function areasOf({ units, officerId }: StaffMember): Area[] {
	const areas: Area[] = [];
	const recaps = { href: '/insight/rekap', label: m.rekap_page() };
	const board = { href: '/insight/cases', label: m.board_title() };
	const access = { href: '/me/access', label: m.access_page() };
	const templates = { href: '/admin/templates', label: m.answering_templates() };
	const requests = { href: '/admin/privasi/permintaan', label: m.request_page() };
	const privacy = { href: '/admin/privasi', label: m.request_area() };
	if (units.handler.length + units.supervisor.length > 0)
		areas.push({
			href: '/desk',
			label: m.common_area_desk(),
			icon: 'desk',
			pages: [
				{ href: '/desk', label: m.common_page_inbox() },
				{ href: '/desk/new', label: m.common_page_new_case() },
				{ href: '/desk/visits', label: m.visits_title() },
				{ href: '/desk/approvals', label: m.common_page_approvals() },
				...(units.supervisor.length > 0 ? [access] : []),
				{ href: '/desk/escalations', label: m.common_page_escalations() },
				{ href: '/desk/unrecorded', label: m.unrecorded_page() },
				{ href: '/desk/inbound', label: m.inbound_page() },
				{ href: '/desk/roster', label: m.roster_page() },
				{ href: '/desk/digest', label: m.desk_digest() },
				{ href: '/desk/register', label: m.rekap_register() },
				{ href: '/desk/exports', label: m.exports_page() },
				...(units.admin.length === 0 ? [units.supervisor.length > 0 ? privacy : requests] : []),
				// These pages belong to another area; they are listed here for people without the role for that area.
				...(units.manager.length === 0 ? [board] : []),
				...(units.supervisor.length > 0 && units.manager.length === 0 ? [recaps] : []),
				...(units.supervisor.length > 0 && units.admin.length === 0 ? [templates] : [])
			]
		});
	if (units.manager.length > 0)
		areas.push({
			href: '/insight',
			label: m.common_area_insight(),
			icon: 'insight',
			pages: [
				{ href: '/insight', label: m.insight_page_officers() },
				{ href: '/insight/units', label: m.insight_page_units() },
				{ href: '/insight/ratings', label: m.insight_page_ratings() },
				{ href: '/insight/review', label: m.review_page() },
				board,
				{ href: '/insight/skm', label: m.skm_short() },
				recaps,
				{ href: '/insight/method', label: m.insight_page_method() }
			]
		});
	if (units.admin.length > 0)
		areas.push({
			href: '/admin',
			label: m.common_area_admin(),
			icon: 'admin',
			pages: [
				{ href: '/admin/units', label: m.common_page_units() },
				{ href: '/admin/officers', label: m.common_page_officers() },
				{ href: '/admin/services', label: m.common_page_services() },
				{ href: '/admin/places', label: m.common_page_places() },
				{ href: '/admin/people', label: m.common_page_people() },
				...(units.supervisor.length === 0 ? [access] : []),
				{ href: '/admin/routing', label: m.routing_page() },
				{ href: '/admin/calendar', label: m.common_page_calendar() },
				{ href: '/admin/deadlines', label: m.common_page_deadlines() },
				templates,
				{ href: '/admin/lapor', label: m.term_lapor() },
				{ href: '/admin/mail', label: m.letters_outbox() },
				{ href: '/admin/skm', label: m.skm_short() },
				{ href: '/admin/tokens', label: m.common_page_tokens() },
				privacy,
				{ href: '/admin/log', label: m.common_page_log() }
			]
		});
	areas.push({ href: '/me', label: officerId ? m.common_area_me() : m.common_area_account(), icon: 'me', pages: [] });
	return areas;
}

/** Whether `path` is `href` or a page below it. */
export const within = (path: string, href: string): boolean => path === href || path.startsWith(`${href}/`);

/** Whether `path` is in the area: below its address or below one of its listed pages. */
export const covers = (area: Area, path: string): boolean =>
	area.pages.some(({ href }) => href !== area.href && within(path, href)) || within(path, area.href);

/** The listed page that `path` belongs to: the longest matching address. */
export function currentPage(path: string, pages: readonly { href: string }[]): string | undefined {
	return pages
		.map((page) => page.href)
		.filter((href) => within(path, href))
		.sort((a, b) => b.length - a.length)[0];
}
