import { eq } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { settings } from '#lib/server/db/schema/settings.ts';

/** Setting with the report numbers that restores skipped; only a restore writes it. */
export const PASSED_OVER = 'numbers_passed_over';

/** A range of skipped numbers of an office and year, both ends included. */
export interface PassedOver {
	unitId: string;
	year: number;
	from: number;
	to: number;
}

/** Reads all gaps in report numbers: at most one per restore, office and year. */
export async function passedOver(): Promise<PassedOver[]> {
	const [row] = await db().select().from(settings).where(eq(settings.key, PASSED_OVER));
	return (row?.value as PassedOver[] | undefined) ?? [];
}

/** Counts the skipped numbers. */
export const countPassedOver = (gaps: readonly PassedOver[]): number =>
	gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0);
