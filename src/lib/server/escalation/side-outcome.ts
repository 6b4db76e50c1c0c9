import { readReason, readUploadIds } from '#lib/server/integrations/lapor/answers.ts';
import { at, textAt } from '#lib/server/integrations/lapor/foreign-text.ts';
import type { Exchange } from '#lib/server/integrations/lapor/types.ts';
import { notTakenIn, stopsAll, type NotSent } from './outcome.ts';
import { reasonOf, type Reason, type ReasonCode } from './reason.ts';

type Halted = { outcome: 'halted'; reason: Reason };
type Retry = { outcome: 'retry'; retryAfterMs?: number; reason: Reason };
type Refused = { outcome: 'refused'; reason: Reason };

const retry = ({ retryAfterMs, reason }: NotSent): Retry => ({
	outcome: 'retry',
	...(retryAfterMs === undefined ? {} : { retryAfterMs }),
	reason
});

/** Codes of unclear outcomes for the attempt's row. */
function unclearCode(seen: Exchange): ReasonCode {
	if (seen.error) return seen.error.code;
	if (seen.status === 408) return 'request_timeout';
	if (seen.status === 503) return 'unavailable';
	return seen.status !== undefined && seen.status >= 500 ? 'server_error' : 'unreadable';
}

const isSuccess = (seen: Exchange) => seen.status !== undefined && seen.status >= 200 && seen.status < 300;
const isRefusal = (seen: Exchange) =>
	seen.status !== undefined && seen.status >= 400 && seen.status < 500 && seen.status !== 408;

function refusedCode(status: number | undefined): ReasonCode {
	if (status === 413) return 'refused_too_large';
	if (status === 415) return 'refused_media_type';
	return status === 400 || status === 422 ? 'refused_fields' : 'refused_other';
}

export type UploadOutcome = { outcome: 'uploaded'; ids: readonly string[] } | Retry | Refused | Halted;

/**
 * Classifies the outcome of an upload of `files` files. A lost answer is retried, because an unused file at LAPOR does no harm.
 * A refusal with a reason concerns this file only, which is then left out.
 */
export function classifyUpload(seen: Exchange, files: number, now: Date): UploadOutcome {
	const surely = notTakenIn(seen, now);
	if (surely) return retry(surely);
	const ids = isSuccess(seen) ? readUploadIds(seen.json) : [];
	if (files > 0 && ids.length === files) return { outcome: 'uploaded', ids };
	if (isAboutBody(seen)) return { outcome: 'refused', reason: reasonOf(refusedCode(seen.status), seen) };
	return stopsAll(seen) ?? refusal(seen) ?? { outcome: 'retry', reason: reasonOf(unclearCode(seen), seen) };
}

/** A proxy answers 413 in HTML to a large body; that concerns the body, not the connection. */
const isAboutBody = ({ status }: Exchange) => status === 413 || status === 415;

function refusal(seen: Exchange): Refused | Halted | undefined {
	if (!isRefusal(seen) || seen.error) return undefined;
	return readReason(seen.json)
		? { outcome: 'refused', reason: reasonOf(refusedCode(seen.status), seen) }
		: { outcome: 'halted', reason: reasonOf('refused_without_reason', seen) };
}

const FAILED = /^(error|fail(ed|ure)?|gagal)$/i;

/** Some gateways answer 200 with the failure in the body. */
const saysFailed = (json: unknown) =>
	at(json, 'success') === false ||
	at(json, 'error') === true ||
	at(json, 'status') === false ||
	FAILED.test(textAt(json, 'status') ?? '') ||
	[at(json, 'status'), at(json, 'status_code')].some((code) => typeof code === 'number' && code >= 400 && code < 600);

export type SendOutcome = { outcome: 'sent' } | NotSent | Refused | Halted | { outcome: 'unknown'; reason: Reason };

/**
 * Classifies the outcome of a follow-up or of a transfer to another agency. Both have effects, so a lost answer is `unknown`
 * and is not resent automatically. A 404 concerns this report, not the connection.
 */
export function classifySend(seen: Exchange, now: Date): SendOutcome {
	const surely = notTakenIn(seen, now);
	if (surely) return surely;
	if (seen.status === 404) return { outcome: 'refused', reason: reasonOf('gone', seen) };
	if (isSuccess(seen) && typeof seen.json === 'object' && !Array.isArray(seen.json) && !seen.error)
		return saysFailed(seen.json)
			? { outcome: 'refused', reason: reasonOf('refused_other', seen) }
			: { outcome: 'sent' };
	if (isAboutBody(seen)) return { outcome: 'refused', reason: reasonOf(refusedCode(seen.status), seen) };
	return stopsAll(seen) ?? refusal(seen) ?? { outcome: 'unknown', reason: reasonOf(unclearCode(seen), seen) };
}

const NOTHING_THERE = /\b(tidak ditemukan|tidak ada|not found|no data|kosong)\b/i;

/** A success whose text says that nothing was found. */
const saysNothingThere = (seen: Exchange) =>
	isSuccess(seen) && !seen.error && NOTHING_THERE.test(readReason(seen.json)?.text ?? '');

export type ReadOutcome = { outcome: 'read' } | Retry | Halted | { outcome: 'gone'; reason: Reason };

/**
 * Classifies a read: polling, a look-up, masters, the test call. `read` promises JSON with `results.data`. `gone` (404) is
 * a task for a person. Reads are free to repeat, so everything unclear is `retry`.
 */
export function classifyRead(seen: Exchange, now: Date): ReadOutcome {
	const surely = notTakenIn(seen, now);
	if (surely) return retry(surely);
	if (isSuccess(seen) && !seen.error && at(seen.json, 'results', 'data') !== undefined) return { outcome: 'read' };
	if (seen.status === 404 || saysNothingThere(seen)) return { outcome: 'gone', reason: reasonOf('gone', seen) };
	const unclear: Retry = {
		outcome: 'retry',
		reason: reasonOf(isRefusal(seen) ? 'refused_other' : unclearCode(seen), seen)
	};
	return stopsAll(seen) ?? unclear;
}

/** Classifies the read of a list; some services omit empty lists. */
export function classifyList(seen: Exchange, now: Date): ReadOutcome {
	const results = at(seen.json, 'results');
	const leftOut = typeof results === 'object' && results !== null && at(results, 'data') === undefined;
	return isSuccess(seen) && !seen.error && leftOut && !saysNothingThere(seen)
		? { outcome: 'read' }
		: classifyRead(seen, now);
}
