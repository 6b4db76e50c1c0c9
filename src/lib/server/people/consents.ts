import { asc, eq, type SQL } from 'drizzle-orm';
import type { Locale } from '#lib/paraglide/runtime.js';
import { now } from '#lib/server/clock.ts';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { consents } from '#lib/server/db/schema/consents.ts';

/**
 * What a person may allow: a photo on citizens' pages, e-mails and push messages about a report, the identity in a
 * forward to LAPOR, and that a report is shown to the public.
 */
type ConsentKind = 'officer_photo' | 'reporter_mail' | 'reporter_push' | 'lapor_identity' | 'publication';

/** Consent given or withdrawn. `words`: what the person was asked, as it stood on the screen. */
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

/** Every consent of a report, oldest first. */
export const consentsOfCase = (caseId: number) => consentsWhere(eq(consents.caseId, caseId));

/** Every consent of an officer for the photo, oldest first. */
export const photoConsentsOf = (officerId: string) => consentsWhere(eq(consents.officerId, officerId));

const consentsWhere = (of: SQL, on: Database | Tx = db()) =>
	on.select().from(consents).where(of).orderBy(asc(consents.id));
