const LEAST_VISITS = 5;
const LEAST_DAYS = 3;

/** Visits of a period, on how many days, and how many of their links were used. */
export interface Responses {
	visits: number;
	visitDays: number;
	answered: number;
}

/**
 * The share of visits whose link was used; null if they are so few that it would tell of single visitors: below five
 * visits, or from fewer than three days.
 */
export function responseRate({ visits, visitDays, answered }: Responses): number | null {
	return visits >= LEAST_VISITS && visitDays >= LEAST_DAYS ? answered / visits : null;
}
