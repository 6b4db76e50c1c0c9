import { proposeRedaction } from '#lib/text/redaction.ts';

/** Years side by side, as in "2019 2020 2021 2022", are grouped as an identity number may be. */
const YEARS = /^(?:(?:19|20)\d{2}[ .-]?)+$/;
/** Other numbers that belong to a person (NPWP, a phone number without its 0) are as long; codes of statistics are shorter. */
const LONG_NUMBER = /\d{10,}/;

/**
 * Whether a purpose seems to hold a phone number, an identity number or an e-mail address. A reason to look again, never
 * one to refuse: whoever writes it down knows better.
 */
export function mayNamePerson(purpose: string | null): boolean {
	const text = purpose ?? '';
	const marks = proposeRedaction(text).filter(({ start, end }) => !YEARS.test(text.slice(start, end)));
	return marks.length > 0 || LONG_NUMBER.test(text);
}
