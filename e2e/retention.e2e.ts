import { readFile } from 'node:fs/promises';
import { makeActor } from '../src/lib/dev/testing/factories.ts';
import { act, atTime, caseIn, makeOffice } from '../src/lib/dev/testing/office.ts';
import { confirmRules, removeSigners } from '../src/lib/dev/testing/retention/proposing.ts';
import { ensureDefaults } from '../src/lib/server/calendar/load.ts';
import { db, handle } from '../src/lib/server/db/index.ts';
import { startQueue, stopQueue } from '../src/lib/server/jobs/queue.ts';
import { changeLegalHold } from '../src/lib/server/privacy/retention/legal-hold.ts';
import { ensureSchedule } from '../src/lib/server/privacy/retention/schedule.ts';
import { openOldSession, openOwnSite, withPasswords } from './support/own-site.ts';
import {
	downloaded,
	expectAccessible,
	expectFits,
	fill,
	openUntil,
	signedInAt,
	windowOfSession
} from './support/pages.ts';
import { readPdf } from './support/pdf.ts';
import { expect, test } from './support/test.ts';

/** A province with two administrators, and three reports that were closed long ago; one of them is held. */
const openOffice = () =>
	openOwnSite('retention', async () => {
		await ensureDefaults(db());
		await ensureSchedule(db());
		await startQueue(handle(), false);
		const office = await makeOffice();
		const first = await makeActor([[office.root.id, 'admin']]);
		const second = await makeActor([[office.root.id, 'admin']]);
		await confirmRules(first, 'text');
		const named = { identity: 'named', reporter: { name: 'Pelapor Contoh 3', phone: '081234567890' } };
		const closed = await atTime('2020-03-02T02:00:00Z', async () => [
			await caseIn(office, 'closed', named),
			await caseIn(office, 'closed', named),
			await caseIn(office, 'closed', named)
		]);
		await removeSigners();
		const references = closed.map(({ reference }) => reference);
		const reason = 'Perkara masih diperiksa pengadilan.';
		await act(changeLegalHold, office.supervisor, references[0] ?? '', { action: 'hold', reason });
		await stopQueue();
		const logins = await withPasswords({ first, second, supervisor: office.supervisor });
		return { references, oldSession: await openOldSession(second.accountId ?? ''), ...logins };
	});

test('a yearly destruction from the schedule to the record, by two administrators', async ({ browser }) => {
	const office = await openOffice();
	try {
		const [, leftOut = '', destroyed = ''] = office.references;
		const admin = await signedInAt(browser, office.origin, office.first);
		await admin.goto('/admin/privacy');
		await admin.getByRole('main').getByRole('link', { name: 'Jadwal retensi' }).click();
		const rule = admin.getByRole('row').filter({ hasText: 'Nama dan kontak pelapor' }).filter({ hasText: 'Pengaduan' });
		await expect(rule).toContainText('Belum ditetapkan');
		await expectAccessible(admin);
		await expectFits(admin, 360, 1440);
		await rule.getByRole('link').click();
		await fill(admin, { jraCode: 'HM.02.01' });
		await admin.getByRole('button', { name: 'Tetapkan' }).click();
		await expect(rule).toContainText('Ditetapkan');

		await admin.getByRole('button', { name: 'Susun usul sekarang' }).click();
		await expect(admin.getByRole('heading', { level: 1 })).toContainText('/MUSNAH/');
		const kept = admin.getByRole('region', { name: 'Dikecualikan' });
		await expect(kept).toContainText('Pemusnahan ditangguhkan penyelia');
		await expectAccessible(admin);
		await expectFits(admin, 360, 1440);
		const list = await downloaded(admin, admin.getByRole('link', { name: /Excel/ }));
		expect(list.suggestedFilename()).toMatch(/^destruction-.*\.xlsx$/);

		await admin.getByText('Keluarkan laporan').first().click();
		await fill(admin.locator('form[action*=leave]'), { reference: leftOut, reason: 'Bernilai sejarah bagi kantor.' });
		await admin.getByRole('button', { name: 'Keluarkan laporan' }).click();
		await expect(kept).toContainText('Dikeluarkan dari usul: Bernilai sejarah bagi kantor.');
		await fill(admin, { decreeNumber: 'KEP-12/2026', decreeOn: '2126-01-01' });
		await admin.getByRole('button', { name: 'Catat keputusan' }).click();
		await expect(admin.getByText('Tanggal ini belum tiba.').first()).toBeVisible();
		await expect(admin.locator('[name=decreeNumber]')).toHaveValue('KEP-12/2026');
		await fill(admin, { decreeOn: '2026-01-08' });
		await admin.getByRole('button', { name: 'Catat keputusan' }).click();
		await admin.getByRole('button', { name: 'Jalankan simulasi' }).click();
		await expect(admin.getByRole('table', { name: 'Hasil simulasi' })).toContainText('Isi laporan dan jawaban');
		await fill(admin, {
			recordNumber: 'BA-3/2026',
			recordOn: '2026-01-09',
			legalName: 'Saksi Contoh 1',
			legalPosition: 'Analis hukum',
			supervisionName: 'Saksi Contoh 2',
			supervisionPosition: 'Auditor'
		});
		await admin.getByRole('button', { name: 'Catat berita acara' }).click();
		await admin.getByRole('button', { name: 'Konfirmasi pemusnahan' }).click();
		await expect(admin.getByRole('alert')).toBeVisible();
		await admin.locator('[name=confirmed]').check();
		await admin.getByRole('button', { name: 'Konfirmasi pemusnahan' }).click();
		await expect(admin.getByText('Administrator lain harus memberikan')).toBeVisible();
		await expect(admin.getByRole('button', { name: 'Konfirmasi pemusnahan' })).toHaveCount(0);

		const other = await windowOfSession(browser, office.origin, office.oldSession);
		const address = new URL(admin.url()).pathname;
		await other.goto(address);
		await other.locator('[name=confirmed]').check();
		await other.getByRole('button', { name: 'Konfirmasi pemusnahan' }).click();
		await fill(other, { password: office.second.password });
		await other.getByRole('button', { name: 'Lanjutkan' }).click();
		await openUntil(other, address, other.getByText('Sudah dimusnahkan', { exact: true }).first());
		await openUntil(other, address, other.locator('h1 + *', { hasText: 'Sudah dimusnahkan' }));
		const paper = await downloaded(other, other.getByRole('link', { name: /PDF/ }));
		const { text } = await readPdf(await readFile(await paper.path()));
		for (const words of ['BA-3/2026', 'KEP-12/2026', 'Saksi Contoh 1', 'Saksi Contoh 2']) expect(text).toContain(words);

		// The desk shows that the report was destroyed, and nothing of it. The held report stays, until the hold is lifted.
		const desk = await signedInAt(browser, office.origin, office.supervisor);
		await desk.goto(`/desk/cases/${destroyed}`);
		await expect(desk.getByRole('main')).toContainText('sudah dimusnahkan menurut keputusan nomor KEP-12/2026');
		await expect(desk.getByRole('main')).not.toContainText('Antrean di loket');
		await expect(desk.getByRole('main')).not.toContainText('Pelapor Contoh 3');
		await desk.goto(`/desk/cases/${office.references[0]}`);
		await expect(desk.getByRole('main')).toContainText('Antrean di loket');
		await desk.getByText('Lainnya', { exact: true }).click();
		await desk.getByRole('link', { name: 'Cabut penangguhan' }).click();
		await fill(desk, { reason: 'Perkaranya sudah putus.' });
		await desk.getByRole('button', { name: 'Cabut penangguhan' }).click();
		await expect(desk.getByText('Penangguhan pemusnahan laporan ini dicabut.')).toBeVisible();
	} finally {
		await office.stop();
	}
});
