import { and, asc, desc, eq, inArray, type SQL } from 'drizzle-orm';
import type { Locale } from '#lib/paraglide/runtime.js';
import { now } from '#lib/server/clock.ts';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { consents } from '#lib/server/db/schema/consents.ts';

/**
 * What a person may allow: a photo on citizens' pages, e-mails and push messages about a report, the identity in a
 * forward to LAPOR, and that a report is shown to the public. `reporter_chat` is news in the chat by which a report came.
 * The site does not ask reporters about it: they can only withdraw it.
 */
type ConsentKind =
	'officer_photo' | 'reporter_mail' | 'reporter_push' | 'reporter_chat' | 'lapor_identity' | 'publication';

/** Consent given or withdrawn. `words`: what the person was asked, as the screen showed it. */
export interface Consent {
	kind: ConsentKind;
	given: boolean;
	words: string;
	language: Locale;
	/** The account that recorded it; null for a reporter. */
	recordedBy: string | null;
}
type Subject = { officerId: string } | { caseId: number };

/** Records consents given and withdrawn, in the transaction of the change that they allow or end. */
export async function recordConsents(tx: Tx, all: readonly (Consent & Subject)[]): Promise<void> {
	if (all.length > 0) await tx.insert(consents).values(all.map((one) => ({ ...one, at: now() })));
}

/** Copies the consents of a report to a part that is split off from it, with their times. */
export async function copyConsents(tx: Tx, fromId: number, caseId: number): Promise<void> {
	const rows = await consentsWhere(eq(consents.caseId, fromId), tx);
	if (rows.length > 0) await tx.insert(consents).values(rows.map(({ id: _, ...row }) => ({ ...row, caseId })));
}

/** Returns the cases whose reporters withdrew the consent. The newest row of a case counts. */
export async function withdrawnIn(
	on: Database | Tx,
	kind: ConsentKind,
	caseIds: readonly number[]
): Promise<Set<number | null>> {
	const { caseId, given, id } = consents;
	const newest = await on
		.selectDistinctOn([caseId], { caseId, given })
		.from(consents)
		.where(and(inArray(caseId, [...caseIds]), eq(consents.kind, kind)))
		.orderBy(caseId, desc(id));
	return new Set(newest.flatMap((one) => (one.given ? [] : [one.caseId])));
}

/** Every consent of a report, oldest first. */
export const consentsOfCase = (caseId: number) => consentsWhere(eq(consents.caseId, caseId));

/** What a reporter has agreed to, in the words that they read, and when each consent was withdrawn, if it was. */
export async function agreedByReporter(caseId: number) {
	const all = await consentsOfCase(caseId);
	return [...new Set(all.map(({ kind }) => kind))].flatMap((kind) => {
		const ofKind = all.filter((one) => one.kind === kind);
		const [given, last] = [ofKind.findLast((one) => one.given), ofKind.at(-1)];
		if (!given || !last) return [];
		return [{ at: given.at, words: given.words, withdrawnAt: last.given ? null : last.at }];
	});
}

/** Every consent of an officer for the photo, oldest first. */
export const photoConsentsOf = (officerId: string) => consentsWhere(eq(consents.officerId, officerId));

const consentsWhere = (of: SQL, on: Database | Tx = db()) =>
	on.select().from(consents).where(of).orderBy(asc(consents.id));
