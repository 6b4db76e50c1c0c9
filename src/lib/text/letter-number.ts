/** A letter's number as offices write it: `12/SPATULA/7604/2026`. */
export const letterNumber = ({ number, unit, year }: { number: number; unit: string; year: number }): string =>
	`${number}/SPATULA/${unit}/${year}`;
