import { asc, eq } from 'drizzle-orm';
import { HOUR_MS } from '#lib/calendar/durations.ts';
import { fromNow, withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { Invalid } from '#lib/server/errors.ts';

/** The error of `work`; undefined if it succeeds. */
export const failure = (work: Promise<unknown>): Promise<unknown> =>
	work.then(
		() => undefined,
		(error: unknown) => error
	);

/** The issue codes of the Invalid that `work` throws, or the text of another error; empty if it succeeds. */
export async function codesOf(work: Promise<unknown>): Promise<string[]> {
	const error = await failure(work);
	if (error === undefined) return [];
	return error instanceof Invalid ? error.issues.map(({ code }) => code) : [String(error)];
}

/** The issues of the Invalid that `work` throws, as `field: code`. */
export async function issuesOf(work: Promise<unknown>): Promise<string[]> {
	const error = await failure(work);
	if (!(error instanceof Invalid)) throw new Error(`not refused as invalid: ${String(error)}`);
	return error.issues.map(({ path, code }) => `${path}: ${code}`);
}

/** Runs `work` with the clock `hours` ahead. */
export function inHours<T>(hours: number, work: () => T): T {
	const moment = fromNow(hours * HOUR_MS);
	return withClock(() => moment, work);
}

/** The audit entries about a subject, in order. */
export const logOf = (subject: string) =>
	db().select().from(auditEntries).where(eq(auditEntries.subject, subject)).orderBy(asc(auditEntries.id));
