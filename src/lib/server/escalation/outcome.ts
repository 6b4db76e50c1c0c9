import { readReason, readCreatedId, saysReferenceExists } from '#lib/server/integrations/lapor/answers.ts';
import { retryAfterMs } from '#lib/server/integrations/lapor/retry-after.ts';
import type { Exchange } from '#lib/server/integrations/lapor/types.ts';
import { reasonOf, type Reason, type ReasonCode } from './reason.ts';

export interface NotSent {
	outcome: 'not_sent';
	/** Wait the service asked for; the caller uses the larger of it and its own back-off. */
	retryAfterMs?: number;
	reason: Reason;
}

export type CreateOutcome =
	| { outcome: 'accepted'; laporId: string }
	| NotSent
	| { outcome: 'rejected'; reason: Reason }
	| { outcome: 'halted'; reason: Reason }
	| { outcome: 'unknown'; offer: 'both' | 'found_only'; reason: Reason };

const HALTING: Readonly<Record<number, ReasonCode>> = {
	401: 'unauthorised',
	403: 'forbidden',
	404: 'wrong_address',
	405: 'method_not_allowed'
};

const REJECTING: Readonly<Record<number, ReasonCode>> = {
	400: 'refused_fields',
	409: 'refused_conflict',
	413: 'refused_too_large',
	415: 'refused_media_type',
	422: 'refused_fields'
};

/**
 * Classifies the outcome of a create, so that no report is lost or repeated. Any other 4xx with a JSON reason is `rejected`,
 * because the service read the report. A 4xx with a truncated body is `unknown`, like every break after connecting. A refusal
 * that names an id stays a refusal unless it says that our reference exists: the id may belong to another report, and unknown
 * rows can't be edited.
 * @param now the moment a Retry-After date is measured from
 */
export function classifyCreate(seen: Exchange, now: Date): CreateOutcome {
	const surely = notTakenIn(seen, now) ?? stopsAll(seen);
	if (surely) return surely;
	const { status } = seen;
	if (status === undefined) return unknown(brokenBy(seen), seen);

	const laporId = readCreatedId(seen.json);
	if (saysReferenceExists(seen.json, status >= 400 && status < 500 ? seen.excerpt : ''))
		return laporId ? { outcome: 'accepted', laporId } : unknown('reference_exists', seen, 'found_only');
	if (status >= 200 && status < 300)
		return laporId ? { outcome: 'accepted', laporId } : unknown(seen.error ? brokenBy(seen) : 'no_readable_id', seen);
	if (status === 408) return unknown('request_timeout', seen);
	if (status === 503) return unknown('unavailable', seen);
	if (status < 400 || status >= 500) return unknown('server_error', seen);
	if (readReason(seen.json))
		return { outcome: 'rejected', reason: reasonOf(REJECTING[status] ?? 'refused_other', seen) };
	if (seen.error) return unknown(brokenBy(seen), seen);
	return { outcome: 'halted', reason: reasonOf('refused_without_reason', seen) };
}

const unknown = (code: ReasonCode, seen: Exchange, offer: 'both' | 'found_only' = 'both') =>
	({ outcome: 'unknown', offer, reason: reasonOf(code, seen) }) as const;

const brokenBy = (seen: Exchange): ReasonCode => seen.error?.code ?? 'broken_answer';

/** No connection, any 429, and a 503 with a valid Retry-After: LAPOR stored nothing. */
export function notTakenIn(seen: Exchange, now: Date): NotSent | undefined {
	if (!seen.connected) return { outcome: 'not_sent', reason: reasonOf(seen.error?.code ?? 'connect_failed', seen) };
	const wait = retryAfterMs(seen.headers?.['retry-after'], now);
	const asked = wait === undefined ? {} : { retryAfterMs: wait };
	if (seen.status === 429) return { outcome: 'not_sent', ...asked, reason: reasonOf('rate_limited', seen) };
	if (seen.status === 503 && wait !== undefined)
		return { outcome: 'not_sent', ...asked, reason: reasonOf('busy', seen) };
	return undefined;
}

/** Answers that show a wrong setup of the connection; they apply to every report. */
export function stopsAll(seen: Exchange): { outcome: 'halted'; reason: Reason } | undefined {
	const { status } = seen;
	if (status === undefined) return undefined;
	const code = status >= 300 && status < 400 ? 'redirected' : HALTING[status];
	return code && { outcome: 'halted', reason: reasonOf(code, seen) };
}
