/** The desk form fields that have templates. */
export const TEMPLATE_USES = ['message', 'question', 'answer', 'archive'] as const;
export type TemplateUse = (typeof TEMPLATE_USES)[number];

/** Placeholders in templates. The names are Indonesian in every language, because staff type them. */
export const PLACEHOLDERS = [
	'nomor',
	'kantor',
	'telepon_kantor',
	'jenis_laporan',
	'tanggal_laporan',
	'hari_ini',
	'layanan',
	'batas_waktu',
	'batas_pelapor',
	'nama_pelapor',
	'petugas_penjawab',
	/** Only the writer can fill this one. */
	'isian'
] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

export type PlaceholderValues = Readonly<Record<Placeholder, string | null>>;

const WORD = /\{\s*([^{}\n]{1,40}?)\s*\}/g;

const isKnown = (name: string): name is Placeholder => PLACEHOLDERS.includes(name as Placeholder);
const namesIn = (text: string): string[] => [...new Set([...text.matchAll(WORD)].map(([, name = '']) => name))];

/** Names in braces that are not placeholders, each once. */
export const unknownPlaceholdersIn = (text: string): string[] => namesIn(text).filter((name) => !isKnown(name));

/** Remaining placeholders of a text, each once. None may reach a reporter. */
export const placeholdersIn = (text: string): Placeholder[] => namesIn(text).filter(isKnown);

/** Fills a template with values. Placeholders without a value stay and are listed in `empty`. */
export function fillIn(text: string, values: PlaceholderValues): { text: string; empty: Placeholder[] } {
	const filled = text.replace(WORD, (whole, name: string) => (isKnown(name) ? (values[name] ?? `{${name}}`) : whole));
	return { text: filled, empty: placeholdersIn(text).filter((name) => values[name] === null) };
}

/** A line that ends with a colon and is not a list item. */
const HEADING = /^(?!(?:[-*•]|\w{1,2}[.)])\s).{1,100}:$/;

/** Headings without text: the next line that is not blank is another heading, or there is no next line. Each once. */
export function emptyHeadingsIn(text: string): string[] {
	const lines = text
		.split('\n')
		.map((line) => line.trim())
		.filter(Boolean);
	const isHeading = (line = ':') => line === ':' || HEADING.test(line);
	return [...new Set(lines.filter((line, at) => HEADING.test(line) && isHeading(lines[at + 1])))];
}

/** Reasons not to send a text: remaining placeholders in braces, and headings without text. */
export const unfilledIn = (text: string): string[] => [
	...placeholdersIn(text).map((name) => `{${name}}`),
	...emptyHeadingsIn(text).map((heading) => `“${heading}”`)
];
