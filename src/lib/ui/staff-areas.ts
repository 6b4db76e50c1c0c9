import { m } from '#lib/paraglide/messages.js';

/** As much of a signed-in person as decides which areas are named; the pages themselves ask the domain. */
export interface StaffMember {
	name: string;
	units: Record<'handler' | 'supervisor' | 'manager' | 'admin', readonly string[]>;
	officerId: string | null;
}

export interface Area {
	href: string;
	label: string;
	icon: 'desk' | 'insight' | 'admin' | 'me';
	/** Pages of the area, shown while it is open. */
	pages: { href: string; label: string }[];
}

/** The areas a person's roles lead to, in the order of daily use. `/me` is everybody's: the own account is there. */
export function areasOf({ units, officerId }: StaffMember): Area[] {
	const areas: Area[] = [];
	if (units.handler.length + units.supervisor.length > 0)
		areas.push({
			href: '/desk',
			label: m.common_area_desk(),
			icon: 'desk',
			pages: [
				{ href: '/desk', label: m.common_page_inbox() },
				{ href: '/desk/new', label: m.common_page_new_case() },
				{ href: '/desk/approvals', label: m.common_page_approvals() },
				{ href: '/desk/escalations', label: m.common_page_escalations() }
			]
		});
	if (units.manager.length > 0)
		areas.push({
			href: '/insight',
			label: m.common_area_insight(),
			icon: 'insight',
			pages: [
				{ href: '/insight', label: m.insight_page_officers() },
				{ href: '/insight/ratings', label: m.insight_page_ratings() },
				{ href: '/insight/cases', label: m.insight_page_cases() },
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
				{ href: '/admin/calendar', label: m.common_page_calendar() },
				{ href: '/admin/deadlines', label: m.common_page_deadlines() },
				{ href: '/admin/lapor', label: m.common_page_lapor() },
				{ href: '/admin/tokens', label: m.common_page_tokens() },
				{ href: '/admin/log', label: m.common_page_log() }
			]
		});
	areas.push({ href: '/me', label: officerId ? m.common_area_me() : m.common_area_account(), icon: 'me', pages: [] });
	return areas;
}

/** Whether `path` lies in the part of the site that starts at `href`. */
export const within = (path: string, href: string): boolean => path === href || path.startsWith(`${href}/`);

/** The page of a list that `path` belongs to: the longest address that leads there. */
export function currentPage(path: string, pages: readonly { href: string }[]): string | undefined {
	return pages
		.map((page) => page.href)
		.filter((href) => within(path, href))
		.sort((a, b) => b.length - a.length)[0];
}
