import { isDeepStrictEqual } from 'node:util';
import type { Tx } from '#lib/server/db/index.ts';
import type { Actor } from './actor.ts';
import { recordChange, type Change } from './audit.ts';

type Values = Record<string, unknown>;

/** The changed values only; both sides have the same keys. */
function differing(before: Values, after: Values): { before: Values; after: Values } {
	const keys = Object.keys(after).filter((key) => !isDeepStrictEqual(before[key] ?? null, after[key] ?? null));
	const pick = (from: Values) => Object.fromEntries(keys.map((key) => [key, from[key] ?? null]));
	return { before: pick(before), after: pick(after) };
}

/**
 * Writes the changed values to the audit log. A form saved without changes writes nothing.
 *
 * @returns the keys that differ
 */
export async function recordDifference(
	tx: Tx,
	actor: Pick<Actor, 'accountId'>,
	about: Omit<Change, 'before' | 'after'>,
	before: Values,
	after: Values
): Promise<string[]> {
	const difference = differing(before, after);
	const keys = Object.keys(difference.after);
	if (keys.length > 0) await recordChange(tx, actor, { ...about, ...difference });
	return keys;
}
