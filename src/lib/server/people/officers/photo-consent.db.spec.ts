import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db, transaction } from '#lib/server/db/index.ts';
import { consents } from '#lib/server/db/schema/consents.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import { officerCards } from '#lib/server/insight/officer-cards.ts';
import { dutyByDesk } from '#lib/server/places/duty.ts';
import { idOf, makeActor, makeOfficerWithAccount, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { codesOf, logOf } from '#lib/dev/testing/outcomes.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { officerPhotoForAdmin, publicPortrait, setOfficerPhoto } from './officer-photo.ts';
import { changeOfficer, createOfficer, officersAt } from './officers.ts';
import { choosePhotoConsent, ownPhotoConsent, recordPhotoConsent } from './photo-consent.ts';

async function officerWithPhoto() {
	const unit = await makeUnit();
	const [officer, account] = await makeOfficerWithAccount(unit.id);
	const admin = await makeActor([[unit.id, 'admin']]);
	await makePlace(unit.id, { kind: 'desk', officerId: officer.id });
	const bytes = await fourColourImage(400, 400).jpeg().toBuffer();
	await setOfficerPhoto(admin, officer.id, { bytes, name: 'potret.jpg', type: 'image/jpeg' });
	const isShown = async () => {
		const portrait = await publicPortrait(officer.id, null).catch(() => null);
		const card = (await officerCards([officer.id]))[officer.id];
		const [listed] = await officersAt(unit.id);
		const [onDuty] = await dutyByDesk(unit.id);
		return [portrait !== null, card?.portrait !== null, listed?.hasPhoto, onDuty?.hasPhoto];
	};
	return { officer, account, admin, isShown };
}
const YES = [true, true, true, true];
const NO = [false, false, false, false];
const rowsOf = (officerId: string) =>
	db().select().from(consents).where(eq(consents.officerId, officerId)).orderBy(consents.id);

test('citizens see an officer’s photo only with recorded consent, and no longer once it is withdrawn', async () => {
	const { officer, account, isShown } = await officerWithPhoto();
	expect(await isShown()).toEqual(NO);
	expect(await ownPhotoConsent(account)).toMatchObject({ given: false, last: null });
	await choosePhotoConsent(account, { given: 'yes' });
	await choosePhotoConsent(account, { given: 'yes' });
	expect(await isShown()).toEqual(YES);
	await choosePhotoConsent(account, { given: 'no' });
	expect(await isShown()).toEqual(NO);
	const [given, withdrawn, ...more] = await rowsOf(officer.id);
	expect(more).toEqual([]);
	expect(given).toMatchObject({ kind: 'officer_photo', given: true, language: 'id', recordedBy: idOf(account) });
	expect(given?.words).toContain('foto saya ditampilkan kepada warga');
	expect(withdrawn).toMatchObject({ given: false });
	const actions = (await logOf(officer.name)).map(({ action }) => action);
	expect(actions.slice(-2)).toEqual(['officer.photo_consent_given', 'officer.photo_consent_withdrawn']);
});

test('only the officer and administrators see a photo before the officer agrees', async () => {
	const { officer, account, admin } = await officerWithPhoto();
	expect((await ownPhotoConsent(account))?.portrait).toMatch(`/berkas/petugas/${officer.id}?v=`);
	expect(await publicPortrait(officer.id, account)).toEqual(await officerPhotoForAdmin(admin, officer.id));
	const [, colleague] = await makeOfficerWithAccount(officer.unitId);
	await expect(publicPortrait(officer.id, colleague)).rejects.toThrow(NotFound);
});

test('an officer who moved withdraws the consent for the photo at the former office too', async () => {
	const { officer, account, admin } = await officerWithPhoto();
	await choosePhotoConsent(account, { given: 'yes' });
	const record = { name: officer.name, accountId: idOf(account) };
	await changeOfficer(admin, officer.id, record);
	const id = await createOfficer(admin, officer.unitId, { ...record, active: 'on', sameName: 'true' });
	const moved = { ...account, officerId: id };
	const given = async () =>
		[...(await rowsOf(officer.id)), ...(await rowsOf(id))].map((row) => [row.officerId === id, row.given]);
	await choosePhotoConsent(moved, { given: 'yes' });
	expect(await given()).toEqual([
		[false, true],
		[true, true]
	]);
	await choosePhotoConsent(moved, { given: 'no' });
	expect(await given()).toEqual([
		[false, true],
		[false, false],
		[true, true],
		[true, false]
	]);
});

test('an administrator records a consent given on paper, with the letter that says so', async () => {
	const { officer, admin, isShown } = await officerWithPhoto();
	expect(await codesOf(recordPhotoConsent(admin, officer.id, { given: 'yes' }))).toEqual(['consent_paper']);
	const other = await makeActor([[(await makeUnit()).id, 'admin']]);
	const statement = { given: 'yes', reason: 'Surat 12/Contoh tanggal 1 November 2026' };
	await expect(recordPhotoConsent(other, officer.id, statement)).rejects.toThrow(NotFound);
	await recordPhotoConsent(admin, officer.id, statement);
	expect(await isShown()).toEqual(YES);
	const [row] = await rowsOf(officer.id);
	expect(row).toMatchObject({ given: true, recordedBy: idOf(admin) });
	expect(row?.words).toContain('Surat 12/Contoh');
});

test('an account without an officer has no photo to decide about', async () => {
	const actor = await makeActor([]);
	expect(await ownPhotoConsent(actor)).toBeNull();
	await expect(choosePhotoConsent(actor, { given: 'yes' })).rejects.toThrow(NotFound);
});

test('a recorded consent can be neither changed nor deleted', async () => {
	const { officer, account } = await officerWithPhoto();
	await choosePhotoConsent(account, { given: 'yes' });
	await expect(db().update(consents).set({ given: false })).rejects.toThrow();
	await expect(db().delete(consents)).rejects.toThrow();
	await transaction((tx) => tx.update(officers).set({ photoConsentAt: null }).where(eq(officers.id, officer.id)));
	expect(await rowsOf(officer.id)).toHaveLength(1);
});
