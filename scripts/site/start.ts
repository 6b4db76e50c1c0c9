import { freePort } from '#lib/dev/testing/network/free-port.ts';
import { onDatabase } from './database.ts';
import { runPart, startPart, waitFor } from './child-process.ts';

/** The office of every site that scripts and journeys build. */
export const UNIT = '7600';

export type BuiltSite = Awaited<ReturnType<typeof builtSite>>;

/**
 * Prepares a built site: as in production, on its own loopback port, without rate limits and with little logging.
 * `start` starts it.
 */
export async function builtSite(ownSettings: Record<string, string>) {
	const port = ownSettings.PORT ?? String(await freePort());
	const origin = `http://127.0.0.1:${port}`;
	const settings: Record<string, string> = {
		NODE_ENV: 'production',
		APP_KEY: `key of a site for tests ${crypto.randomUUID()}`,
		ORIGIN: origin,
		HOST: '127.0.0.1',
		PORT: port,
		LIMITS: 'off',
		LOG_LEVEL: 'error',
		...ownSettings
	};
	const start = async () => {
		const part = startPart('the site', 'src/server.ts', settings);
		await waitFor(part, `${origin}/readyz`);
		return part;
	};
	// The settings are returned for scripts that use the same database.
	return { origin, settings, start };
}

/**
 * Makes an account, and its office if it is missing, with the command for new installations, and opens the office to the
 * public. @returns the password
 */
export async function createAccount(
	settings: Record<string, string>,
	{ roles = ['admin'], ...rest }: { roles?: string[]; 'unit-slug'?: string } = {}
): Promise<string> {
	const given = { username: 'admin', name: 'Administrator Contoh', unit: UNIT, ...rest };
	const flags = Object.entries(given).flatMap(([flag, value]) => [`--${flag}`, value]);
	const held = roles.flatMap((role) => ['--role', role]);
	const output = await runPart('the account', 'scripts/user-create.ts', settings, [...flags, ...held, '--password']);
	await onDatabase(settings, (ask) => ask(`update units set state = 'open'`));
	return /^password\s+(\S+)$/m.exec(output)?.[1] ?? '';
}
