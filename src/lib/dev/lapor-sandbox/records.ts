/** Records of the sandbox. Times are ISO; the API converts them to WIB. */
export interface StoredFollowup {
	id: number;
	content: string;
	/** Null: the reporter wrote it. */
	institutionFrom: string | null;
	institutionTo: string;
	at: string;
	statusOld: string | null;
	statusNew: string | null;
	attachments: { path: string; file_name: string; extension: string }[];
	/** The author: the agency by the API, or a person on the sandbox's page. */
	by: 'api' | 'sandbox';
	/** As the agency sent it by the API. */
	secret?: boolean;
}

export interface StoredReport {
	id: number;
	at: string;
	payload: Record<string, unknown>;
	statusName: string;
	dispositionId: number;
	statusLogs: { note: string; at: string }[];
	dataLogs: { content: string; from: Institution; to: Institution; at: string }[];
	followups: StoredFollowup[];
}

export interface StoredFile {
	id: number;
	name: string;
	type: string;
	bytes: number;
	sha256: string;
	at: string;
}

export interface Institution {
	id: number;
	name: string;
}

export interface SandboxState {
	nextReportId: number;
	nextFileId: number;
	nextFollowupId: number;
	reports: StoredReport[];
	files: StoredFile[];
}

/** Institutions with real names and invented ids, so that searching can be tried. */
export const INSTITUTIONS: readonly Institution[] = [
	{ id: 151345, name: 'Badan Pusat Statistik' },
	{ id: 151346, name: 'BPS Provinsi Sulawesi Barat' },
	{ id: 151347, name: 'BPS Kabupaten Mamuju' },
	{ id: 200101, name: 'Pemerintah Provinsi Sulawesi Barat' },
	{ id: 200102, name: 'Pemerintah Kabupaten Mamuju' },
	{ id: 200103, name: 'Pemerintah Kabupaten Majene' },
	{ id: 200104, name: 'Pemerintah Kabupaten Polewali Mandar' },
	{ id: 300001, name: 'Kementerian Pendayagunaan Aparatur Negara dan Reformasi Birokrasi' },
	{ id: 300002, name: 'Ombudsman Republik Indonesia' }
];

export const TEMPLATES = [
	{
		id: 1,
		code: 'TL-01',
		name: 'Ucapan terima kasih',
		content: 'Terima kasih atas laporan Anda. Laporan telah kami terima.'
	},
	{
		id: 2,
		code: 'TL-02',
		name: 'Permintaan data',
		content: 'Mohon lengkapi data berikut agar laporan dapat kami tindak lanjuti.'
	},
	{ id: 3, code: 'TL-03', name: 'Jawaban akhir', content: 'Laporan Anda telah selesai kami tindak lanjuti.' }
] as const;

/**
 * Status names of LAPOR. Their codes here are invented, because the real codes aren't known and clients must not need
 * them.
 */
export const STATUS_NAMES = [
	'Belum Terverifikasi',
	'Terverifikasi',
	'Dalam Proses',
	'Ditunda',
	'Selesai',
	'Diarsipkan',
	'Ditolak'
] as const;

export const institutionNamed = (id: number): Institution =>
	INSTITUTIONS.find((institution) => institution.id === id) ?? { id, name: `Instansi ${id}` };
