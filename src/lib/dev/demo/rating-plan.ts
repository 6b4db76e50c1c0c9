import { addDays, type LocalDate } from '#lib/calendar/days.ts';
import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import type { RatingTag } from '#lib/ratings/vocabulary.ts';
import { DEMO_OFFICES, type DemoOffice } from './offices.ts';
import type { PastDays } from './past-days.ts';
import { randomFrom, type Random } from './random.ts';

const RATINGS = 1500;

/** One rating of a visitor, before it is stored. */
export interface PlannedRating {
	office: DemoOffice;
	/** Index among the office's officers; null: the visitor did not know the officer. */
	officer: number | null;
	day: LocalDate;
	score: 1 | 2 | 3 | 4 | 5;
	service: ServiceKind | null;
	source: 'visit' | 'place' | 'web';
	/** Which code was scanned; null: none. */
	scanned: 'box' | 'desk' | null;
	aspects: { courtesy: number; speed: number; knowledge: number } | null;
	tags: RatingTag[];
	comment: string | null;
}

/** Percent of an office's ratings by officer. The last one stays below the default minimum of 10. */
const OFFICER_WEIGHTS = [33, 25, 20, 15, 5.5, 1.2];
/** Weights of the scores 1 to 5, from the best to the worst rated officer. */
const SCORE_WEIGHTS: readonly (readonly number[])[] = [
	[0, 1, 4, 25, 70],
	[1, 2, 8, 37, 52],
	[1, 3, 15, 45, 36],
	[3, 8, 24, 40, 25],
	[8, 16, 30, 30, 16]
];
const SERVICES: readonly ServiceKind[] = ['consultation', 'library', 'product_sales', 'recommendation'];
const SERVICE_WEIGHTS = [50, 30, 12, 8];

/** Invented comments by score. They are about the service and never about a visitor. */
const COMMENTS: Record<1 | 2 | 3 | 4 | 5, readonly [string, ...string[]]> = {
	5: [
		'Penjelasannya runtut, saya langsung paham cara membaca tabel PDRB.',
		'Ramah dan cepat. Data yang saya cari ketemu dalam sepuluh menit.',
		'Terima kasih, sampai dibantu mencarikan metadata survei.',
		'Pelayanan sangat baik, petugas sabar menjelaskan kepada mahasiswa.',
		'Dibantu mengunduh publikasi sampai selesai.',
		'Konsultasi lewat WhatsApp dijawab hari itu juga, jelas sekali.',
		'Petugas menguasai materi inflasi, contohnya mudah dimengerti.',
		'Senang, ruangannya nyaman dan petugasnya sigap.',
		'Rekomendasi kegiatan statistik kami selesai tanpa bolak-balik.'
	],
	4: [
		'Sudah baik, hanya perlu menunggu sebentar.',
		'Penjelasan bagus, tetapi komputer perpustakaan agak lambat.',
		'Petugas ramah, data kecamatan tersedia sebagian.',
		'Pelayanan memuaskan, semoga jam layanan siang lebih jelas.',
		'Cukup cepat, tinggal tabelnya dikirim dalam Excel.'
	],
	3: [
		'Biasa saja, data yang saya perlukan belum lengkap.',
		'Petugas membantu, tetapi harus bertanya dulu ke rekan lain.',
		'Menunggu agak lama padahal tidak ada antrean.',
		'Jawaban lewat e-mail baru datang di hari ketiga.'
	],
	2: [
		'Menunggu lama dan petugas berganti dua kali.',
		'Penjelasan soal konsep pengangguran membingungkan saya.',
		'Data yang dijanjikan belum dikirim.'
	],
	1: ['Petugas tidak di tempat pada jam layanan.', 'Saya datang dua kali dan belum mendapat datanya.']
};

const PRAISE: readonly [RatingTag, ...RatingTag[]] = ['friendly', 'fast', 'clear', 'solved'];
const BLAME: readonly [RatingTag, ...RatingTag[]] = ['waiting', 'unfriendly', 'unclear', 'unsolved'];

/** The ratings of the last twelve months, in the order of their days. */
export function planRatings(days: PastDays): PlannedRating[] {
	const random = randomFrom('penilaian');
	const workingDays = days.workingDaysSince(addDays(days.today, -364));
	const planned = Array.from({ length: RATINGS }, () => planOne(random, workingDays));
	return planned.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
}

function planOne(random: Random, workingDays: readonly LocalDate[]): PlannedRating {
	const officeIndex = random.weighted(DEMO_OFFICES.map(({ share }) => share));
	const office = DEMO_OFFICES[officeIndex] ?? DEMO_OFFICES[0];
	if (!office) throw new Error('the demo has no offices');
	const officer = random.chance(0.05) ? null : random.weighted(OFFICER_WEIGHTS);
	const scoreWeights = SCORE_WEIGHTS[((officer ?? 1) * 2 + officeIndex + 1) % SCORE_WEIGHTS.length] ?? [];
	const score = (random.weighted(scoreWeights) + 1) as PlannedRating['score'];
	// The square root makes later days more frequent, because the codes became known over time.
	const day = workingDays[Math.floor(Math.sqrt(random.next()) * workingDays.length)] ?? workingDays[0];
	if (!day) throw new Error('a year without a working day');
	const source = random.weighted([35, 50, 15]);
	const scanned = source === 1 ? (officer === 0 ? 'desk' : 'box') : null;
	return {
		office,
		officer,
		day,
		score,
		service: random.chance(0.8) ? (SERVICES[random.weighted(SERVICE_WEIGHTS)] ?? null) : null,
		source: (['visit', 'place', 'web'] as const)[source] ?? 'web',
		scanned,
		aspects: random.chance(0.55) ? aspectsAround(random, score) : null,
		tags: random.chance(0.6) ? tagsFor(random, score) : [],
		comment: random.chance(score <= 2 ? 0.5 : 0.16) ? random.pick(COMMENTS[score]) : null
	};
}

function aspectsAround(random: Random, score: number) {
	const near = () => Math.min(5, Math.max(1, score + random.between(-1, 1)));
	return { courtesy: near(), speed: near(), knowledge: near() };
}

function tagsFor(random: Random, score: number): RatingTag[] {
	const words = score >= 4 ? PRAISE : score <= 2 ? BLAME : ([...PRAISE, ...BLAME] as [RatingTag, ...RatingTag[]]);
	return [...new Set(Array.from({ length: random.between(1, 3) }, () => random.pick(words)))];
}
