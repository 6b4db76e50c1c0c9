import { readFileSync } from 'node:fs';

interface Account {
	username: string;
	password: string;
	name: string;
	unit: string;
}

/** The running site of this test run: its addresses, accounts, and the demo reports whose codes are known. */
export interface Running {
	origin: string;
	sandboxUrl: string;
	accounts: Account[];
	reports: { name: string; reference: string; receipt: string }[];
}

let read: Running | undefined;

export function running(): Running {
	const file = process.env.SPATULA_JOURNEYS;
	if (!file) throw new Error('the site of the journeys was not started');
	return (read ??= JSON.parse(readFileSync(file, 'utf8')) as Running);
}

export function account(username: string): Account {
	const found = running().accounts.find((one) => one.username === username);
	if (!found) throw new Error(`no demo account ${username}`);
	return found;
}

/** The session cookie of an account, by the sign-in form. */
export async function sessionOf(username: string): Promise<string> {
	const { origin } = running();
	const { password } = account(username);
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
