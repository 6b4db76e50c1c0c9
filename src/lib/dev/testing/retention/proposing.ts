import { asc, eq } from 'drizzle-orm';
import type { RetentionPart } from '#lib/privacy/retention.ts';
import { db } from '#lib/server/db/index.ts';
import { letters } from '#lib/server/db/schema/answers.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { destructionItems } from '#lib/server/db/schema/retention.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { confirmRule, retentionSchedule } from '#lib/server/privacy/retention/schedule.ts';
import { destructionView } from '#lib/server/privacy/retention/view.ts';

/** Confirms the rules of these parts, each with a code `HM.01.part`. */
export async function confirmRules(admin: Actor, ...parts: RetentionPart[]): Promise<void> {
	for (const { part, kind, months, basis, version } of await retentionSchedule())
		if (parts.includes(part))
			await confirmRule(admin, `${part}.${kind}`, { months, basis, version, jraCode: `HM.01.${part}` });
}

/** Removes the signers of every letter, so that no report's text is kept until its letter is destroyed. */
export async function removeSigners(): Promise<void> {
	await db().update(letters).set({ signers: [] });
}

/** The items of a destruction as `reference part reason`, or with the id if the item is no case. */
export async function itemsOf(id: string): Promise<string[]> {
	const items = await db()
		.select()
		.from(destructionItems)
		.where(eq(destructionItems.destructionId, id))
		.orderBy(asc(destructionItems.part), asc(destructionItems.subjectId));
	const names = new Map((await db().select().from(cases)).map((row) => [String(row.id), row.reference]));
	return items.map(({ subjectId, part, kept }) =>
		[names.get(subjectId) ?? subjectId, part, kept].filter(Boolean).join(' ')
	);
}

/** Makes a step of a destruction with its present version. */
export async function stepOf(
	verb: (actor: Actor, id: string, raw: unknown) => Promise<void>,
	actor: Actor,
	id: string,
	input: Record<string, unknown> = {}
): Promise<void> {
	await verb(actor, id, { ...input, version: (await destructionView(actor, id)).row.version });
}

export const DECREE = { decreeNumber: 'KEP-12/BPS/76/2029', decreeOn: '2029-01-08' };
export const RECORD = {
	recordNumber: 'BA-3/2029',
	recordOn: '2029-01-09',
	legalName: 'Saksi Contoh 1',
	legalPosition: 'Analis hukum',
	supervisionName: 'Saksi Contoh 2',
	supervisionPosition: 'Auditor'
};
