import { AsyncLocalStorage } from 'node:async_hooks';
import type * as Databases from '#lib/server/db/index.ts';
import { createLaporClient, type LaporClient } from '#lib/server/integrations/lapor/client.ts';
import type { Exchange } from '#lib/server/integrations/lapor/types.ts';
import type * as Clients from '#lib/server/escalation/connection/lapor-client.ts';

/** Where a worker's life takes its turn: at its n-th step, or beside one of its calls to LAPOR. */
export type Moment = { step: number } | { call: keyof LaporClient; when: 'before' | 'after' };

/** What becomes of a worker there. One that is frozen goes on later, not knowing that time has passed. */
export interface Fate {
	ends: 'dies' | 'freezes';
	at: Moment;
}

/** One call of a worker, whether the answer came in time, and whether the worker lived to hear it. */
export interface CallMade {
	method: keyof LaporClient;
	args: readonly unknown[];
	timedOut: boolean;
	heard: boolean;
}

interface Life {
	fate: Fate | undefined;
	steps: number;
	dead: boolean;
	/** A paused process pauses all its running work. */
	frozen: boolean;
	calls: CallMade[];
	freeze: (at: string) => Promise<void>;
}

export class DeathOfWorker extends Error {}

const life = new AsyncLocalStorage<Life>();

const isAt = (moment: Moment, steps: number, call?: { call: string; when: string }): boolean =>
	'step' in moment ? moment.step === steps : moment.call === call?.call && moment.when === call.when;

/** Undefined: the worker goes on. */
function turn(call?: { call: string; when: string }): { dies: true } | { freezes: Life } | undefined {
	const own = life.getStore();
	if (!own) return undefined;
	if (own.dead) return { dies: true };
	own.steps += 1;
	if (!own.fate || !isAt(own.fate.at, own.steps, call)) return undefined;
	const { ends } = own.fate;
	own.fate = undefined;
	if (ends === 'freezes') return { freezes: own };
	own.dead = true;
	return { dies: true };
}

function stepNow(label: string, call?: { call: string; when: string }): void {
	const taken = turn(call);
	// Nothing can be waited for here; the fate is met at the next transaction or answer.
	if (taken && 'freezes' in taken) taken.freezes.fate = { ends: 'freezes', at: { step: taken.freezes.steps + 1 } };
	if (taken && 'dies' in taken) throw new DeathOfWorker(label);
}

async function stepOrWait(label: string, call?: { call: string; when: string }): Promise<void> {
	const own = life.getStore();
	if (own?.frozen) await own.freeze(label);
	const taken = turn(call);
	if (!taken) return;
	if ('dies' in taken) throw new DeathOfWorker(label);
	await taken.freezes.freeze(label);
}

/** The database as a mortal worker reaches it: before each statement and around each transaction it may be its last. */
export function mortalDatabase(real: typeof Databases): typeof Databases {
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

/** The client as a mortal worker holds it. */
export function mortalClient(real: typeof Clients): typeof Clients {
	return {
		...real,
		laporClient: () => {
			const settings = real.laporSettings();
			if (!settings) return undefined;
			const key = JSON.stringify(settings);
			if (made?.key !== key) {
				void made?.client.close();
				made = { key, client: mortal(createLaporClient({ ...settings, callMs: CALL_MS })) };
			}
			return made.client;
		}
	};
}

/** The calls beside which a worker may meet its fate. */
export const ESCALATION_CALLS = [
	'uploadFiles',
	'createComplaint',
	'complaintDetail',
	'followups',
	'addFollowup',
	'lookup'
] as const satisfies readonly (keyof LaporClient)[];

/** Between the last look at its lease and the call a worker may die; that it stands still there, nobody can prevent. */
const ACTS_ONCE: readonly string[] = ['createComplaint', 'addFollowup'];

async function beforeCall(method: keyof LaporClient): Promise<void> {
	const call = { call: method, when: 'before' };
	if (ACTS_ONCE.includes(method)) stepNow(`before ${method}`, call);
	else await stepOrWait(`before ${method}`, call);
}

function mortal(client: LaporClient): LaporClient {
	return new Proxy(client, {
		get: (target, method: keyof LaporClient) => {
			const call = target[method] as (...args: unknown[]) => Promise<Exchange>;
			if (method === 'close') return call;
			return async (...args: unknown[]) => {
				await beforeCall(method);
				const own = life.getStore();
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
	| { ended: 'died'; at: string }
	| { ended: 'frozen'; at: string; thaw: () => Promise<'done' | 'died'> };

/** Lives a worker's life for one job: to its end, its death, or the moment where it stands still. */
export async function liveAs(
	{ fate, calls }: { fate: Fate | undefined; calls: CallMade[] },
	work: () => Promise<void>
): Promise<Ended> {
	let freezes: (at: string) => void = () => {};
	const frozen = new Promise<string>((resolve) => (freezes = resolve));
	let thaw: () => void = () => {};
	const thawed = new Promise<void>((resolve) => (thaw = resolve));
	const own: Life = {
		fate,
		steps: 0,
		dead: false,
		frozen: false,
		calls,
		freeze: (at) => {
			own.frozen = true;
			freezes(at);
			return thawed;
		}
	};
	const lived = life.run(own, work).then(
		() => ({ ended: 'done' as const }),
		(error: unknown) => {
			if (error instanceof DeathOfWorker) return { ended: 'died' as const, at: error.message };
			throw error;
		}
	);
	const first = await Promise.race([lived, frozen]);
	if (typeof first !== 'string') return first;
	return {
		ended: 'frozen',
		at: first,
		thaw: async () => {
			own.frozen = false;
			thaw();
			return (await lived).ended;
		}
	};
}
