/** The reference of a forward: `SPATULA-7604-26-000123.01`. */
export const forwardReference = (caseReference: string, nn: number): string =>
	`${caseReference}.${String(nn).padStart(2, '0')}`;

/** Letters and digits only, for tags and searches: `SPATULA76042600012301`. */
export const compactReference = (reference: string): string => reference.toUpperCase().replace(/[^A-Z0-9]/g, '');

export const referenceTag = (reference: string): string => `#${compactReference(reference)}`;

/**
 * Finds references of our cases in a text, in both forms, each once. Unit codes have four digits, years two, numbers six or
 * more; then comes the number of the forward.
 */
export function findOurReferences(text: string): string[] {
	const spelled = text.matchAll(/\bSPATULA-(\d{4})-(\d{2})-(\d{6,})(?:\.\d{2,})?(?!\d)/gi);
	const compact = text.matchAll(/\bSPATULA(\d{4})(\d{2})(\d{6,})\d{2}(?!\d)/gi);
	const found = [...spelled, ...compact].map(([, unit, year, number]) => `SPATULA-${unit}-${year}-${number}`);
	return [...new Set(found)];
}
