import { isDeepStrictEqual } from 'node:util';
import type { Tx } from '#lib/server/db/index.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange, type Change } from '#lib/server/people/audit.ts';

type Values = Record<string, unknown>;

/** What a change changed, and nothing else: both sides hold the same keys. */
function differing(before: Values, after: Values): { before: Values; after: Values } {
	const keys = Object.keys(after).filter((key) => !isDeepStrictEqual(before[key] ?? null, after[key] ?? null));
	const pick = (from: Values) => Object.fromEntries(keys.map((key) => [key, from[key] ?? null]));
	return { before: pick(before), after: pick(after) };
}

/**
 * Writes what differs to the log of changes; a form that was saved as it stood writes nothing.
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
