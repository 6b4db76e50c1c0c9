import { runPart } from '../demo/part.ts';
import { signIn, submit } from '../demo/sign-in.ts';

/** Ids that the sandbox takes. */
const LAPOR_IDS = { channel: '13', user: '5218120', institution: '151347', location: '34', category: '436' };

const asFields = (ids: Record<string, string>) =>
	Object.fromEntries(Object.entries(ids).map(([key, id]) => [`ids.${key}`, id]));

/** Somebody who administers the office, at the pages of the site. */
export interface Administrator {
	/** Enters the office's ids at LAPOR. */
	enterIds(origin: string): Promise<void>;
	/** Presses the test call. Its success ends a halt; it may fail. */
	testConnection(origin: string): Promise<void>;
}

const USERNAME = 'admin';

/** The first office and its administrator, by the command that a new installation uses. @returns the password */
export async function makeOffice(unit: string, settings: Record<string, string>): Promise<string> {
	const flags = ['--username', USERNAME, '--name', 'Admin Contoh', '--unit', unit, '--role', 'admin', '--password'];
	const said = await runPart('the first account', 'scripts/user-create.ts', settings, flags);
	const password = /^password\s+(\S+)$/m.exec(said)?.[1];
	if (!password) throw new Error(`no password was made: ${said}`);
	return password;
}

/** Signs in by the page's own form. */
export async function signInAdministrator(origin: string, unit: string, password: string): Promise<Administrator> {
	const cookie = await signIn(origin, USERNAME, password);
	return {
		enterIds: async (at) => {
			const saved = await submit(at, `/admin/lapor/${unit}`, asFields(LAPOR_IDS), cookie);
			if (saved.status !== 303) throw new Error(`the ids were not taken: ${saved.status}`);
		},
		testConnection: async (at) => {
			try {
				const seen = await submit(at, '/admin/lapor?/test', {}, cookie);
				await seen.body?.cancel();
			} catch {
				// The site was just killed: the next look presses again.
			}
		}
	};
}
