import { join } from 'node:path';
import postgres from 'postgres';
import { freePort } from '#lib/dev/testing/network/free-port.ts';
import { ownServer, type Undo } from '../run-until-signal.ts';
import { builtSite, createAccount } from '../site/start.ts';
import { apiOf } from './api.ts';

export type RestartedSite = Awaited<ReturnType<typeof startRestarted>>;

/**
 * Prepares two sites on a new PostgreSQL server, with an administrator's account. `start` starts them.
 *
 * @param extraSettings settings of the sites besides their database, addresses and keys
 */
export async function prepareTwoSites(extraSettings: Record<string, string>, signal: AbortSignal, undo: Undo) {
	const { folder, url } = await ownServer(undo);
	const sql = postgres(url, { max: 2, onnotice: () => {} });
	undo.push(() => sql.end({ timeout: 5 }));
	// Both addresses are settings of both sites, so they are chosen before either starts.
	const origins: [string, string] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
	const bootstrap = crypto.randomUUID();
	const settings = {
		DATA_DIR: join(folder, 'data'),
		LOG_LEVEL: 'error',
		DATABASE_URL: url,
		APP_KEY: crypto.randomUUID(),
		BOOTSTRAP_TOKEN: bootstrap,
		ORIGIN: origins.join(','),
		...extraSettings
	};
	const password = await createAccount(settings);
	const start = async () => {
		const sites = await Promise.all(origins.map((origin) => startRestarted(origin, settings)));
		undo.push(() => Promise.all(sites.map((site) => site.stop())));
		return sites;
	};
	return { origins, sql, api: apiOf(origins, bootstrap, signal), password, start };
}

async function startRestarted(origin: string, settings: Record<string, string>) {
	const { start } = await builtSite({ ...settings, PORT: new URL(origin).port });
	let part = await start();
	let starting = false;
	const restart = async () => {
		starting = true;
		try {
			await part.kill();
			part = await start();
		} finally {
			starting = false;
		}
	};
	/** Kills the site and starts it again; resolves when it responds. Undefined if it is starting already. */
	const crash = () => (starting ? undefined : restart());
	return { origin, crash, stop: () => part.stop() };
}
