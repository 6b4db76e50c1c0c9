import { expect, it } from 'vitest';
import { pageOf } from '#lib/dev/testing/rendered.ts';
import { m } from '#lib/paraglide/messages.js';
import { inLocale } from '#lib/server/in-locale.ts';
import Services from './(citizen)/[unit]/layanan/+page.svelte';
import Complaint from './(citizen)/[unit]/pengaduan/+page.svelte';
import Privacy from './(citizen)/privasi/+page.svelte';

const unit = { name: 'Kantor Contoh', slug: 'contoh' };

const complaint = { unit, hidden: {}, files: { max: 5 }, known: {}, links: [], services: [], officers: [], limits: [] };

it('the last step of a complaint names the place of the scanned code again, with what its officer can’t see', () => {
	const place = { id: 'p', name: 'Meja layanan 1', hasOfficer: true };
	const page = pageOf(Complaint, { ...complaint, place });
	const lastStep = page.slice(page.lastIndexOf('<section'));
	expect(lastStep).toContain(m.citizen_form_place({ place: place.name }));
	expect(lastStep).toContain(m.citizen_form_place_officer({ place: place.name }));
});

it('the complaint form shows the whistle-blowing site and this site as two equal ways to report a bribe', () => {
	const links = [{ name: 'Situs pengaduan internal', url: 'https://wbs.contoh.go.id/' }];
	const pageFor = (category: string) => pageOf(Complaint, { ...complaint, links }, { issues: [], typed: { category } });
	const [, ways = ''] = /<aside.*?<ul[^>]*>(.*?)<\/ul>/s.exec(pageFor('time')) ?? [];
	expect(ways.match(/<li/g)).toHaveLength(2);
	expect(ways).toContain('href="https://wbs.contoh.go.id/"');
	expect(ways).toContain(m.citizen_integrity_here());
	// A form that comes back shows them without a choice.
	const open = /<aside class="[^"]*open/;
	expect(pageFor('time')).not.toMatch(open);
	expect(pageFor('integrity')).toMatch(open);
});

it('the page of services shows the times of the published service standard', () => {
	const ways = [{ way: 'visit', requirements: ['Kartu identitas'], steps: null, time: 'Paling lama 10 menit' }];
	const standard = { ways, duration: 'Paling lama 1 jam', complaints: [], retrievedOn: '2026-11-24' };
	const services = [{ kind: 'consultation', name: 'Konsultasi statistik', standard }];
	const page = pageOf(Services, { unit, services });
	for (const time of ['Paling lama 10 menit', 'Paling lama 1 jam']) expect(page).toContain(time);
});

it('the page of services does not call a source illegible because a field was left empty', () => {
	const standard = { ways: [], complaints: [], decreeDate: null, retrievedOn: '2026-11-24' };
	const page = pageOf(Services, { unit, services: [{ kind: 'consultation', name: 'Konsultasi', standard }] });
	expect(page).toMatch(/Tanggal ketetapan<\/dt>.*?Tidak dicantumkan di sini;/s);
	expect(page).not.toContain('terbaca');
});

it('the English privacy notice says that the office wrote its contact in Indonesian', () => {
	const responsible = { office: 'Kantor Contoh', name: 'Pejabat Contoh', contact: 'Ruang layanan, hari kerja' };
	const page = () => pageOf(Privacy, { date: '2026-11-30', isCurrent: false, sections: [], versions: [], responsible });
	expect(inLocale('en', page)).toContain(m.citizen_office_words({}, { locale: 'en' }));
	expect(page()).not.toContain(m.citizen_office_words());
});

it('the privacy notice lists the cookies one by one', () => {
	const sections = [
		{ title: 'Di perangkat Anda', sentences: [m.privacy_say_cookies(), m.privacy_say_third_parties()] }
	];
	const page = pageOf(Privacy, { date: '2026-11-30', isCurrent: false, sections, versions: [] });
	const [intro = '', ...cookies] = m.privacy_say_cookies().split('\n');
	expect(cookies.length).toBeGreaterThan(5);
	expect(page).toMatch(new RegExp(`<li>${intro.replace(/[()]/g, '\\$&')} .*?<ul`, 's'));
	for (const cookie of cookies) expect(page).toContain(`<li>${cookie}</li>`);
});
