import { formatShortDay } from '#lib/calendar/format.ts';
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
import { namedSpan } from '#lib/skm/span.ts';
import { serviceWord } from './office.ts';
import { monthWord, partNumber } from './period.ts';
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

export const skmGradeWord = (grade: SkmGrade): string => m[`skm_grade_${grade.toLowerCase() as Lowercase<SkmGrade>}`]();

export const factWord = wordOf<SkmFact>({
	sex: m.skm_fact_sex,
	age: m.skm_fact_age,
	education: m.skm_fact_education,
	occupation: m.skm_fact_occupation,
	service: m.term_service
});
const reasons: Words<SkmSetAsideReason | CountReason | typeof OVER_BUDGET> = {
	trial: m.set_aside_reason_trial,
	duplicate: m.set_aside_reason_duplicate,
	spam: m.skm_reason_spam,
	personal_data: m.set_aside_reason_personal_data,
	genuine: m.skm_reason_genuine,
	mistake: m.count_reason_mistake,
	over_budget: m.skm_reason_over_budget
};

export const skmRefusalWord = (refusal: SkmRefusal): string => m[`error_conflict_${refusal}`]();

export const skmAnswerWord = (element: SkmElement, answer: SkmAnswer) => questions[element].answers[answer]();
export const skmReasonWord = (reason: keyof typeof reasons) => reasons[reason]();

export function elementQuestion(element: SkmElement): { ask: string; hint: string | undefined; answers: string[] } {
	const { ask, hint, answers } = questions[element];
	return { ask: ask(), hint: hint?.(), answers: [answers[1](), answers[2](), answers[3](), answers[4]()] };
}

/** Names of the messages of the answers. Not every stored value still has one. */
const FACT_KEYS = {
	sex: (value: string) => `skm_sex_${value as SkmSex}` as const,
	age: (value: string) => `skm_age_${value as SkmAge}` as const,
	education: (value: string) => `skm_education_${value as SkmEducation}` as const,
	occupation: (value: string) => `skm_occupation_${value as SkmOccupation}` as const
};

/**
 * Text of a respondent's answer about themselves. null: no answer. A value that no longer exists is shown as stored.
 */
export function factValueWord(fact: SkmFact, value: string | null): string {
	if (value === null) return m.skm_said_nothing();
	if (fact === 'service') return serviceWord(value as ServiceKind);
	const key = FACT_KEYS[fact](value);
	return Object.hasOwn(m, key) ? m[key]() : value;
}

/** `Triwulan III 2026` if a period is a whole month, quarter, half or year. Otherwise its first and last day. */
export function spanWord(period: { from: string; to: string }): string {
	const span = namedSpan(period);
	if (!span) {
		return m.common_span({ from: formatShortDay(period.from), to: formatShortDay(period.to) });
	}
	const year = String(span.year);
	const number = partNumber(span.number);
	if (span.kind === 'year') return m.insight_period_year_of({ year });
	if (span.kind === 'half') return m.skm_span_half({ number, year });
	if (span.kind === 'quarter') return m.skm_span_quarter({ number, year });
	return m.skm_span_month({ month: monthWord(period.from, 'long', false), year });
}
