import { addDays } from '#lib/calendar/days.ts';
import { SKM_ELEMENTS, type SkmAnswer, type SkmElement, SKM_FACTS, type SkmFact } from '#lib/skm/vocabulary.ts';
import { finishedPeriods } from '#lib/skm/calendar-periods.ts';
import { OVER_BUDGET } from '#lib/ratings/vocabulary.ts';
import { transaction } from '#lib/server/db/index.ts';
import { skmResponses } from '#lib/server/db/schema/skm.ts';
import { officeIn } from './build-offices.ts';
import type { DemoRun } from './open-story.ts';
import { atMinute } from './past-days.ts';
import { randomFrom, type Random } from './random.ts';
import { submissionOf } from '#lib/server/submission-hashes.ts';
import { decideSkm } from '#lib/server/skm/responses.ts';
import { changeSkmOffice } from '#lib/server/skm/office.ts';
import { previewPublication, publishSkm } from '#lib/server/skm/publications.ts';

const OFFICE = 'mamuju';
const FORMS = 64;
/** Long enough to contain the last whole quarter, whichever day it is. */
const SINCE_DAYS = 240;
/** Indexes, in the order of days, of the forms that were over the rate limit. */
const HELD = [30, 61];

/** Weights of the answers 1 to 4 by element: good service, but slow and in small rooms. */
const ANSWER_WEIGHTS: Record<SkmElement, readonly number[]> = {
	u1: [1, 6, 55, 38],
	u2: [1, 9, 56, 34],
	u3: [3, 24, 52, 21],
	u4: [0, 1, 24, 75],
	u5: [1, 8, 54, 37],
	u6: [0, 5, 50, 45],
	u7: [0, 4, 44, 52],
	u8: [2, 14, 58, 26],
	u9: [6, 27, 49, 18]
};

/** Weights of the form's choices, in their order. */
const FACT_WEIGHTS: Record<SkmFact, readonly number[]> = {
	sex: [54, 46],
	age: [4, 46, 28, 12, 7, 3],
	education: [1, 2, 22, 13, 49, 13],
	occupation: [38, 21, 3, 17, 12, 4, 5],
	service: [30, 50, 12, 8, 0]
};
const FACT_SHARE = 0.85;

const SUGGESTIONS: readonly [string, ...string[]] = [
	'Tambah kursi di ruang tunggu.',
	'Tolong pasang nomor antrean, supaya tidak saling mendahului.',
	'Petugasnya sabar menjelaskan. Pertahankan.',
	'Pendingin ruangan di perpustakaan tidak menyala.',
	'Kalau bisa data kecamatan dikirim lewat e-mail saja.',
	'Jam istirahat ditulis di depan, kami menunggu cukup lama.',
	'Komputer untuk pengunjung hanya satu yang bisa dipakai.',
	'Tempat parkir motor perlu atap.',
	'Informasi syarat di papan depan sudah pudar.'
];

type SkmRun = Pick<DemoRun, 'offices' | 'actors' | 'days' | 'setClock'>;

function peopleOf({ offices, actors }: SkmRun) {
	const unit = officeIn(offices, OFFICE);
	const [admin, manager] = [actors.get(`administrator.${OFFICE}`), actors.get(`pimpinan.${OFFICE}`)];
	if (!admin || !manager) throw new Error(`the demo has nobody in ${OFFICE} to run the survey`);
	return { unit, admin, manager };
}

/**
 * Switches on the satisfaction survey of one office with a decision, and stores the answers since then. They are
 * inserted in one statement, because submitting them would need the clock of each form's day.
 *
 * @returns the forms in the order of their days
 */
export async function buildSkm(run: SkmRun): Promise<{ id: string }[]> {
	const { days, setClock } = run;
	const { unit, admin } = peopleOf(run);
	const begun = addDays(days.today, -SINCE_DAYS);
	setClock(atMinute(begun, 9 * 60));
	await changeSkmOffice(admin, unit.id, {
		active: 'on',
		decisionNumber: `Keputusan Contoh Nomor 7 Tahun ${begun.slice(0, 4)}`,
		decidedOn: begun,
		otherSurveyUrl: 'https://skd.bps.go.id'
	});
	const rows = planForms(unit.id, days.workingDaysSince(begun));
	await transaction((tx) => tx.insert(skmResponses).values(rows));
	return rows;
}

/** Voids one form, and publishes the last whole quarter. */
export async function publishSkmQuarter(run: SkmRun, forms: readonly { id: string }[]): Promise<void> {
	const { days, setClock } = run;
	const { unit, manager } = peopleOf(run);
	const yesterday = days.workingDay(1);
	setClock(atMinute(yesterday, 16 * 60 + 10));
	const trial = forms.at(-1);
	if (trial) await decideSkm(manager, trial.id, { move: 'void', reason: 'trial' });
	const [, quarter] = finishedPeriods(yesterday);
	if (!quarter) throw new Error('there is no quarter before today');
	const { figures } = await previewPublication(manager, unit.slug, quarter);
	await publishSkm(manager, unit.slug, { ...quarter, respondents: figures.n, index: figures.ikm?.hundredths });
}

function planForms(unitId: string, open: readonly string[]) {
	const random = randomFrom('sembilan unsur');
	const forms = Array.from({ length: FORMS }, () => ({ day: random.pick(open as [string, ...string[]]) }));
	forms.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
	return forms.map(({ day }, index) => {
		const answer = (element: SkmElement) => (random.weighted(ANSWER_WEIGHTS[element]) + 1) as SkmAnswer;
		const [u1, u2, u3, u4, u5, u6, u7, u8, u9] = SKM_ELEMENTS.map(answer) as Nine;
		const held = HELD.includes(index);
		return {
			id: crypto.randomUUID(),
			unitId,
			day,
			u1,
			u2,
			u3,
			u4,
			u5,
			u6,
			u7,
			u8,
			u9,
			sex: factOf(random, 'sex'),
			age: factOf(random, 'age'),
			education: factOf(random, 'education'),
			occupation: factOf(random, 'occupation'),
			service: factOf(random, 'service'),
			suggestion: random.chance(0.3) ? random.pick(SUGGESTIONS) : null,
			state: held ? 'held' : 'counted',
			stateReason: held ? OVER_BUDGET : null,
			// These forms are never sent again, so only their ids must differ.
			...submissionOf(crypto.randomUUID(), {})
		} satisfies typeof skmResponses.$inferInsert;
	});
}

type Nine = [SkmAnswer, SkmAnswer, SkmAnswer, SkmAnswer, SkmAnswer, SkmAnswer, SkmAnswer, SkmAnswer, SkmAnswer];

function factOf(random: Random, fact: SkmFact): string | null {
	return random.chance(FACT_SHARE) ? (SKM_FACTS[fact][random.weighted(FACT_WEIGHTS[fact])] ?? null) : null;
}
