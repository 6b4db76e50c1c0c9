import { and, asc, desc, eq } from 'drizzle-orm';
import type { DateLocale } from '#lib/calendar/format.ts';
import { now } from '#lib/server/clock.ts';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { consents } from '#lib/server/db/schema/consents.ts';

/** What a person may allow: a photo on citizens' pages, e-mails about a report, the identity in a forward to LAPOR. */
type ConsentKind = 'officer_photo' | 'reporter_mail' | 'lapor_identity';

/** Consent given or withdrawn. `words`: what the person was asked, as it stood on the screen. */
export interface Consent {
	kind: ConsentKind;
	given: boolean;
	words: string;
	language: DateLocale;
	/** The account that recorded it; null for a reporter. */
	recordedBy: string | null;
}
type Subject = { officerId: string } | { caseId: number } | { accountId: string };

/** Records consents given and withdrawn, in the transaction of the change that they allow or end. */
export async function recordConsents(tx: Tx, all: readonly (Consent & Subject)[]): Promise<void> {
	if (all.length > 0) await tx.insert(consents).values(all.map((one) => ({ ...one, at: now() })));
}

/** Copies the consents of a report to a part that is split off from it, with their times. */
export async function copyConsents(tx: Tx, fromId: number, caseId: number): Promise<void> {
	const rows = await tx.select().from(consents).where(eq(consents.caseId, fromId)).orderBy(asc(consents.id));
	if (rows.length > 0) await tx.insert(consents).values(rows.map(({ id: _, ...row }) => ({ ...row, caseId })));
}

/** Every consent of a report, oldest first. */
export const consentsOfCase = (caseId: number, on: Database | Tx = db()) =>
	on.select().from(consents).where(eq(consents.caseId, caseId)).orderBy(asc(consents.id));

/** The newest consent of an officer for the photo; undefined if the officer was never asked. */
export async function photoConsentOf(officerId: string) {
	const [newest] = await db()
		.select()
		.from(consents)
		.where(and(eq(consents.officerId, officerId), eq(consents.kind, 'officer_photo')))
		.orderBy(desc(consents.id))
		.limit(1);
	return newest;
}
