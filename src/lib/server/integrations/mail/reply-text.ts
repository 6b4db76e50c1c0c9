/** First line of a quoted message without `>`, as Outlook and phones write it. */
const SEPARATORS = [/^-{3,}\s*(original message|pesan asli)\s*-{3,}$/i, /^_{20,}$/, /^(from|dari)\s*:.*@/i];
/** First line of a forwarded message. It is shown with the message, because the thread does not contain it. */
const FORWARDED = /^-{3,}\s*(forwarded message|pesan yang diteruskan)\s*-{3,}$/i;
/** The line before a quoted message: "Pada Sen, 1 Mar 2027, Kantor <a@b> menulis:". */
const ATTRIBUTION = /^(on|pada|el|le|am)\b.*(wrote|menulis|escribió|écrit|schrieb)\s*:$/i;
const SIGNATURE = /^--\s?$/;
/** A mail program may break the attribution into this many lines. */
const MAX_ATTRIBUTION_LINES = 3;

const isQuoted = (line: string) => line.startsWith('>');
const isBlank = (line: string) => line.trim() === '';
const isAttribution = (lines: readonly string[]) => ATTRIBUTION.test(lines.join(' ').trim());

/**
 * Splits a message into its writer's text (`body`) and the quoted history and signature (`quoted`), which pages show
 * folded. A message that answers between quoted lines is not split, and neither is one without a text of its own.
 *
 * @param known whether the message belongs to a thread of the office. Otherwise its quoted text may be the matter that
 *   it reports, so only the signature is folded
 */
export function splitReply(text: string, known: boolean): { body: string; quoted: string | null } {
	const lines = text.replace(/\r\n?/g, '\n').split('\n');
	const first = known ? afterLeadingQuote(lines) : 0;
	const end = known
		? Math.min(signatureAt(lines, first), separatorAt(lines, first), trailingQuoteAt(lines))
		: lastSignatureAt(lines);
	const body = lines.slice(first, end).join('\n').trim();
	if (body === '') return { body: text.trim(), quoted: null };
	const quoted = [...lines.slice(0, first), ...lines.slice(end)].join('\n').trim();
	return { body, quoted: quoted || null };
}

/** Index of the line after a quote at the top, under which the answer is written; 0 if there is none. */
function afterLeadingQuote(lines: readonly string[]): number {
	let index = 0;
	const skipBlank = () => {
		while (index < lines.length && isBlank(lines[index] ?? '')) index += 1;
	};
	skipBlank();
	for (let count = 1; count <= MAX_ATTRIBUTION_LINES; count += 1) {
		if (isAttribution(lines.slice(index, index + count))) {
			index += count;
			skipBlank();
			break;
		}
	}
	if (!isQuoted(lines[index] ?? '')) return 0;
	while (index < lines.length && (isQuoted(lines[index] ?? '') || isBlank(lines[index] ?? ''))) index += 1;
	const rest = lines.slice(index);
	return rest.some(isQuoted) || rest.every(isBlank) ? 0 : index;
}

const indexFrom = (lines: readonly string[], first: number, matches: (line: string) => boolean): number => {
	const index = lines.findIndex((line, at) => at >= first && matches(line.trim()));
	return index === -1 ? lines.length : index;
};

const signatureAt = (lines: readonly string[], first: number) =>
	indexFrom(lines, first, (line) => SIGNATURE.test(line));

/** Index of the signature that ends the message. A signature above a quoted or forwarded message does not count. */
function lastSignatureAt(lines: readonly string[]): number {
	const at = signatureAt(lines, 0);
	const other = (line: string) => isQuoted(line) || FORWARDED.test(line.trim());
	return lines.slice(at).some(other) || separatorAt(lines, at) < lines.length ? lines.length : at;
}

const separatorAt = (lines: readonly string[], first: number) =>
	indexFrom(lines, first, (line) => SEPARATORS.some((separator) => separator.test(line)));

/** Index of the quote that ends the message, with the attribution above it. */
function trailingQuoteAt(lines: readonly string[]): number {
	let start = lines.length;
	while (start > 0 && (isQuoted(lines[start - 1] ?? '') || isBlank(lines[start - 1] ?? ''))) start -= 1;
	const withoutQuote = !lines.slice(start).some(isQuoted);
	for (let count = 1; count <= MAX_ATTRIBUTION_LINES && count <= start; count += 1) {
		if (isAttribution(lines.slice(start - count, start))) return start - count;
	}
	return withoutQuote ? lines.length : start;
}
