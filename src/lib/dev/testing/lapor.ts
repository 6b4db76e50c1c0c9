import { setTimeout as wait } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { now, withClock } from '#lib/server/clock.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { laporCircuits } from '#lib/server/db/schema/lapor.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { deliver } from '#lib/server/escalation/delivery/deliver.ts';
import { escalateCase } from '#lib/server/escalation/forward/forward.ts';
import { forwardingTo, SANDBOX_DEFAULTS, type Sandbox, type SandboxOptions } from '#lib/dev/lapor-sandbox/options.ts';
import { startSandbox } from '#lib/dev/lapor-sandbox/server.ts';
import type { JobName } from '#lib/server/jobs/jobs.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeActor, makeCase, makeUnit } from './factories.ts';
import { phonePhoto } from './photos.ts';
import { LAPOR_IDS, sandboxControl } from './forwarding/sandbox-control.ts';

export type LaporForTest = ReturnType<typeof useLapor>;

/**
 * Starts a sandbox for the tests of a file and sets this process to forward to it. Each test begins without faults.
 *
 * @param clock the time at LAPOR, by default the present time
 */
export function useLapor(options: Partial<SandboxOptions> = {}, clock: () => Date = now) {
	let sandbox: Sandbox | undefined;
	const url = () => sandbox?.url ?? '';
	const control = sandboxControl(url);
	beforeAll(async () => {
		const start = () => startSandbox({ ...SANDBOX_DEFAULTS, file: null, ...options, port: 0 });
		sandbox = await (clock === now ? start() : withClock(clock, start));
	});
	beforeEach(async () => {
		overrideEnv({
			...forwardingTo(url()),
			LAPOR_LOOKUP: false,
			LAPOR_POLL_SECONDS: undefined,
			LAPOR_RETRY_SECONDS: [60, 300, 900, 3600],
			LAPOR_LEASE_SECONDS: 90
		});
		await db().delete(laporCircuits);
		await control.faults();
	});
	afterAll(async () => {
		await sandbox?.close();
	});
	return { url, ...control };
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Waits for the next whole second, because LAPOR's times have whole seconds. */
export const nextSecond = () => wait(1010 - (Date.now() % 1000));

/** Runs `work` with the clock `ms` milliseconds later. */
export const inMs = <T>(ms: number, work: () => Promise<T>): Promise<T> =>
	withClock(() => new Date(Date.now() + ms), work);

/** A photo from a phone, for the files of a case. */
export const photo = async (name = 'a.jpg') => ({ name, type: 'image/jpeg', bytes: await phonePhoto('jpeg') });

/** An office with its ids at LAPOR, and one account that is handler and supervisor. */
export async function makeOffice(ids: Record<string, string> = LAPOR_IDS) {
	const unit = await makeUnit();
	await db().update(units).set({ laporIds: ids }).where(eq(units.id, unit.id));
	const actor = await makeActor([[unit.id, 'handler', 'supervisor']]);
	return { unit: { ...unit, laporIds: ids }, actor };
}

/** Gives each test an office with its ids at LAPOR. */
export function useLaporOffice() {
	const office = {} as Awaited<ReturnType<typeof makeOffice>>;
	beforeEach(async () => void Object.assign(office, await makeOffice()));
	return office;
}

/** A case that may be forwarded. */
export async function verifiedCase(
	{ unit, actor }: { unit: { code: string }; actor: Actor },
	changes: Record<string, unknown> = {},
	opening: Parameters<typeof makeCase>[2] = {}
) {
	const { reference } = await makeCase(unit, changes, opening);
	return verifyCase(actor, reference, { category: 'time', class: 'plain', priority: 'normal', version: 1 });
}

/** A verified case with a forward that waits. */
export async function forwardedCase(
	office: { unit: { code: string }; actor: Actor },
	input: Record<string, unknown> = {},
	changes: Record<string, unknown> = {},
	opening: Parameters<typeof makeCase>[2] = {}
) {
	const row = await verifiedCase(office, changes, opening);
	const escalation = await escalateCase(office.actor, row.reference, {
		purpose: 'record',
		reason: 'Perlu dicatat di SP4N-LAPOR!',
		version: row.version,
		...input
	});
	return { row, escalation };
}

/** A forward that was sent, with functions that change its status or add a follow-up of an institution at LAPOR. */
export async function sentReport(
	lapor: LaporForTest,
	input: Record<string, unknown> = {},
	changes: Record<string, unknown> = {}
) {
	const office = await makeOffice();
	const { escalation } = await forwardedCase(office, input, changes);
	await deliver(escalation.id);
	const { escalation: sent } = await forwardNow(escalation.id);
	const move = (status_name: string, note = '') =>
		lapor.post(`/_reports/${sent.laporId}/status`, { status_name, note });
	const addFollowup = (content: string, more: Record<string, unknown> = {}) =>
		lapor.post(`/_reports/${sent.laporId}/followups`, { content, institution_from: 'BPS Kabupaten Mamuju', ...more });
	return { office, id: sent.id, laporId: sent.laporId ?? '', caseId: sent.caseId, move, addFollowup };
}

/** The present row of a forward, with its case and the types of the case's timeline entries. */
export async function forwardNow(escalationId: string) {
	const [state] = await db()
		.select({ escalation: escalations, row: cases })
		.from(escalations)
		.innerJoin(cases, eq(cases.id, escalations.caseId))
		.where(eq(escalations.id, escalationId));
	if (!state) throw new Error('no escalation');
	const entries = await db().select().from(timeline).where(eq(timeline.caseId, state.row.id)).orderBy(timeline.seq);
	return { ...state, entries, types: entries.map((entry) => entry.type) };
}

/** The number of jobs with that name for a forward, finished or not. */
export async function jobsFor(name: JobName, escalationId: string): Promise<number> {
	const [row] = await rowsOf<{ n: number }>(
		db(),
		sql`select count(*)::int as n from pgboss.job where name = ${name} and data ->> 'escalationId' = ${escalationId}`
	);
	return row?.n ?? 0;
}
