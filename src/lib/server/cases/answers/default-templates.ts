import type { TemplateUse } from '#lib/cases/placeholders.ts';
import type { Locale } from '#lib/paraglide/runtime.js';
import type { Database } from '#lib/server/db/index.ts';
import { lockKey } from '#lib/server/db/lock-key.ts';
import { answerTemplates } from '#lib/server/db/schema/answers.ts';

const SALAM = `

Salam hormat,
{petugas_penjawab}
{kantor}`;
const YOURS = `

Yours sincerely,
{petugas_penjawab}
{kantor}`;

/** Templates of a new installation, by language, use and name. Administrators can change them. */
const TEXTS: Partial<Record<Locale, Partial<Record<TemplateUse, Record<string, string>>>>> = {
	id: {
		message: {
			'Laporan sedang kami periksa': `Terima kasih atas laporan Anda nomor {nomor}.

Laporan Anda sudah kami baca dan sedang kami periksa. Kami menyampaikan hasilnya paling lambat {batas_waktu}. Bila ada keterangan yang ingin Anda tambahkan, silakan tulis di halaman lacak.${SALAM}`,
			'Pemeriksaan memerlukan waktu lebih lama': `Pemeriksaan laporan Anda nomor {nomor} memerlukan waktu lebih lama daripada yang kami perkirakan. Kami mohon maaf.

Yang sudah kami periksa: {isian}
Yang masih kami tunggu: {isian}

Kami memberi kabar lagi paling lambat {batas_waktu}.${SALAM}`
		},
		question: {
			'Minta waktu dan tempat kejadian': `Agar laporan Anda dapat kami periksa dengan tepat, mohon Anda lengkapi:

1. Hari, tanggal, dan kira-kira pukul berapa kejadiannya?
2. Di loket, meja, atau halaman situs yang mana?
3. Apa yang Anda alami di sana?

Mohon Anda jawab paling lambat {batas_pelapor}, di halaman lacak. Nama tidak perlu ditulis bila Anda melapor tanpa nama.`,
			'Minta rincian data yang dicari': `Agar data yang Anda cari dapat kami temukan, mohon Anda lengkapi:

1. Data tentang apa, dan untuk wilayah mana?
2. Tahun berapa saja?
3. Dalam bentuk apa data itu Anda perlukan (tabel, publikasi, atau berkas olahan)?

Mohon Anda jawab paling lambat {batas_pelapor}, di halaman lacak.`
		},
		answer: {
			'Jawaban pengaduan: terbukti dan diperbaiki': `Terima kasih atas pengaduan Anda nomor {nomor} yang kami terima pada {tanggal_laporan}.

Kami sudah memeriksanya, dan yang Anda sampaikan memang terjadi. Kami mohon maaf atas ketidaknyamanan yang Anda alami.

Hasil pemeriksaan:
{isian}

Yang kami lakukan agar tidak terulang:
{isian}

Bila jawaban ini belum menyelesaikan masalah Anda, silakan nyatakan "Saya belum puas" di halaman lacak.${SALAM}`,
			'Jawaban pengaduan: tidak terbukti': `Terima kasih atas pengaduan Anda nomor {nomor} yang kami terima pada {tanggal_laporan}.

Kami sudah memeriksanya dengan melihat:
{isian}

Dari pemeriksaan itu kami tidak menemukan hal yang Anda sampaikan. Bila Anda mempunyai keterangan lain, silakan nyatakan "Saya belum puas" di halaman lacak dan tuliskan keterangannya; laporan Anda kami periksa kembali.${SALAM}`,
			'Terima kasih atas saran Anda': `Terima kasih atas saran Anda nomor {nomor}.

Saran Anda sudah kami bahas. Keputusannya:
{isian}

Kami senang bila Anda terus menyampaikan saran untuk pelayanan kami.${SALAM}`,
			'Jawaban permintaan informasi': `Terima kasih atas pertanyaan Anda nomor {nomor}.

Jawaban kami:
{isian}

Data dan publikasi lain tersedia di situs kantor kami. Untuk konsultasi, Anda dapat datang ke layanan kami pada jam kerja atau menghubungi {telepon_kantor}.${SALAM}`
		},
		archive: {
			'Bukan kewenangan kantor ini': `Terima kasih atas laporan Anda nomor {nomor}. Hal yang Anda sampaikan bukan kewenangan {kantor}, sehingga tidak dapat kami tindak lanjuti.

Anda dapat menyampaikannya kepada instansi yang berwenang, atau melalui SP4N-LAPOR! (lapor.go.id).`,
			'Laporan belum lengkap': `Laporan Anda nomor {nomor} kami tutup karena keterangan yang kami minta belum kami terima. Anda masih dapat melengkapinya di halaman lacak; laporan Anda lalu kami buka kembali.`
		}
	},
	en: {
		message: {
			'We are looking into your report': `Thank you for your report {nomor}.

We have read it and are looking into it. We will tell you the result by {batas_waktu} at the latest. If there is something you would like to add, please write it on the tracking page.${YOURS}`
		},
		question: {
			'Ask when and where it happened': `To look into your report we need to know more:

1. On which day, and at about what time, did it happen?
2. At which counter, desk or page of the site?
3. What happened there?

Please reply by {batas_pelapor}, on the tracking page. If you report without a name, you need not give one.`
		},
		answer: {
			'Answer to a complaint': `Thank you for your complaint {nomor}, which we received on {tanggal_laporan}.

What we found:
{isian}

What we have done:
{isian}

If this answer does not settle the matter, please choose "I am not satisfied" on the tracking page.${YOURS}`,
			'Answer to a question or suggestion': `Thank you for writing to us (report {nomor}).

Our answer:
{isian}${YOURS}`
		}
	}
};

/** Inserts the default templates if the installation has no template at all. */
export async function ensureTemplates(database: Database): Promise<void> {
	await database.transaction(async (tx) => {
		// Two processes may start at once.
		await lockKey(tx, 'defaults');
		if ((await tx.$count(answerTemplates)) > 0) return;
		const values = Object.entries(TEXTS).flatMap(([language, uses]) =>
			Object.entries(uses).flatMap(([use, texts]) =>
				Object.entries(texts).map(([name, body]) => ({ language, use, name, body }))
			)
		);
		await tx.insert(answerTemplates).values(values as (typeof answerTemplates.$inferInsert)[]);
	});
}
