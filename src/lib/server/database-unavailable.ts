import { hasCode } from './errors.ts';

/**
 * Codes of the driver and of PostgreSQL (appendix A of its manual) for a database that can't do its work now:
 * - It can't be reached, is starting or shutting down, is read-only, or has no free connection.
 * - It did not give a locked row in time, or ended a statement or an idle transaction at its time limit.
 */
const UNAVAILABLE =
	/^(CONNECTION_(CLOSED|ENDED|DESTROYED)|CONNECT_TIMEOUT|ECONN(REFUSED|RESET)|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|08...|57P0[1-3]|53300|25006|25P03|55P03|57014)$/;

/** Whether an error, or one that it wraps, says that the database can't do this now. Nothing was stored. */
export const isDatabaseUnavailable = (cause: unknown): boolean => hasCode(cause, UNAVAILABLE);
