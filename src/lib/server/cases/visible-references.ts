import { and, inArray, sql, type SQL } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { hiddenFrom, visibleTo } from './visibility.ts';
import type { TimelineEntry } from './timeline.ts';

/**
 * Numbers and titles of the cases that the actor may see, by row id. A case that refers to another one (its main case,
 * the original of a duplicate) shows them only to people who may see the other case.
 */
export async function visibleCases(actor: Actor, ids: readonly (number | null)[]) {
	const known = [...new Set(ids)].filter((id) => id !== null);
	const { id, reference, title } = cases;
	const rows =
		known.length > 0
			? await db()
					.select({ id, reference, title })
					.from(cases)
					.where(and(inArray(id, known), visibleTo(actor)))
			: [];
	return new Map(rows.map(({ id, ...shown }) => [id, shown]));
}

/** Their numbers alone. */
export async function referencesFor(actor: Actor, ids: readonly (number | null)[]): Promise<Map<number, string>> {
	return new Map([...(await visibleCases(actor, ids))].map(([id, { reference }]) => [id, reference]));
}

/** The number of a case, or null if the actor may not see it. */
export async function referenceFor(actor: Actor, id: number | null): Promise<string | null> {
	return (id !== null && (await referencesFor(actor, [id])).get(id)) || null;
}

/** Those of the report numbers whose case the actor may see. */
export async function seenReferences(actor: Actor, references: readonly string[]): Promise<Set<string>> {
	if (references.length === 0) return new Set();
	const rows = await db()
		.select({ reference: cases.reference })
		.from(cases)
		.where(and(inArray(cases.reference, [...references]), visibleTo(actor)));
	return new Set(rows.map(({ reference }) => reference));
}

const REFERENCE = /\b(?:SPATULA|UJI)-\d{4}-\d{2}-\d{6,}/gi;
const LINE_WITH_REFERENCE = new RegExp(`^.*${REFERENCE.source}.*\\n*`, 'gim');
const referencesIn = (text: string): string[] => (text.match(REFERENCE) ?? []).map((one) => one.toUpperCase());

/**
 * Leaves out the lines of messages to a reporter that name a case which the actor may not see. The whole line, because it
 * also has the status of that case: a chat lists all reports of a person.
 */
export async function withoutHiddenLines<Message extends { text: string }>(
	actor: Actor,
	messages: readonly Message[]
): Promise<Message[]> {
	const seen = await seenReferences(
		actor,
		messages.flatMap(({ text }) => referencesIn(text))
	);
	const shown = (line: string) => (referencesIn(line).every((one) => seen.has(one)) ? line : '');
	return messages.map((message) => ({ ...message, text: message.text.replace(LINE_WITH_REFERENCE, shown) }));
}

/** Condition for rows whose text names a case that is hidden from the administrator: that it exists says too much. */
export const namesHiddenCase = (actor: Actor, text: SQL): SQL =>
	sql`exists (select from ${cases} where ${cases.reference} = any(array(
		select found[1] from regexp_matches(${text}, '(?:SPATULA|UJI)-\\d{4}-\\d{2}-\\d{6,}', 'g') found))
		and ${hiddenFrom(actor)})`;

type EntryData = Pick<TimelineEntry, 'type' | 'data'>;

/** The number of the other part in a timeline entry of a split report. */
function partIn({ type, data }: EntryData): string | undefined {
	const part = type === 'split' ? data.reference : type === 'opened' ? data.split_from : undefined;
	return typeof part === 'string' ? part : undefined;
}

/** Removes the numbers of split parts that the actor may not see from timeline entries. */
export async function withoutHiddenParts<Entry extends EntryData>(
	actor: Actor,
	entries: readonly Entry[]
): Promise<Entry[]> {
	const parts = entries.map(partIn).filter((part) => part !== undefined);
	if (parts.length === 0) return [...entries];
	const seen = await seenReferences(actor, parts);
	return entries.map((entry) => {
		const part = partIn(entry);
		if (part === undefined || seen.has(part)) return entry;
		const { reference: _part, split_from: _whole, ...data } = entry.data;
		return { ...entry, data };
	});
}
