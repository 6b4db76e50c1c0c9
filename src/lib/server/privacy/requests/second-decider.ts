import type { RequestKind } from '#lib/privacy/requests.ts';
import { secondPersons } from '#lib/server/cases/answers/second-persons.ts';
import { onePerPerson, peopleFor, type Person } from '#lib/server/cases/case-staff.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import type { dataRequests } from '#lib/server/db/schema/data-requests.ts';
import { dependentUntil } from '#lib/server/people/access/independent-accounts.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { responsibleFor } from '../notice/responsible.ts';

type RequestRow = typeof dataRequests.$inferSelect;

/** Kinds whose grant changes the report: its text, its contact or its archiving. */
const CHANGES_REPORT: readonly RequestKind[] = ['correction', 'report', 'contact'];

interface SecondDeciders {
	/** The available people who may decide, nearest unit first. */
	people: Person[];
	/** Accounts that may not decide: that of the recorder, and accounts of administrators that may be the recorder's. */
	barred: ReadonlySet<string>;
	/** Nobody else can decide, and the recorder may. */
	alone: boolean;
}

/**
 * Finds who decides a request if the person who recorded it at the counter would also decide it, and granting it changes
 * a report. Otherwise this person could archive a complaint alone. Administrators whose account is not independent of
 * the recorder's (`dependentUntil`) are barred too: it may be the same person. Returns undefined for other requests.
 *
 * These are the other people who decide requests of the office. If none of them is available, it is the supervisors who
 * could approve an answer, so that the request is decided in time. If there are none either, the rule of answers applies
 * (`secondPersons`): the recorder decides.
 *
 * @param unitId the office that answers now
 */
export async function secondDeciders(
	on: Database | Tx,
	{ kind, caseId, recordedBy }: Pick<RequestRow, 'kind' | 'caseId' | 'recordedBy'>,
	unitId: string
): Promise<SecondDeciders | undefined> {
	const unit = (await referenceData()).unitById.get(unitId);
	if (caseId === null || recordedBy === null || !unit || !CHANGES_REPORT.includes(kind)) return undefined;
	const row = { id: caseId, handlingUnitId: unitId };
	const admins = new Set((await peopleFor(on, row, ['admin'])).map(({ id }) => id));
	const supervisors = new Set((await peopleFor(on, row, ['supervisor'])).map(({ id }) => id));
	const { accountId: responsible } = await responsibleFor(unitId);
	const decidesRequests = (id: string) => admins.has(id) || (id === responsible && supervisors.has(id));
	const recordedByDecider = decidesRequests(recordedBy);
	const barred = new Set([recordedBy]);
	// An administrator can make another administrator alone, but no supervisor. The account of a recorder who decides
	// nothing can be the second one of any administrator.
	for (const id of admins.has(recordedBy) || !recordedByDecider ? admins : []) {
		const isDependent =
			id !== recordedBy &&
			!(recordedByDecider && supervisors.has(id)) &&
			(await dependentUntil(on, [recordedBy, id], { role: 'admin', unitId }));
		if (isDependent) barred.add(id);
	}
	if (!recordedByDecider && barred.size === 1) return undefined;
	const draft = { approvalId: null, authors: [...barred] };
	const { all, alone } = await secondPersons(on, row, unit, draft, ['admin', 'supervisor']);
	// The rule of answers lets the recorder decide, which only a person may who decides requests.
	if (!recordedByDecider && alone) return undefined;
	const others = onePerPerson(all);
	const deciders = others.filter(({ id }) => decidesRequests(id));
	return { people: deciders.length > 0 ? deciders : others, barred, alone };
}
