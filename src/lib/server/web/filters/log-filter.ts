import { logFilterSchema, type LogFilter } from '#lib/server/people/audit-log.ts';

/** The filter of the log as it stands in an address; empty fields of the form narrow nothing. */
export function logFilter(params: URLSearchParams): LogFilter {
	return logFilterSchema.parse(Object.fromEntries([...params].filter(([, value]) => value !== '')));
}
