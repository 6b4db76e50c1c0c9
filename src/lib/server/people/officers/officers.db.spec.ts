import { eq, inArray, sql } from 'drizzle-orm';
import { setTimeout } from 'node:timers/promises';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { fileStore } from '#lib/server/attachments/store.ts';
import { caseForActor } from '#lib/server/cases/find.ts';
import { db, rowsOf, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { officers, places, units } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import { managedOfficer, worksIn } from '#lib/server/ratings/access.ts';
import { actorOf, type Actor } from '../actor.ts';
import { ofHighestUnit } from '../administration.ts';
import { personForAdmin } from '../directory.ts';
import { officerPhoto, removeOfficerPhoto, setOfficerPhoto } from './officer-photo.ts';
import { changeOfficer, createOfficer, insertOfficer, listOfficers, requireNewName } from './officers.ts';
import { createService, changeService, listServices } from '../units/services.ts';
import { makeActor, makeCase, makePlace, makeUnit, idOf } from '#lib/dev/testing/factories.ts';
import { codesOf, logOf } from '#lib/dev/testing/outcomes.ts';

let unit: Awaited<ReturnType<typeof makeUnit>>;
let other: Awaited<ReturnType<typeof makeUnit>>;
let admin: Actor;

beforeAll(async () => {
	const province = await makeUnit();
	unit = await makeUnit({ parent: province });
	other = await makeUnit({ parent: province });
	admin = await makeActor([[unit.id, 'admin']]);
});

/** A wide picture as from a phone, with position, camera and rotation in its EXIF data. */
const phonePicture = () =>
	sharp({ create: { width: 900, height: 500, channels: 3, background: '#88aa66' } })
		.withExif({
			IFD0: { Make: 'Kamera', Orientation: '6' },
			IFD3: { GPSLatitudeRef: 'S', GPSLatitude: '2/1 40/1 0/1' }
		})
		.jpeg()
		.toBuffer();

test('an officer is created, changed and deactivated; deactivation removes the officer from their desks', async () => {
	const id = await createOfficer(admin, unit.id, { name: 'Andi Contoh', position: 'Petugas PST', active: 'on' });
	const desk = await makePlace(unit.id, { kind: 'desk', officerId: id });
	await changeOfficer(admin, id, { name: 'Andi Contoh Putra' });
	expect(await listOfficers(admin)).toMatchObject([{ id, name: 'Andi Contoh Putra', position: null, active: false }]);
	const [row] = await db().select().from(places).where(eq(places.id, desk.id));
	expect(row?.officerId).toBeNull();
	expect(await logOf(desk.code)).toMatchObject([
		{ action: 'place.changed', before: { officerId: id }, after: { officerId: null } }
	]);
	expect((await logOf('Andi Contoh')).map(({ action }) => action)).toEqual(['officer.created', 'officer.changed']);
});

test('a second officer of the same name at an office needs a confirmation', async () => {
	const officer = { name: 'Gilang Contoh', active: 'on' };
	await createOfficer(admin, unit.id, officer);
	const again = { ...officer, name: ' gilang contoh ' };
	expect(await codesOf(createOfficer(admin, unit.id, again))).toEqual(['admin_officer_same_name']);
	expect(await createOfficer(admin, unit.id, { ...again, sameName: 'true' })).not.toBe('');
});

// The embedded database runs one transaction at a time.
test.runIf(process.env.TEST_DATABASE === 'postgres')('so does one whom a colleague creates meanwhile', async () => {
	const officer = { name: 'Hana Contoh', active: 'on' };
	const [created, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	const creating = transaction(async (tx) => {
		await requireNewName(tx, admin, unit.id, officer);
		await insertOfficer(tx, admin, unit.id, officer);
		created.resolve();
		await commit.promise;
	});
	await created.promise;
	const second = codesOf(createOfficer(admin, unit.id, officer));
	const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
	await expect.poll(() => rowsOf(db(), waiting)).toHaveLength(1);
	commit.resolve();
	await creating;
	expect(await second).toEqual(['admin_officer_same_name']);
});

test('an account belongs to one officer, and only an account the actor administers can be linked', async () => {
	const clerk = await makeActor([[unit.id, 'handler']]);
	const stranger = await makeActor([[other.id, 'handler']]);
	await createOfficer(admin, unit.id, { name: 'Budi Contoh', accountId: idOf(clerk), active: 'on' });
	const again = { name: 'Citra Contoh', accountId: idOf(clerk), active: 'on' };
	expect(await codesOf(createOfficer(admin, unit.id, again))).toEqual(['admin_account_linked']);
	await expect(createOfficer(admin, unit.id, { ...again, accountId: idOf(stranger) })).rejects.toThrow(NotFound);
	await expect(createOfficer(admin, other.id, { name: 'Dewi Contoh', active: 'on' })).rejects.toThrow(NotFound);
});

test('after a move to another office, reports and ratings of the former record stay hidden from the account', async () => {
	const province = await makeUnit();
	const office = await makeUnit({ parent: province });
	const head = await makeActor([[province.id, 'admin', 'manager']]);
	const accountId = idOf(await makeActor([[office.id, 'handler']]));
	const officer = { name: 'Fajar Contoh', accountId };
	const former = await createOfficer(head, office.id, { ...officer, active: 'on' });
	const [naming, other] = [await makeCase(office, { officer: former }), await makeCase(office)];
	expect(await changeOfficer(head, former, officer)).toBe(false);
	const present = await createOfficer(head, province.id, { ...officer, active: 'on' });
	await db()
		.insert(roles)
		.values((['supervisor', 'manager'] as const).map((role) => ({ accountId, unitId: province.id, role })));
	const moved = await actorOf(accountId);
	if (!moved) throw new Error('the account is gone');
	expect(moved.officerId).toBe(present);
	await expect(caseForActor(moved, naming.reference)).rejects.toThrow(NotFound);
	expect((await caseForActor(moved, other.reference)).row.reference).toBe(other.reference);
	await expect(managedOfficer(moved, former)).rejects.toThrow(NotFound);
	expect((await managedOfficer(head, former)).active).toBe(false);
	expect(await worksIn(moved, [office.id]), 'their ratings there are left out').toBe(true);
	// The account has one active record, so the former one stays inactive.
	expect(await codesOf(changeOfficer(head, former, { ...officer, active: 'on' }))).toEqual(['admin_account_linked']);
});

test('an account belongs to the office of its present record, which without an active one is that of a head', async () => {
	const province = await makeUnit();
	const office = await makeUnit({ parent: province });
	const root = await makeActor([[province.id, 'admin']]);
	const accountId = idOf(await makeActor([]));
	const former = await createOfficer(root, province.id, { name: 'A. Contoh', accountId });
	const present = await createOfficer(root, office.id, { name: 'B. Contoh', accountId, active: 'on' });
	const belongs = async () => {
		const [account] = await db()
			.select({ unitId: ofHighestUnit('id', accountId) })
			.from(accounts)
			.limit(1);
		const record = (await actorOf(accountId))?.officerId;
		return [account?.unitId, record, (await personForAdmin(root, accountId)).officer?.id];
	};
	expect(await belongs()).toEqual([office.id, present, present]);
	await changeOfficer(root, present, { name: 'B. Contoh', accountId });
	for (const [unitId, headOfficerId] of [
		[office.id, present],
		[province.id, former]
	] as const) {
		await db()
			.update(units)
			.set({ headOfficerId: null })
			.where(inArray(units.id, [office.id, province.id]));
		await db().update(units).set({ headOfficerId }).where(eq(units.id, unitId));
		expect(await belongs()).toEqual([unitId, headOfficerId, headOfficerId]);
	}
});

test('a portrait is a small square without metadata, and a new one deletes the old file', async () => {
	const id = await createOfficer(admin, unit.id, { name: 'Eka Contoh', active: 'on' });
	const photo = { name: 'eka.jpg', type: 'image/jpeg', bytes: await phonePicture() };
	expect((await sharp(photo.bytes).metadata()).exif).toBeDefined();
	await setOfficerPhoto(admin, id, photo);
	const portrait = await officerPhoto(id);
	const about = await sharp(portrait ?? Buffer.alloc(0)).metadata();
	expect(about).toMatchObject({ format: 'jpeg', width: 320, height: 320 });
	expect([about.exif, about.icc, about.xmp, about.iptc, about.comments]).toEqual(Array(5).fill(undefined));
	const [before] = await db().select().from(officers).where(eq(officers.id, id));
	await setOfficerPhoto(admin, id, photo);
	expect(await fileStore().read(before?.photoKey ?? '')).toBeNull();
	for (let sent = 0; sent < 2; sent++) await removeOfficerPhoto(admin, id);
	expect(await officerPhoto(id)).toBeNull();
	const removals = (await logOf('Eka Contoh')).filter(({ action }) => action === 'officer.photo_removed');
	expect(removals).toHaveLength(1);
});

test('a file that is not a picture is refused with the reason, and the old portrait stays', async () => {
	const id = await createOfficer(admin, unit.id, { name: 'Fajar Contoh', active: 'on' });
	await setOfficerPhoto(admin, id, { name: 'f.jpg', type: 'image/jpeg', bytes: await phonePicture() });
	const text = { name: 'f.jpg', type: 'image/jpeg', bytes: new TextEncoder().encode('bukan gambar') };
	const [code] = await codesOf(setOfficerPhoto(admin, id, text));
	expect(code).toMatch(/^file_/);
	expect(await officerPhoto(id)).not.toBeNull();
	const stranger = await makeActor([[other.id, 'admin']]);
	await expect(removeOfficerPhoto(stranger, id)).rejects.toThrow(NotFound);
});

test('a unit has one service per kind, with its published standard as data', async () => {
	const names = { name: 'Konsultasi Statistik', nameEn: 'Statistical consultation', active: 'on' };
	const id = await createService(admin, unit.id, { kind: 'consultation', ...names });
	const second = createService(admin, unit.id, { kind: 'consultation', ...names });
	expect(await codesOf(second)).toEqual(['admin_service_kind_taken']);
	const standard = {
		decree: '341/KPG TAHUN 2022',
		source: 'Standar pelayanan PST',
		retrievedOn: '2026-11-01',
		fee: 'Tidak dipungut biaya',
		complaints: 'Kotak saran\n\nE-mail',
		ways: {
			visit: { requirements: 'Kartu identitas\nAlamat e-mail', time: 'paling lama 10 menit' },
			email: { requirements: '' }
		}
	};
	await changeService(admin, id, { ...names, standard });
	expect((await listServices(admin))[0]?.standard).toEqual({
		...standard,
		decreeDate: null,
		duration: null,
		products: null,
		complaints: ['Kotak saran', 'E-mail'],
		ways: [
			{ way: 'visit', requirements: ['Kartu identitas', 'Alamat e-mail'], steps: null, time: 'paling lama 10 menit' }
		]
	});
	const stranger = await makeActor([[other.id, 'admin']]);
	await expect(changeService(stranger, id, names)).rejects.toThrow(NotFound);
});

test('refuses the second of two concurrent officers with one account, by name', async () => {
	const accountId = idOf(await makeActor([[unit.id, 'handler']]));
	const twin = (name: string) => ({ name, accountId, active: 'on' });
	const [inserted, committing] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	const first = transaction(async (tx) => {
		await insertOfficer(tx, admin, unit.id, twin('Kembar Satu'));
		inserted.resolve();
		await committing.promise;
	});
	await inserted.promise;
	const second = codesOf(createOfficer(admin, unit.id, twin('Kembar Dua')));
	await Promise.race([second, setTimeout(300)]);
	committing.resolve();
	await first;
	expect(await second).toEqual(['admin_account_linked']);
});
