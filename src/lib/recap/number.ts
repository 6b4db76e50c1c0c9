/** A periodic report's number: `3/REKAP/7604/2026`. */
export const recapNumber = ({ number, unit, year }: { number: number; unit: string; year: number }): string =>
	`${number}/REKAP/${unit}/${year}`;
