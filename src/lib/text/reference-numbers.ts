/**
 * A report's number: `SPATULA-1203-26-000123` contains the four-digit code of the unit, the year and a gapless number.
 * The reference of a forward adds `.01` and so on. Neither is secret. A report of an office in trial has a number like
 * `UJI-1203-26-000001`, which no register contains.
 */
type Reference = { unit: string; year: number; number: number; trial?: boolean };

const CENTURY = 2000;
const PATTERN = /^(SPATULA|UJI)(\d{4})(\d{2})(\d{6})(\d{2})?$/;
const SEPARATORS = /[\s\p{Pd}\p{Cf}._/#]/gu;

/** Formats a report number. `year` is the full year. @throws RangeError for a number with more than six digits */
export function formatReference({ unit, year, number, trial = false }: Reference): string {
	if (!/^\d{4}$/.test(unit)) throw new RangeError('the code of a unit has four digits');
	return `${trial ? 'UJI' : 'SPATULA'}-${unit}-${digits(year - CENTURY, 2, 0)}-${digits(number, 6, 1)}`;
}

/**
 * Parses a report number in any case and with any separators; null for other text, including the number of a forward.
 */
export function parseReference(input: string): Reference | null {
	const read = splitReference(input);
	return read?.forwardNumber === null ? read.reference : null;
}

/**
 * A number that staff typed, in full: `12` and `000012` are the report of the year of `usual`, `25-12` that of another year.
 * Other text is returned as it is.
 */
export function completeReference(input: string, usual: Omit<Reference, 'number'>): string {
	const [, year, number] = /^#?\s*(?:(\d{2})\s*[-/.]\s*)?(\d{1,6})$/.exec(input.trim()) ?? [];
	if (!Number(number)) return input;
	return formatReference({ ...usual, ...(year && { year: CENTURY + Number(year) }), number: Number(number) });
}

/** Parses a report's number from a report number, a forward's number or its tag; null for other text. */
export const parseReportOrForwardNumber = (input: string): Reference | null => {
	const reference = splitReference(input)?.reference;
	// The number of a trial's report never leaves the office.
	return reference && !reference.trial ? reference : null;
};

/** Whether this is the number of a trial's report. */
export const isTrialReference = (reference: string): boolean => reference.startsWith('UJI-');

/** A number of the same office and year, which forms show as an example. */
export const exampleReference = (reference: string): string => reference.replace(/\d{6}$/, '000123');

/** The reference of a forward: `SPATULA-1203-26-000123.01`. */
export const forwardReference = (report: string, forwardNumber: number): string =>
	`${report}.${String(forwardNumber).padStart(2, '0')}`;

/** Letters and digits only, for searches: `SPATULA12032600012301`. */
export const compactReference = (reference: string): string => reference.toUpperCase().replace(/[^A-Z0-9]/g, '');

/** The tag by which a forward is found at LAPOR: `#SPATULA12032600012301`. */
export const referenceTag = (reference: string): string => `#${compactReference(reference)}`;

/**
 * Finds our report numbers in a text. Recognises a report's number, a forward's reference, and a forward's compact
 * reference. Returns each report number once.
 */
export function findOurReferences(text: string): string[] {
	const spelled = text.matchAll(/\bSPATULA-(\d{4})-(\d{2})-(\d{6,})(?:\.\d{2,})?(?!\d)/gi);
	const compact = text.matchAll(/\bSPATULA(\d{4})(\d{2})(\d{6,})\d{2}(?!\d)/gi);
	const found = [...spelled, ...compact].map(([, unit, year, number]) => `SPATULA-${unit}-${year}-${number}`);
	return [...new Set(found)];
}

/** Whether the text looks like a report number or a forward's number, even without the leading word. */
export function looksLikeReference(input: string): boolean {
	const text = withoutSeparators(input);
	// A text may begin with “Uji 2026 …”. A phone number begins with 0, and no unit's code does.
	return text.startsWith('SPATULA') || /^UJI\d{6,}$|^[1-9]\d{11}(\d{2})?$/.test(text);
}

function splitReference(input: string): { reference: Reference; forwardNumber: number | null } | null {
	const [, word, unit, year, number, forward] = PATTERN.exec(withoutSeparators(input)) ?? [];
	if (!unit || !Number(number) || (forward !== undefined && !Number(forward))) return null;
	return {
		reference: { unit, year: CENTURY + Number(year), number: Number(number), trial: word === 'UJI' || undefined },
		forwardNumber: forward === undefined ? null : Number(forward)
	};
}

function withoutSeparators(input: string): string {
	return input.normalize('NFKC').replace(SEPARATORS, '').toUpperCase();
}

function digits(value: number, width: number, least: number): string {
	if (!Number.isInteger(value) || value < least || value >= 10 ** width) {
		throw new RangeError(`${value} does not fit into ${width} digits of a reference`);
	}
	return String(value).padStart(width, '0');
}

/** A letter's number in the usual office format: `12/SPATULA/1203/2026`. */
export const letterNumber = ({ number, unit, year }: { number: number; unit: string; year: number }): string =>
	`${number}/SPATULA/${unit}/${year}`;

/** A periodic report's number: `3/REKAP/1203/2026`. */
export const recapNumber = ({ number, unit, year }: { number: number; unit: string; year: number }): string =>
	`${number}/REKAP/${unit}/${year}`;

/** The number of a proposed destruction: `1/MUSNAH/1200/2027`. */
export const destructionNumber = ({ number, unit, year }: { number: number; unit: string; year: number }): string =>
	`${number}/MUSNAH/${unit}/${year}`;

/** The number of a breach of personal data: `1/INSIDEN/1203/2026`. */
export const breachNumber = ({ number, unit, year }: { number: number; unit: string; year: number }): string =>
	`${number}/INSIDEN/${unit}/${year}`;
