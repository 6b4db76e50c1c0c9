import {
	readReason,
	readCreatedId,
	saysExists,
	saysReferenceExists,
	readUploadIds
} from '#lib/server/integrations/lapor/responses.ts';
import type { Exchange } from '#lib/server/integrations/lapor/types.ts';
import { at } from '#lib/server/integrations/foreign-text.ts';
import { retryAfterMs } from '#lib/server/integrations/retry-after.ts';
import { reasonOf, refusedSecret, type Reason } from './failure-reason.ts';
import type { ReasonCode } from '#lib/words/forward.ts';

/** `retryAfterMs`: the wait that the service asked for. */
type NotSent = { kind: 'not_sent'; retryAfterMs?: number; reason: Reason };
type Halted = { kind: 'halted'; reason: Reason };

export type CreateOutcome =
	| { kind: 'accepted'; laporId: string }
	| NotSent
	| { kind: 'rejected'; reason: Reason }
	| Halted
	/** `laporId`: a number in the response that may be the report's. */
	| { kind: 'unknown'; offer: 'both' | 'found_only'; reason: Reason; laporId?: string };

/** Outcome of an attempt to send a report. Without `call`, the create was not made and nothing was sent. */
export interface Ending {
	outcome: CreateOutcome;
	/** End of an open circuit. The row is retried then, and no attempt is counted. */
	until?: Date;
	call?: { startedAt: Date; durationMs: number; httpStatus: number | undefined };
}

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
 * Classifies the outcome of a create, so that no report is lost or repeated. A 4xx with a JSON reason is `rejected`
 * unless another rule applies, because the service read the report. A 4xx with a truncated body is `unknown`, like
 * every break after connecting. A refusal that contains an id is still `rejected`, because the id may belong to another
 * report. Only if the response says that our reference exists, it is `accepted` with an id and `unknown` without one. A 409
 * that says that something exists, with an id, is `unknown` too: the new reference of a re-send would not be recognised.
 *
 * @param now start of the wait until a Retry-After date
 * @param reference the reference of the forward
 */
export function classifyCreate(seen: Exchange, now: Date, reference: string): CreateOutcome {
	const clearOutcome = asNotSent(seen, now) ?? asHalted(seen);
	if (clearOutcome) return clearOutcome;
	const { status } = seen;
	if (status === undefined) return unknown(brokenBy(seen), seen);

	const laporId = readCreatedId(seen.json);
	if (saysReferenceExists(seen, reference))
		return laporId ? { kind: 'accepted', laporId } : unknown('reference_exists', seen, 'found_only');
	if (status >= 200 && status < 300)
		return laporId ? { kind: 'accepted', laporId } : unknown(seen.error ? brokenBy(seen) : 'no_readable_id', seen);
	if (status === 408) return unknown('request_timeout', seen);
	if (status === 503) return unknown('unavailable', seen);
	if (status < 400 || status >= 500) return unknown('server_error', seen);
	if (status === 409 && laporId && saysExists(seen))
		return { ...unknown('report_exists', seen, 'found_only'), laporId };
	if (readReason(seen.json, status))
		return { kind: 'rejected', reason: reasonOf(REJECTING[status] ?? 'refused_other', seen) };
	if (seen.error) return unknown(brokenBy(seen), seen);
	return { kind: 'halted', reason: reasonOf('refused_without_reason', seen) };
}

const unknown = (code: ReasonCode, seen: Exchange, offer: 'both' | 'found_only' = 'both') =>
	({ kind: 'unknown', offer, reason: reasonOf(code, seen) }) as const;

const brokenBy = (seen: Exchange): ReasonCode => seen.error?.code ?? 'broken_answer';

/** No connection, any 429, and a 503 with a valid Retry-After: LAPOR stored nothing. */
function asNotSent(seen: Exchange, now: Date): NotSent | undefined {
	if (!seen.connected) return { kind: 'not_sent', reason: reasonOf(seen.error?.code ?? 'connect_failed', seen) };
	const wait = retryAfterMs(seen.headers?.['retry-after'], now);
	const busy = seen.status === 503 && wait !== undefined;
	if (seen.status !== 429 && !busy) return undefined;
	const reason = reasonOf(busy ? 'busy' : 'rate_limited', seen);
	return { kind: 'not_sent', retryAfterMs: wait, reason };
}

/** Responses that show a wrong setup of the connection. They concern every report. */
function asHalted(seen: Exchange): Halted | undefined {
	const { status } = seen;
	if (status === undefined) return undefined;
	const code = status >= 300 && status < 400 ? 'redirected' : HALTING[status];
	return code && { kind: 'halted', reason: reasonOf(code, seen) };
}

type Retry = { kind: 'retry'; retryAfterMs?: number; reason: Reason };
export type Refused = { kind: 'refused'; reason: Reason };

const retry = (notSent: NotSent): Retry => ({ ...notSent, kind: 'retry' });

/** The reason code of an unclear outcome. */
function unclearCode(seen: Exchange): ReasonCode {
	if (seen.error) return seen.error.code;
	if (seen.status === 408) return 'request_timeout';
	if (seen.status === 503) return 'unavailable';
	return seen.status !== undefined && seen.status >= 500 ? 'server_error' : 'unreadable';
}

const isSuccess = (seen: Exchange) => seen.status !== undefined && seen.status >= 200 && seen.status < 300;
const isRefusal = (seen: Exchange) =>
	seen.status !== undefined && seen.status >= 400 && seen.status < 500 && seen.status !== 408;

const refusedCode = (status = 0): ReasonCode => REJECTING[status] ?? 'refused_other';

export type UploadOutcome = { kind: 'uploaded'; remoteId: string } | Retry | Refused | Halted;

/**
 * Classifies the outcome of an upload of one file. A lost response is retried, because an unused file at LAPOR does no
 * harm. A refusal with a reason concerns only this file, which is then not sent, also if the response is a 200.
 */
export function classifyUpload(seen: Exchange, now: Date): UploadOutcome {
	const clearOutcome = asNotSent(seen, now);
	if (clearOutcome) return retry(clearOutcome);
	const [remoteId] = isSuccess(seen) ? readUploadIds(seen.json) : [];
	if (remoteId !== undefined) return { kind: 'uploaded', remoteId };
	if (isAboutBody(seen)) return { kind: 'refused', reason: reasonOf(refusedCode(seen.status), seen) };
	if (isSuccess(seen) && !seen.error && refusesFile(seen.json))
		return { kind: 'refused', reason: reasonOf('refused_other', seen) };
	return asHalted(seen) ?? refusal(seen) ?? { kind: 'retry', reason: reasonOf(unclearCode(seen), seen) };
}

/** A proxy answers 413 in HTML to a large body; that concerns the body, not the connection. */
const isAboutBody = ({ status }: Exchange) => status === 413 || status === 415;

function refusal(seen: Exchange): Refused | Halted | undefined {
	if (!isRefusal(seen) || seen.error) return undefined;
	return readReason(seen.json, seen.status)
		? { kind: 'refused', reason: reasonOf(refusedCode(seen.status), seen) }
		: { kind: 'halted', reason: reasonOf('refused_without_reason', seen) };
}

/**
 * Whether a 200 reports a failure with a reason that concerns this file, and not the secrets, the address or the
 * service.
 */
function refusesFile(json: unknown): boolean {
	const parts = partsOf(json);
	const reason = parts.some(saysFailed) ? readReason(json) : undefined;
	const concernsAll = parts.some((part) =>
		STATUS_KEYS.some((key) => /^(40[13458]|429|5\d\d)$/.test(String(at(part, key))))
	);
	return reason !== undefined && !concernsAll && !refusedSecret({ excerpt: reason.text });
}

const STATUS_KEYS = ['success', 'status', 'status_code', 'code'] as const;
const FAILED = /^(false|error|fail(ed|ure)?|gagal|[45]\d\d)$/i;
const NO_ERROR = /^(0|false|no|none|null)?$/i;

/** The root of a response and the parts in which gateways report a failure. */
const partsOf = (json: unknown) => [
	json,
	...['results', 'result', 'meta', 'response', 'status'].map((key) => at(json, key))
];

/** Some gateways respond with 200 and report the failure in the body, with numbers and truth values also as texts. */
const saysFailed = (json: unknown) =>
	STATUS_KEYS.some((key) => FAILED.test(String(at(json, key)))) ||
	String(at(json, 'success')) === '0' ||
	['error', 'errors'].some((key) => saysError(at(json, key)));

const saysError = (error: unknown) =>
	typeof error === 'object' ? readReason({ error }) !== undefined : !NO_ERROR.test(String(error ?? ''));

export type SendOutcome = { kind: 'sent' } | NotSent | Refused | Halted | { kind: 'unknown'; reason: Reason };

/**
 * Classifies the outcome of a follow-up. It has an effect, so a lost response is `unknown` and is not resent
 * automatically. A 404 concerns this report, unless a test call fails too.
 */
export function classifySend(seen: Exchange, now: Date): SendOutcome {
	const clearOutcome = asNotSent(seen, now);
	if (clearOutcome) return clearOutcome;
	if (seen.status === 404) return { kind: 'refused', reason: reasonOf('gone', seen) };
	// A success without a body. Unlike a create, a follow-up needs no id.
	if (seen.status === 204) return { kind: 'sent' };
	if (isSuccess(seen) && typeof seen.json === 'object' && !Array.isArray(seen.json) && !seen.error) {
		if (partsOf(seen.json).some(saysFailed)) return { kind: 'refused', reason: reasonOf('refused_other', seen) };
		// Without results the message can mean either. Polling finds the follow-up, or a person decides.
		if (at(seen.json, 'results') !== null) return { kind: 'sent' };
	}
	if (isAboutBody(seen)) return { kind: 'refused', reason: reasonOf(refusedCode(seen.status), seen) };
	return asHalted(seen) ?? refusal(seen) ?? { kind: 'unknown', reason: reasonOf(unclearCode(seen), seen) };
}

const NOTHING_THERE = /\b(tidak ditemukan|tidak ada|not found|no data|kosong)\b/i;
/** Also "belum ada": of a list it means an empty list, of anything else that the service is not ready. */
const NOTHING_LISTED = new RegExp(String.raw`${NOTHING_THERE.source}|\b(belum ada|data belum tersedia)\b`, 'i');

/** A success whose text says that nothing was found. */
const saysNothing = (seen: Exchange, words: RegExp) =>
	isSuccess(seen) && !seen.error && words.test(readReason(seen.json)?.text ?? '');

export type ReadOutcome = { kind: 'read' } | Retry | Halted | { kind: 'gone'; reason: Reason };

/**
 * Classifies a read: polling, a look-up, a list, the test call. `read` means JSON with `results.data` that reports
 * no failure. `gone` means 404, or a text that says so. A read can be repeated without harm, so every unclear outcome is
 * `retry`.
 */
export function classifyRead(seen: Exchange, now: Date, nothing = NOTHING_THERE): ReadOutcome {
	const clearOutcome = asNotSent(seen, now);
	if (clearOutcome) return retry(clearOutcome);
	const hasData = at(seen.json, 'results', 'data') !== undefined && !saysFailed(seen.json);
	if (isSuccess(seen) && !seen.error && hasData) return { kind: 'read' };
	if (seen.status === 404 || saysNothing(seen, nothing)) return { kind: 'gone', reason: reasonOf('gone', seen) };
	const saysWhy = isSuccess(seen) && !seen.error && saysFailed(seen.json) && readReason(seen.json) !== undefined;
	const code = isRefusal(seen) ? 'refused_other' : saysWhy ? 'answered_failed' : unclearCode(seen);
	return asHalted(seen) ?? { kind: 'retry', reason: reasonOf(code, seen) };
}

/** Classifies the test call. LAPOR always has the list that it reads, so "not found" means a wrong address. */
export function classifyTest(seen: Exchange, now: Date): Exclude<ReadOutcome, { kind: 'gone' }> {
	const read = classifyRead(seen, now);
	return read.kind === 'gone' ? { kind: 'halted', reason: { ...read.reason, code: 'wrong_address' } } : read;
}

/** Classifies the read of a list. Some services omit empty lists, the results around them, or the whole body. */
export function classifyList(seen: Exchange, now: Date): ReadOutcome {
	if (seen.status === 204) return { kind: 'gone', reason: reasonOf('gone', seen) };
	const hasList = ['results', 'data'].some((key) => at(seen.json, key) !== undefined) && !saysFailed(seen.json);
	return isSuccess(seen) && !seen.error && hasList && !saysNothing(seen, NOTHING_LISTED)
		? { kind: 'read' }
		: classifyRead(seen, now, NOTHING_LISTED);
}

/**
 * Codes that may concern only one report: it belongs to others, was withdrawn from us, or has moved, or a gateway blocks its
 * text or file.
 */
export const CONCERNS_ONE_REPORT: readonly ReasonCode[] = [
	'forbidden',
	'method_not_allowed',
	'redirected',
	'refused_without_reason'
];

const REFUSED_LOOKUP: readonly string[] = ['gone', ...CONCERNS_ONE_REPORT];

/** The HTTP status with which LAPOR refused a recorded look-up; null if it did not refuse it. */
export function refusedLookupStatus(lookup?: { httpStatus: number | null; reasonCode: string | null }): number | null {
	const { reasonCode, httpStatus = null } = lookup ?? {};
	return httpStatus !== null && httpStatus >= 300 && REFUSED_LOOKUP.includes(reasonCode ?? '') ? httpStatus : null;
}
