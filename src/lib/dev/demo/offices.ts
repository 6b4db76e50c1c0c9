import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import type { LinkPurpose, OfficeLink } from '#lib/server/db/schema/units.ts';

export type OfficeSlug = 'sulbar' | 'majene' | 'polewali-mandar' | 'mamasa' | 'mamuju' | 'pasangkayu' | 'mamuju-tengah';

export interface DemoOffice {
	slug: OfficeSlug;
	code: string;
	name: string;
	/** The first half of its printed codes: with `MMJ`, the box is MMJKTK and the desk MMJPTG. */
	codePrefix: string;
	accent: string;
	/** Number of its first officer. Numbers are unique in the province, so that no two officers have the same name. */
	firstOfficer: number;
	/** Its share of all ratings in percent. */
	share: number;
	contact?: { address: string; phone: string; whatsapp: string; email: string; website: string };
}

/** Address and channels as the office published them. Other offices have none. */
const MAMUJU_CONTACT = {
	address:
		'Jl. Trans Sulawesi, Lingkungan Timbu, Kelurahan Mamunyu, Kecamatan Mamuju, Kabupaten Mamuju, Sulawesi Barat 91511',
	phone: '081210007604',
	whatsapp: '0812-1000-7604',
	email: 'bps7604@bps.go.id',
	website: 'http://mamujukab.bps.go.id'
};

const OFFICES: readonly [OfficeSlug, code: string, name: string, codePrefix: string, accent: string, number, number][] =
	[
		['sulbar', '7600', 'BPS Provinsi Sulawesi Barat', 'SBR', '#0b5cad', 7, 18],
		['majene', '7601', 'BPS Kabupaten Majene', 'MJN', '#6d3f91', 13, 9],
		['polewali-mandar', '7602', 'BPS Kabupaten Polewali Mandar', 'PWM', '#8a4b08', 19, 14],
		['mamasa', '7603', 'BPS Kabupaten Mamasa', 'MMS', '#1d6b3a', 25, 6],
		['mamuju', '7604', 'BPS Kabupaten Mamuju', 'MMJ', '#0b5cad', 1, 36],
		['pasangkayu', '7605', 'BPS Kabupaten Pasangkayu', 'PSK', '#00656b', 31, 9],
		['mamuju-tengah', '7606', 'BPS Kabupaten Mamuju Tengah', 'MTG', '#9b2c3f', 37, 8]
	];

export const OFFICE_SLUGS = OFFICES.map(([slug]) => slug);

/** The province first. */
export const DEMO_OFFICES: readonly DemoOffice[] = OFFICES.map(
	([slug, code, name, codePrefix, accent, firstOfficer, share]) => {
		const contact = slug === 'mamuju' ? MAMUJU_CONTACT : undefined;
		return { slug, code, name, codePrefix, accent, firstOfficer, share, contact };
	}
);

/** Links that the province has chosen. Regencies inherit them. */
export const DEMO_LINKS: Record<LinkPurpose, OfficeLink[]> = {
	integrity: [
		{
			name: 'Lewat wbs.bps.go.id',
			nameEn: 'By wbs.bps.go.id',
			text: 'Situs pelaporan pelanggaran milik BPS. Meminta identitas asli Anda dan merahasiakannya.',
			textEn: 'The whistle-blowing site of BPS. It asks for your true identity and keeps it secret.',
			url: 'https://wbs.bps.go.id'
		}
	],
	request: [
		{
			name: 'Pelayanan Statistik Terpadu',
			nameEn: 'Integrated Statistical Service',
			text: 'Butuh data atau konsultasi statistik? Ajukan di pst.bps.go.id.',
			textEn: 'Need data or statistical advice? Ask at pst.bps.go.id.',
			url: 'https://pst.bps.go.id'
		},
		{
			name: 'Layanan informasi publik BPS (PPID)',
			nameEn: 'Public information service of BPS (PPID)',
			text: 'Meminta dokumen publik menurut UU 14/2008? Ajukan di ppid.bps.go.id.',
			textEn: 'Asking for public documents under Law 14/2008? Apply at ppid.bps.go.id.',
			url: 'https://ppid.bps.go.id'
		}
	],
	office_page: [{ name: 'Survei Kebutuhan Data', nameEn: 'Data needs survey', url: 'https://skd.bps.go.id' }]
};

export const OFFICERS_PER_OFFICE = 6;

export const DEMO_SERVICES: readonly { kind: ServiceKind; name: string; nameEn: string }[] = [
	{ kind: 'library', name: 'Perpustakaan statistik', nameEn: 'Statistical library' },
	{ kind: 'consultation', name: 'Konsultasi statistik', nameEn: 'Statistical consultation' },
	{ kind: 'product_sales', name: 'Penjualan produk statistik', nameEn: 'Sale of statistical products' },
	{
		kind: 'recommendation',
		name: 'Rekomendasi kegiatan statistik',
		nameEn: 'Recommendation for statistical activities'
	}
];

/** Positions of an office's officers in their order. The first officer has the most ratings. */
export const POSITIONS: readonly string[] = [
	'Petugas konsultasi statistik',
	'Petugas perpustakaan',
	'Petugas penerima tamu',
	'Petugas penjualan produk',
	'Petugas rekomendasi statistik',
	'Petugas pengganti'
];

/** An obviously invented name. It contains no word that a text might match as the name of a person. */
export const officerName = (number: number): string => `Petugas Contoh ${number}`;
