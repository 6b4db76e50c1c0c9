import { stringify } from 'csv-stringify/sync';
import { CATEGORIES, type CaseKind, type Category } from '#lib/cases/vocabulary.ts';
import { locales } from '#lib/paraglide/runtime.js';
import { csvRows, plainName } from '#lib/server/csv-table.ts';
import { invalid } from '#lib/server/errors.ts';
import { GUARDED_CSV } from '#lib/text/formula-guard.ts';
import { categoryWord } from '#lib/words/cases.ts';

/**
 * Accepted names of the columns in a table of reports from LAPOR, the surest first: a table may also have an `id` of its
 * own. A returned table has the first names, in this order.
 */
const COLUMNS = {
	lapor_id: ['nomor_sp4n_lapor', 'nomor_lapor', 'lapor_id', 'tracking_id', 'nomor', 'number', 'id'],
	received_on: ['tanggal_diterima', 'tanggal_terima', 'diterima', 'received_on', 'received', 'tanggal', 'date'],
	title: ['judul', 'judul_laporan', 'title'],
	content: ['isi', 'isi_laporan', 'uraian', 'content', 'body', 'text'],
	kind: ['jenis', 'kind'],
	category: ['kategori', 'pokok', 'category'],
	incident_on: ['tanggal_kejadian', 'incident_on', 'incident_date'],
	unit: ['kantor', 'kode_kantor', 'satker', 'unit', 'office'],
	reference: ['nomor_laporan_kami', 'nomor_spatula', 'spatula', 'reference']
} as const satisfies Record<string, readonly string[]>;

type InboundColumn = keyof typeof COLUMNS;
const NAMES = Object.keys(COLUMNS) as InboundColumn[];
const REQUIRED: readonly InboundColumn[] = ['lapor_id', 'received_on', 'content'];
/** Column of a returned table with each line's problem. It is ignored when the table is uploaded again. */
const PROBLEM_COLUMN = 'perbaiki';

const KINDS: Readonly<Record<string, CaseKind>> = {
	pengaduan: 'complaint',
	aspirasi: 'suggestion',
	saran: 'suggestion',
	'permintaan informasi': 'information_request',
	'information request': 'information_request'
};
/** The short names, and those on the screens in each language. */
const CATEGORY_NAMES: Readonly<Record<string, Category>> = {
	...Object.fromEntries(
		CATEGORIES.flatMap((one) => locales.map((locale) => [categoryWord(one, locale).toLowerCase(), one]))
	),
	persyaratan: 'requirements',
	prosedur: 'procedure',
	waktu: 'time',
	biaya: 'cost',
	produk: 'product',
	kompetensi: 'competence',
	perilaku: 'behaviour',
	sarana: 'facilities',
	fasilitas: 'facilities',
	integritas: 'integrity',
	lainnya: 'other'
};

export interface InboundLine {
	line: number;
	cells: Partial<Record<InboundColumn, string>>;
}

/** Lines per table. A longer table is a mistake, or work for several days. */
export const MAX_LINES = 300;

/**
 * Reads a table of reports with a header. Columns are found by name and separated by comma, semicolon or tab. Empty lines
 * are skipped but count for the line numbers.
 *
 * @throws Invalid `inbound_csv_unreadable`, `inbound_csv_columns`, `inbound_csv_empty`, `inbound_csv_long`
 */
export function readInboundTable(text: string): InboundLine[] {
	const rows = csvRows(text, (line) => invalid('file', 'inbound_csv_unreadable', { line }));
	const header = (rows[0] ?? []).map(plainName);
	const at = (column: InboundColumn) =>
		COLUMNS[column].map((known: string) => header.indexOf(known)).find((place) => place >= 0) ?? -1;
	const missing = REQUIRED.filter((column) => at(column) < 0);
	if (missing.length > 0)
		throw invalid('file', 'inbound_csv_columns', { columns: missing.map((column) => COLUMNS[column][0]).join(', ') });
	const lines = rows.slice(1).map((row, index): InboundLine => {
		const cells = NAMES.map((column) => [column, row[at(column)] ?? ''] as const);
		return { line: index + 2, cells: Object.fromEntries(cells.filter(([, cell]) => cell !== '')) };
	});
	const filled = lines.filter(({ cells }) => Object.keys(cells).length > 0);
	if (filled.length === 0) throw invalid('file', 'inbound_csv_empty');
	if (filled.length > MAX_LINES) throw invalid('file', 'inbound_csv_long', { most: MAX_LINES, lines: filled.length });
	return filled;
}

/** The line as input for `readInbound`, with names of kinds and categories translated. */
export function inputOfLine({ cells }: InboundLine): Partial<Record<InboundColumn, string>> {
	const { kind, category } = cells;
	return {
		...cells,
		kind: kind && (KINDS[kind.toLowerCase()] ?? kind.toLowerCase()),
		category: category && (CATEGORY_NAMES[category.toLowerCase()] ?? category.toLowerCase())
	};
}

/** Writes lines with their problems, to be corrected and uploaded again. No cell can run as a formula. */
export function writeInboundTable(lines: readonly (InboundLine & { problem: string })[]): string {
	const used = NAMES.filter((name) => REQUIRED.includes(name) || lines.some(({ cells }) => cells[name] !== undefined));
	const header = [...used.map((name) => COLUMNS[name][0]), PROBLEM_COLUMN];
	const rows = lines.map(({ cells, problem }) => [...used.map((name) => cells[name] ?? ''), problem]);
	return stringify([header, ...rows], { ...GUARDED_CSV, bom: true });
}

export function inboundTableExample(): string {
	const cells = {
		lapor_id: '1916449',
		received_on: '2026-09-30',
		title: 'Antrean lama di loket konsultasi',
		content: 'Contoh: antrean di loket konsultasi tidak bergerak selama satu jam.',
		kind: 'pengaduan',
		category: 'waktu',
		incident_on: '2026-09-28'
	};
	return writeInboundTable([{ line: 2, cells, problem: '' }]);
}
