import { and, asc, eq, ne } from 'drizzle-orm';
import { HOLD_REASONS, notYet, type HoldReason } from '#lib/cases/linking.ts';
import { OPEN_STATUSES } from '#lib/cases/status.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { caseForActor, type CaseRow } from '../find.ts';
import { referencesFor } from '../references.ts';
import { visibleTo } from '../scope.ts';
import { hasNewerAnswer } from './send-main-answer.ts';
import type { TimelineEntry } from '../timeline.ts';

const columns = {
	id: cases.id,
	reference: cases.reference,
	status: cases.status,
	title: cases.title,
	body: cases.body,
	answeredAt: cases.answeredAt,
	transferredTo: cases.transferredTo
};

export type CaseLinks = Awaited<ReturnType<typeof linksOf>>;

/**
 * What a case is linked to, as far as the actor may see it: its main case, or the reports it is the main case of. What
 * they may not see is counted nowhere.
 *
 * @param entries the case's timeline, which says why an answer did not come through
 */
export async function linksOf(actor: Actor, reference: string, entries: readonly TimelineEntry[]) {
	const { row } = await caseForActor(actor, reference);
	const linked = row.mainCaseId !== null && row.status !== 'archived';
	const [main, below] = await Promise.all([
		linked ? seen(actor, row.mainCaseId as number) : undefined,
		db()
			.select(columns)
			.from(cases)
			.where(and(eq(cases.mainCaseId, row.id), ne(cases.status, 'archived'), visibleTo(actor)))
			.orderBy(asc(cases.id))
	]);
	const open = OPEN_STATUSES.includes(row.status);
	const newer = main !== undefined && open && hasNewerAnswer(main, row);
	return {
		linked,
		main: main ? told(main) : null,
		below: below.map(told),
		/** Reports that the next answer of this case reaches as well. */
		reaches: open ? below.filter((one) => OPEN_STATUSES.includes(one.status)).length : 0,
		held: linked && open ? lastHeld(entries) : null,
		may: {
			link: open && !linked && below.length === 0 && !row.restricted && row.category !== 'integrity',
			unlink: linked,
			sendAnswer: newer && notYet(row.status) === undefined
		}
	};
}

async function seen(actor: Actor, id: number) {
	const [main] = await db()
		.select(columns)
		.from(cases)
		.where(and(eq(cases.id, id), visibleTo(actor)));
	return main;
}

type Row = Pick<CaseRow, 'reference' | 'status' | 'title' | 'body'>;
const told = ({ reference, status, title, body }: Row) => ({ reference, status, title: title ?? body.slice(0, 80) });

/** Why the last answer of the main case stayed outside, where nothing has happened to the link since. */
function lastHeld(entries: readonly TimelineEntry[]): HoldReason | null {
	const last = entries.filter((entry) => entry.type === 'linked').at(-1);
	if (last?.data.action !== 'held') return null;
	return HOLD_REASONS.find((why) => why === last.data.why) ?? null;
}

/** Numbers of the cases that entries of a timeline speak of, for those who may see them. */
export async function referencesIn(
	actor: Actor,
	entries: readonly Pick<TimelineEntry, 'data'>[]
): Promise<Map<number, string>> {
	return referencesFor(
		actor,
		entries.map(({ data }) => data.case).filter((id) => typeof id === 'number')
	);
}
