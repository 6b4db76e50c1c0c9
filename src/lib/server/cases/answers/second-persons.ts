import { and, inArray, sql } from 'drizzle-orm';
import { nextWorkdayEnd } from '#lib/calendar/deadline-calculator.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { approvals, timeline } from '#lib/server/db/schema/cases.ts';
import { surelyAbsentToday } from '#lib/server/people/absence.ts';
import { supervisorsRemoved } from '#lib/server/people/access/role-units.ts';
import { isInSubtree, referenceData, type Unit } from '#lib/server/reference/reference.ts';
import { supervisorsNamed } from '../officers/named-supervisors.ts';
import { peopleForEach, present, type HandledCase } from '../people.ts';

/** The fields of a draft that determine its second person. */
interface DraftToSign {
	row: HandledCase;
	/** The case's office. Absences are of today in its time zone. */
	unit: Pick<Unit, 'timeZone' | 'hours'>;
	/** null: not submitted yet, or all writers are in `authors`. */
	approvalId: string | null;
	authors: readonly (string | null)[];
}

/** The writers of all versions of a draft, as a column of `approvals`. None of them may be the second person. */
export const writersOfDraft = sql<string[] | null>`(select json_agg(${timeline}.actor_id) from ${timeline}
	where ${timeline}.case_id = ${approvals}.case_id and ${timeline}.type in ('answer_drafted', 'archive_drafted')
		and ${timeline}.data ->> 'approval' = ${approvals}.id::text)`;

/** Writers of all versions of the drafts. None of them may be the second person. */
async function writersOf(on: Database | Tx, drafts: readonly DraftToSign[]) {
	const caseIds = drafts.map(({ row }) => row.id);
	const approvalIds = drafts.flatMap(({ approvalId }) => approvalId ?? []);
	if (approvalIds.length === 0) return [];
	const approval = sql<string>`${timeline.data} ->> 'approval'`;
	const drafted = inArray(timeline.type, ['answer_drafted', 'archive_drafted']);
	return on
		.select({ approval, accountId: timeline.actorId })
		.from(timeline)
		.where(and(inArray(timeline.caseId, caseIds), drafted, inArray(approval, approvalIds)));
}

/**
 * People who may decide a draft: available supervisors (active, not absent today, not named by the case, not among the
 * writers). A person with several roles counts once. `nearest` are those of the closest unit that has one, who decide
 * in the first working day (see `decisionPassesUp`). `all` includes all units up to the root. If all are absent, it has
 * those whose absence another person entered less than one working day ago. `alone`: `all` is empty and the writer's
 * signature suffices. It does not suffice if a writer removed, switched off, linked to an officer or named a supervisor
 * of these units less than one working day ago, or if the name of one is only proposed. Otherwise an administrator who
 * handles cases could remove all supervisors, or a handler could name them, and publish an answer alone. A naming
 * causes no notice, because that would tell people outside the case whom it names. Supervisors whom the case does not
 * name see the naming later, in the timeline and in the list of answers with a single signature.
 */
export async function secondPersons(
	on: Database | Tx,
	row: HandledCase,
	unit: DraftToSign['unit'],
	draft: Pick<DraftToSign, 'approvalId' | 'authors'>
) {
	const [persons] = await secondPersonsOfEach(on, [{ row, unit, ...draft }]);
	return persons ?? { nearest: [], all: [], alone: false };
}

/** `secondPersons` for many drafts, in their order. */
export async function secondPersonsOfEach(on: Database | Tx, drafts: readonly DraftToSign[]) {
	const rows = drafts.map(({ row }) => row);
	const supervisors = await peopleForEach(on, rows, ['supervisor']);
	const writers = await writersOf(on, drafts);
	const calendar = await loadCalendar();
	const { unitById } = await referenceData();
	let removed: Awaited<ReturnType<typeof supervisorsRemoved>> | undefined;
	let named: Awaited<ReturnType<typeof supervisorsNamed>> | undefined;
	const persons = [];
	for (const [at, { row, unit, approvalId, authors }] of drafts.entries()) {
		const earlier = writers.filter(({ approval }) => approval === approvalId).map(({ accountId }) => accountId);
		const writerIds = new Set([...authors, ...earlier]);
		const others = (supervisors[at] ?? []).filter(({ id }) => !writerIds.has(id));
		const free = await present(others, unit.timeZone);
		const ids = others.map(({ id }) => id);
		const absent = await surelyAbsentToday(ids, unit);
		const all = free.length > 0 ? free : others.filter(({ id }) => !absent.has(id));
		const nearest = all.filter(({ unitId }) => unitId === all[0]?.unitId);
		let alone = all.length === 0;
		if (alone) {
			removed ??= await supervisorsRemoved(on);
			named ??= await supervisorsNamed(
				on,
				rows.map(({ id }) => id)
			);
			const handling = unitById.get(row.handlingUnitId);
			const isAbove = ({ unitId }: { unitId: string | null }) =>
				handling !== undefined && unitId !== null && isInSubtree(handling, unitId);
			const hidden = named.filter((one) => one.caseId === row.id && isAbove(one) && !writerIds.has(one.accountId));
			const byWriter = [...removed.filter(isAbove), ...hidden].filter(({ by }) => by !== null && writerIds.has(by));
			const isOver = byWriter.every(({ at }) => at === null || nextWorkdayEnd(at, unit, calendar) <= now());
			alone = isOver && !hidden.some(({ isProposed }) => isProposed);
		}
		persons.push({ nearest, all, alone });
	}
	return persons;
}
