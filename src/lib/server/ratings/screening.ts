import { and, eq } from 'drizzle-orm';
import { screenComment, type CommentFlag } from '#lib/ratings/screening.ts';
import { comparedText } from '#lib/ratings/signals.ts';
import { db } from '#lib/server/db/index.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { keyedHex } from '#lib/server/keys.ts';

/** Keyed hash that recognises the same words; undefined for a comment that is too short. */
export function commentHash(comment: string | undefined): string | undefined {
	const text = comparedText(comment);
	return text === undefined ? undefined : keyedHex('content-hash', text, 'comment');
}

/** Finds what a comment may contain: names of the unit's officers, numbers, insults. */
export async function commentFlags(comment: string | undefined, unitId: string): Promise<CommentFlag[]> {
	if (comment === undefined) return [];
	const people = await db()
		.select({ name: officers.name })
		.from(officers)
		.where(and(eq(officers.unitId, unitId), eq(officers.active, true)));
	return screenComment(
		comment,
		people.map((person) => person.name)
	);
}
