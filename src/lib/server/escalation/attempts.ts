import { desc, eq } from 'drizzle-orm';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { escalationAttempts } from '#lib/server/db/schema/escalations.ts';
import { countAttempt } from '#lib/server/metrics.ts';
import type { Reason } from './reason.ts';

export type AttemptStep = 'upload' | 'create' | 'lookup' | 'followup' | 'detail' | 'followups';
export type AttemptRow = typeof escalationAttempts.$inferSelect;

/** One call: time, outcome and answer. */
export interface Attempt {
	step: AttemptStep;
	startedAt: Date;
	durationMs?: number;
	outcome: string;
	httpStatus?: number | undefined;
	reason?: Reason | undefined;
	laporId?: string | undefined;
}

type Of = { id: string; fence: number };

/** Records one call. Stays stored whatever happens to the row. */
export async function recordAttempt(on: Database | Tx, of: Of, call: Attempt): Promise<void> {
	await recordAttempts(on, [{ of, call }]);
}

/** Records several calls. */
export async function recordAttempts(on: Database | Tx, calls: readonly { of: Of; call: Attempt }[]): Promise<void> {
	if (calls.length === 0) return;
	await on.insert(escalationAttempts).values(
		calls.map(({ of, call }) => ({
			escalationId: of.id,
			fence: of.fence,
			step: call.step,
			startedAt: call.startedAt,
			durationMs: call.durationMs ?? null,
			outcome: call.outcome,
			httpStatus: call.httpStatus ?? call.reason?.status ?? null,
			reasonCode: call.reason?.code ?? null,
			excerpt: call.reason?.excerpt ?? null,
			laporId: call.laporId ?? null
		}))
	);
	for (const { call } of calls)
		if (call.durationMs !== undefined) countAttempt(call.step, call.outcome, call.durationMs);
}

const SHOWN = 100;

/** The calls made for a row, newest first. */
export async function attemptsOf(escalationId: string): Promise<AttemptRow[]> {
	return db()
		.select()
		.from(escalationAttempts)
		.where(eq(escalationAttempts.escalationId, escalationId))
		.orderBy(desc(escalationAttempts.id))
		.limit(SHOWN);
}
