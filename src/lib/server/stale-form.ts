import { contentHash } from './content-hash.ts';
import { Conflict } from './errors.ts';

const only = (row: object, fields: readonly string[]) =>
	Object.fromEntries(Object.entries(row).filter(([name]) => fields.includes(name)));

/**
 * Keyed hash of the values with which a form is loaded. The form sends it back in the hidden field `seen`. A form that
 * was opened before a colleague's change is then refused instead of undoing that change.
 *
 * @param fields the columns of `row` that the form changes; default: all
 */
export const seenValues = (row: object, fields: readonly string[] = Object.keys(row)): string =>
	contentHash(only(row, fields), 'seen');

/**
 * Refuses a form that was loaded with other values than the record has now, unless it would change nothing. A call
 * without the field `seen` is accepted, because commands and other systems have loaded no form.
 *
 * @param now the record, read under its lock
 * @param wanted the record as the form would store it
 * @throws Conflict `stale`
 */
export function requireSeen(raw: unknown, now: object, wanted: object, fields?: readonly string[]): void {
	const seen = (raw as { seen?: unknown } | undefined)?.seen;
	if (seen === undefined) return;
	const present = seenValues(now, fields);
	if (seen !== present && seenValues(wanted, fields) !== present) throw new Conflict('stale');
}
