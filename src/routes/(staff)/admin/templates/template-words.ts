import type { Placeholder, TemplateUse } from '#lib/cases/placeholders.ts';
import { m } from '#lib/paraglide/messages.js';

const uses: Record<TemplateUse, () => string> = {
	message: m.answering_use_message,
	question: m.answering_use_question,
	answer: m.answering_use_answer,
	archive: m.answering_use_archive
};

const placeholders: Record<Placeholder, () => string> = {
	nomor: m.term_reference,
	kantor: m.answering_fills_kantor,
	telepon_kantor: m.answering_fills_telepon_kantor,
	jenis_laporan: m.answering_fills_jenis_laporan,
	tanggal_laporan: m.answering_fills_tanggal_laporan,
	hari_ini: m.answering_fills_hari_ini,
	layanan: m.answering_fills_layanan,
	batas_waktu: m.answering_fills_batas_waktu,
	batas_pelapor: m.answering_fills_batas_pelapor,
	nama_pelapor: m.answering_fills_nama_pelapor,
	petugas_penjawab: m.answering_fills_petugas_penjawab,
	isian: m.answering_fills_isian
};

export const useWord = (use: TemplateUse) => uses[use]();
export const fillsWord = (placeholder: Placeholder) => placeholders[placeholder]();
