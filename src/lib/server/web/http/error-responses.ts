import { STATUS_CODES } from 'node:http';
import { type ActionFailure, error, fail, isHttpError, isRedirect, type RequestEvent } from '@sveltejs/kit';
import type { TimelineType } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import type { BulkOutcome } from '#lib/server/cases/handling/bulk.ts';
import { isStorageFullError } from '#lib/server/db/free-space.ts';
import { isDatabaseUnavailable } from '#lib/server/database-unavailable.ts';
import {
	Conflict,
	FilesRefused,
	hasCode,
	Invalid,
	type Issue,
	NotAllowed,
	NotFound,
	OfficeClosed,
	TooMany
} from '#lib/server/errors.ts';
import { issueText, messageOr } from '#lib/server/issue-text.ts';
import { log } from '#lib/server/log.ts';
import { BY_SCRIPT } from '#lib/ui/form/form-state.ts';
import { timelineWord } from '#lib/words/timeline.ts';
import { isApiCall } from './page-access.ts';

/** Result of a form that is shown again: a message per field and everything typed. */
export interface FormResult {
	issues: { path: string; message: string; code: string }[];
	typed: Record<string, string | string[]>;
	/** Set if the state of the record, not the input, is the reason. */
	conflict?: Conflict['code'];
	/** Set if the password must be typed first (`ask-password-again.ts`). */
	confirm?: { hasCode: boolean; provider: string | null };
}

interface Status {
	status: number;
	message: string;
	issues: readonly Issue[];
}

const FILES_REFUSED: Record<FilesRefused['reason'], number> = { busy: 503, slow: 503, no_room: 507, too_large: 413 };

/**
 * Converts a domain error to a status and a message. No other function does this. Returns undefined for an unexpected
 * error.
 */
function statusOf(cause: unknown): Status | undefined {
	if (cause instanceof NotFound) return { status: 404, message: m.error_not_found(), issues: [] };
	if (isOfficeClosed(cause)) return { status: 409, message: m.error_office_closed(), issues: [] };
	if (cause instanceof NotAllowed) {
		const message = messageOr(`not_allowed_${cause.code}`, m.error_not_allowed, cause.params);
		return { status: 403, message, issues: [] };
	}
	if (cause instanceof TooMany) {
		const usual = () => m.error_too_many({ seconds: cause.retryAfter });
		return { status: 429, message: cause.code ? messageOr(cause.code, usual) : usual(), issues: [] };
	}
	if (cause instanceof Conflict) return { status: 409, message: conflictText(cause), issues: [] };
	if (isStorageFullError(cause)) {
		log().error({ err: cause }, 'the disk of the database is full: nothing can be stored');
		return { status: 507, message: m.error_storage_full(), issues: [] };
	}
	if (isDatabaseUnavailable(cause)) {
		log().error({ err: cause }, 'the database is not available: nothing can be stored');
		return { status: 503, message: m.error_database_unavailable(), issues: [] };
	}
	if (cause instanceof FilesRefused)
		return { status: FILES_REFUSED[cause.reason], message: m.error_invalid(), issues: cause.issues };
	if (cause instanceof Invalid) return { status: 422, message: m.error_invalid(), issues: cause.issues };
	return undefined;
}

/** The code of the trigger `office_takes`: the office's trial ended while the form was being sent. */
const OFFICE_NOT_OPEN = 'SP001';
const isOfficeClosed = (cause: unknown) => cause instanceof OfficeClosed || hasCode(cause, OFFICE_NOT_OPEN);

function conflictText(conflict: Conflict): string {
	const reason = `conflict_${conflict.present.reason}`;
	if (conflict.code === 'submission-reused') return messageOr(reason, m.error_submission_reused);
	if (conflict.code === 'invalid-move') return messageOr(reason, m.error_invalid_move);
	if (conflict.present.taken) return m.error_taken(conflict.present.taken);
	const changes = conflict.present.changes ?? [];
	return changes.length > 0
		? m.error_stale_changes({ changes: changes.map((type) => timelineWord(type as TimelineType)).join('; ') })
		: m.error_stale();
}

/** Adds to the outcome of one case the message of its refusal; null if it succeeded. Logs unexpected errors. */
export function withRefusalMessage({ refused: cause, ...outcome }: BulkOutcome) {
	if (cause === null) return { ...outcome, refused: null };
	const known = statusOf(cause);
	if (!known) return { ...outcome, refused: `${m.error_unexpected()} (${logUnexpected(cause)})` };
	return { ...outcome, refused: known.issues[0] ? issueText(known.issues[0]) : known.message };
}

/** @returns the code by which the error is found in the log */
export function logUnexpected(err: unknown, where: { route?: string | null; status?: number } = {}): string {
	const code = crypto.randomUUID().slice(0, 8);
	log().error({ code, ...where, err }, 'unexpected error');
	return code;
}

/**
 * Runs a page's load. Domain errors become the error page with their status.
 *
 * @param unsent the text of the sent form. The page of a closed office shows it, so that the person can copy it, and so
 *   does the page that says that the database is unavailable
 */
export async function asPage<T>(work: () => Promise<T>, unsent?: string): Promise<T> {
	try {
		return await work();
	} catch (cause) {
		if (isRedirect(cause) || isHttpError(cause)) throw cause;
		if (cause instanceof OfficeClosed) closedPage(cause, unsent);
		const known = statusOf(cause);
		if (known?.status === 503 && unsent)
			error(503, { title: m.citizen_unsent_title(), message: m.error_database_unavailable_sent(), unsent });
		if (known) error(known.status, { message: known.message });
		throw cause;
	}
}

/** Runs a load or action of a page that a link opens. `gone` is what the page says if the link is no longer valid. */
export async function asPageOfLink<T>(work: () => Promise<T>, gone: () => App.Error): Promise<T> {
	try {
		return await work();
	} catch (cause) {
		if (cause instanceof NotFound) error(404, gone());
		throw cause;
	}
}

/** Shows the page of an office that is not open, with the offices to which citizens can turn. */
function closedPage({ message: unit, instead, wasOpen }: OfficeClosed, unsent?: string): never {
	const [nearest] = instead;
	const lapor = 'SP4N-LAPOR! (lapor.go.id)';
	const where = nearest && instead.length === 1 ? `${nearest.name}, ${lapor}` : lapor;
	const next = nearest
		? { href: `/${nearest.slug}`, label: m.citizen_to_office({ unit: nearest.name }) }
		: { href: '/lacak', label: m.citizen_track_link() };
	error(404, {
		title: wasOpen ? m.citizen_closed_title() : m.citizen_unopened_title(),
		message: wasOpen ? m.citizen_closed({ unit, where }) : m.citizen_unopened({ unit, where }),
		unsent,
		...(instead.length > 1 ? { offices: [...instead] } : { next })
	});
}

/** Refuses a request if the database is unavailable, so that the session can't be read. */
export function refuseUnidentified(event: RequestEvent): Response {
	if (isApiCall(event)) return problem(503, { detail: m.error_database_unavailable() });
	error(503, { message: unavailableText(event) });
}

/**
 * A sent form can't be shown again, so the message says that a reload sends it again. If a script sent the form, the page
 * still shows it.
 */
const unavailableText = ({ request }: Pick<RequestEvent, 'request'>): string =>
	request.method === 'POST' && !request.headers.has(BY_SCRIPT)
		? m.error_database_unavailable_sent()
		: m.error_database_unavailable();

/** The error page if a load failed because the database is unavailable. SvelteKit answers with 500, so the status is noted. */
export function unavailablePage(event: RequestEvent, cause: unknown): App.Error | undefined {
	if (!isDatabaseUnavailable(cause)) return undefined;
	log().error({ route: event.route.id, err: cause }, 'the database is not available: a page can’t be shown');
	event.locals.isUnavailable = true;
	return { message: unavailableText(event), code: '503' };
}

/** Seconds after which a program may try again, for each response with 503 that passes the hooks. */
const RETRY_SECONDS = '30';

/** Corrects the status of a page that `unavailablePage` describes, and says when to try again. */
export function withRetryAfter({ locals }: RequestEvent, response: Response): Response {
	const status = locals.isUnavailable && response.status === 500 ? 503 : response.status;
	if (status !== 503 || response.headers.has('retry-after')) return response;
	response.headers.set('retry-after', RETRY_SECONDS);
	return new Response(response.body, { status, headers: response.headers });
}

/** Runs a form's action. Domain errors are shown on the page, with everything typed. */
export async function asForm<T>(
	typed: FormResult['typed'],
	work: () => Promise<T>
): Promise<T | ActionFailure<FormResult>> {
	try {
		return await work();
	} catch (cause) {
		if (isRedirect(cause) || isHttpError(cause)) throw cause;
		const known = statusOf(cause);
		if (!known || known.status === 404) return asPage(() => Promise.reject(cause as Error));
		const issues = messagesOf(known.issues);
		if (issues.length === 0) issues.push({ path: '', code: 'refused', message: known.message });
		return fail(known.status, { issues, typed, conflict: cause instanceof Conflict ? cause.code : undefined });
	}
}

/** A problem response (RFC 9457). The title is the name of the status. */
export function problem(
	status: number,
	more: Record<string, unknown> = {},
	headers: Record<string, string> = {}
): Response {
	const body = { type: 'about:blank', title: STATUS_CODES[status], status, ...more };
	return new Response(JSON.stringify(body), {
		status,
		headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers }
	});
}

/** Runs an API call. Domain errors become problem+json. */
export async function asApi(work: () => Promise<Response>): Promise<Response> {
	try {
		return await work();
	} catch (cause) {
		if (isHttpError(cause)) {
			const { message } = cause.body;
			// The body was unreadable, so the error names no field.
			const unreadable = [{ path: '', message, code: 'form_unreadable' }];
			return problem(cause.status, cause.status === 422 ? { errors: unreadable } : { detail: message });
		}
		const known = statusOf(cause);
		if (!known) return problem(500, { code: logUnexpected(cause) });
		const { status, message, issues } = known;
		if (cause instanceof Conflict) {
			const { status: at, version } = cause.present;
			// In RFC 9457 `status` is the HTTP status. The case's status is under `present`, and `code` names the conflict.
			const { code } = cause;
			const detail = code === 'submission-reused' ? m.error_api_submission_reused() : message;
			return problem(status, { code, type: code, detail, present: { status: at, version } });
		}
		// Clients must not read this 409 as a version conflict.
		if (isOfficeClosed(cause))
			return problem(status, { code: 'office-closed', type: 'office-closed', detail: message });
		const headers = cause instanceof TooMany ? { 'retry-after': String(cause.retryAfter) } : undefined;
		return problem(status, cause instanceof Invalid ? { errors: messagesOf(issues) } : { detail: message }, headers);
	}
}

const messagesOf = (issues: readonly Issue[]): FormResult['issues'] =>
	issues.map((issue) => ({ path: issue.path, message: issueText(issue), code: issue.code }));
