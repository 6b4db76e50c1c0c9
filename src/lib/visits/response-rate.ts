const LEAST_VISITS = 5;
const LEAST_DAYS = 3;

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

/** Sets the counts of a row to zero if they are too few for a rate, so that not even the data of a page contains them. */
export function withoutFewVisits<Row extends Responses>(row: Row): Row {
	return responseRate(row) === null ? { ...row, visits: 0, visitDays: 0, answered: 0 } : row;
}
