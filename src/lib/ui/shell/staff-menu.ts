import { m } from '#lib/paraglide/messages.js';
import type { Area, Link, MenuPage } from './staff-areas.ts';

/** What the menu of a signed-in person depends on. The pages check access themselves. */
interface StaffMember {
	units: Record<'handler' | 'supervisor' | 'manager' | 'admin', readonly string[]>;
	officerId: string | null;
	/**
	 * Pages that the person's offices use. `installation`: the person administers the whole installation. `integrity`: the
	 * person may verify the log.
	 */
	inUse: Record<'guestBook' | 'inbound' | 'incoming' | 'survey' | 'installation' | 'integrity', boolean>;
	/** Number of incoming messages that wait for a decision. */
	waitingMessages?: number;
}

const page = (href: string, label: string): MenuPage => ({ href, label, tabs: [] });

/** Groups pages into one entry with tabs. One page becomes a plain entry; none gives no entry. */
function group(label: string, ...listed: (Link | false)[]): MenuPage[] {
	const tabs = listed.filter((one) => one !== false);
	const [first] = tabs;
	return first ? [tabs.length > 1 ? { href: first.href, label, tabs } : { ...first, tabs: [] }] : [];
}

/**
 * Areas for a person's roles, most used first. Everyone has `/me`, their own account. The server calls this: the words of
 * all entries are in the page anyway.
 */
export function areasOf(person: StaffMember): Area[] {
	const { units, officerId, inUse } = person;
	const has = (role: keyof StaffMember['units']) => units[role].length > 0;
	const [handles, supervises, manages, administers] = [has('handler'), has('supervisor'), has('manager'), has('admin')];
	const areas: Area[] = [];
	const recaps = page('/insight/recap', m.recap_page());
	const board = page('/insight/cases', m.board_title());
	if (handles || supervises)
		areas.push({
			href: '/desk',
			label: m.term_cases(),
			icon: 'desk',
			pages: [
				page('/desk', m.common_page_inbox()),
				...group(
					m.incoming_page(),
					inUse.incoming && page('/desk/messages', m.incoming_page()),
					page('/desk/new', m.common_page_new_case())
				).map((entry) => ({ ...entry, waiting: inUse.incoming ? person.waitingMessages : undefined })),
				...group(
					supervises ? m.desk_approvals_mine() : m.common_page_approvals(),
					page('/desk/approvals', supervises ? m.desk_approvals_mine() : m.common_page_approvals()),
					supervises && page('/me/access', m.access_page())
				),
				...group(
					m.term_lapor(),
					page('/desk/escalations', m.common_page_escalations()),
					page('/desk/unrecorded', m.unrecorded_page()),
					inUse.inbound && page('/desk/inbound', m.inbound_page())
				),
				...group(
					m.common_group_counter(),
					inUse.guestBook && page('/desk/visits', m.visits_title()),
					page('/desk/roster', m.roster_page())
				),
				...group(
					m.common_group_lists(),
					// Pages of other areas are listed here for people without the role for that area.
					!manages && board,
					supervises && !manages && recaps,
					page('/desk/register', m.recap_register()),
					page('/desk/exports', m.exports_page()),
					page('/desk/digest', m.desk_digest()),
					!administers &&
						(supervises ? page('/admin/privacy', m.request_area()) : page('/admin/privacy/requests', m.request_page())),
					supervises && !administers && page('/admin/templates', m.answering_templates()),
					inUse.integrity && !administers && page('/admin/log/integrity', m.audit_integrity())
				)
			]
		});
	if (manages)
		areas.push({
			href: '/insight',
			label: m.common_area_insight(),
			icon: 'insight',
			pages: [
				page('/insight', m.overview_title()),
				...group(
					m.insight_group_ratings(),
					page('/insight/officers', m.insight_page_officers()),
					page('/insight/units', m.common_page_units()),
					page('/insight/ratings', m.insight_page_ratings()),
					page('/insight/review', m.review_page()),
					page('/insight/method', m.insight_page_method())
				),
				board,
				...group('', inUse.survey && page('/insight/skm', m.skm_short())),
				recaps
			]
		});
	if (administers)
		areas.push({
			href: '/admin',
			label: m.common_area_admin(),
			icon: 'admin',
			pages: [page('/admin', m.admin_all()), page('/admin/mulai', m.setup_page()), ...settingsOf(person)]
		});
	areas.push({ href: '/me', label: officerId ? m.common_area_me() : m.common_area_account(), icon: 'me', pages: [] });
	return areas;
}

/** The settings in three groups: the office, its rules, and the system. */
const settingsOf = ({ units, inUse: { installation } }: Pick<StaffMember, 'units' | 'inUse'>): MenuPage[] => [
	...group(
		m.admin_group_office(),
		page('/admin/units', m.common_page_units()),
		page('/admin/officers', m.common_page_officers()),
		page('/admin/services', m.common_page_services()),
		page('/admin/links', m.link_page()),
		page('/admin/places', m.common_page_places()),
		page('/admin/people', m.common_page_people()),
		units.supervisor.length === 0 && page('/me/access', m.access_page())
	),
	...group(
		m.admin_group_rules(),
		page('/admin/routing', m.routing_page()),
		page('/admin/calendar', m.common_page_calendar()),
		page('/admin/deadlines', m.common_page_deadlines()),
		page('/admin/templates', m.answering_templates()),
		page('/admin/skm', m.skm_short()),
		installation && page('/admin/ratings', m.insight_page_officers()),
		page('/admin/privacy', m.request_area())
	),
	...group(
		m.admin_group_system(),
		page('/admin/lapor', m.term_lapor()),
		page('/admin/channels', m.channels_page()),
		page('/admin/mail', m.mail_outbox()),
		page('/admin/tokens', m.common_page_tokens()),
		installation && page('/admin/backup', m.backup_page()),
		installation && page('/admin/health', m.health_page()),
		page('/admin/log', m.common_page_log())
	)
];
