import { eq } from 'drizzle-orm';
import { isPhotoShown } from '#lib/privacy/photo.ts';
import { cleanFile } from '#lib/server/attachments/check.ts';
import type { SentFile } from '#lib/server/attachments/stored-files.ts';
import { storeFile } from '#lib/server/attachments/disk-reserve.ts';
import { fileStore } from '#lib/server/attachments/store.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { NotFound, invalid } from '#lib/server/errors.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import type { Actor } from '../actor.ts';
import { recordChange } from '../audit.ts';
import { officerForAdmin, type Officer } from './officers.ts';
import { isOpenToPublic } from '../units/find-unit.ts';
import { mayPractise } from '../units/trial.ts';

/** Side of the square portrait in pixels: twice the 160 pixels at which it is shown. */
const SIDE = 320;

/**
 * Crops to a square, usually around the face. Re-encoding removes metadata and position.
 * @throws Invalid with the reason if the file is not a picture
 */
export async function cropPortrait(photo: SentFile): Promise<Buffer> {
	const result = await cleanFile(photo, { pdf: 'refused' });
	if ('problem' in result) {
		const { problem, params } = result;
		throw invalid('file', `file_${problem}`, params);
	}
	const { default: sharp } = await import('sharp');
	return sharp(result.ok.bytes)
		.resize({ width: SIDE, height: SIDE, fit: 'cover', position: 'attention' })
		.flatten({ background: '#ffffff' })
		.jpeg({ quality: 82 })
		.toBuffer();
}

/**
 * Sets an officer's portrait and deletes the former one.
 * @throws NotFound · Invalid with the reason if the file is not a picture
 */
export async function setOfficerPhoto(actor: Actor, officerId: string, photo: SentFile | undefined): Promise<void> {
	if (!photo) throw invalid('file', 'admin_photo_missing');
	await officerForAdmin(actor, officerId);
	await replacePhoto(actor, officerId, await storeFile(await cropPortrait(photo)));
}

/** Deletes an officer's portrait. @throws NotFound */
export async function removeOfficerPhoto(actor: Actor, officerId: string): Promise<void> {
	await replacePhoto(actor, officerId, null);
}

async function replacePhoto(actor: Actor, officerId: string, key: string | null): Promise<void> {
	const former = await transaction(async (tx) => {
		const before = await officerForAdmin(actor, officerId, tx);
		if (!key && !before.photoKey) return null;
		await writePhoto(tx, actor, before, key);
		return before.photoKey;
	});
	if (former) await fileStore().remove(former);
}

/** Names the stored portrait of an officer of the actor's units, in the caller's transaction. */
export async function writePhoto(
	tx: Tx,
	actor: Actor,
	{ id, unitId, name }: Pick<Officer, 'id' | 'unitId' | 'name'>,
	key: string | null
): Promise<void> {
	await tx.update(officers).set({ photoKey: key }).where(eq(officers.id, id));
	const action = key ? 'officer.photo_set' : 'officer.photo_removed';
	await recordChange(tx, actor, { unitId, action, subject: name, after: { record: id } });
}

/** The portrait of an officer as JPEG; null if there is none. The caller checks access. */
export async function officerPhoto(officerId: string): Promise<Buffer | null> {
	const key = (await referenceData()).officerById.get(officerId)?.photoKey;
	return key ? fileStore().read(key) : null;
}

/** The portrait for an administrator, also of an inactive officer. @throws NotFound */
export async function officerPhotoForAdmin(actor: Actor, officerId: string): Promise<Buffer> {
	await officerForAdmin(actor, officerId);
	const photo = await officerPhoto(officerId);
	if (!photo) throw new NotFound(`photo of ${officerId}`);
	return photo;
}

/**
 * The portrait (JPEG) that citizens see beside an officer's name, with the officer's consent. The officer sees it before.
 * @throws NotFound
 */
export async function publicPortrait(officerId: string, by: Actor | null): Promise<Buffer> {
	const { officerById, unitById } = await referenceData();
	const officer = officerById.get(officerId);
	const unit = unitById.get(officer?.unitId ?? '');
	const isShown = officer && unit && isPhotoShown(officer) && (isOpenToPublic(unit) || (await mayPractise(unit, by)));
	const photo = isShown || (by && by.officerId === officerId) ? await officerPhoto(officerId) : null;
	if (!photo) throw new NotFound(`portrait ${officerId}`);
	return photo;
}
