import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import type { CountReason, OVER_BUDGET } from '#lib/ratings/vocabulary.ts';
import type {
	SkmAnswer,
	SkmElement,
	SkmAge,
	SkmEducation,
	SkmFact,
	SkmOccupation,
	SkmRefusal,
	SkmSetAsideReason,
	SkmSex
} from '#lib/skm/vocabulary.ts';
import type { SkmGrade } from '#lib/skm/satisfaction-index.ts';
import { calendarPeriod } from '#lib/skm/calendar-periods.ts';
import { serviceWord } from './office.ts';
import { daysWord, monthWord, partNumber } from './period.ts';
import { type Words, wordOf } from './cases.ts';

export const elementWord = wordOf<SkmElement>({
	u1: m.skm_u1,
	u2: m.skm_u2,
	u3: m.skm_u3,
	u4: m.skm_u4,
	u5: m.skm_u5,
	u6: m.skm_u6,
	u7: m.skm_u7,
	u8: m.skm_u8,
	u9: m.skm_u9
});

const easy: Words<SkmAnswer> = { 1: m.skm_easy_1, 2: m.skm_easy_2, 3: m.skm_easy_3, 4: m.skm_easy_4 };
const fast: Words<SkmAnswer> = { 1: m.skm_fast_1, 2: m.skm_fast_2, 3: m.skm_fast_3, 4: m.skm_fast_4 };
const match: Words<SkmAnswer> = { 1: m.skm_match_1, 2: m.skm_match_2, 3: m.skm_match_3, 4: m.skm_match_4 };
const able: Words<SkmAnswer> = { 1: m.skm_able_1, 2: m.skm_able_2, 3: m.skm_able_3, 4: m.skm_able_4 };
const kind: Words<SkmAnswer> = { 1: m.skm_kind_1, 2: m.skm_kind_2, 3: m.skm_kind_3, 4: m.skm_kind_4 };
const good: Words<SkmAnswer> = { 1: m.skm_good_1, 2: m.skm_good_2, 3: m.skm_good_3, 4: m.skm_good_4 };

/** The question of each element and the texts of its four answers. */
const questions: Record<SkmElement, { ask: () => string; hint?: () => string; answers: Words<SkmAnswer> }> = {
	u1: { ask: m.skm_q1, answers: easy },
	u2: { ask: m.skm_q2, answers: easy },
	u3: { ask: m.skm_q3, answers: fast },
	u4: { ask: m.skm_q4, hint: m.skm_q4_hint, answers: match },
	u5: { ask: m.skm_q5, answers: match },
	u6: { ask: m.skm_q6, answers: able },
	u7: { ask: m.skm_q7, answers: kind },
	u8: { ask: m.skm_q8, hint: m.skm_q8_hint, answers: good },
	u9: { ask: m.skm_q9, answers: good }
};

export const skmGradeWord = wordOf<SkmGrade>({
	A: m.skm_grade_a,
	B: m.skm_grade_b,
	C: m.skm_grade_c,
	D: m.skm_grade_d
});

export const factWord = wordOf<SkmFact>({
	sex: m.skm_fact_sex,
	age: m.skm_fact_age,
	education: m.skm_fact_education,
	occupation: m.skm_fact_occupation,
	service: m.term_service
});
const sexes: Words<SkmSex> = { female: m.skm_sex_female, male: m.skm_sex_male };
const ages: Words<SkmAge> = {
	under_20: m.skm_age_under_20,
	'20_29': m.skm_age_20_29,
	'30_39': m.skm_age_30_39,
	'40_49': m.skm_age_40_49,
	'50_59': m.skm_age_50_59,
	'60_up': m.skm_age_60_up
};
const educations: Words<SkmEducation> = {
	primary: m.skm_education_primary,
	junior: m.skm_education_junior,
	senior: m.skm_education_senior,
	diploma: m.skm_education_diploma,
	bachelor: m.skm_education_bachelor,
	postgraduate: m.skm_education_postgraduate
};
const occupations: Words<SkmOccupation> = {
	student: m.skm_occupation_student,
	civil_servant: m.skm_occupation_civil_servant,
	military_police: m.skm_occupation_military_police,
	employee: m.skm_occupation_employee,
	self_employed: m.skm_occupation_self_employed,
	farmer_fisher: m.skm_occupation_farmer_fisher,
	other: m.skm_occupation_other
};
const reasons: Words<SkmSetAsideReason | CountReason | typeof OVER_BUDGET> = {
	trial: m.set_aside_reason_trial,
	duplicate: m.set_aside_reason_duplicate,
	spam: m.skm_reason_spam,
	personal_data: m.set_aside_reason_personal_data,
	genuine: m.skm_reason_genuine,
	mistake: m.count_reason_mistake,
	over_budget: m.skm_reason_over_budget
};

export const skmRefusalWord = wordOf<SkmRefusal>({
	skm_off: m.error_conflict_skm_off,
	skm_period_running: m.error_conflict_skm_period_running,
	skm_too_few: m.error_conflict_skm_too_few,
	skm_published: m.error_conflict_skm_published,
	skm_changed: m.error_conflict_skm_changed,
	skm_overlap: m.error_conflict_skm_overlap
});

export const skmAnswerWord = (element: SkmElement, answer: SkmAnswer) => questions[element].answers[answer]();
export const skmReasonWord = (reason: keyof typeof reasons) => reasons[reason]();

export function elementQuestion(element: SkmElement): { ask: string; hint: string | undefined; answers: string[] } {
	const { ask, hint, answers } = questions[element];
	return { ask: ask(), hint: hint?.(), answers: [answers[1](), answers[2](), answers[3](), answers[4]()] };
}

/**
 * Text of a respondent's answer about themselves. null: no answer. A value that no longer exists is shown as stored.
 */
export function factValueWord(fact: SkmFact, value: string | null): string {
	if (value === null) return m.skm_said_nothing();
	const words: Record<string, () => string> =
		fact === 'sex' ? sexes : fact === 'age' ? ages : fact === 'education' ? educations : occupations;
	return fact === 'service' ? serviceWord(value as ServiceKind) : (words[value]?.() ?? value);
}

/** `Triwulan III 2026` if a period is a whole month, quarter, half or year. Otherwise its first and last day. */
export function spanWord(period: { from: string; to: string }): string {
	const span = calendarPeriod(period);
	if (!span) return daysWord(period);
	const year = String(span.year);
	const number = partNumber(span.number);
	if (span.kind === 'year') return m.insight_period_year_of({ year });
	if (span.kind === 'half') return m.skm_span_half({ number, year });
	if (span.kind === 'quarter') return m.skm_span_quarter({ number, year });
	return m.skm_span_month({ month: monthWord(period.from, 'long', false), year });
}
