import { and, isNotNull, isNull, not } from 'drizzle-orm';
import { localDate } from '#lib/calendar/days.ts';
import type { Correction } from '#lib/privacy/requests.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { lockOtherParts, textOfReport, type CaseRow, type CaseWithUnit } from '../find.ts';
import { updateCase } from '../move.ts';
import { proposeOfficers } from '../officers/find-names.ts';
import { decryptReporter, reporterColumns } from '../reporter.ts';
import { recordEvent } from '../timeline.ts';
import { hiddenFrom } from '../visibility.ts';

/**
 * Corrects what a reporter said about themselves or the matter, at their request. The timeline has the old and the new
 * values; of the name it says only that it was corrected. The name is also corrected in the other parts of a split report.
 * Officers whom the new text may name are proposed, as at opening.
 *
 * @throws Invalid `correction_no_identity` for the name of an anonymous reporter · `correction_nothing` without a change ·
 * `date_ahead`
 */
export async function correctCase(
	tx: Tx,
	actor: Actor,
	{ row: before, unit }: CaseWithUnit,
	correction: Correction
): Promise<CaseRow> {
	const { name, title, body, requested_solution: requestedSolution, incident_on: incidentOn } = correction;
	const said = { title, body, requestedSolution, incidentOn };
	const fields = (Object.keys(said) as (keyof typeof said)[]).filter(
		(field) => said[field] && said[field] !== before[field]
	);
	if (fields.length === 0 && !name) throw invalid('body', 'correction_nothing');
	if (incidentOn && incidentOn > localDate(now(), unit.timeZone)) throw invalid('incident_on', 'date_ahead');
	const columns = Object.fromEntries(fields.map((field) => [field, said[field]]));
	const row = await updateCase(tx, before, { ...columns, ...(name && (await corrected(before, name))) });
	await proposeOfficers(tx, row, unit, textOfReport(said));
	const changes = fields.map((field) => ({ field, before: before[field], after: said[field] }));
	const data = { changes: [...changes, ...(name ? [{ field: 'name' }] : [])] };
	await recordEvent(tx, row, { type: 'data_corrected', author: actor, public: true, data });
	if (name) await correctOtherParts(tx, actor, row, name);
	return row;
}

/** Parts that are hidden from the actor keep the former name: a person does not change a report that may be about them. */
async function correctOtherParts(tx: Tx, actor: Actor, row: CaseRow, name: string): Promise<void> {
	const named = and(isNotNull(cases.reporterSealed), isNull(cases.destroyedAt));
	for (const before of await lockOtherParts(tx, row, and(named, not(hiddenFrom(actor))))) {
		const part = await updateCase(tx, before, await corrected(before, name));
		const data = { changes: [{ field: 'name' }] };
		await recordEvent(tx, part, { type: 'data_corrected', author: actor, public: true, data });
	}
}

/** The columns of the reporter with another name. */
async function corrected({ identity, reporterSealed }: CaseRow, name: string) {
	const known = await decryptReporter(reporterSealed);
	if (!known) throw invalid('name', 'correction_no_identity');
	// The hash of the contact stays, so that earlier reports still belong to the same person.
	const { reporterHash: _, ...columns } = await reporterColumns({ identity, reporter: { ...known, name } });
	return columns;
}
