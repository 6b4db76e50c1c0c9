import { asc, desc, eq, sql } from 'drizzle-orm';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { escalationFollowups, escalations } from '#lib/server/db/schema/escalations.ts';
import { laporCircuits, laporStatusNames } from '#lib/server/db/schema/lapor.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { Conflict, Invalid, NotAllowed, NotFound } from '#lib/server/errors.ts';
import type { CaseRow } from '#lib/server/cases/find.ts';
import type { FollowupRow } from '#lib/server/escalation/followups/followups.ts';
import type { EscalationRow } from '#lib/server/escalation/rows.ts';
import type { StoredReport } from '#lib/dev/lapor-sandbox/records.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeActor } from '../factories.ts';
import type { CallMade, RunEnd } from './crashing-worker.ts';
import { makeOffice, type LaporForTest } from '../lapor.ts';

/** The clock of a run, for the office and LAPOR. */
export const clock = { now: new Date() };

export type ForwardBefore = Pick<EscalationRow, 'state' | 'laporId' | 'laporStatus' | 'laporNewsAt' | 'polledAt'>;

/** The state of one run, and what the checks need to know. */
export interface World {
	lapor: LaporForTest;
	office: Awaited<ReturnType<typeof makeOffice>>;
	admin: Actor;
	cases: Pick<CaseRow, 'id' | 'reference'>[];
	/** All steps and outcomes in order, for the message of a failure. */
	log: string[];
	/** How often a person decided "absent", by escalation. */
	absentDecisions: Map<string, number>;
	/** How often a person decided "again", by text of the follow-up. */
	againDecisions: Map<string, number>;
	calls: CallMade[];
	frozen: Extract<RunEnd, { ended: 'frozen' }>[];
	/** Escalations at which a worker crashed or froze. */
	interrupted: Set<string>;
	/** Each forward as it was after the previous step, by its id. */
	before: Map<string, ForwardBefore>;
	/** Earlier responses to a poll. The sandbox can send one again, as a server with outdated data would. */
	stale: Map<string, { detail: string; followups: string }>;
	/** Whether LAPOR may still store a report after the client's time-out. */
	late: boolean;
	/** How many unique texts were made. */
	texts: number;
}

/** A new run: without forwards, jobs and faults. */
export async function newWorld(lapor: LaporForTest): Promise<World> {
	await rowsOf(
		db(),
		sql`truncate escalations, escalation_attempts, escalation_files, escalation_followups,
		escalation_updates restart identity`
	);
	await rowsOf(db(), sql`delete from pgboss.job`);
	await db().delete(laporCircuits);
	await db().delete(laporStatusNames);
	await lapor.post('/_reset', {});
	overrideEnv({ LAPOR_MODE: 'api', LAPOR_LOOKUP: false });
	clock.now = new Date('2026-12-01T02:00:00.400Z');
	const office = await makeOffice();
	return {
		lapor,
		office,
		admin: await makeActor([[office.unit.id, 'admin']]),
		cases: [],
		log: [],
		absentDecisions: new Map(),
		againDecisions: new Map(),
		calls: [],
		frozen: [],
		interrupted: new Set(),
		before: new Map(),
		stale: new Map(),
		late: false,
		texts: 0
	};
}

/** All forwards of the run, ordered by case and number. */
export const allForwards = (): Promise<EscalationRow[]> =>
	db().select().from(escalations).orderBy(asc(escalations.caseId), asc(escalations.nn));

export const caseOf = (world: World, n: number) => world.cases[n % world.cases.length];

/** The newest forward of a case. */
export async function latestForward(world: World, n: number): Promise<EscalationRow | undefined> {
	const found = caseOf(world, n);
	if (!found) return undefined;
	const [row] = await db()
		.select()
		.from(escalations)
		.where(eq(escalations.caseId, found.id))
		.orderBy(desc(escalations.nn))
		.limit(1);
	return row;
}

export const followupsOf = (escalationId: string): Promise<FollowupRow[]> =>
	db()
		.select()
		.from(escalationFollowups)
		.where(eq(escalationFollowups.escalationId, escalationId))
		.orderBy(asc(escalationFollowups.seq));

/** The newest report that LAPOR has of a case, also if the office does not know about it. */
export async function reportOf(world: World, n: number): Promise<StoredReport | undefined> {
	const found = caseOf(world, n);
	return found && (await world.lapor.reports(found.reference)).at(-1);
}

/** A text that is unique in the run. */
export const uniqueText = (world: World, text: string): string => `${text} (${(world.texts += 1)})`;

/** Runs an action of a person. A refusal by the domain is an outcome, not a failure. */
export async function tried(verb: () => Promise<unknown>): Promise<string> {
	try {
		await verb();
		return 'done';
	} catch (error) {
		if (error instanceof Conflict) return `refused: ${error.code}`;
		if (error instanceof Invalid) return `refused: ${error.issues.map(({ code }) => code).join(', ')}`;
		if (error instanceof NotFound || error instanceof NotAllowed) return `refused: ${error.name}`;
		throw error;
	}
}
