import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/paraglide/runtime.js';
import { sha256Hex } from '#lib/server/keys.ts';
import { limitConcurrency } from '#lib/server/limit-concurrency.ts';
import { eachPdfPage } from '#lib/server/attachments/pdf-pages.ts';
import { logoOf, type Unit } from '#lib/server/people/units/find-unit.ts';
import { BOLD, drawLogo, makePdf, write, type Pdf } from './paper.ts';

/** Pixels, as WhatsApp, Telegram and Facebook show the large preview of a link. */
const PREVIEW = { width: 1200, height: 630 };
/** Points. Drawn at 150 dots per inch this is exactly the picture. */
const PAGE: [number, number] = [(PREVIEW.width * 72) / 150, (PREVIEW.height * 72) / 150];
const MARGIN = 34;
const WIDTH = PAGE[0] - 2 * MARGIN;
const BAND_HEIGHT = 66;
/** The logo with the space below it, as `drawLogo` draws it. */
const LOGO_HEIGHT = 52;
const SUBTITLE_SIZE = 17;
/** Points between the name and the subtitle. */
const SUBTITLE_GAP = 6;
/** Points. Tries the one-line sizes first, then smaller sizes with several lines. */
const NAME_SIZES = { oneLine: [46, 44, 42, 40, 38, 36], lines: [36, 30, 26] };
/** In this size a longer name is cut and ends in an ellipsis. */
const SMALLEST_NAME = 22;
const NAME_HEIGHT = 112;
const CHOICE_SIZES = [21, 20, 19, 18, 17, 16];
const SMALLEST_CHOICE = 15;
/** Half the height of a line, as a share of the text's size. */
const HALF_LINE = 0.58;
/** Changes with the drawing, so that no cache keeps the former one. */
const DESIGN = 1;

/** The last preview of each office and language, with its address. */
const drawn = new Map<string, { path: string; picture: Promise<Buffer> }>();

/**
 * PDFs are drawn one at a time (`pdf-pages.ts`). Only one preview is queued at a time, so an uploaded PDF waits for at
 * most one preview.
 */
const onePreviewAtATime = limitConcurrency(1);

/** The preview picture of links to an office, drawn once, and its address, which changes with the picture. */
export async function linkPreview(unit: Unit, lang: Locale) {
	const logo = await logoOf(unit);
	const shown = [DESIGN, unit.name, unit.accent, logo?.hash ?? null, wordsOf(lang)];
	const hash = sha256Hex(JSON.stringify(shown)).slice(0, 16);
	const path = `/berkas/kartu/${unit.slug}/${lang}-${hash}`;
	const picture = () => {
		const key = `${unit.id} ${lang}`;
		const known = drawn.get(key);
		if (known?.path === path) return known.picture;
		const made = onePreviewAtATime(() => draw(unit, lang, logo !== null));
		drawn.set(key, { path, picture: made });
		// After a failure the next request draws it again.
		made.catch(() => drawn.get(key)?.picture === made && drawn.delete(key));
		return made;
	};
	return { path, picture };
}

const wordsOf = (lang: Locale) => ({
	choices: m.citizen_card_choices({}, { locale: lang }),
	free: m.citizen_card_free({}, { locale: lang })
});

async function draw(unit: Unit, lang: Locale, hasLogo: boolean): Promise<Buffer> {
	const words = wordsOf(lang);
	const pdf = await makePdf({ size: PAGE, margin: MARGIN, lang, title: unit.name, office: unit }, (page) => {
		const [width, height] = PAGE;
		page.rect(0, 0, width, height).fill('#ffffff');
		page.rect(0, height - BAND_HEIGHT, width, BAND_HEIGHT).fill(unit.accent);
		// The band covers the bottom margin. PDFKit starts a new page for text below the margin.
		page.page.margins.bottom = 0;
		const size =
			oneLineSize(page, unit.name, NAME_SIZES.oneLine) ??
			NAME_SIZES.lines.find((one) => heightOf(page, unit.name, one) <= NAME_HEIGHT) ??
			SMALLEST_NAME;
		const nameHeight = Math.min(heightOf(page, unit.name, size), NAME_HEIGHT);
		const block = (hasLogo ? LOGO_HEIGHT : 0) + nameHeight + SUBTITLE_GAP + SUBTITLE_SIZE;
		page.y = (height - BAND_HEIGHT - block) / 2;
		drawLogo(page, 'left');
		const top = page.y;
		write(page, unit.name, { bold: true, size, height: NAME_HEIGHT, ellipsis: true });
		write(page, words.free, { soft: true, size: SUBTITLE_SIZE, y: top + nameHeight + SUBTITLE_GAP, lineBreak: false });
		const choice = oneLineSize(page, words.choices, CHOICE_SIZES) ?? SMALLEST_CHOICE;
		const middle = height - BAND_HEIGHT / 2 - choice * HALF_LINE;
		write(page, words.choices, { white: true, bold: true, size: choice, y: middle, lineBreak: false });
	});
	let picture: Buffer | undefined;
	await eachPdfPage(pdf, async ({ pixels, width, height }) => {
		const { default: sharp } = await import('sharp');
		const raw = sharp(pixels, { raw: { width, height, channels: 4 } });
		picture ??= await raw.removeAlpha().png({ palette: true, compressionLevel: 9 }).toBuffer();
	});
	if (!picture) throw new Error(`no preview of ${unit.slug}`);
	return picture;
}

const heightOf = (page: Pdf, text: string, size: number) =>
	page.font(BOLD, size).heightOfString(text, { width: WIDTH });

const oneLineSize = (page: Pdf, text: string, sizes: readonly number[]) =>
	sizes.find((size) => page.font(BOLD, size).widthOfString(text) <= WIDTH);
