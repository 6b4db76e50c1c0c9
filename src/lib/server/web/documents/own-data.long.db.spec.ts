import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db, transaction } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { pushSubscriptions } from '#lib/server/db/schema/channels.ts';
import { secondFactors } from '#lib/server/db/schema/people.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { changeNamedOfficers } from '#lib/server/cases/officers/officers-of-case.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { addAbsence } from '#lib/server/people/absence.ts';
import { storeActingRole } from '#lib/server/people/access/acting-heads.ts';
import { actorOf, type Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { officerPhoto, setOfficerPhoto } from '#lib/server/people/officers/officer-photo.ts';
import { changeOfficer, createOfficer } from '#lib/server/people/officers/officers.ts';
import { recordPhotoConsent } from '#lib/server/people/officers/photo-consent.ts';
import { linkIdentity } from '#lib/server/people/sign-in/single-sign-on.ts';
import { requestOwnData } from '#lib/server/privacy/requests/receive.ts';
import { ownData } from '#lib/server/privacy/copy/own-data.ts';
import { createVisit } from '#lib/server/visits/entries.ts';
import { wordsOfPages } from '#lib/dev/testing/documents.ts';
import {
	accountRow,
	idOf,
	makeActor,
	makeCase,
	makeOfficerWithAccount,
	makeSession
} from '#lib/dev/testing/factories.ts';
import { act, bringTo, nameOfficer } from '#lib/dev/testing/office.ts';
import { scannedBy } from '#lib/dev/testing/plans.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { onDay, rateOn } from '#lib/dev/testing/figures/rating-history.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { withoutTriggers } from '#lib/dev/testing/without-triggers.ts';
import type { OwnData } from '#lib/privacy/own-data.ts';
import { ownDataResponse } from './own-data-pdf.ts';

const office = useOffice();

async function read(actor: Actor | null, file: string) {
	const response = await ownDataResponse(requestTo('/', { actor, params: { file } }));
	expect(response.headers.get('cache-control')).toBe('private, no-store');
	return new Uint8Array(await response.arrayBuffer());
}
const jsonOf = async (actor: Actor) => Buffer.from(await read(actor, 'data-saya.json')).toString();
const pdfOf = async (actor: Actor) => (await wordsOfPages(await read(actor, 'data-saya.pdf'))).join(' ');

/** A report that names the officer, opened on a day. */
async function reportOn(day: string, officer: { id: string }, body: string) {
	const reporter = { name: 'Pelapor Contoh Lima', phone: '081234567895' };
	return onDay(day, async () => {
		const { reference } = await makeCase(office.unit, { body, identity: 'named', reporter });
		await nameOfficer(office.handler, reference, officer);
		return reference;
	});
}

test('an officer gets their own data, and of reports and ratings nothing that shows a reporter or rater', async () => {
	const { unit, root } = office;
	const [officer, me] = await makeOfficerWithAccount(unit.id, ['handler'], 'Rosmini Contoh');
	await db()
		.update(officers)
		.set({ nicknames: ['Bu Ros'] })
		.where(eq(officers.id, officer.id));
	await makeSession(me, 'Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0');
	await addAbsence(me, idOf(me), { fromDay: '2099-12-01', toDay: '2099-12-02' });
	const references = [
		await reportOn('2026-02-02', officer, 'Bu guru menunggu lama sekali di loket.'),
		await reportOn('2026-02-03', officer, 'Nomor antrean saya dilewati dua kali.'),
		await reportOn('2026-04-02', officer, 'Laporan bulan ini belum boleh terhitung.'),
		await reportOn('2026-02-04', officer, 'Laporan tertutup tentang uang pelicin.')
	];
	// Named and no longer named in this month: both would show a day, so the month's beginning counts.
	const { reference: lately } = await onDay('2026-02-05', () =>
		makeCase(office.unit, { body: 'Antrean panjang, tanpa nama petugas.' })
	);
	const wrong = await reportOn('2026-02-06', officer, 'Salah orang di laporan ini, bukan dia.');
	await onDay('2026-04-03', async () => {
		await nameOfficer(office.handler, lately, officer);
		for (const actor of [office.handler, office.supervisor])
			await act(changeNamedOfficers, actor, wrong, {
				officer: officer.id,
				action: 'remove',
				reason: 'Bukan petugas ini yang dimaksud.'
			});
	});
	// Put under examination in this month: a lower count would warn.
	await onDay('2026-04-03', () =>
		act(verifyCase, office.supervisor, references[0] ?? '', {
			category: 'integrity',
			class: 'oversight',
			reason: 'Ada dugaan pungutan.'
		})
	);
	await onDay('2026-02-10', () => bringTo(office, references[1] ?? '', 'archived'));
	await db()
		.update(cases)
		.set({ restricted: true })
		.where(eq(cases.reference, references[3] ?? ''));
	await onDay('2026-03-02', () =>
		createVisit({ unit: unit.code, officer: officer.id, channel: 'walk_in' }, { accountId: null, within: [unit.id] })
	);
	for (const [n, day] of [2, 2, 3, 3, 4, 4].entries())
		await rateOn(unit, `2026-03-0${day}`, { officer: officer.id, score: 5, comment: `kata ${n}` });
	await rateOn(unit, '2026-04-03', { officer: officer.id, score: 1, comment: 'kata yang belum boleh terbaca' });
	await onDay('2026-04-04', async () => {
		const json = await jsonOf(me);
		const pdf = await pdfOf(me);
		const data = JSON.parse(json) as OwnData;
		expect(data.officer).toMatchObject({
			searched_names: ['Rosmini Contoh', 'Bu Ros'],
			visits: [{ year: 2026, count: 1 }],
			reports: { as_of: '2026-04-01', open: 2, answered: 0, archived: 1 },
			ratings: { counted: 6, distribution: [0, 0, 0, 0, 6] }
		});
		expect(data.account).toMatchObject({
			name: me.name,
			roles: [{ role: 'handler', office: unit.name }],
			absences: [{ from: '2099-12-01', to: '2099-12-02' }],
			log: [{ action: 'absence.added', by_account: true }]
		});
		expect(data.account.sessions).toMatchObject([{ device: 'Firefox, Windows' }]);
		const hidden = [
			...references,
			...[
				'menunggu lama',
				'dilewati',
				'belum boleh',
				'pelicin',
				'Pelapor Contoh',
				'081234567895',
				'2026-02',
				'2026-03'
			],
			...[office.handler.name, root.name]
		];
		for (const words of hidden) {
			expect(json, words).not.toContain(words);
			expect(pdf, words).not.toContain(words);
		}
		expect(pdf).not.toContain('absence.added');
		for (const words of ['Rosmini Contoh', 'Bu Ros', 'kata 3', unit.name, '2026: 1', 'Firefox'])
			expect(pdf).toContain(words);
	});
	const log = await db().select().from(auditEntries).where(eq(auditEntries.subject, 'own_data'));
	expect(log.map(({ actorId, action, after }) => [actorId, action, after])).toMatchObject([
		[idOf(me), 'list.exported', { filter: { format: 'json' } }],
		[idOf(me), 'list.exported', { filter: { format: 'pdf' } }]
	]);
});

test('a person’s own log has the entries of their account and officer record, and none of a namesake', async () => {
	const { unit } = office;
	const admin = await makeActor([[unit.id, 'admin']]);
	const [own, me] = await makeOfficerWithAccount(unit.id, [], 'Nurhayati');
	const [namesake] = await makeOfficerWithAccount(unit.id, [], 'Nurhayati');
	await changeOfficer(admin, namesake.id, { name: 'Nurhayati' });
	await changeOfficer(admin, own.id, { name: 'Nurhayati Hasan', accountId: idOf(me), active: 'on' });
	const logged = async () => (JSON.parse(await jsonOf(me)) as OwnData).account.log.map(({ action }) => action);
	expect(await logged()).toEqual(['officer.changed']);
	const { username } = await accountRow(me);
	const enrolled = { action: 'second_factor.enrolled', subject: username } as const;
	await transaction((tx) => recordChange(tx, me, enrolled));
	expect(await logged()).toEqual(['second_factor.enrolled', 'officer.changed']);
	// A second administrator approved the first change, and the time of the other was up.
	for (const by of [admin, null])
		await transaction((tx) => recordChange(tx, by, { action: 'access.effective.role', subject: username }));
	const pdf = await pdfOf(me);
	for (const words of ['menyetujui perubahan akses', 'mencatat perubahan akses']) expect(pdf).toContain(words);
});

test('the copy has the devices, the second factor, the last use, own requests and the portrait', async () => {
	const { unit } = office;
	const admin = await makeActor([[unit.id, 'admin']]);
	const [own, me] = await makeOfficerWithAccount(unit.id, ['handler'], 'Nurhayati Contoh');
	const photo = {
		name: 'potret.png',
		type: 'image/png',
		bytes: new Uint8Array(await fourColourImage().png().toBuffer())
	};
	await setOfficerPhoto(admin, own.id, photo);
	const [since, used] = [new Date('2026-10-01T02:00:00Z'), new Date('2026-11-02T02:00:00Z')];
	await db()
		.insert(secondFactors)
		.values({ accountId: idOf(me), secret: 'rahasia', enrolledAt: since });
	const subscribed = { accountId: idOf(me), device: 'ponsel dinas', language: 'id' as const, createdAt: since };
	await db()
		.insert(pushSubscriptions)
		.values({ ...subscribed, subscriptionSealed: 'x', endpointHash: 'y' });
	await db()
		.update(accounts)
		.set({ usedAt: used, provenEmail: 'nur@contoh.invalid' })
		.where(eq(accounts.id, idOf(me)));
	const words = 'Jabatan saya keliru sejak bulan lalu.';
	await requestOwnData(me, { kind: 'correction', words, submission_id: crypto.randomUUID() });
	const { account, officer } = JSON.parse(await jsonOf(me)) as OwnData;
	expect(account).toMatchObject({
		second_factor_since: since.toJSON(),
		used_at: used.toJSON(),
		proven_email: 'nur@contoh.invalid',
		notice_devices: [{ device: 'ponsel dinas', last_sent_at: null }],
		requests: [{ kind: 'correction', words }]
	});
	expect(Buffer.from(officer?.photo ?? '', 'base64')).toEqual(await officerPhoto(own.id));
	expect(JSON.stringify(account)).not.toContain('rahasia');
	const pdf = await pdfOf(me);
	for (const shown of ['ponsel dinas', words, 'nur@contoh.invalid']) expect(pdf).toContain(shown);
});

test('the copy has the record at a former office, with its ratings and its entries in the log', async () => {
	const { unit, root } = office;
	const admin = await makeActor([[root.id, 'admin']]);
	const [former, me] = await makeOfficerWithAccount(unit.id, ['handler'], 'Pindah Contoh');
	await recordPhotoConsent(admin, former.id, { given: 'yes', reason: 'Surat 12/2026' });
	for (const [n, day] of [2, 2, 3, 3, 4, 4].entries())
		await rateOn(unit, `2026-03-0${day}`, { officer: former.id, score: 5, comment: `kata ${n}` });
	await changeOfficer(admin, former.id, { name: 'Pindah Contoh', accountId: idOf(me) });
	await createOfficer(admin, root.id, { name: 'Pindah Contoh Baru', accountId: idOf(me), active: 'on' });
	const moved = await actorOf(idOf(me));
	await onDay('2026-04-04', async () => {
		const data = JSON.parse(await jsonOf(moved!)) as OwnData;
		expect(data.officer).toMatchObject({ office: root.name, active: true, ratings: { counted: 0 } });
		const ratings = { counted: 6, distribution: [0, 0, 0, 0, 6] };
		const consents = [{ given: true }];
		expect(data.former_officers).toMatchObject([
			{ office: unit.name, active: false, photo_consents: consents, ratings }
		]);
		expect(data.account.log.map(({ action }) => action)).toContain('officer.photo_consent_given');
		const pdf = await pdfOf(moved!);
		for (const words of ['Pindah Contoh Baru', root.name, unit.name, 'kata 3']) expect(pdf).toContain(words);
	});
});

test('an account without an officer record gets its own account only', async () => {
	const manager = await makeActor([[office.unit.id, 'manager']]);
	const data = JSON.parse(await jsonOf(manager)) as OwnData;
	const none = { sessions: [], log: [], acting_roles: [], single_sign_on: null };
	expect(data).toMatchObject({ account: { name: manager.name, ...none }, officer: null });
	expect(await pdfOf(manager)).toContain(manager.name);
	await linkIdentity(idOf(manager), { issuer: 'https://sso.contoh.go.id', subject: 'andi', authenticatedAt: null });
	const days = { fromDay: '2099-01-04', toDay: '2099-01-08' };
	const acting = { unitId: office.unit.id, role: 'supervisor' as const, kind: 'plh' as const, order: 'SPT 12/2026' };
	await transaction((tx) => storeActingRole(tx, null, { accountId: idOf(manager), ...acting, ...days }, 'x'));
	const { account } = JSON.parse(await jsonOf(manager)) as OwnData;
	expect(account.acting_roles).toMatchObject([{ role: 'supervisor', order: 'SPT 12/2026', to: '2099-01-08' }]);
	expect(account.single_sign_on).toMatchObject({ subject: 'andi' });
	const pdf = await pdfOf(manager);
	for (const words of ['SPT 12/2026', 'https://sso.contoh.go.id']) expect(pdf).toContain(words);
	await expect(read(null, 'data-saya.json')).rejects.toMatchObject({ status: 403 });
	await expect(read(manager, 'data-lain.json')).rejects.toMatchObject({ status: 404 });
});

// The embedded database plans the same way but offers fewer ways to inspect plans.
test.runIf(process.env.TEST_DATABASE === 'postgres')(
	'the entries about a person are found without reading the whole log',
	async () => {
		const [, me] = await makeOfficerWithAccount(office.unit.id, ['handler']);
		await withoutTriggers((tx) =>
			tx.execute(sql`insert into audit_entries select copy.* from audit_entries e,
				generate_series(1, 20000) n, jsonb_populate_record(e, jsonb_build_object('id', 1000000 + n, 'subject', 's' || n,
					'action', 'officer.changed', 'after', jsonb_build_object('record', gen_random_uuid()))) copy
				where e.id = (select min(id) from audit_entries)`)
		);
		await db().execute(sql`analyze ${auditEntries}`);
		expect(await scannedBy(() => ownData(me, 'json'), ['audit_entries'])).toEqual([]);
	}
);
