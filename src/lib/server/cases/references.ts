import { and, inArray } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { visibleTo } from './visibility.ts';
import type { TimelineEntry } from './timeline.ts';

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

/** The same for one case. */
export async function referenceFor(actor: Actor, id: number | null): Promise<string | null> {
	return (id !== null && (await referencesFor(actor, [id])).get(id)) || null;
}

type Told = Pick<TimelineEntry, 'type' | 'data'>;

/** The report split off from this one, or the one it was split from. */
function partIn({ type, data }: Told): string | undefined {
	const part = type === 'split' ? data.reference : type === 'opened' ? data.split_from : undefined;
	return typeof part === 'string' ? part : undefined;
}

/** Entries as the actor may read them: of a report that was split, without the numbers of parts hidden from them. */
export async function withoutHiddenParts<Entry extends Told>(
	actor: Actor,
	entries: readonly Entry[]
): Promise<Entry[]> {
	const parts = entries.map(partIn).filter((part) => part !== undefined);
	if (parts.length === 0) return [...entries];
	const found = await db()
		.select({ reference: cases.reference })
		.from(cases)
		.where(and(inArray(cases.reference, parts), visibleTo(actor)));
	const seen = new Set(found.map(({ reference }) => reference));
	return entries.map((entry) => {
		const part = partIn(entry);
		if (part === undefined || seen.has(part)) return entry;
		const { reference: _part, split_from: _whole, ...data } = entry.data;
		return { ...entry, data };
	});
}
