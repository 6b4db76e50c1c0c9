import { and, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { locales, type Locale } from '#lib/paraglide/runtime.js';
import { checked } from '#lib/server/checked.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { mailClosings } from '#lib/server/db/schema/mails.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { chainOf } from '#lib/server/reference/reference.ts';

/** The closing line of an office's e-mails to reporters: its own, or that of the nearest office above that has one. */
export async function closingFor(
	on: Database | Tx,
	unit: { path: string },
	language: Locale
): Promise<string | undefined> {
	const chain = chainOf(unit).reverse();
	const rows = await on
		.select()
		.from(mailClosings)
		.where(and(inArray(mailClosings.unitId, chain), eq(mailClosings.language, language)));
	return chain.flatMap((id) => rows.filter(({ unitId }) => unitId === id))[0]?.body;
}

const ofUnit = (unitId: string, language: Locale) =>
	and(eq(mailClosings.unitId, unitId), eq(mailClosings.language, language));

const closingSchema = z.object({
	language: z.enum(locales, { error: 'mail_language' }),
	closing: z.string().trim().max(300, 'mail_closing_long').optional()
});

/** The office's own closing line. Undefined if it uses that of an office above. */
export async function ownClosing(unitId: string, language: Locale): Promise<string | undefined> {
	const [row] = await db().select({ body: mailClosings.body }).from(mailClosings).where(ofUnit(unitId, language));
	return row?.body;
}

/** Sets the closing line of an office's e-mails in one language. An empty line removes it. @throws NotFound */
export async function changeClosing(actor: Actor, unit: { id: string; name: string }, raw: unknown): Promise<void> {
	requireAdmin(actor, unit.id);
	const { language, closing } = checked(closingSchema, raw);
	const before = await ownClosing(unit.id, language);
	if ((before ?? '') === (closing ?? '')) return;
	await transaction(async (tx) => {
		if (closing)
			await tx
				.insert(mailClosings)
				.values({ unitId: unit.id, language, body: closing })
				.onConflictDoUpdate({ target: [mailClosings.unitId, mailClosings.language], set: { body: closing } });
		else await tx.delete(mailClosings).where(ofUnit(unit.id, language));
		await recordChange(tx, actor, {
			unitId: unit.id,
			action: 'mail.closing_changed',
			subject: unit.name,
			before: { [language]: before ?? null },
			after: { [language]: closing ?? null }
		});
	});
}
