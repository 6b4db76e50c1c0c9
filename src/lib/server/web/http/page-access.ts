import { error, redirect, type RequestEvent } from '@sveltejs/kit';
import { ROLES, type Role } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { withoutAction, withQuery } from '#lib/text/with-query.ts';
import { roleWord } from '#lib/words/office.ts';
import { CASE_ROLES } from '#lib/server/people/access/kinds.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { closedOffices } from '#lib/server/people/units/opening.ts';

/**
 * Roles that may open the staff routes. Queries decide which rows they see. The first matching entry decides, so
 * exceptions come before their area:
 * - Every account reads its own notices, even an administrator without a desk. That page opens the event stream, which
 *   sends each account only the cases that it may see.
 * - Supervisors write their offices' answer templates and file periodic reports.
 * - Supervisors can be responsible for personal data, and those of a root unit read the registers.
 * - People who handle cases read the board of cases.
 * - Handlers record data requests at the counter, and a responsible person for personal data may have any role. The
 *   register itself refuses all others.
 * - Supervisors who get the log's fingerprints by e-mail compare them.
 */
const ROLES_BY_ROUTE: readonly (readonly [routes: string, roles: readonly Role[] | 'every account'])[] = [
	['/(staff)/desk/notices', 'every account'],
	['/(staff)/desk/live', 'every account'],
	['/(staff)/desk', CASE_ROLES],
	['/(staff)/insight/recap', ['manager', 'supervisor']],
	['/(staff)/insight/cases', ['manager', ...CASE_ROLES]],
	['/(staff)/insight', ['manager']],
	['/(staff)/admin/templates', ['admin', 'supervisor']],
	['/(staff)/admin/privacy/requests', 'every account'],
	['/(staff)/admin/log/integrity', ['admin', 'supervisor']],
	['/(staff)/admin/privacy', ['admin', 'supervisor']],
	['/(staff)/admin', ['admin']],
	['/(staff)/me', 'every account']
];

/** The only staff page for people who must have a second factor and have none yet. */
const ENROLMENT = '/(staff)/me/security';

/** Whether a route is one of `routes` or below one. */
const within = (route: string | null, routes: string): boolean => route === routes || !!route?.startsWith(`${routes}/`);

/** Whether a route is for staff who have signed in. */
const isStaffRoute = (route: string | null): boolean => within(route, '/(staff)');

/**
 * Redirects signed-out visitors to the sign-in page and refuses accounts without the role. Decides by the matched route and
 * never by the address, because one route matches many spellings of its address (`/%61dmin`).
 */
export function guardStaffPages(event: RequestEvent): void {
	const { session } = event.locals;
	if (!isStaffRoute(event.route.id)) {
		// Files of cases are at addresses of citizens' pages.
		if (session?.mustEnrol) event.locals.actor = null;
		return;
	}
	if (session?.mustEnrol && event.route.id !== ENROLMENT) redirect(303, '/me/security#kode');
	const { actor } = event.locals;
	if (!actor) {
		const { method } = event.request;
		const next = method === 'GET' ? event.url.pathname + event.url.search : withoutAction(event.url);
		// A form that arrives after the session has ended is not stored.
		redirect(303, `/login?next=${encodeURIComponent(next)}${method === 'POST' ? '&sesi' : ''}`);
	}
	const roles = ROLES_BY_ROUTE.find(([routes]) => within(event.route.id, routes))?.[1] ?? [];
	if (roles === 'every account' || roles.some((role) => actor.units[role].length > 0)) return;
	// An error of a hook is shown without the menu. So a browser's page is shown by a route of its own.
	if (event.request.method === 'GET' && event.request.headers.get('sec-fetch-dest') === 'document')
		redirect(303, withQuery('/me/refused', { role: roles.join(' ') }));
	error(403, { message: m.error_not_allowed() });
}

/** Refuses with the roles that may open the page. @throws always */
export function refuseForRoles(role: string | null): never {
	const roles = ROLES.filter((one) => role?.split(' ').includes(one)).map(roleWord);
	error(403, {
		message: roles.length > 0 ? m.error_not_allowed_role({ roles: roles.join(', ') }) : m.error_not_allowed()
	});
}

/** The signed-in actor of a staff page, where `guardStaffPages` has already refused everybody else. */
export function signedIn(locals: App.Locals): Actor {
	if (!locals.actor) error(403, { message: m.error_not_allowed() });
	return locals.actor;
}

/**
 * A path of this site in plain characters, as `guardStaffPages` wrote it. Paths with `//` or a backslash, which would
 * name another host, don't match.
 */
const OWN_PATH = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;

/** The page after signing in: the requested page, else the area of the person's first role. */
export function nextPage(requested: string, actor: Actor): string {
	if (OWN_PATH.test(requested) && !/^\/(?:login|logout)\b/.test(requested)) return requested;
	const { units } = actor;
	if (units.handler.length + units.supervisor.length > 0) return '/desk';
	if (units.manager.length > 0) return '/insight';
	if (units.admin.length > 0) return '/admin';
	return '/me';
}

/** As `nextPage`, but leads administrators to the guided path while none of their offices is open. */
export async function landingPage(requested: string, actor: Actor): Promise<string> {
	const { admin } = actor.units;
	const closed = !requested && admin.length > 0 && (await closedOffices(actor)).length === admin.length;
	return nextPage(closed ? '/admin/mulai' : requested, actor);
}

/** Whether a request is for the API, also if no operation matches. */
export const isApiCall = ({ route }: { route: { id: string | null } }): boolean => within(route.id, '/api');

/** Routes of citizens and of sign-in whose pages show a secret, a case or a person's opinion of an officer. */
const PRIVATE_ROUTES = [
	'/(citizen)/terima',
	'/(citizen)/lacak',
	'/(citizen)/nilai/[token]',
	'/(citizen)/[unit]/nilai/terima-kasih',
	'/(citizen)/surel/[token]',
	'/(citizen)/kiosk/[token]',
	'/(citizen)/kiosk/keluar',
	'/(sign-in)'
];

/** Whether browsers must not store a route's pages or show them again on Back without a request. */
export const isPrivateRoute = (route: string | null): boolean =>
	isStaffRoute(route) || PRIVATE_ROUTES.some((routes) => within(route, routes));
