import type { Fault } from '#lib/dev/lapor-sandbox/faults.ts';
import type { StoredReport } from '#lib/dev/lapor-sandbox/records.ts';

/** Ids of an office at LAPOR that the sandbox takes. */
export const LAPOR_IDS = { channel: '13', user: '5218120', institution: '151347', location: '34', category: '436' };

/** The same ids as the fields of the administration's form. */
export const LAPOR_ID_FIELDS = Object.fromEntries(Object.entries(LAPOR_IDS).map(([key, id]) => [`ids.${key}`, id]));

/** LAPOR's own side of a running sandbox: what goes wrong there, what it has stored, what its people do. */
export function sandboxControl(url: () => string) {
	// A connection of its own for each: one that was kept may end in the moment in which it is used again.
	const ask = (path: string, init: RequestInit = {}) =>
		fetch(url() + path, {
			...init,
			headers: { 'content-type': 'application/json', connection: 'close', ...init.headers }
		});
	const post = async (path: string, body: unknown): Promise<void> => {
		const answer = await ask(path, { method: 'POST', body: JSON.stringify(body) });
		if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to ${path}: ${await answer.text()}`);
	};
	return {
		ask,
		post,
		/** Sets the plan of faults for the calls to come; an empty one ends all faults. */
		faults: (plan: unknown = []) => post('/_faults', plan),
		/** The faults of the plan and how often each was served. */
		served: async () => {
			const { faults } = (await (await ask('/_faults')).json()) as { faults: (Fault & { fired: number })[] };
			return faults;
		},
		/** The reports that it has stored, oldest first; if a reference is given, only those that hold it. */
		reports: async (reference?: string) => {
			const query = reference ? `?text=${encodeURIComponent(reference)}` : '';
			return (await (await ask(`/_reports${query}`)).json()) as StoredReport[];
		}
	};
}
