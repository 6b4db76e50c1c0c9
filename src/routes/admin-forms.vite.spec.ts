import { expect, it } from 'vitest';
import { htmlOf, pageOf } from '#lib/dev/testing/rendered.ts';
import Office from './(staff)/admin/units/[code]/+page.svelte';
import Logo from './(staff)/admin/units/[code]/logo/+page.svelte';
import Officers from './(staff)/admin/officers/+page.svelte';
import Officer from './(staff)/admin/officers/[id]/+page.svelte';
import Setup from './(staff)/admin/mulai/[code]/+page.svelte';
import Photo from './(staff)/admin/officers/[id]/photo/+page.svelte';
import Invite from './(staff)/admin/people/invite/+page.svelte';
import Account from './(staff)/admin/people/[id]/+page.svelte';
import HandOver from './(staff)/admin/people/[id]/hand-over/+page.svelte';
import Consent from './(staff)/admin/officers/[id]/consent/+page.svelte';
import PhotoConsent from './(staff)/me/PhotoConsent.svelte';

const office = { name: 'Kantor', code: '7604', version: 2, hours: { start: '08:00', end: '16:00' } };
const officer = { id: 'a', name: 'Ani Contoh', nicknames: [], active: true, photoKey: 'kunci-foto' };
const logo = { hash: 'a', width: 60, height: 20, own: true };

it.each([
	['an office', Office, { office, officers: [], supervisors: [], responsible: {} }],
	['the logo of an office', Logo, { office, logo }],
	['an officer', Officer, { officer, office, accounts: [] }],
	['the photo of an officer', Photo, { officer }],
	['the consent of an officer', Consent, { officer }]
])(
	'the page of %s has only one form with fields, because saving one would lose what is typed in another',
	(...page) => {
		const forms = pageOf(page[1], page[2]).split('<form').slice(1);
		expect(forms.filter((html) => /<(?:textarea|select|input(?! type="hidden"))/.test(html))).toHaveLength(1);
	}
);

it('a consent on paper is asked for only if the officer has a photo or has consented before', () => {
	const asks = (of: object) => pageOf(Officer, { officer: { ...officer, ...of }, office, accounts: [] });
	expect(asks({ photoKey: null })).not.toContain('/consent');
	for (const of of [{}, { photoKey: null, photoConsentAt: new Date() }]) expect(asks(of)).toContain('/consent');
});

it('the end of the path says there what was done, and after a trial that its sheets are printed again', () => {
	const unit = { name: 'Kantor', code: '7604', state: 'new', slug: 'kantor' };
	const data = { unit, steps: [], mayDoSite: true, needs: [], siteAdministrators: [], rolesWaiting: [] };
	const textOf = (saved: string) =>
		/id="buka".*?role="status"[^]*?<\/div>/s.exec(pageOf(Setup, data, null, saved))?.[0];
	expect(textOf('?saved=trial_ended')).toContain('Data uji coba sudah dihapus.');
	expect(textOf('?saved=trial_ended')).toContain('href="/admin/places?unit=7604#lembar"');
	expect(textOf('?saved=opened')).toContain('Kantor ini sudah dibuka untuk umum.');
	expect(pageOf(Setup, data, null, '?saved=opened')).not.toContain('Tersimpan.');
	for (const saved of ['?saved', '?saved=toString']) {
		expect(textOf(saved)).toBeUndefined();
		expect(pageOf(Setup, data, null, saved)).toContain('Tersimpan.');
	}
});

it('the form of an office says whose name each field asks for, and what empty hours of Friday mean', () => {
	const page = pageOf(Office, { office, officers: [], supervisors: [], responsible: {} });
	expect(page).toContain('Nama atau jabatan penanggung jawab data pribadi');
	expect(page).toMatch(/Jumat, mulai[^]*?bila kosong, sama dengan hari kerja lain[^]*?name="hours.friday.start"/);
});

it('the invitation speaks of e-mails only if it sends some', () => {
	const textOf = (way: string) => {
		const person = { id: 'a', name: 'Ani Contoh', username: 'ani', email: 'ani@contoh.invalid', way, linkUntil: null };
		return pageOf(Invite, { people: [person], zone: 'Asia/Makassar' });
	};
	expect(textOf('print')).not.toContain('E-mail dikirim sekarang.');
	expect(textOf('mail')).toContain('E-mail dikirim sekarang.');
});

it('an optional part of a step links to the page on which it is added', () => {
	const step = (name: string, extra: string) => ({ step: name, lacks: [], extras: [{ extra, count: 1 }] });
	const steps = [step('officers', 'head'), { ...step('backup', 'encryption'), ofSite: true }];
	const unit = { name: 'Kantor', code: '7604', state: 'open' };
	const page = pageOf(Setup, { unit, steps, mayDoSite: true, needs: [], siteAdministrators: [], rolesWaiting: [] });
	expect(page).toMatch(/<a href="\/admin\/units\/7604\?mulai=7604#headOfficerId">kepala satuan kerja/);
	expect(page).not.toMatch(/<a[^>]*>enkripsi cadangan/);
});

it('steps that may stay empty count as done, and an office without a name of its own must get one', () => {
	const unit = { name: 'Satuan kerja 7604', code: '7604', state: 'new' };
	const step = (name: string, lacks: string[]) => ({ step: name, lacks, extras: [] });
	const steps = [step('office', ['name', 'address']), step('channels', ['channel']), step('mail', ['mail_server'])];
	const page = pageOf(Setup, {
		unit,
		steps,
		mayDoSite: true,
		needs: ['name'],
		siteAdministrators: [],
		rolesWaiting: []
	});
	expect(page).toContain('2 dari 3 langkah selesai');
	expect(page).toContain('Wajib sebelum dibuka');
	expect(page).toContain('nama kantor (masih nama sementara)');
});

it('the step of people names those whose role waits for a supervisor', () => {
	const unit = { name: 'Kantor', code: '7604', state: 'open' };
	const steps = [{ step: 'people', lacks: ['own_people'], extras: [] }];
	const page = pageOf(Setup, { unit, steps, needs: [], siteAdministrators: [], rolesWaiting: ['Sari'] });
	expect(page).toMatch(/masih menunggu penyelia: Sari\. <a href="\/me\/access">/);
});

it('the step of services offers a copy only if there is another office', () => {
	const unit = { name: 'Kantor', code: '7604', state: 'new' };
	const steps = [{ step: 'services', lacks: ['service'], extras: [] }];
	const pageFor = (otherOffices: boolean) =>
		pageOf(Setup, { unit, steps, mayDoSite: true, needs: [], siteAdministrators: [], rolesWaiting: [], otherOffices });
	expect(pageFor(true)).toContain('/admin/services/copy?mulai=7604');
	expect(pageFor(false)).not.toContain('/admin/services/copy');
});

it('a form that makes a link or sheet to print, or shows a result, does not return to the path', () => {
	const unit = { name: 'Kantor', code: '7604', state: 'new' };
	const names = ['people', 'places', 'channels', 'mail', 'lapor', 'backup'];
	const steps = names.map((step) => ({ step, lacks: [], extras: [] }));
	const page = pageOf(Setup, { unit, steps, mayDoSite: true, needs: [], siteAdministrators: [], rolesWaiting: [] });
	for (const kind of ['people', 'places']) expect(page).toContain(`/admin/${kind}/new?unit=7604"`);
	for (const name of ['channels', 'mail#trial', 'lapor', 'backup']) expect(page).toContain(`href="/admin/${name}"`);
});

it('a refused statement about a step of the set-up comes back in its open section', () => {
	const step = (name: string, lacks: string[]) => ({ step: name, ofSite: true, lacks, extras: [], statement: null });
	const steps = [step('mail', ['mail_server']), step('key', ['key'])];
	const unit = { name: 'Kantor', code: '7604', state: 'open' };
	const data = { unit, steps, mayDoSite: true, needs: [], siteAdministrators: [], rolesWaiting: [] };
	const typed = { part: 'key', step: 'key', note: 'Ani' };
	const sectionOf = (form: object | null) => /<li id="key".*?<details[^>]*>/s.exec(pageOf(Setup, data, form))?.[0];
	expect(sectionOf(null)).not.toMatch(/<details[^>]*open/);
	expect(sectionOf({ issues: [{ path: 'note', message: 'Tulis namanya.' }], typed })).toMatch(/<details[^>]*open/);
});

it('closing the account of an only supervisor leads to an acting role for the chosen successor', () => {
	const people = [
		{ id: 'near', name: 'Ani Contoh', administered: true },
		{ id: 'above', name: 'Budi Contoh', administered: false }
	];
	const pageFor = (successor: string, covered: string[]) => {
		const onlyApproverOf = { covered, uncovered: [] };
		const onlyHandlerOf = { covered: [], uncovered: ['Kantor'] };
		const holdings = { name: 'Sari', active: true, desks: [], officers: [], people, onlyApproverOf, onlyHandlerOf };
		return pageOf(HandOver, { id: 'a', holdings }, { issues: [], typed: { successor } });
	};
	expect(pageFor('near', ['Kantor'])).toMatch(/href="\/admin\/people\/near#plh"[^>]*>[^<]*Ani Contoh/);
	expect(pageFor('near', [])).toContain('tidak ada penangan di Kantor, juga tidak di atasnya');
	for (const page of [pageFor('near', []), pageFor('above', ['Kantor']), pageFor('shared', ['Kantor'])])
		expect(page).not.toContain('#plh');
});

it('removing the role of a handler names the open reports that the person handles', () => {
	const pageFor = (role: string, openCases: number) => {
		const roles = [{ role, unitId: 'u', unitName: 'Kantor', acting: false, mine: true }];
		const person = { id: 'a', name: 'Sari', active: true, administered: true, hasPassword: true, roles, officer: null };
		const lists = { waiting: [], absences: [], deputies: [], units: [], acting: [], grantable: [] };
		return pageOf(Account, { actor: { accountId: 'b' }, person, openCases, onlyApproverOf: [], ...lists });
	};
	expect(pageFor('handler', 12)).toContain('menangani 12 laporan');
	for (const page of [pageFor('handler', 0), pageFor('manager', 12)]) expect(page).not.toContain('Orang ini menangani');
});

it('the page of an officer says that citizens do not see the photo, until the officer has agreed', () => {
	const pageFor = (changes: object) => {
		const shown = { ...officer, ...changes };
		return pageOf(Officer, { officer: shown, office, accounts: [], desksWithoutOfficer: [] });
	};
	expect(pageFor({ photoConsentAt: null })).toContain('Warga tidak melihat foto ini');
	expect(pageFor({ photoConsentAt: new Date() })).toContain('Petugas menyetujui fotonya ditampilkan');
	for (const changes of [{ photoConsentAt: new Date() }, { photoKey: null }])
		expect(pageFor(changes)).not.toContain('Warga tidak melihat foto ini');
});

it('the list of officers says of an unrated head of the office that citizens do not rate them', () => {
	const head = { ...officer, active: false, unitName: 'Kantor', account: null, position: 'Kepala' };
	const page = pageOf(Officers, { officers: [head], units: [], current: '' });
	expect(page).toContain('Tidak dinilai');
});

it('an officer sees the photo about which the page asks', () => {
	const photo = { name: 'Ani Contoh', portrait: '/berkas/petugas/a?v=1', given: false, last: null, zone: 'UTC' };
	expect(htmlOf(PhotoConsent, { photo })).toContain(`<img src="${photo.portrait}"`);
	expect(htmlOf(PhotoConsent, { photo: { ...photo, portrait: null } })).not.toContain('<img');
});
