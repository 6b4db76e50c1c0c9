import { eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { photoPath } from '#lib/privacy/photo.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { recordsOf, type Actor } from '../actor.ts';
import { recordChange } from '../audit.ts';
import { photoConsentsOf, recordConsents } from '../consents.ts';
import { officerForAdmin, type Officer } from './officers.ts';

const choiceSchema = z.object({ given: z.enum(['yes', 'no']).transform((given) => given === 'yes') });
const paperSchema = choiceSchema.extend({
	/** The letter and its date. */
	reason: z.string({ error: 'consent_paper' }).trim().min(5, 'consent_paper').max(500, 'consent_paper')
});

/** The actor's own photo (its address) and the consent for it; null if the account belongs to no officer. */
export async function ownPhotoConsent({ officerId }: Actor) {
	const { officerById, unitById } = await referenceData();
	const officer = officerById.get(officerId ?? '');
	if (!officer) return null;
	const zone = unitById.get(officer.unitId)?.timeZone ?? 'UTC';
	const last = (await photoConsentsOf(officer.id)).at(-1) ?? null;
	const { id, name, photoKey } = officer;
	// A new photo has a new key, so that the browser does not show the former one from its cache.
	const portrait = photoKey && `${photoPath(id)}?v=${photoKey.slice(0, 8)}`;
	return { name, portrait, given: officer.photoConsentAt !== null, last, zone };
}

/**
 * Gives the actor's own consent, or withdraws it, also for the records at offices where the actor was before.
 * @throws NotFound if the account belongs to no officer
 */
export async function choosePhotoConsent(actor: Actor, raw: unknown): Promise<void> {
	const { given } = checked(choiceSchema, raw);
	if (actor.officerId === null) throw new NotFound('the account belongs to no officer');
	const { officerId } = actor;
	await transaction(async (tx) => {
		const own = given ? eq(officers.id, officerId) : inArray(officers.id, recordsOf(officerId));
		for (const record of await tx.select().from(officers).where(own).orderBy(officers.id))
			await setConsent(tx, actor, record, { given, words: m.privacy_photo_words() });
	});
}

/**
 * Records a consent that an officer gave or withdrew on paper.
 * @throws NotFound if the actor does not administer the officer's unit · Invalid without a reason
 */
export async function recordPhotoConsent(actor: Actor, officerId: string, raw: unknown): Promise<void> {
	const { given, reason } = checked(paperSchema, raw);
	await transaction(async (tx) => {
		const officer = await officerForAdmin(actor, officerId, tx);
		await setConsent(tx, actor, officer, { given, words: m.privacy_photo_paper_words({ paper: reason }), reason });
	});
}

/** The column of the officer follows the newest consent, so that pages read it from the reference data. */
async function setConsent(
	tx: Tx,
	actor: Actor,
	{ id, unitId, name, photoConsentAt }: Officer,
	{ given, words, reason }: { given: boolean; words: string; reason?: string }
): Promise<void> {
	if (given === (photoConsentAt !== null)) return;
	await tx
		.update(officers)
		.set({ photoConsentAt: given ? now() : null })
		.where(eq(officers.id, id));
	const consent = { kind: 'officer_photo' as const, given, words, language: getLocale() };
	await recordConsents(tx, [{ officerId: id, ...consent, recordedBy: actor.accountId }]);
	const action = given ? 'officer.photo_consent_given' : 'officer.photo_consent_withdrawn';
	await recordChange(tx, actor, {
		unitId,
		action,
		subject: name,
		reason,
		after: { record: id }
	});
}
