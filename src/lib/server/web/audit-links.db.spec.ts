import { expect, test } from 'vitest';
import { accountRow, idOf, makeActor, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { transaction } from '#lib/server/db/index.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { listPeople } from '#lib/server/people/directory.ts';
import { createPlace } from '#lib/server/places/places.ts';
import { recordBreach } from '#lib/server/privacy/breaches/book.ts';
import { recordRequest } from '#lib/server/privacy/requests/receive.ts';
import { auditLines } from './audit-lines.ts';

const office = useOffice();

test('an account, an officer, a place, a request and a breach are links', async () => {
	const unitId = office.unit.id;
	const reader = await makeActor([
		[office.root.id, 'admin'],
		[unitId, 'admin']
	]);
	const [officer] = await makeOfficerWithAccount(unitId, ['handler']);
	const place = await createPlace(reader, unitId, { kind: 'poster', name: 'Lokasi A' });
	const input = { kind: 'access', unit: office.unit.code, person: 'Warga Contoh', submission_id: crypto.randomUUID() };
	const check = { check: 'identity_card', check_note: 'Cocok dengan kartu.' };
	const request = await recordRequest(reader, { ...input, ...check });
	const facts = { title: 'Daftar keliru', what: 'Ke alamat lain.', foundBy: 'Petugas', dataKinds: 'Nama' };
	const breach = await recordBreach(reader, { unitId, ...facts });
	const { username } = await accountRow(office.handler);
	await transaction(async (tx) => {
		await recordChange(tx, null, { unitId, action: 'password.set', subject: username });
		await recordChange(tx, null, { unitId, action: 'officer.changed', subject: 'x', after: { record: officer.id } });
	});
	const lines = await auditLines(reader, {}, 'Asia/Makassar', await listPeople(reader));
	expect(lines.slice(0, 5).map(({ href }) => href)).toEqual([
		`/admin/officers/${officer.id}`,
		`/admin/people/${idOf(office.handler)}`,
		`/admin/privacy/breaches/${breach}`,
		`/admin/privacy/requests/${request}`,
		`/admin/places/${place.id}`
	]);
});
