import { AsyncLocalStorage } from 'node:async_hooks';
import type * as Databases from '#lib/server/db/index.ts';
import { createLaporClient, type LaporClient } from '#lib/server/integrations/lapor/client.ts';
import type { Exchange, LaporSettings } from '#lib/server/integrations/lapor/types.ts';
import type * as Clients from '#lib/server/escalation/connection/lapor-client.ts';
import type { Endpoint } from '#lib/dev/lapor-sandbox/faults.ts';
import { sandboxControl } from './sandbox-control.ts';

/** Where a worker is interrupted: at its n-th step, or before or after one of its calls to LAPOR. */
type InterruptionPoint = { step: number } | { call: keyof LaporClient; when: 'before' | 'after' };
type Call = { call: string; when: string };

/** How and where a worker is interrupted. A frozen worker resumes later and does not know that time has passed. */
export interface Interruption {
	how: 'crashes' | 'freezes';
	at: InterruptionPoint;
}

/** One call of a worker: whether it timed out, and whether the worker still ran to read the response. */
export interface CallMade {
	/** Ids of the forwards of the job that made the call. */
	about: readonly string[];
	method: keyof LaporClient;
	args: readonly unknown[];
	timedOut: boolean;
	responseRead: boolean;
}

/** One job that a worker runs. */
interface Run {
	interruption: Interruption | undefined;
	steps: number;
	crashed: boolean;
	/** Whether the worker is frozen, with all its running work. */
	frozen: boolean;
	about: readonly string[];
	calls: CallMade[];
	freeze: (at: string) => Promise<void>;
}

class WorkerCrashed extends Error {}

const runs = new AsyncLocalStorage<Run>();

const isAt = (moment: InterruptionPoint, steps: number, call?: Call): boolean =>
	'step' in moment ? moment.step === steps : moment.call === call?.call && moment.when === call.when;

/** Counts a step of the worker. @returns how the worker is interrupted at this step; undefined if it is not */
function interruptedAt(call?: Call): Interruption['how'] | undefined {
	const run = runs.getStore();
	if (!run) return undefined;
	if (run.crashed) return 'crashes';
	run.steps += 1;
	if (!run.interruption || !isAt(run.interruption.at, run.steps, call)) return undefined;
	const { how } = run.interruption;
	run.interruption = undefined;
	run.crashed = how === 'crashes';
	return how;
}

function stepNow(label: string, call?: Call): void {
	const run = runs.getStore();
	const how = interruptedAt(call);
	if (how === 'crashes') throw new WorkerCrashed(label);
	// This function can't wait, so the worker freezes at its next transaction or response.
	if (how === 'freezes' && run) run.interruption = { how, at: { step: run.steps + 1 } };
}

async function stepOrWait(label: string, call?: Call): Promise<void> {
	const run = runs.getStore();
	if (run?.frozen) await run.freeze(label);
	const how = interruptedAt(call);
	if (how === 'crashes') throw new WorkerCrashed(label);
	if (how === 'freezes') await run?.freeze(label);
}

/** A database module whose callers may be interrupted before each statement, and before and after each transaction. */
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

/**
 * Time limit of a call that LAPOR delays. All others have the limit of the product: on a busy machine a short one would
 * end calls without a fault, and a report could then be unknown at the end, or stored twice.
 */
export const DELAYED_CALL_MS = 200;

let current: { key: string; client: LaporClient } | undefined;

/** A client module whose callers may be interrupted before and after each call to LAPOR. */
export function crashingClient(real: typeof Clients): typeof Clients {
	return {
		...real,
		laporClient: () => {
			const settings = real.connectionSettings();
			if (!settings) return undefined;
			const key = JSON.stringify(settings);
			if (current?.key !== key) {
				void current?.client.close();
				current = { key, client: withInterruptions(settings) };
			}
			return current.client;
		}
	};
}

/** The calls at which a worker may be interrupted. */
export const ESCALATION_CALLS = [
	'uploadFile',
	'createComplaint',
	'complaintDetail',
	'followups',
	'addFollowup',
	'lookup'
] as const satisfies readonly (keyof LaporClient)[];

/**
 * Before these calls a worker may crash but not freeze. After a freeze its lease could be expired, and nothing would stop
 * the call.
 */
const CALLS_WITH_EFFECT: readonly string[] = ['createComplaint', 'addFollowup'];

async function beforeCall(method: keyof LaporClient): Promise<void> {
	const call = { call: method, when: 'before' };
	if (CALLS_WITH_EFFECT.includes(method)) stepNow(`before ${method}`, call);
	else await stepOrWait(`before ${method}`, call);
}

const ENDPOINTS: Readonly<Partial<Record<keyof LaporClient, Endpoint>>> = {
	uploadFile: 'upload',
	createComplaint: 'create',
	complaintDetail: 'detail',
	followups: 'followups',
	addFollowup: 'followup_add',
	lookup: 'search',
	testCall: 'institutions'
};

/** Whether the sandbox will delay the next call of this kind. */
async function isDelayed({ baseUrl }: LaporSettings, method: keyof LaporClient): Promise<boolean> {
	const faults = await sandboxControl(() => new URL(baseUrl).origin).served();
	return faults.some(
		({ kind, left, match }) =>
			(kind === 'slow' || kind === 'late_store') &&
			left !== 0 &&
			(match?.endpoint === undefined || match.endpoint === ENDPOINTS[method])
	);
}

type AnyCall = (...args: unknown[]) => Promise<Exchange>;

function withInterruptions(settings: LaporSettings): LaporClient {
	const patient = createLaporClient(settings);
	const impatient = createLaporClient({ ...settings, callMs: DELAYED_CALL_MS });
	return new Proxy(patient, {
		get: (target, method: keyof LaporClient) => {
			if (method === 'close') return () => Promise.all([patient.close(), impatient.close()]);
			// A promise of the client asks it for `then`.
			if (!(method in target)) return undefined;
			return async (...args: unknown[]) => {
				await beforeCall(method);
				const run = runs.getStore();
				const entry: CallMade = { about: run?.about ?? [], method, args, timedOut: false, responseRead: false };
				run?.calls.push(entry);
				const client = (await isDelayed(settings, method)) ? impatient : patient;
				const seen = await (client[method] as AnyCall)(...args);
				entry.timedOut = seen.error?.code === 'timeout';
				await stepOrWait(`after ${method}`, { call: method, when: 'after' });
				entry.responseRead = true;
				return seen;
			};
		}
	});
}

export type RunEnd =
	| { ended: 'done' }
	| { ended: 'crashed'; at: string }
	| { ended: 'frozen'; at: string; resume: () => Promise<'done' | 'crashed'> };

/** Runs one job until it ends, crashes or freezes. */
export async function runJob(
	{ about, interruption, calls }: Pick<Run, 'about' | 'interruption' | 'calls'>,
	work: () => Promise<void>
): Promise<RunEnd> {
	const frozen = Promise.withResolvers<string>();
	const resumed = Promise.withResolvers<void>();
	const run: Run = {
		about,
		interruption,
		steps: 0,
		crashed: false,
		frozen: false,
		calls,
		freeze: (at) => {
			run.frozen = true;
			frozen.resolve(at);
			return resumed.promise;
		}
	};
	const finished = runs.run(run, work).then(
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
			run.frozen = false;
			resumed.resolve();
			return (await finished).ended;
		}
	};
}
