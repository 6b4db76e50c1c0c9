import { and, desc, eq } from 'drizzle-orm';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { instantAt } from '#lib/calendar/days.ts';
import { recordInput, type RecordInput } from '#lib/cases/record-input.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { CaseRow, CaseWithUnit } from '../find.ts';
import { changeCase, requireVersion, updateCase } from '../move.ts';
import { hasContact } from '../reporter.ts';
import { recordEvent, type Spoken } from '../timeline.ts';
import { visibleTo } from '../visibility.ts';
import { recordGivenContact } from './contact.ts';
import { alreadyRecorded, formHash } from './message.ts';
import { storeObjection } from './objection.ts';
import { storeReporterMessage } from './reporter-reply.ts';

/**
 * "Catat jawaban pelapor": staff record what a reporter said by phone, at the counter or by letter. It counts as if the
 * reporter had written it at that time, and the reporter reads who recorded it. Staff can't record a score or a
 * closing. Failed attempts to reach the reporter are recorded too.
 *
 * @returns the case. A form that is sent twice is recorded once
 * @throws Invalid `spoken_…` if the time is impossible, `record_no_contact` if no contact may be stored
 * @throws Conflict `submission-reused` if the same form came back with other content
 */
export async function recordReporterAnswer(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(recordInput, raw);
	return changeCase(actor, reference, undefined, async (tx, caseWithUnit) => {
		const { submission_id, version, ...content } = input;
		const { row } = caseWithUnit;
		const submission = formHash(`record/${row.id}/${submission_id}`, content);
		if (await alreadyRecorded(tx, row.id, submission)) return row;
		await requireVersion(tx, row, version);
		const at = await spokenAt(tx, caseWithUnit, input);
		const data = { recorded: { by: input.by, at: at.toISOString() }, submission };
		return record(tx, caseWithUnit, input, { at, writtenBy: actor, data });
	});
}

async function record(
	tx: Tx,
	caseWithUnit: CaseWithUnit,
	input: RecordInput,
	spoken: Spoken & { writtenBy: Actor }
): Promise<CaseRow> {
	const { body = '' } = input;
	switch (input.kind) {
		case 'answer':
			return storeReporterMessage(tx, caseWithUnit, { body }, spoken);
		case 'objection':
			return storeObjection(tx, caseWithUnit, body, spoken);
		case 'contact':
			return recordGivenContact(tx, caseWithUnit, input, spoken, visibleTo(spoken.writtenBy));
		case 'unreached': {
			if (!(await hasContact(caseWithUnit.row))) throw invalid('kind', 'record_no_contact');
			const row = await updateCase(tx, caseWithUnit.row);
			const { writtenBy, data } = spoken;
			await recordEvent(tx, row, { type: 'contact_tried', author: writtenBy, public: true, data });
			return row;
		}
	}
}

/**
 * Computes when the reporter spoke from a local day and time. Forms have no seconds, so a time in the same minute as
 * `after` counts as `after`.
 */
async function spokenAt(tx: Tx, { row, unit }: CaseWithUnit, { kind, on, time }: RecordInput): Promise<Date> {
	const at = instantAt(on, time, unit.timeZone);
	if (at > now()) throw invalid('on', 'spoken_ahead');
	const [after, code] = await earliest(tx, row, kind);
	if (at.getTime() + MINUTE_MS <= after.getTime()) throw invalid('on', code);
	return at > after ? at : after;
}

/**
 * The earliest time at which the reporter can have spoken, and the error code for an earlier one. An answer follows its
 * question. An objection follows the answer or archiving.
 */
export async function earliest(tx: Tx, row: CaseRow, kind: RecordInput['kind']): Promise<[Date, string]> {
	if (kind === 'objection') {
		const settled = row.status === 'archived' ? row.archivedAt : row.answeredAt;
		return [settled ?? row.receivedAt, 'spoken_before_settled'];
	}
	if (kind === 'answer' && row.status === 'needs_info') {
		const [turn] = await tx
			.select({ askedAt: clocks.startAt })
			.from(clocks)
			.where(and(eq(clocks.caseId, row.id), eq(clocks.name, 'reporter_turn')))
			.orderBy(desc(clocks.run))
			.limit(1);
		if (turn) return [turn.askedAt, 'spoken_before_question'];
	}
	return [row.receivedAt, 'spoken_before_case'];
}
