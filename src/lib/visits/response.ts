export const LEAST_VISITS = 5;
export const LEAST_DAYS = 3;

/** Number of visits in a period, of days with visits, and of visits whose link was used. */
export interface Responses {
	visits: number;
	visitDays: number;
	answered: number;
}

/**
 * Share of visits whose link was used. Null below five visits or three days, because it would reveal single visitors.
 */
export function responseRate({ visits, visitDays, answered }: Responses): number | null {
	return visits >= LEAST_VISITS && visitDays >= LEAST_DAYS ? answered / visits : null;
}
