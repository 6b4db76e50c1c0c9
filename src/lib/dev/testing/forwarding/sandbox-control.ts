import type { Fault } from '#lib/dev/lapor-sandbox/faults.ts';
import type { StoredReport } from '#lib/dev/lapor-sandbox/records.ts';

/** Ids of an office at LAPOR that the sandbox accepts. */
export const LAPOR_IDS = { channel: '13', user: '5218120', institution: '151347', location: '34', category: '436' };

/** The same ids as fields of the administration's form. */
export const LAPOR_ID_FIELDS = Object.fromEntries(Object.entries(LAPOR_IDS).map(([key, id]) => [`ids.${key}`, id]));

type ServedFault = Fault & { fired: number; left: number | null };

/** Controls a running sandbox: sets faults, reads stored reports, and makes LAPOR's changes. */
export function sandboxControl(url: () => string) {
	// Each call uses a new connection, because the server may close a reused one at the same moment.
	const ask = (path: string, init: RequestInit = {}) =>
		fetch(url() + path, {
			...init,
			headers: { 'content-type': 'application/json', connection: 'close', ...init.headers }
		});
	const post = async (path: string, body: unknown): Promise<void> => {
		const response = await ask(path, { method: 'POST', body: JSON.stringify(body) });
		if (!response.ok) throw new Error(`the sandbox answered ${response.status} to ${path}: ${await response.text()}`);
	};
	return {
		ask,
		post,
		/** Sets the faults for the next calls; an empty plan ends all faults. */
		faults: (plan: unknown = []) => post('/_faults', plan),
		/** The faults of the plan, with how often each occurred, and will still occur (null: always). */
		served: async () => {
			const { faults } = (await (await ask('/_faults')).json()) as { faults: ServedFault[] };
			return faults;
		},
		/** The stored reports, oldest first. With a reference, only the reports that contain it. */
		reports: async (reference?: string) => {
			const query = reference ? `?text=${encodeURIComponent(reference)}` : '';
			return (await (await ask(`/_reports${query}`)).json()) as StoredReport[];
		}
	};
}
