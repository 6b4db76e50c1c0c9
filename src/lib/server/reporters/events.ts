import { and, eq, inArray, or } from 'drizzle-orm';
import { lockCase } from '#lib/server/cases/find.ts';
import { mailWishOf, stopToken } from '#lib/server/cases/reporter-mail.ts';
import { mailServer, queueReporterMail } from '#lib/server/channels/mail-queue.ts';
import { siteAddress, stopLink } from '#lib/server/channels/site-address.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import { reporterMail } from '#lib/server/db/schema/mails.ts';
import { consume } from '#lib/server/people/limits.ts';
import { closingFor } from './closing.ts';
import { reporterLetter } from './letter.ts';
import { occasionOf, TOLD_TO_REPORTERS, type Entry } from './occasions.ts';

/**
 * Called for new timeline entries: writes to the reporters who gave an address and want letters. Doing it twice
 * writes once. What a letter says is the number of the report, never a word of it, and never its code.
 */
export async function writeToReporters(events: readonly { caseId: number; seq: number }[]): Promise<void> {
	if (!mailServer()) return;
	const entries = await db()
		.select({ entry: timeline, addressHash: reporterMail.addressHash })
		.from(timeline)
		.innerJoin(reporterMail, eq(reporterMail.caseId, timeline.caseId))
		.where(
			and(
				or(...events.map(({ caseId, seq }) => and(eq(timeline.caseId, caseId), eq(timeline.seq, seq)))),
				inArray(timeline.type, TOLD_TO_REPORTERS),
				eq(timeline.public, true)
			)
		);
	const failed: unknown[] = [];
	for (const { entry, addressHash } of entries) {
		if (entry.type === 'opened' && !(await consume('receipt_letter', addressHash))) continue;
		await transaction((tx) => write(tx, entry)).catch((error: unknown) => failed.push(error));
	}
	if (failed.length > 0) throw failed[0];
}

async function write(tx: Tx, entry: Entry): Promise<void> {
	const found = await lockCase(tx, entry.caseId);
	const wish = await mailWishOf(tx, entry.caseId);
	const occasion = wish && (await occasionOf(tx, found, entry));
	if (!occasion) return;
	const { row, unit } = found;
	const facts = {
		reference: row.reference,
		office: { name: unit.name, zone: unit.timeZone },
		closing: await closingFor(tx, unit, wish.language),
		origin: siteAddress(),
		stop: stopLink(stopToken(row.id))
	};
	const letter = reporterLetter(occasion, facts, wish.language);
	await queueReporterMail(tx, { caseId: row.id, unitId: unit.id, onceKey: String(entry.seq), ...letter });
}
