import type { CaseRow } from './find.ts';

type Source = Pick<CaseRow, 'identity' | 'reporterHash' | 'contentHash'>;

/** Whether two reports are one submission, to the letter and with the same sender. */
const sameSubmission = (a: Source, b: Source) => a.contentHash === b.contentHash;

/**
 * Whether two reports come from one person or are one submission: only then may one be archived as the other's
 * duplicate. A report whose reporter is withheld is not compared with one that has a name: the answer would tell it.
 */
export function sameSource(a: Source, b: Source): boolean {
	const reporter = a.identity === b.identity && a.reporterHash !== null && a.reporterHash === b.reporterHash;
	return reporter || sameSubmission(a, b);
}

/** The same as far as a page may say it unasked: that two withheld reporters are one person, it does not. */
export function openlySameSource(a: Source, b: Source): boolean {
	return a.identity === 'named' ? sameSource(a, b) : sameSubmission(a, b);
}
