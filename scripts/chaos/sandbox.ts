import type { Fault } from '#lib/dev/lapor-sandbox/faults.ts';
import type { StoredReport } from '#lib/dev/lapor-sandbox/records.ts';

/** The sandbox's own side, as its page has it. */
export interface SandboxControl {
	/** The plan in force from now on; an empty one ends all faults. */
	plan(faults: readonly Fault[], seed: number): Promise<void>;
	/** The faults of the plan with how often each was served. */
	served(): Promise<(Fault & { fired: number })[]>;
	/** What it has stored, oldest first; where given, only what carries that reference. */
	reports(reference?: string): Promise<StoredReport[]>;
}

export const tagOf = (reference: string): string => `#${reference.replace(/[^A-Za-z0-9]/g, '')}`;

export function sandboxControl(url: string): SandboxControl {
	const call = async (path: string, body?: unknown): Promise<unknown> => {
		const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
		const answer = await fetch(url + path, { ...init, headers: { 'content-type': 'application/json' } });
		if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to ${path}`);
		return answer.json();
	};
	return {
		plan: async (faults, seed) => void (await call('/_faults', { faults, seed })),
		served: async () => ((await call('/_faults')) as { faults: (Fault & { fired: number })[] }).faults,
		reports: async (reference) =>
			(await call(`/_reports${reference ? `?text=${encodeURIComponent(tagOf(reference))}` : ''}`)) as StoredReport[]
	};
}
