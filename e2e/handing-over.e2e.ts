import { readFile } from 'node:fs/promises';
import { addDays } from '../src/lib/calendar/days.ts';
import {
	makeActor,
	makeOfficer,
	makeOfficerWithAccount,
	makePlace,
	makeUnit
} from '../src/lib/dev/testing/factories.ts';
import type { Actor } from '../src/lib/server/people/actor.ts';
import { act, openCase } from './support/cases.ts';
import { acceptInvitation, draftAnswer } from './support/new-office.ts';
import { openOwnSite, withPasswords } from './support/own-site.ts';
import {
	approveDraft,
	downloaded,
	expectAccessible,
	expectFits,
	fill,
	openAtDesk,
	panel,
	sendVerb,
	signedInAt,
	track
} from './support/pages.ts';
import { readPdf } from './support/pdf.ts';
import { today } from './support/site.ts';
import { expect, test, type Browser, type Page } from './support/test.ts';

const DESK = 'BCDFGH';
const ORDER = 'SPT 12/2026';

/** An office with two handlers, a supervisor and an administrator. The first handler serves at a desk as an officer. */
const openOffice = () =>
	openOwnSite('handing-over', async () => {
		const unit = await makeUnit({ slug: 'contoh', name: 'Kantor Contoh' });
		const [officer, first] = await makeOfficerWithAccount(unit.id, ['handler'], 'Petugas Lama');
		await makeOfficer(unit.id, 'Petugas Baru');
		await makePlace(unit.id, { kind: 'desk', officerId: officer.id, code: DESK });
		const second = await makeActor([[unit.id, 'handler']]);
		const admin = await makeActor([[unit.id, 'admin']]);
		const supervisor = await makeActor([[unit.id, 'supervisor']]);
		const pageOf = (person: Actor) => `/admin/people/${person.accountId}`;
		return {
			people: await withPasswords({ first, second, admin, supervisor }),
			second: { name: second.name, page: pageOf(second) },
			first: { page: pageOf(first) }
		};
	});
type Office = Awaited<ReturnType<typeof openOffice>>;

const windowOf = (browser: Browser, { origin, people }: Office, person: keyof Office['people']) =>
	signedInAt(browser, origin, people[person]);

/** Opens a complaint that is verified, and assigned to the first handler. */
async function complaint(site: Office): Promise<{ reference: string; receipt: string }> {
	const opened = await openCase({ unit: 'contoh' }, site);
	await act(opened.reference, 'verification', { category: 'facilities', class: 'plain' }, site);
	await act(opened.reference, 'assignment', { assignee: site.people.first.username }, site);
	return opened;
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

test('a handler who leaves hands reports, a draft and a desk to named successors', async ({ browser }) => {
	const site = await openOffice();
	try {
		const drafted = await complaint(site);
		const { reference: other } = await complaint(site);
		const leaver = await windowOf(browser, site, 'first');
		await draftAnswer(leaver, drafted.reference);

		const admin = await windowOf(browser, site, 'admin');
		await admin.goto(site.first.page);
		await admin.getByRole('link', { name: 'Serahkan pekerjaan dan nonaktifkan akun' }).click();
		const held = (term: string) => admin.locator('dl > div', { hasText: term }).locator('dd');
		await expect(held('Laporan yang belum selesai')).toHaveText('2');
		await expect(held('Rancangan yang menunggu persetujuan')).toContainText('1');
		await expect(held('Meja layanan')).toContainText('Kotak');
		await expectAccessible(admin);
		await expectFits(admin, 360, 1440);
		await admin.locator('[name=successor]').selectOption({ label: site.second.name });
		// Nothing is handed over before the administrator has chosen who serves at the desk.
		await press(admin, 'Serahkan dan nonaktifkan');
		await expect(admin).toHaveURL(/\/hand-over$/);
		await admin.locator('[name=deskOfficer]').selectOption({ label: 'Petugas Baru' });
		await press(admin, 'Serahkan dan nonaktifkan');
		await expect(admin.getByRole('status')).toContainText('Laporan yang diserahkan: 2.');

		await leaver.goto('/desk');
		await expect(leaver).toHaveURL(/\/login/);
		const successor = await windowOf(browser, site, 'second');
		for (const reference of [drafted.reference, other]) {
			await successor.goto(`/desk?q=${reference}`);
			await expect(successor.getByRole('row').filter({ hasText: reference })).toContainText('Saya');
		}
		// The draft waits as before. Sent back, it is the successor's to mend.
		const supervisor = await windowOf(browser, site, 'supervisor');
		await openAtDesk(supervisor, drafted.reference, 'approval?decision=send_back');
		await fill(panel(supervisor), { reason: 'Sebutkan jumlah kursinya.' });
		await press(supervisor, 'Kembalikan untuk diperbaiki');
		await expect(supervisor).toHaveURL(/done=sent_back/);
		await openAtDesk(successor, drafted.reference);
		await successor.getByRole('link', { name: 'Perbaiki' }).click();
		await expect(successor).toHaveURL(/\/answer/);
		await fill(panel(successor), { body: 'Sepuluh kursi sudah diganti.' });
		await sendVerb(successor);
		await expect(successor).toHaveURL(/done=drafted/);
		await openAtDesk(supervisor, drafted.reference, 'approval');
		await approveDraft(supervisor);
		await expect(supervisor).toHaveURL(/done=approved/);
		const citizen = await browser.newPage({ baseURL: site.origin });
		await track(citizen, drafted.receipt);
		await expect(citizen.getByText('Sepuluh kursi sudah diganti.').first()).toBeVisible();

		await citizen.goto(`/q/${DESK}`);
		await expect(citizen).toHaveURL('/contoh/nilai');
		await expect(citizen.getByText('Anda dilayani oleh')).toBeVisible();
		await expect(citizen.locator('.served')).toContainText('Petugas Baru');
	} finally {
		await site.stop();
	}
});

test('an acting head approves by an order whose number the letter and the history show, until it is ended', async ({
	browser
}) => {
	const site = await openOffice();
	try {
		const { reference } = await complaint(site);
		const { reference: later } = await complaint(site);
		const handler = await windowOf(browser, site, 'first');
		await draftAnswer(handler, reference);
		await draftAnswer(handler, later);

		const admin = await windowOf(browser, site, 'admin');
		await admin.goto(site.second.page);
		const plh = admin.locator('#plh');
		await plh.locator('[name=kind]').selectOption({ label: 'Plh.' });
		await plh.locator('[name=role]').selectOption({ label: 'Penyelia' });
		await fill(plh, { order: ORDER, fromDay: today(), toDay: addDays(today(), 1) });
		await press(admin, 'Berikan peran sementara');
		const waiting = admin.getByRole('region', { name: 'Menunggu penyelia' });
		await expect(waiting).toContainText('Plh. Penyelia');
		await expectAccessible(admin);

		const supervisor = await windowOf(browser, site, 'supervisor');
		await supervisor.goto('/me/access');
		const change = supervisor.getByRole('article').filter({ hasText: ORDER });
		await change.getByText('Setujui…').click();
		// It is the first role that a supervisor approves for this account, so its former password ends.
		await change.getByRole('button', { name: 'Setujui dan tampilkan tautan untuk dicetak' }).click();
		const link = await supervisor.locator('#link').innerText();
		const acting = await acceptInvitation(browser, link, site.people.second.username);

		await openAtDesk(acting, reference, 'approval');
		await approveDraft(acting);
		await expect(acting).toHaveURL(/done=approved/);
		await openAtDesk(handler, reference);
		await expect(handler.locator('#history')).toContainText(`Plh. ${site.second.name} (${ORDER})`);
		const file = await downloaded(handler, handler.getByRole('link', { name: /Unduh surat jawaban/ }));
		const letter = (await readPdf(await readFile(await file.path()))).text.replace(/\s+/g, ' ');
		for (const part of ['Plh. Penyelia', ORDER, site.second.name]) expect(letter).toContain(part);

		// The form was opened before the administrator ends the role.
		await openAtDesk(acting, later, 'approval');
		await admin.goto(site.second.page);
		await expect(plh).toContainText('Sedang berlaku');
		await expectFits(admin, 360, 1440);
		await plh.getByText('Akhiri', { exact: true }).first().click();
		await plh.getByRole('button', { name: /^Akhiri peran Plh\. Penyelia/ }).click();
		await expect(admin.getByRole('status')).toContainText('Tersimpan.');
		await expect(plh).not.toContainText(ORDER);
		await approveDraft(acting);
		await expect(acting.getByRole('alert').first()).toBeVisible();
		await openAtDesk(acting, later, 'approval');
		await expect(panel(acting).locator('button[name=decision]')).toHaveCount(0);
		await openAtDesk(handler, later);
		await expect(handler.getByText('menunggu persetujuan').first()).toBeVisible();
	} finally {
		await site.stop();
	}
});
