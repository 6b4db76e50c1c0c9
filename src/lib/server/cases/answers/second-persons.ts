import { inArray, sql } from 'drizzle-orm';
import type { Role } from '#lib/cases/vocabulary.ts';
import { nextWorkdayEnd } from '#lib/calendar/deadline-calculator.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { approvals, timeline } from '#lib/server/db/schema/cases.ts';
import { surelyAbsentToday } from '#lib/server/people/absence.ts';
import { supervisorsRemoved } from '#lib/server/people/access/role-units.ts';
import { isInSubtree, referenceData, type Unit } from '#lib/server/reference/reference.ts';
import { supervisorsNamed } from '../officers/named-supervisors.ts';
import { peopleForEach, present, type HandledCase, type Person } from '../case-staff.ts';

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

/** The writers of each draft that was submitted, by the id of its approval. */
async function writersByApproval(on: Database | Tx, drafts: readonly DraftToSign[]) {
	const ids = drafts.flatMap(({ approvalId }) => approvalId ?? []);
	if (ids.length === 0) return new Map<string, string[]>();
	const found = await on
		.select({ id: approvals.id, writers: writersOfDraft })
		.from(approvals)
		.where(inArray(approvals.id, ids));
	return new Map(found.map(({ id, writers }) => [id, writers ?? []]));
}

/**
 * Finds who may decide a draft: supervisors who are active, not absent today, not named by the case and not among its
 * writers. A person with several roles counts once.
 *
 * - `nearest`: those of the closest unit that has one. They decide in the first working day (see `decisionPassesUp`).
 * - `all`: those of all units up to the root. If all are absent, it has those whose absence another person entered less
 *   than one working day ago.
 * - `alone`: nobody is available, and one signature is enough (see `singleSignatureSuffices`).
 */
export async function secondPersons(
	on: Database | Tx,
	row: HandledCase,
	unit: DraftToSign['unit'],
	draft: Pick<DraftToSign, 'approvalId' | 'authors'>,
	wanted?: readonly Role[]
) {
	const [persons] = await secondPersonsOfEach(on, [{ row, unit, ...draft }], wanted);
	if (!persons) throw new Error('second persons of one draft');
	return persons;
}

/**
 * `secondPersons` for many drafts, in their order.
 * @param wanted the roles of which a second person has one; others than supervisors decide no answer, but data requests
 */
export async function secondPersonsOfEach(
	on: Database | Tx,
	drafts: readonly DraftToSign[],
	wanted: readonly Role[] = ['supervisor']
) {
	const rows = drafts.map(({ row }) => row);
	const people = await peopleForEach(on, rows, wanted);
	const writers = await writersByApproval(on, drafts);
	const found = [];
	for (const [index, draft] of drafts.entries()) {
		const earlier = draft.approvalId === null ? [] : (writers.get(draft.approvalId) ?? []);
		const writerIds = new Set([...draft.authors, ...earlier]);
		const others = (people[index] ?? []).filter(({ id }) => !writerIds.has(id));
		found.push({ draft, writerIds, all: await availableOf(others, draft.unit) });
	}
	const changes = found.some(({ all }) => all.length === 0) ? await changesOfSupervisors(on, rows) : undefined;
	return found.map(({ draft, writerIds, all }) => ({
		nearest: all.filter(({ unitId }) => unitId === all[0]?.unitId),
		all,
		alone: all.length === 0 && changes !== undefined && singleSignatureSuffices(draft, writerIds, changes)
	}));
}

/** The people who are present today. If none is, those whose absence another person entered only recently. */
async function availableOf(people: readonly Person[], unit: DraftToSign['unit']): Promise<Person[]> {
	const here = await present(people, unit.timeZone);
	if (here.length > 0) return here;
	const ids = people.map(({ id }) => id);
	const absent = await surelyAbsentToday(ids, unit);
	return people.filter(({ id }) => !absent.has(id));
}

type SupervisorChanges = Awaited<ReturnType<typeof changesOfSupervisors>>;

/** What `singleSignatureSuffices` reads about the supervisors of these cases. */
const changesOfSupervisors = async (on: Database | Tx, rows: readonly HandledCase[]) => ({
	removed: await supervisorsRemoved(on),
	named: await supervisorsNamed(
		on,
		rows.map(({ id }) => id)
	),
	calendar: await loadCalendar(),
	unitById: (await referenceData()).unitById
});

/**
 * Whether the writers' signature is enough for a draft that no second person can decide. It is not if one of these is
 * true for a supervisor of the handling unit or of a unit above it:
 *
 * - A writer removed, switched off, linked to an officer or named the supervisor less than one working day ago.
 * - The supervisor's name is only proposed in the case.
 *
 * Otherwise an administrator who handles cases could remove all supervisors, or a handler could name them, and publish
 * an answer alone. A naming causes no notice, because that would tell people outside the case whom it names.
 * Supervisors whom the case does not name see the naming later, in the timeline and in the list of answers with a
 * single signature.
 */
function singleSignatureSuffices(
	{ row, unit }: DraftToSign,
	writerIds: ReadonlySet<string | null>,
	{ removed, named, calendar, unitById }: SupervisorChanges
): boolean {
	const handling = unitById.get(row.handlingUnitId);
	const isAbove = ({ unitId }: { unitId: string | null }) =>
		handling !== undefined && unitId !== null && isInSubtree(handling, unitId);
	const hidden = named.filter((one) => one.caseId === row.id && isAbove(one) && !writerIds.has(one.accountId));
	if (hidden.some(({ isProposed }) => isProposed)) return false;
	const byWriter = [...removed.filter(isAbove), ...hidden].filter(({ by }) => by !== null && writerIds.has(by));
	return byWriter.every(({ at }) => at === null || nextWorkdayEnd(at, unit, calendar) <= now());
}
