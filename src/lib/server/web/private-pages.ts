import { isStaffRoute, within } from './gate.ts';

/** Routes of citizens and of signing in whose pages show a secret, a report or what somebody thinks of an officer. */
const PRIVATE_ROUTES = [
	'/(citizen)/terima',
	'/(citizen)/lacak',
	'/(citizen)/nilai/[token]',
	'/(citizen)/[unit]/nilai/terima-kasih',
	'/(citizen)/surel/[token]',
	'/(citizen)/kiosk/[token]',
	'/(citizen)/kiosk/keluar',
	'/(door)'
];

/** Whether no browser may keep a route's pages, nor show one again by Back without asking the site. */
export const isPrivateRoute = (route: string | null): boolean =>
	isStaffRoute(route) || PRIVATE_ROUTES.some((routes) => within(route, routes));
