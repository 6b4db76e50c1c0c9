import { openCase } from './support/cases.ts';
import {
	approveDraft,
	expectAccessible,
	expectFits,
	fill,
	checkPagesInFullRun,
	openAtDesk,
	panel,
	phoneWithoutScripts,
	sendVerb,
	signedIn,
	track,
	openAndCheck
} from './support/pages.ts';
import { expect, test, type Browser, type Page } from './support/test.ts';

const SEEN = 'Mesin antrean di ruang konsultasi rusak, nomor antrean tertukar dan orang berebut maju.';
const SEEN_TOO = 'Nomor antrean tertukar karena mesin antrean di ruang konsultasi rusak, orang-orang berebut.';
const ANSWER = 'Mesin antrean sudah diperbaiki pada hari ini, dan seorang petugas kini mengatur giliran.';

/** The text that a reporter reads with their code. */
async function tracked(browser: Browser, receipt: string): Promise<string> {
	const page = await phoneWithoutScripts(browser);
	await track(page, receipt);
	return page.locator('main').innerText();
}

test('two reports of one matter are linked and answered once; each reporter reads the answer with their own code', async ({
	browser
}) => {
	const first = await openCase({ body: SEEN });
	const second = await openCase({ body: SEEN_TOO });
	const desk = await signedIn(browser, 'penangan.mamuju');

	// The suggested category is chosen with one click, and with one key. Nothing is stored before the button is pressed.
	await openAndCheck(desk, `/desk/cases/${first.reference}/verification?list=kind%3Dcomplaint`);
	await expect(desk.getByText('Usulan kategori').first()).toBeVisible();
	await expect(desk.locator('[name=category]')).toHaveValue('');
	await desk.getByRole('link', { name: /Pakai usulan/ }).click();
	await expect(desk.locator('[name=category]')).not.toHaveValue('');
	await expect(desk).toHaveURL(/[?&]list=kind/);
	await expectAccessible(desk);
	await openAtDesk(desk, first.reference);
	await expect(desk.getByText('Diterima', { exact: true }).first()).toBeVisible();
	await openAtDesk(desk, first.reference, 'verification');
	await expect(desk.getByRole('link', { name: /Pakai usulan/ })).toBeVisible();
	await expect(async () => {
		await desk.keyboard.press('u');
		await expect(desk.locator('[name=category]')).not.toHaveValue('', { timeout: 1000 });
	}).toPass();
	await desk.locator('[name=category]').selectOption('facilities');
	await sendVerb(desk);
	await expect(desk).toHaveURL(/done=verified/);
	await openAtDesk(desk, second.reference, 'verification');
	await desk.locator('[name=category]').selectOption('facilities');
	await sendVerb(desk);
	await expect(desk).toHaveURL(/done=verified/);

	// The second case shows the first as similar but of another reporter, so linking is offered.
	await openAndCheck(desk, `/desk/cases/${second.reference}`);
	const similar = desk.locator('#similar');
	await expect(similar.getByText(/\d+% mirip/).first()).toBeVisible();
	await expect(similar.getByRole('link', { name: /laporan ganda/ })).toHaveCount(0);
	await similar.getByRole('link', { name: `Kaitkan ke ${first.reference}` }).click();
	await expect(desk.locator('[name=main]')).toHaveValue(first.reference);
	await openAndCheck(desk, `/desk/cases/${second.reference}/link?main=${first.reference}`);
	await sendVerb(desk);
	await expect(desk).toHaveURL(/done=linked/);
	await expect(desk.locator('#linked').getByRole('link', { name: first.reference })).toBeVisible();
	await expectFits(desk);
	await expect(desk.locator('#similar').getByText(first.reference)).toHaveCount(0);

	await openAtDesk(desk, first.reference, 'answer');
	await expect(desk.getByText(/juga dikirim ke 1 laporan terkait/)).toBeVisible();
	await expectAccessible(desk);
	await panel(desk).locator('[name=body]').fill(ANSWER);
	await desk.locator('[name=action]').fill('Diperiksa di tempat dan diperbaiki.');
	const day = desk.locator('[name=action_on]');
	await day.fill((await day.getAttribute('max')) ?? '');
	await sendVerb(desk);
	await expect(desk).toHaveURL(/done=drafted/);
	expect(await tracked(browser, second.receipt)).not.toContain(ANSWER);

	const head = await signedIn(browser, 'penyelia2.mamuju');
	await openAtDesk(head, first.reference, 'approval');
	await expect(head.getByText(/juga dikirim ke 1 laporan terkait/)).toBeVisible();
	await approveDraft(head);
	await expect(head).toHaveURL(/done=approved/);
	await openAndCheck(head, `/desk/cases/${second.reference}`);
	await expect(head.getByText('Sudah dijawab').first()).toBeVisible();

	for (const [own, other] of [
		[first, second],
		[second, first]
	] as const) {
		const read = await tracked(browser, own.receipt);
		expect(read).toContain(ANSWER);
		expect(read).not.toContain(other.reference);
	}
});

test('for a second report of the same person, archiving as a duplicate is offered with the form filled in', async ({
	browser
}) => {
	// The office itself heard the number: one that was typed in a form does not prove that the reporter is the same.
	const sender = { channel: 'phone', identity: 'named', reporter: { name: 'Contoh Pelapor', phone: '081355500011' } };
	const body = 'Lampu di tangga menuju perpustakaan mati sehingga gelap sekali waktu sore.';
	const { reference: first } = await openCase({ body, ...sender });
	const repeatedBody = 'Sekali lagi: lampu tangga perpustakaan masih mati, sore hari gelap.';
	const { reference: second } = await openCase({ body: repeatedBody, ...sender });
	const { reference: request } = await openCase({ kind: 'suggestion', body: 'Mohon data harga cabai tiga tahun ini.' });
	const desk = await signedIn(browser, 'penangan.mamuju');
	await openAtDesk(desk, request);
	// A request for information has its own reason, with the referral already written, and is sent by the second click.
	await desk.getByRole('link', { name: 'Ini permintaan data atau informasi' }).click();
	await expect(desk.locator('[name=reason][value=information_request]')).toBeChecked();
	await expect(desk.locator('[name=note]')).toHaveValue(/PPID[^]*https:/);
	await desk.getByRole('button', { name: 'Arsipkan laporan' }).click();
	await expect(desk).toHaveURL(/done=archived/);
	await openAtDesk(desk, second);
	const similar = desk.locator('#similar');
	await expect(similar.getByText('Pelapor yang sama')).toBeVisible();
	await similar.getByRole('link', { name: `Arsipkan sebagai laporan ganda dari ${first}` }).click();
	await expect(desk.locator('[name=reason][value=duplicate]')).toBeChecked();
	await expect(desk.locator('[name=duplicate_of]')).toHaveValue(first);
	await sendVerb(desk);
	await expect(desk).toHaveURL(/done=archive_drafted/);
	// An answer would replace the proposal, so its page shows it too.
	await openAtDesk(desk, second, 'answer');
	await expect(desk.getByRole('heading', { name: 'Usul pengarsipan menunggu persetujuan' })).toBeVisible();
	await desk.getByRole('button', { name: 'Batalkan usul' }).click();
	await expect(desk.getByText('Usul pengarsipan dibatalkan').first()).toBeVisible();
	await expect(desk.getByRole('heading', { name: 'Usul pengarsipan menunggu persetujuan' })).toBeHidden();
});

test('a rule is created, tested, and assigns the next report to the handler', async ({ browser }) => {
	const admin = await signedIn(browser, 'administrator.sulbar');
	await checkPagesInFullRun(admin, '/admin/routing', '/admin/routing/words');
	await openAndCheck(admin, '/admin/routing/new?unit=7604');
	await fill(admin, { name: 'Toilet dan kebersihan', words: 'toilet, kebersihan' });
	await admin.locator('[name=assign][value=nobody]').check({ force: true });
	await admin.getByRole('button', { name: 'Tambah aturan' }).click();
	// A rule without assignee and priority would have no effect. The field says so, and everything typed stays.
	await expect(admin.getByText(/perlu menetapkan prioritas/).first()).toBeVisible();
	await expect(admin.locator('[name=words]')).toHaveValue('toilet, kebersihan');
	await expectAccessible(admin);
	await admin.locator('[name=assign][value=workload]').check({ force: true });
	await admin.locator('[name=priority]').selectOption('high');
	await admin.getByRole('button', { name: 'Tambah aturan' }).click();
	await expect(admin).toHaveURL(/\/admin\/routing\?saved/);

	const box = admin.locator('#try');
	await box.locator('[name=text]').fill('Toiletnya bau dan tidak ada air sejak pagi.');
	await box.getByText('Rincian untuk teks yang ditempel').click();
	await box.locator('[name=unitId]').selectOption({ label: await mamujuLabel(admin) });
	await box.getByRole('button', { name: 'Uji' }).click();
	const result = admin.locator('#result');
	await expect(result.getByText('Aturan “Toilet dan kebersihan” yang berlaku.')).toBeVisible();
	await expect(result.getByText(/Ditugaskan kepada/)).toBeVisible();
	await expect(result.getByText('Prioritas menjadi Tinggi.')).toBeVisible();
	await expectAccessible(admin);

	const { reference } = await openCase({ body: 'Toilet pengunjung kotor dan tidak ada air sejak pagi tadi.' });
	const desk = await signedIn(browser, 'penangan.mamuju');
	await openAtDesk(desk, reference);
	await desk.locator('#history summary').click();
	await expect(desk.locator('#history').getByText('Aturan: Toilet dan kebersihan')).toBeVisible();
	// A supervisor may reassign it. The form selects no person, so that Enter alone does not give it away.
	const head = await signedIn(browser, 'penyelia.mamuju');
	await openAndCheck(head, `/desk/cases/${reference}/assignment`);
	await expect(head.getByText(/laporan terbuka/).first()).toBeVisible();
	await expect(head.locator('[name=assignee]')).not.toHaveCount(0);
	await expect(head.locator('[name=assignee]:checked')).toHaveCount(0);
});

test('somebody who will be absent names a deputy on their own page', async ({ browser }) => {
	const page = await signedIn(browser, 'penangan.majene');
	await openAndCheck(page, '/me');
	const deputy = page.locator('[name=deputyId]');
	await expect(deputy).toBeVisible();
	await fill(page, { fromDay: '2031-03-03', toDay: '2031-03-04' });
	const label = await deputy.locator('option').nth(1).innerText();
	await deputy.selectOption({ label });
	await page.getByRole('button', { name: 'Catat ketidakhadiran' }).click();
	await expect(page).toHaveURL(/\/me\?saved/);
	await expect(page.getByText(`wakil: ${label}`)).toBeVisible();
	await expectAccessible(page);
	await page.getByRole('button', { name: /Hapus ketidakhadiran/ }).click();
	await expect(page.getByText(`wakil: ${label}`)).toHaveCount(0);
});

async function mamujuLabel(page: Page): Promise<string> {
	const labels = await page.locator('#try [name=unitId] option').allInnerTexts();
	return labels.find((label) => label.includes('7604'))?.trim() ?? '';
}
