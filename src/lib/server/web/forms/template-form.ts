import { fillIn, unknownPlaceholdersIn, type PlaceholderValues } from '#lib/cases/placeholders.ts';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { formatDate } from '#lib/calendar/format.ts';
import { baseLocale, isLocale, type Locale } from '#lib/paraglide/runtime.js';
import { kindWord } from '#lib/words/cases.ts';
import { fromNow } from '#lib/server/clock.ts';
import type { FormResult } from '../http/error-responses.ts';
import { issueText } from '#lib/server/issue-text.ts';
import { typedText } from './search-box-value.ts';
import { inLocale } from '#lib/server/in-locale.ts';

function exampleValues(language: Locale): PlaceholderValues {
	const day = (ahead: number) => formatDate(fromNow(ahead * DAY_MS), 'Asia/Makassar', language);
	const named = language === 'en';
	return {
		nomor: 'SPATULA-1203-26-000123',
		kantor: 'Kantor Contoh',
		telepon_kantor: '(0426) 000000',
		jenis_laporan: inLocale(language, () => kindWord('complaint')).toLocaleLowerCase(language),
		tanggal_laporan: day(-3),
		hari_ini: day(0),
		layanan: named ? 'Name of the service' : 'Nama layanan',
		batas_waktu: day(11),
		batas_pelapor: day(14),
		nama_pelapor: named ? 'Reporter’s name' : 'Nama Pelapor',
		petugas_penjawab: named ? 'Officer’s name' : 'Nama Petugas',
		isian: named ? '(the officer’s own words)' : '(ditulis petugas)'
	};
}

export function templatePreview(body: string, language: string): string {
	return fillIn(body, exampleValues(isLocale(language) ? language : baseLocale)).text;
}

/** The form with its preview. Nothing is stored, and unknown placeholders are already reported. */
export function previewAnswer(typed: FormResult['typed']): FormResult & { preview: string } {
	const names = unknownPlaceholdersIn(typedText(typed, 'body')).map((name) => `{${name}}`);
	const issue = { path: 'body', code: 'template_unknown' };
	const message = issueText({ ...issue, params: { names: names.join(', ') } });
	return {
		issues: names.length > 0 ? [{ ...issue, message }] : [],
		typed,
		preview: templatePreview(typedText(typed, 'body'), typedText(typed, 'language'))
	};
}
