import type { CaseRow } from '../find.ts';

type Source = Pick<CaseRow, 'identity' | 'reporterHash' | 'contentHash'>;

/** Whether two reports have the same text and the same sender. */
const sameSubmission = (a: Source, b: Source) => a.contentHash === b.contentHash;

/**
 * Whether two reports come from one person or are one submission. Only then may one be archived as a duplicate of the other. A
 * withheld reporter is never compared with an openly named one, because the answer would reveal who it is.
 */
export function sameSource(a: Source, b: Source): boolean {
	const reporter = a.identity === b.identity && a.reporterHash !== null && a.reporterHash === b.reporterHash;
	return reporter || sameSubmission(a, b);
}

/** The same, as far as a page may show it by itself: it never shows that two withheld reporters are one person. */
export function openlySameSource(a: Source, b: Source): boolean {
	return a.identity === 'named' ? sameSource(a, b) : sameSubmission(a, b);
}
