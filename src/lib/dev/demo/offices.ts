import type { ServiceKind } from '#lib/cases/vocabulary.ts';

export type OfficeSlug = 'sulbar' | 'majene' | 'polewali-mandar' | 'mamasa' | 'mamuju' | 'pasangkayu' | 'mamuju-tengah';

export interface DemoOffice {
	slug: OfficeSlug;
	code: string;
	name: string;
	/** The first half of its printed codes: `MMJ` makes MMJKTK for the box and MMJPTG for the desk. */
	codePrefix: string;
	accent: string;
	/** Officers are numbered through the province, so that no two of them share a name. */
	firstOfficer: number;
	/** How many ratings of a hundred go to it. */
	share: number;
	contact?: { address: string; phone: string; whatsapp: string; email: string; website: string };
}

/** The province first. What only an office itself can say (address, channels) stands where it was published. */
export const DEMO_OFFICES: readonly DemoOffice[] = [
	{
		slug: 'sulbar',
		code: '7600',
		name: 'BPS Provinsi Sulawesi Barat',
		codePrefix: 'SBR',
		accent: '#0b5cad',
		firstOfficer: 7,
		share: 18
	},
	{
		slug: 'majene',
		code: '7601',
		name: 'BPS Kabupaten Majene',
		codePrefix: 'MJN',
		accent: '#6d3f91',
		firstOfficer: 13,
		share: 9
	},
	{
		slug: 'polewali-mandar',
		code: '7602',
		name: 'BPS Kabupaten Polewali Mandar',
		codePrefix: 'PWM',
		accent: '#8a4b08',
		firstOfficer: 19,
		share: 14
	},
	{
		slug: 'mamasa',
		code: '7603',
		name: 'BPS Kabupaten Mamasa',
		codePrefix: 'MMS',
		accent: '#1d6b3a',
		firstOfficer: 25,
		share: 6
	},
	{
		slug: 'mamuju',
		code: '7604',
		name: 'BPS Kabupaten Mamuju',
		codePrefix: 'MMJ',
		accent: '#0b5cad',
		firstOfficer: 1,
		share: 36,
		contact: {
			address:
				'Jl. Trans Sulawesi, Lingkungan Timbu, Kelurahan Mamunyu, Kecamatan Mamuju, Kabupaten Mamuju, Sulawesi Barat 91511',
			phone: '081210007604',
			whatsapp: '0812-1000-7604',
			email: 'bps7604@bps.go.id',
			website: 'http://mamujukab.bps.go.id'
		}
	},
	{
		slug: 'pasangkayu',
		code: '7605',
		name: 'BPS Kabupaten Pasangkayu',
		codePrefix: 'PSK',
		accent: '#00656b',
		firstOfficer: 31,
		share: 9
	},
	{
		slug: 'mamuju-tengah',
		code: '7606',
		name: 'BPS Kabupaten Mamuju Tengah',
		codePrefix: 'MTG',
		accent: '#9b2c3f',
		firstOfficer: 37,
		share: 8
	}
];

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

/** Positions in the order of an office's officers; whoever is rated most stands first. */
export const POSITIONS: readonly string[] = [
	'Petugas konsultasi statistik',
	'Petugas perpustakaan',
	'Petugas penerima tamu',
	'Petugas penjualan produk',
	'Petugas rekomendasi statistik',
	'Petugas pengganti'
];

/** A plainly invented name. It holds no word by which a text could seem to name the person. */
export const officerName = (number: number): string => `Petugas Contoh ${number}`;
