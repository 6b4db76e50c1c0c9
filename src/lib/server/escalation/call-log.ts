import { and, desc, eq, isNotNull, or, type SQL } from 'drizzle-orm';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { escalationAttempts } from '#lib/server/db/schema/escalations.ts';
import type { Exchange } from '#lib/server/integrations/lapor/types.ts';
import { countAttempt } from '#lib/server/process-metrics.ts';
import type { Reason } from './failure-reason.ts';

type AttemptStep = 'upload' | 'create' | 'lookup' | 'followup' | 'detail' | 'followups';

interface Attempt {
	step: AttemptStep;
	startedAt: Date;
	durationMs?: number;
	outcome: string;
	httpStatus?: number | undefined;
	reason?: Reason | undefined;
	laporId?: string | undefined;
}

/** Records one call. The record is never changed, whatever happens to the row. */
export async function recordAttempt(
	on: Database | Tx,
	of: { id: string; fence: number },
	{ step, startedAt, durationMs, outcome, httpStatus, reason, laporId }: Attempt
): Promise<void> {
	await on.insert(escalationAttempts).values({
		escalationId: of.id,
		fence: of.fence,
		step,
		startedAt,
		durationMs,
		outcome,
		httpStatus: httpStatus ?? reason?.status,
		reasonCode: reason?.code,
		excerpt: reason?.excerpt,
		laporId
	});
	if (durationMs !== undefined) countAttempt(step, outcome, durationMs);
}

/** Records a call from its exchange and its classified outcome. */
export const recordCall = (
	on: Database | Tx,
	of: { id: string; fence: number },
	{ step, startedAt, seen }: { step: AttemptStep; startedAt: Date; seen: Exchange },
	{ kind, reason, laporId }: { kind: string } & Pick<Attempt, 'reason' | 'laporId'>
): Promise<void> => {
	const { durationMs, status: httpStatus } = seen;
	return recordAttempt(on, of, { step, startedAt, outcome: kind, reason, laporId, durationMs, httpStatus });
};

const ATTEMPTS_SHOWN = 100;

const newestAttempts = (on: Database | Tx, escalationId: string, where?: SQL) =>
	on
		.select()
		.from(escalationAttempts)
		.where(and(eq(escalationAttempts.escalationId, escalationId), where))
		.orderBy(desc(escalationAttempts.id))
		.limit(ATTEMPTS_SHOWN);

export const attemptsOf = (escalationId: string) => newestAttempts(db(), escalationId);

/** The creates of a forward, and the calls whose response had a number. Many later look-ups do not hide them. */
export const createsOf = (on: Database | Tx, escalationId: string) =>
	newestAttempts(on, escalationId, or(eq(escalationAttempts.step, 'create'), isNotNull(escalationAttempts.laporId)));
