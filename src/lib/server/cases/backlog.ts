import { sql } from 'drizzle-orm';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import { isArrival } from '#lib/recap/figures.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { caseMoves } from '#lib/server/db/schema/recap.ts';
import type { CaseRow } from './find.ts';

type Move = typeof caseMoves.$inferInsert;

/** The state of a case, and its latest move, when a timeline entry was written. */
interface CaseState extends Pick<CaseRow, 'unitId' | 'kind' | 'channel' | 'status'> {
	sealed: boolean;
	openedAt: string;
	latest: Omit<Move, 'id' | 'at' | 'caseId'> | null;
}

/** Column that an insert into the timeline returns. With it `recordBacklog` needs no query of its own. */
export const caseState = sql<CaseState>`(select json_build_object('unitId', c.unit_id, 'kind', c.kind,
	'channel', c.channel, 'sealed', c.restricted, 'status', c.status, 'openedAt', c.opened_at, 'latest',
	(select json_build_object('unitId', m.unit_id, 'kind', m.kind, 'channel', m.channel, 'sealed', m.sealed, 'move', m.move)
		from case_moves m where m.case_id = c.id order by m.id desc limit 1))
	from cases c where c.id = timeline.case_id)`;

/**
 * Records which cases entered or left the backlog of a unit. The backlog is the unit's open cases. `recordEvents` calls
 * this after each new timeline entry, in the same transaction. A move gets the time of the entry, but `received` gets the
 * time at which the case was opened. Figures count these rows (docs/decisions/0017).
 */
export async function recordBacklog(
	tx: Tx,
	entries: readonly { caseId: number; caseState: CaseState }[],
	at: Date
): Promise<void> {
	const moves = entries.flatMap(({ caseId, caseState }) => movesSince(caseId, caseState, at));
	if (moves.length > 0) await tx.insert(caseMoves).values(moves);
}

/** The moves between a case's latest one and its present state, in order. */
function movesSince(caseId: number, { status, openedAt, latest, ...present }: CaseState, at: Date): Move[] {
	const now = { caseId, ...present };
	const received: Move = { ...now, at: new Date(openedAt), move: 'received' };
	const was = latest ? { caseId, ...latest } : received;
	const moves = latest ? [] : [received];
	const elsewhere = was.unitId !== now.unitId || was.kind !== now.kind || was.sealed !== now.sealed;
	if (isArrival(was.move) && elsewhere) moves.push({ ...was, at, move: 'moved_out' }, { ...now, at, move: 'moved_in' });
	const isOpen = OPEN_STATUSES.includes(status);
	if (isArrival(was.move) !== isOpen)
		moves.push({ ...now, at, move: isOpen ? 'reopened' : status === 'archived' ? 'archived' : 'answered' });
	return moves;
}
