import { referenceData } from '#lib/server/reference/reference.ts';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { localDate } from '#lib/calendar/days.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { skmOffices } from '#lib/server/db/schema/skm.ts';
import { invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordDifference } from '#lib/server/people/audit.ts';
import { dayField, flagField, lineField, websiteField } from '#lib/server/people/form-fields.ts';
import { unitForAdmin, unitsForAdmin } from '#lib/server/people/units/units.ts';
import { requireSeen, seenValues } from '#lib/server/stale-form.ts';

/** The decision on which an office's survey is based. */
export type SkmOffice = NonNullable<Awaited<ReturnType<typeof skmOffice>>>;

/** Returns the survey of an office; undefined if it is off, which is the default. */
export async function skmOffice(unitId: string) {
	const { active, decisionNumber, decidedOn, otherSurveyUrl } = (await referenceData()).surveys.get(unitId) ?? {};
	return active && decisionNumber && decidedOn ? { decisionNumber, decidedOn, otherSurveyUrl } : undefined;
}

/** Locks an office's survey, so that concurrent changes of its figures run one after the other. @returns its row */
export async function lockSkmOffice(tx: Tx, unitId: string) {
	const [row] = await tx.select().from(skmOffices).where(eq(skmOffices.unitId, unitId)).for('update');
	return row;
}

/** The columns of a survey that an administrator sees and changes. */
const surveyOf = (row: typeof skmOffices.$inferSelect | undefined) =>
	row && {
		decisionNumber: row.decisionNumber,
		decidedOn: row.decidedOn,
		/** Address of the agency's own survey, shown as a link. */
		otherSurveyUrl: row.otherSurveyUrl,
		active: row.active
	};

/** The units for which an administrator may turn the survey on, in tree order. */
export async function skmForAdmin(actor: Actor) {
	const { surveys } = await referenceData();
	return (await unitsForAdmin(actor)).map((unit) => ({ ...unit, skm: surveyOf(surveys.get(unit.id)) }));
}

/** As `skmForAdmin`, for one unit, and what its form is loaded with (see `requireSeen`). @throws NotFound */
export async function skmOfUnit(actor: Actor, code: string) {
	const unit = await unitForAdmin(actor, code);
	const skm = surveyOf((await referenceData()).surveys.get(unit.id));
	return { unit, skm, seen: seenValues(skm ?? {}) };
}

const change = z
	.object({
		active: flagField,
		decisionNumber: lineField(120),
		decidedOn: dayField.optional(),
		otherSurveyUrl: websiteField
	})
	.check(({ value, issues }) => {
		const missing = (path: string, message: string) =>
			issues.push({ code: 'custom', input: value, path: [path], message });
		if (value.active && !value.decisionNumber) missing('decisionNumber', 'skm_decision_number');
		if (value.active && !value.decidedOn) missing('decidedOn', 'skm_decided_on');
	});

/**
 * Turns the survey of a unit on or off. Turning it on needs the number and date of the decision it is based on. Answers
 * and publications stay.
 * @param office code, slug or id of the unit
 * @throws NotFound if the actor does not administer the unit
 * @throws Invalid if the decision is missing or dated in the future · Conflict `stale`
 */
export async function changeSkmOffice(actor: Actor, office: string, raw: unknown): Promise<void> {
	const { id: unitId, timeZone } = await unitForAdmin(actor, office);
	const input = checked(change, raw);
	if (input.decidedOn !== undefined && input.decidedOn > localDate(now(), timeZone)) {
		throw invalid('decidedOn', 'skm_decided_ahead');
	}
	await transaction(async (tx) => {
		const before = surveyOf(await lockSkmOffice(tx, unitId));
		// If the survey is turned off with empty fields, the last decision is kept.
		const decisionNumber = input.decisionNumber || before?.decisionNumber;
		const decidedOn = input.decidedOn ?? before?.decidedOn;
		if (!decisionNumber || !decidedOn) return;
		const after = { active: input.active, decisionNumber, decidedOn, otherSurveyUrl: input.otherSurveyUrl ?? null };
		requireSeen(raw, before ?? {}, after);
		await tx
			.insert(skmOffices)
			.values({ unitId, ...after })
			.onConflictDoUpdate({ target: skmOffices.unitId, set: after });
		const about = { unitId, action: 'skm.changed' as const, subject: decisionNumber };
		await recordDifference(tx, actor, about, before ? { ...before } : {}, after);
	});
}
