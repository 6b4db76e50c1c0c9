import { readFileSync } from 'node:fs';
import { signIn } from '../../scripts/site/client.ts';
import type { DemoSite } from '../../scripts/demo-site.ts';
import type { SeededDemo } from './demo-copy.ts';

/** A running demo: its addresses, accounts, and the demo reports whose codes are known. */
export type Running = Pick<DemoSite, 'origin' | 'sandboxUrl' | 'phonesUrl' | 'accounts' | 'reports'>;

/**
 * The prepared environment of a run: one demo for each worker, and a server whose database `empty` is migrated and has
 * no data.
 */
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

export function account(username: string): Running['accounts'][number] {
	const found = running().accounts.find((one) => one.username === username);
	if (!found) throw new Error(`no demo account ${username}`);
	return found;
}

/** The session cookie of a demo account as `name=value`, by the sign-in form. */
export const sessionOf = (username: string): Promise<string> =>
	signIn(running().origin, username, account(username).password);
