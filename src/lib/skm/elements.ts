/**
 * The nine elements of the community satisfaction survey, in the order and under the numbers that Permenpan RB 14/2017
 * gives them. Screens have their words in `lib/words/skm.ts`.
 */
export const SKM_ELEMENTS = ['u1', 'u2', 'u3', 'u4', 'u5', 'u6', 'u7', 'u8', 'u9'] as const;
export type SkmElement = (typeof SKM_ELEMENTS)[number];

/** The scale of every element, worst first. */
export const SKM_ANSWERS = [1, 2, 3, 4] as const;
export type SkmAnswer = (typeof SKM_ANSWERS)[number];

/** One filled-in form, as far as it enters the index. */
export type SkmAnswers = Record<SkmElement, SkmAnswer>;
