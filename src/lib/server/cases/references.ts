import { and, inArray } from 'drizzle-orm';
import { db } from '../db/index.ts';
import { cases } from '../db/schema/cases.ts';
import type { Actor } from '../people/actor.ts';
import { visibleTo } from './scope.ts';

/**
 * Numbers of those of these cases that the actor may see, by row. A case that speaks of another one (its main case, what
 * it repeats) tells the other's number to nobody from whom that one is hidden.
 */
export async function referencesFor(actor: Actor, ids: readonly (number | null)[]): Promise<Map<number, string>> {
	const known = [...new Set(ids)].filter((id) => id !== null);
	if (known.length === 0) return new Map();
	const found = await db()
		.select({ id: cases.id, reference: cases.reference })
		.from(cases)
		.where(and(inArray(cases.id, known), visibleTo(actor)));
	return new Map(found.map(({ id, reference }) => [id, reference]));
}

/** Of one such case. */
export async function referenceFor(actor: Actor, id: number | null): Promise<string | null> {
	return (id !== null && (await referencesFor(actor, [id])).get(id)) || null;
}
