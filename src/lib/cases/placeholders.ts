/** For which words of the office a template is: each is a field of one of the desk's forms. */
export const TEMPLATE_USES = ['message', 'question', 'answer', 'archive'] as const;
export type TemplateUse = (typeof TEMPLATE_USES)[number];

export const TEMPLATE_LANGUAGES = ['id', 'en'] as const;
export type TemplateLanguage = (typeof TEMPLATE_LANGUAGES)[number];

/** What a template may leave open. The names are Indonesian in templates of either language: they are typed by people. */
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
	/** What only the writer can say; nothing is ever put in for it. */
	'isian'
] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

export type PlaceholderValues = Readonly<Record<Placeholder, string | null>>;

const WORD = /\{\s*([^{}\n]{1,40}?)\s*\}/g;

const isKnown = (name: string): name is Placeholder => PLACEHOLDERS.includes(name as Placeholder);
const namesIn = (text: string): string[] => [...new Set([...text.matchAll(WORD)].map(([, name = '']) => name))];

/** Names in braces that nothing will ever be put in for, each once. */
export const unknownIn = (text: string): string[] => namesIn(text).filter((name) => !isKnown(name));

/** Remaining placeholders of a text, each once. None may reach a reporter. */
export const openIn = (text: string): Placeholder[] => namesIn(text).filter(isKnown);

/** Fills a template with values. Placeholders without a value stay and are listed in `empty`. */
export function fillIn(text: string, values: PlaceholderValues): { text: string; empty: Placeholder[] } {
	const filled = text.replace(WORD, (whole, name: string) => (isKnown(name) ? (values[name] ?? `{${name}}`) : whole));
	return { text: filled, empty: openIn(text).filter((name) => values[name] === null) };
}

/** A line that announces what follows; an item of a list is none. */
const HEADING = /^(?!(?:[-*•]|\w{1,2}[.)])\s).{1,100}:$/;

/** Headings with nothing below them: the next line with words is a heading again, or there is none. Each once. */
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
	...openIn(text).map((name) => `{${name}}`),
	...emptyHeadingsIn(text).map((heading) => `“${heading}”`)
];
