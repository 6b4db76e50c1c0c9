import type { ServiceStandard } from '#lib/cases/service-standard.ts';

const NOT_LEGIBLE = 'tidak terbaca pada pindaian; lihat SIPPN';

/**
 * The standard of statistical consultation as BPS Kabupaten Mamuju published it, read from its scan. Parts that are
 * illegible in the scan are null or marked as such; nothing was invented.
 */
export const STANDARD_MAMUJU: ServiceStandard = {
	decree: 'SK 341/KPG Tahun 2022',
	decreeDate: null,
	source: 'Standar Pelayanan Konsultasi Statistik BPS Kabupaten Mamuju (pindaian)',
	retrievedOn: '2026-11-24',
	ways: [
		{
			way: 'visit',
			requirements: [
				'Berkunjung ke Unit Pelayanan Statistik Terpadu (PST) BPS Kabupaten Mamuju',
				'Memiliki kartu identitas yang masih berlaku (KTP, SIM, paspor, dan lain-lain)',
				'Memiliki alamat e-mail yang masih aktif',
				'Mengisi buku tamu elektronik',
				'Mengajukan permintaan layanan konsultasi statistik kepada petugas'
			],
			steps: [
				'Mengunjungi unit PST BPS Kabupaten Mamuju',
				'Mengambil nomor antrean',
				'Menunggu waktu dilayani sesuai nomor antrean',
				'Menuju meja layanan saat dipanggil petugas atau mesin antrean',
				'Mengisi buku tamu elektronik',
				'Menyampaikan konsultasi kepada petugas',
				'Petugas memberikan informasi tentang materi yang dikonsultasikan',
				'Bila diperlukan produk pelayanan lainnya, pengguna dapat mengakses jenis layanan lain pada PST',
				'Memberikan penilaian terhadap kualitas pelayanan konsultasi statistik',
				'Selesai mengakses layanan konsultasi statistik'
			],
			time: 'Paling lama 10 (sepuluh) menit sejak pengguna layanan pada antrean sebelumnya selesai'
		},
		{
			way: 'website',
			requirements: [
				'Memiliki alamat e-mail yang masih aktif',
				'Memiliki akun pada aplikasi PST, http://pst.bps.go.id',
				'Mengajukan permintaan layanan konsultasi statistik melalui aplikasi PST'
			],
			steps: [
				'Membuka aplikasi PST di https://pst.bps.go.id, lalu memilih layanan "Konsultasi"',
				'Melakukan registrasi bila belum memiliki akun',
				'Masuk ke aplikasi PST',
				'Mencari informasi tentang materi yang ingin dikonsultasikan',
				`Bila informasi tidak diperoleh, pengguna dapat membuat transaksi … (selanjutnya ${NOT_LEGIBLE})`,
				`… konsultasi melalui percakapan online (bagian lain langkah ini ${NOT_LEGIBLE})`,
				'Petugas memberikan informasi tentang materi yang dikonsultasikan',
				`(langkah 8 dan selanjutnya ${NOT_LEGIBLE})`
			],
			time: 'Paling lama 3 (tiga) hari kerja setelah permintaan jelas dan persyaratan pelayanan lengkap'
		},
		{
			way: 'whatsapp',
			requirements: [
				'Memiliki akun WhatsApp',
				'Melakukan konsultasi melalui percakapan ke nomor WhatsApp layanan 0812-1000-7604'
			],
			steps: null,
			time: 'Paling lama 1 (satu) hari kerja untuk respons awal'
		},
		{
			way: 'email',
			requirements: [
				'Memiliki alamat e-mail yang masih aktif',
				'Melakukan konsultasi statistik melalui e-mail layanan bps7604@bps.go.id'
			],
			steps: null,
			time: 'Paling lama 3 (tiga) hari kerja sejak e-mail diterima'
		}
	],
	duration: '60 menit. Jangka waktu bergantung pada isu yang dikonsultasikan, paling lama 1 jam.',
	fee: 'Tidak dipungut biaya',
	products: ['Jasa konsultasi informasi (data, metadata, klasifikasi) statistik'],
	complaints: [
		'Langsung: kotak saran dan pengaduan pada unit PST BPS Kabupaten Mamuju',
		'Situs web: Saran Pengaduan Online dan Rating Petugas Layanan (SPATULA), http://s.bps.go.id/saran-pengaduan-sulbar',
		'E-mail: bps7604@bps.go.id',
		'SMS/WhatsApp: 0812-1000-7604',
		'SP4N-LAPOR!: www.lapor.go.id, Twitter @lapor1708, Instagram @lapor1708, Facebook lapor1708'
	]
};
