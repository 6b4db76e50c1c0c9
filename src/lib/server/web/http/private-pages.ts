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

/** Whether browsers must not store a route's pages or show them again on Back without a request. */
export const isPrivateRoute = (route: string | null): boolean =>
	isStaffRoute(route) || PRIVATE_ROUTES.some((routes) => within(route, routes));
