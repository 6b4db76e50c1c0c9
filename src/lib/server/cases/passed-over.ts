import { eq } from 'drizzle-orm';
import { db } from '../db/index.ts';
import { settings } from '../db/schema/settings.ts';

/** The setting that names the numbers of reports which a restore passed over; written by it alone. */
export const PASSED_OVER = 'numbers_passed_over';

/** Numbers of an office and year that this site never gave out, both ends included. */
export interface PassedOver {
	unitId: string;
	year: number;
	from: number;
	to: number;
}

/** The only gaps there are among the numbers of reports: as many as there were restores, per office and year. */
export async function passedOver(): Promise<PassedOver[]> {
	const [row] = await db().select().from(settings).where(eq(settings.key, PASSED_OVER));
	return (row?.value as PassedOver[] | undefined) ?? [];
}

/** How many numbers they are together. */
export const countPassedOver = (gaps: readonly PassedOver[]): number =>
	gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0);
