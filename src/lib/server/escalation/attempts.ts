import { desc, eq } from 'drizzle-orm';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { escalationAttempts } from '#lib/server/db/schema/escalations.ts';
import type { Reason } from '#lib/server/escalation/reason.ts';

export type AttemptStep = 'upload' | 'create' | 'lookup' | 'followup' | 'detail' | 'followups';
export type AttemptRow = typeof escalationAttempts.$inferSelect;

/** Writes down one call: when, how it ended, what came back. Kept whatever becomes of the row. */
export async function recordAttempt(
	on: Database | Tx,
	of: { id: string; fence: number },
	call: {
		step: AttemptStep;
		startedAt: Date;
		durationMs?: number;
		outcome: string;
		httpStatus?: number | undefined;
		reason?: Reason | undefined;
		laporId?: string | undefined;
	}
): Promise<void> {
	await on.insert(escalationAttempts).values({
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
	});
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
