import { SERVICE_KINDS } from '#lib/cases/vocabulary.ts';

/** The nine elements of the survey, with the order and numbers of Permenpan RB 14/2017. */
export const SKM_ELEMENTS = ['u1', 'u2', 'u3', 'u4', 'u5', 'u6', 'u7', 'u8', 'u9'] as const;
export type SkmElement = (typeof SKM_ELEMENTS)[number];

export const byElement = <T>(of: (element: SkmElement) => T): Record<SkmElement, T> =>
	Object.fromEntries(SKM_ELEMENTS.map((element) => [element, of(element)])) as Record<SkmElement, T>;

/** The scale of every element, worst first. */
export const SKM_ANSWERS = [1, 2, 3, 4] as const;
export type SkmAnswer = (typeof SKM_ANSWERS)[number];

export type SkmAnswers = Record<SkmElement, SkmAnswer>;

/** Facts that respondents may state about themselves. Each is optional. Codes used in the form and the database. */
export const SKM_FACTS = {
	sex: ['female', 'male'],
	age: ['under_20', '20_29', '30_39', '40_49', '50_59', '60_up'],
	education: ['primary', 'junior', 'senior', 'diploma', 'bachelor', 'postgraduate'],
	occupation: ['student', 'civil_servant', 'military_police', 'employee', 'self_employed', 'farmer_fisher', 'other'],
	service: SERVICE_KINDS
} as const;
export type SkmFact = keyof typeof SKM_FACTS;
export const SKM_FACT_NAMES = Object.keys(SKM_FACTS) as SkmFact[];
export const byFact = <T>(of: (fact: SkmFact) => T): Record<SkmFact, T> =>
	Object.fromEntries(SKM_FACT_NAMES.map((fact) => [fact, of(fact)])) as Record<SkmFact, T>;

export type SkmSex = (typeof SKM_FACTS.sex)[number];
export type SkmAge = (typeof SKM_FACTS.age)[number];
export type SkmEducation = (typeof SKM_FACTS.education)[number];
export type SkmOccupation = (typeof SKM_FACTS.occupation)[number];

/**
 * Why a manager excludes a response from the figures. The list is closed, so that a bad answer is not a reason. It is
 * the list of the ratings without `wrong_officer`, because a response names no officer.
 */
export const SKM_SET_ASIDE_REASONS = ['trial', 'duplicate', 'spam', 'personal_data'] as const;
export type SkmSetAsideReason = (typeof SKM_SET_ASIDE_REASONS)[number];

export const LONGEST_SUGGESTION = 1000;

/** Why figures cannot be published. Page and refused form show the same texts for it. */
export type SkmRefusal =
	'skm_off' | 'skm_period_running' | 'skm_too_few' | 'skm_published' | 'skm_changed' | 'skm_overlap';
