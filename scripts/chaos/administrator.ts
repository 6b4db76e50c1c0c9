import { signIn, submit } from '../site/client.ts';

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

/** Signs in as the account that `createAccount` makes, by the page's own form. */
export async function signInAdministrator(origin: string, unit: string, password: string): Promise<Administrator> {
	const cookie = await signIn(origin, 'admin', password);
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
