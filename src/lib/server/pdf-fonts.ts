import { programFile } from './program-file.ts';

/** Printed for a character that the font lacks: other scripts and emoji. */
const MISSING = '□';

const characters = new Intl.Segmenter();

/**
 * Makes the fonts `Regular` and `Bold` known to a document, which embeds those that it uses: Latin with all accents (also
 * Vietnamese), Greek, Cyrillic and Hebrew, with the metrics of Helvetica.
 */
export function withFonts(pdf: PDFKit.PDFDocument): PDFKit.PDFDocument {
	for (const weight of ['Regular', 'Bold'])
		pdf.registerFont(weight, programFile(`src/lib/server/web/documents/fonts/LiberationSans-${weight}.ttf`));
	return pdf;
}

/**
 * The text with `MISSING` for characters that the document's current font lacks, line by line.
 * @param onMissing called for each of these characters
 */
export function printableIn(pdf: PDFKit.PDFDocument, text: string, onMissing?: () => void): string {
	const { font } = (pdf as unknown as { _font: { font: { hasGlyphForCodePoint: (code: number) => boolean } } })._font;
	const has = (part: string) => [...part].every((one) => font.hasGlyphForCodePoint(one.codePointAt(0) ?? 0));
	const lines = text.normalize('NFC').split('\n');
	return lines
		.map((line) =>
			Array.from(characters.segment(line.replace(/\s+/g, ' ').trim()), ({ segment }) => {
				if (has(segment)) return segment;
				const plain = segment.normalize('NFKD').replace(/[\p{M}\p{Cf}]/gu, '');
				if (has(plain)) return plain;
				onMissing?.();
				return MISSING;
			}).join('')
		)
		.join('\n');
}
