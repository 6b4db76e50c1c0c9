import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { CaseKind, Category } from '#lib/cases/vocabulary.ts';
import { Invalid } from '#lib/server/errors.ts';
import { GUARDED_CSV, unguardFormulas } from '#lib/text/formula-guard.ts';

/** Accepted names of the columns in a table of reports from LAPOR. A returned table has the first names, in this order. */
const COLUMNS = {
	lapor_id: ['nomor_sp4n_lapor', 'nomor', 'nomor_lapor', 'lapor_id', 'tracking_id', 'number', 'id'],
	received_on: ['tanggal_diterima', 'tanggal_terima', 'tanggal', 'diterima', 'received_on', 'received', 'date'],
	title: ['judul', 'judul_laporan', 'title'],
	content: ['isi', 'isi_laporan', 'uraian', 'content', 'body', 'text'],
	kind: ['jenis', 'kind'],
	category: ['pokok', 'kategori', 'category'],
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
	'permintaan informasi': 'information_request'
};
const CATEGORY_NAMES: Readonly<Record<string, Category>> = {
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

/** Decodes an uploaded table: UTF-16 ("Unicode text" of Excel), UTF-8, or else Windows-1252. */
export function decodeTable(bytes: Uint8Array): string {
	if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return new TextDecoder('windows-1252').decode(bytes);
	}
}

/** The separator that is most frequent in the header. */
function delimiterOf(text: string): string {
	const header = /^[^\r\n]*/.exec(text)?.[0] ?? '';
	const times = (sign: string) => header.split(sign).length;
	return [';', '\t', ','].reduce((best, sign) => (times(sign) > times(best) ? sign : best));
}

const refuse = (code: string, params: Record<string, string | number> = {}): never => {
	throw new Invalid([{ path: 'file', code, params }]);
};

/** Normalises a column name: `Nomor SP4N-LAPOR!` becomes `nomor_sp4n_lapor`. */
const plainName = (name: string) =>
	name
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '_')
		.replace(/^_|_$/g, '');

/**
 * Reads a table of reports with a header. Columns are found by name and separated by comma, semicolon or tab. Empty lines
 * are skipped but count for the line numbers.
 *
 * @throws Invalid `inbound_csv_unreadable`, `inbound_csv_columns`, `inbound_csv_empty`, `inbound_csv_long`
 */
export function readInboundTable(text: string): InboundLine[] {
	const table = text.replace(/^\uFEFF/, '');
	let rows: string[][] = [];
	try {
		rows = parse(table, { delimiter: delimiterOf(table), relax_column_count: true, relax_quotes: true });
	} catch (cause) {
		if (!(cause instanceof CsvError)) throw cause;
		refuse('inbound_csv_unreadable', { line: Number(cause.lines ?? 1) });
	}
	const header = (rows[0] ?? []).map(plainName);
	const at = (column: InboundColumn) => header.findIndex((name) => COLUMNS[column].some((known) => known === name));
	const missing = REQUIRED.filter((column) => at(column) < 0);
	if (missing.length > 0)
		refuse('inbound_csv_columns', { columns: missing.map((column) => COLUMNS[column][0]).join(', ') });
	const lines = rows.slice(1).map((row, index): InboundLine => {
		const cells = NAMES.map((column) => [column, unguardFormulas(row[at(column)] ?? '').trim()] as const);
		return { line: index + 2, cells: Object.fromEntries(cells.filter(([, cell]) => cell !== '')) };
	});
	const filled = lines.filter(({ cells }) => Object.keys(cells).length > 0);
	if (filled.length === 0) refuse('inbound_csv_empty');
	if (filled.length > MAX_LINES) refuse('inbound_csv_long', { most: MAX_LINES, lines: filled.length });
	return filled;
}

/** The line as input for `readInbound`, with Indonesian names of kinds and categories translated. */
export function inputOfLine({ cells }: InboundLine): Partial<Record<InboundColumn, string>> {
	const { kind, category } = cells;
	return {
		...cells,
		...(kind ? { kind: KINDS[kind.toLowerCase()] ?? kind.toLowerCase() } : {}),
		...(category ? { category: CATEGORY_NAMES[category.toLowerCase()] ?? category.toLowerCase() } : {})
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
