import { readFileSync } from 'node:fs';
import type { SeededDemo } from './demo-copy.ts';

interface Account {
	username: string;
	password: string;
	name: string;
	unit: string;
}

/** A running demo: its addresses, accounts, and the demo reports whose codes are known. */
export interface Running {
	origin: string;
	sandboxUrl: string;
	accounts: Account[];
	reports: { name: string; reference: string; receipt: string }[];
}

/** What stands ready for a run: one demo for each worker, and the server whose database `empty` is migrated and without data. */
export interface Journeys extends SeededDemo {
	sites: Running[];
}

let read: Journeys | undefined;

export function journeys(): Journeys {
	const file = process.env.SPATULA_JOURNEYS;
	if (!file) throw new Error('the sites of the journeys were not started');
	return (read ??= JSON.parse(readFileSync(file, 'utf8')) as Journeys);
}

/** The demo of this worker. */
export function running(): Running {
	const site = journeys().sites[Number(process.env.TEST_PARALLEL_INDEX)];
	if (!site) throw new Error('this worker has no site');
	return site;
}

export function account(username: string): Account {
	const found = running().accounts.find((one) => one.username === username);
	if (!found) throw new Error(`no demo account ${username}`);
	return found;
}

/** The session cookie of a demo account. */
export const sessionOf = (username: string): Promise<string> => sessionAt(running().origin, account(username));

/** The session cookie of an account as `name=value`, by the sign-in form. */
export async function sessionAt(
	origin: string,
	{ username, password }: { username: string; password: string }
): Promise<string> {
	const response = await fetch(`${origin}/login`, {
		method: 'POST',
		redirect: 'manual',
		headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams({ username, password })
	});
	const cookie = response.headers.getSetCookie().find((one) => one.startsWith('sesi='));
	if (response.status !== 303 || !cookie) throw new Error(`${username} could not sign in: ${response.status}`);
	return cookie.split(';')[0] ?? '';
}
