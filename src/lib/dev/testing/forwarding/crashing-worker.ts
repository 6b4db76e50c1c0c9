import { AsyncLocalStorage } from 'node:async_hooks';
import type * as Databases from '#lib/server/db/index.ts';
import { createLaporClient, type LaporClient } from '#lib/server/integrations/lapor/client.ts';
import type { Exchange } from '#lib/server/integrations/lapor/types.ts';
import type * as Clients from '#lib/server/escalation/connection/lapor-client.ts';

/** Where a worker is interrupted: at its n-th step, or before or after one of its calls to LAPOR. */
type Moment = { step: number } | { call: keyof LaporClient; when: 'before' | 'after' };
type Call = { call: string; when: string };

/** How a worker is interrupted, and where. A frozen one resumes later and does not know that time has passed. */
export interface Interruption {
	how: 'crashes' | 'freezes';
	at: Moment;
}

/** One call of a worker, whether its answer came in time, and whether the worker was still there to read it. */
export interface CallMade {
	method: keyof LaporClient;
	args: readonly unknown[];
	timedOut: boolean;
	heard: boolean;
}

/** One job as a worker does it. */
interface Run {
	interruption: Interruption | undefined;
	steps: number;
	crashed: boolean;
	/** A paused process pauses all its running work. */
	frozen: boolean;
	calls: CallMade[];
	freeze: (at: string) => Promise<void>;
}

class WorkerCrashed extends Error {}

const runs = new AsyncLocalStorage<Run>();

const isAt = (moment: Moment, steps: number, call?: Call): boolean =>
	'step' in moment ? moment.step === steps : moment.call === call?.call && moment.when === call.when;

/** Counts a step of the worker. @returns how it is interrupted there, if it is */
function interruptedAt(call?: Call): Interruption['how'] | undefined {
	const own = runs.getStore();
	if (!own) return undefined;
	if (own.crashed) return 'crashes';
	own.steps += 1;
	if (!own.interruption || !isAt(own.interruption.at, own.steps, call)) return undefined;
	const { how } = own.interruption;
	own.interruption = undefined;
	own.crashed = how === 'crashes';
	return how;
}

function stepNow(label: string, call?: Call): void {
	const own = runs.getStore();
	const how = interruptedAt(call);
	if (how === 'crashes') throw new WorkerCrashed(label);
	// Nothing can be awaited here: the worker freezes at the next transaction or answer.
	if (how === 'freezes' && own) own.interruption = { how, at: { step: own.steps + 1 } };
}

async function stepOrWait(label: string, call?: Call): Promise<void> {
	const own = runs.getStore();
	if (own?.frozen) await own.freeze(label);
	const how = interruptedAt(call);
	if (how === 'crashes') throw new WorkerCrashed(label);
	if (how === 'freezes') await own?.freeze(label);
}

/** The database of a worker that may be interrupted before each statement and around each transaction. */
export function crashingDatabase(real: typeof Databases): typeof Databases {
	return {
		...real,
		db: () => {
			stepNow('at a statement');
			return real.db();
		},
		transaction: async (work) => {
			await stepOrWait('before a transaction');
			const result = await real.transaction(work);
			await stepOrWait('after a commit');
			return result;
		}
	};
}

/** Short enough that a slow answer is a time-out in a test, long enough for a busy machine. */
export const CALL_MS = 400;

let made: { key: string; client: LaporClient } | undefined;

/** The client of LAPOR of a worker that may be interrupted before and after each call. */
export function crashingClient(real: typeof Clients): typeof Clients {
	return {
		...real,
		laporClient: () => {
			const settings = real.laporSettings();
			if (!settings) return undefined;
			const key = JSON.stringify(settings);
			if (made?.key !== key) {
				void made?.client.close();
				made = { key, client: withInterruptions(createLaporClient({ ...settings, callMs: CALL_MS })) };
			}
			return made.client;
		}
	};
}

/** The calls at which a worker may be interrupted. */
export const ESCALATION_CALLS = [
	'uploadFiles',
	'createComplaint',
	'complaintDetail',
	'followups',
	'addFollowup',
	'lookup'
] as const satisfies readonly (keyof LaporClient)[];

/** Between its last look at the lease and such a call a worker may crash, but not freeze: nothing can prevent harm then. */
const ACTS_ONCE: readonly string[] = ['createComplaint', 'addFollowup'];

async function beforeCall(method: keyof LaporClient): Promise<void> {
	const call = { call: method, when: 'before' };
	if (ACTS_ONCE.includes(method)) stepNow(`before ${method}`, call);
	else await stepOrWait(`before ${method}`, call);
}

function withInterruptions(client: LaporClient): LaporClient {
	return new Proxy(client, {
		get: (target, method: keyof LaporClient) => {
			const call = target[method] as (...args: unknown[]) => Promise<Exchange>;
			if (method === 'close') return call;
			return async (...args: unknown[]) => {
				await beforeCall(method);
				const own = runs.getStore();
				const entry: CallMade = { method, args, timedOut: false, heard: false };
				own?.calls.push(entry);
				const seen = await call(...args);
				entry.timedOut = seen.error?.code === 'timeout';
				await stepOrWait(`after ${method}`, { call: method, when: 'after' });
				entry.heard = true;
				return seen;
			};
		}
	});
}

export type Ended =
	| { ended: 'done' }
	| { ended: 'crashed'; at: string }
	| { ended: 'frozen'; at: string; resume: () => Promise<'done' | 'crashed'> };

/** Does one job of a worker to its end, its crash, or the moment at which it freezes. */
export async function runJob(
	{ interruption, calls }: { interruption: Interruption | undefined; calls: CallMade[] },
	work: () => Promise<void>
): Promise<Ended> {
	const frozen = Promise.withResolvers<string>();
	const resumed = Promise.withResolvers<void>();
	const own: Run = {
		...{ interruption, steps: 0, crashed: false, frozen: false, calls },
		freeze: (at) => {
			own.frozen = true;
			frozen.resolve(at);
			return resumed.promise;
		}
	};
	const finished = runs.run(own, work).then(
		() => ({ ended: 'done' as const }),
		(error: unknown) => {
			if (error instanceof WorkerCrashed) return { ended: 'crashed' as const, at: error.message };
			throw error;
		}
	);
	const first = await Promise.race([finished, frozen.promise]);
	if (typeof first !== 'string') return first;
	return {
		ended: 'frozen',
		at: first,
		resume: async () => {
			own.frozen = false;
			resumed.resolve();
			return (await finished).ended;
		}
	};
}
