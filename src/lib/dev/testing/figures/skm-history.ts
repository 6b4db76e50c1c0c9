import { instantAt, type LocalDate } from '#lib/calendar/days.ts';
import { SKM_ELEMENTS, type SkmElement } from '#lib/skm/vocabulary.ts';
import { withClock } from '#lib/server/clock.ts';
import { changeSkmOffice } from '#lib/server/skm/office.ts';
import { submitSkm } from '#lib/server/skm/submit.ts';
import { makeActor } from '../factories.ts';

/** Switches on the survey of a unit, as its administrator. */
export async function startSurvey(unit: { id: string }): Promise<void> {
	const admin = await makeActor([[unit.id, 'admin']]);
	await changeSkmOffice(admin, unit.id, { active: 'on', decisionNumber: 'CONTOH-1', decidedOn: '2026-01-02' });
}

/** The input of the form: `answer` for every element, except for those in `changes`. */
export function skmForm(
	unit: { slug: string },
	answer: number,
	changes: Partial<Record<SkmElement, number>> & Record<string, unknown> = {}
): Record<string, unknown> {
	const answers = SKM_ELEMENTS.map((element) => [element, String(changes[element] ?? answer)]);
	return { submission_id: crypto.randomUUID(), ...changes, unit: unit.slug, ...Object.fromEntries(answers) };
}

/** Submits a form on a past day at ten in the morning. */
export async function submitSkmOn(
	unit: { slug: string; timeZone: string },
	day: LocalDate,
	form: Record<string, unknown>,
	held = false
) {
	return withClock(
		() => instantAt(day, '10:00', unit.timeZone),
		() => submitSkm(form, { held })
	);
}
