import { buffer } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import PdfKit from 'pdfkit';
import { formatShortDate } from '#lib/calendar/format.ts';
import { groupedPhone, internationalPhone } from '#lib/text/phone.ts';
import { loadRules } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import { NotFound } from '#lib/server/errors.ts';
import { withFonts } from '#lib/server/pdf-fonts.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { byCode, logoOf, type Unit } from '#lib/server/people/units/find-unit.ts';
import { logoPicture } from '#lib/server/people/units/logo.ts';
import { isInTrial } from '#lib/server/people/units/trial.ts';
import { unitForAdmin } from '#lib/server/people/units/units.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { placeForAdmin, type Place } from './places.ts';
import { type SheetContent, type SheetElement, layOutSheet } from './sheet-layout.ts';
import { MM, type SheetSize } from './sheet-measures.ts';
import { textWidth } from './sheet-text.ts';

/** What the sheets of one office have in common. */
async function printedOffice(unit: Unit) {
	const { places } = await referenceData();
	const hasBox = places.some(({ kind, unitId, withdrawnAt }) => kind === 'box' && unitId === unit.id && !withdrawnAt);
	const promise = (await loadRules(now())).find((rule) => rule.name === 'first_reply');
	if (!promise) throw new NotFound('rule first_reply');
	const [logo, bytes] = [await logoOf(unit), await logoPicture(unit)];
	const promised = `${promise.days} ${promise.dayUnit === 'working' ? 'hari kerja' : 'hari kalender'}`;
	return { unit, hasBox, promised, logo: logo && bytes && { ...logo, bytes } };
}

/** Sheets hang on walls in Indonesia, so they are in Indonesian whatever the administrator's language. */
function contentOf(
	place: Place,
	{ unit, hasBox, promised, logo }: Awaited<ReturnType<typeof printedOffice>>,
	origin: string
): SheetContent {
	const oneNumber = internationalPhone(unit.phone ?? '') === internationalPhone(unit.whatsapp ?? '');
	// From the most important on, because the last ones are left out if there is no room.
	const ways = [
		hasBox && place.kind !== 'box' && `Kotak saran di ${unit.name}`,
		unit.whatsapp && `WhatsApp/SMS${oneNumber ? '/telepon' : ''} ${groupedPhone(unit.whatsapp)}`,
		unit.email && `E-mail ${unit.email}`,
		'SP4N-LAPOR! lapor.go.id, SMS 1708',
		unit.phone && !oneNumber && `Telepon ${groupedPhone(unit.phone)}`
	];
	return {
		officeName: unit.name,
		placeName: place.name,
		url: `${origin}/q/${place.code}`,
		code: place.code,
		promised,
		otherWays: ways.flatMap((way) => (way ? [way] : [])),
		responsible: unit.responsible ?? `Kepala ${unit.name}`,
		address: unit.address ?? '',
		sheetNo: `${place.code}-${place.sheetNo}`,
		date: formatShortDate(now(), unit.timeZone, 'id'),
		domain: new URL(origin).host,
		accent: unit.accent,
		logo,
		trial: isInTrial(unit)
	};
}

/** Content of a place's sheet. @throws NotFound if the actor does not administer the place, or its code is withdrawn */
async function sheetOf(actor: Actor, placeId: string, origin: string): Promise<SheetContent> {
	const place = await placeForAdmin(actor, placeId);
	const unit = (await referenceData()).unitById.get(place.unitId);
	if (place.withdrawnAt || !unit) throw new NotFound(`sheet of ${placeId}`);
	return contentOf(place, await printedOffice(unit), origin);
}

/**
 * Returns the sheet of a place as a PDF to print.
 * @param origin the site's official address, which the QR code contains
 * @throws NotFound if the actor does not administer the place, or its code is withdrawn
 */
export async function printSheet(
	actor: Actor,
	placeId: string,
	size: SheetSize,
	origin: string
): Promise<{ pdf: Buffer; fileName: string }> {
	const content = await sheetOf(actor, placeId, origin);
	return { pdf: await sheetPdf([content], size), fileName: `spatula-${content.code}-${size}.pdf`.toLowerCase() };
}

/** Returns the sticker of a place as an SVG for the screen. @throws NotFound as `printSheet` */
export const previewSheet = async (actor: Actor, placeId: string, origin: string): Promise<string> =>
	sheetSvg(await sheetOf(actor, placeId, origin));

/**
 * Returns one PDF with the sheets of every code in use of an office, or of all offices of the administrator. Four A6
 * sheets fit on each A4 page.
 * @throws NotFound if the actor does not administer the office, or no code is in use
 */
export async function printSheets(actor: Actor, code: string | null, size: SheetSize, origin: string): Promise<Buffer> {
	const { units, places } = await referenceData();
	const only = code === null ? null : await unitForAdmin(actor, code);
	const offices = units.filter(({ id }) => (only ? id === only.id : actor.units.admin.includes(id))).toSorted(byCode);
	const contents: SheetContent[] = [];
	for (const unit of offices) {
		const inUse = places.filter(({ unitId, withdrawnAt }) => unitId === unit.id && withdrawnAt === null);
		if (inUse.length === 0) continue;
		const office = await printedOffice(unit);
		contents.push(...inUse.map((place) => contentOf(place, office, origin)));
	}
	if (contents.length === 0) throw new NotFound('no code in use');
	return sheetPdf(contents, size, true);
}

const FONTS = 'Helvetica, Arial, Liberation Sans, sans-serif';

/**
 * Draws a sticker as an SVG in millimetres. It is only for the screen, because it uses the browser's fonts. Wide ones
 * would not fit on the paper.
 */
export function sheetSvg(content: SheetContent): string {
	const { width, height, elements } = layOutSheet(content, 'A6');
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" lang="id" width="${width}mm" height="${height}mm" viewBox="0 0 ${width} ${height}"`,
		` role="img" aria-label="${escaped(`Lembar kode QR: ${content.placeName}`)}" font-family="${FONTS}">`,
		`<rect width="${width}" height="${height}" fill="#ffffff"/>`,
		...elements.map(svgOf),
		'</svg>'
	].join('');
}

const ICON_STROKE = 'fill="none" stroke="#ffffff" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';

function svgOf(element: SheetElement): string {
	if (element.kind === 'qr') {
		const path = element.modules.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
		const scale = element.side / element.modules.length;
		// One path, so that no thin line shows between neighbouring modules.
		return `<path transform="translate(${short(element.x)} ${short(element.y)}) scale(${scale})" fill="#000000" d="${path}"/>`;
	}
	if (element.kind === 'image' || element.kind === 'icon') {
		const { width, height } = element;
		if (element.kind === 'icon') {
			const scale = `translate(${short(element.x)} ${short(element.y)}) scale(${short(width / 24)})`;
			return `<path transform="${scale}" ${ICON_STROKE} d="${element.path}"/>`;
		}
		const place = `x="${short(element.x)}" y="${short(element.y)}" width="${short(width)}" height="${short(height)}"`;
		return `<image ${place} href="data:image/png;base64,${element.bytes.toString('base64')}"/>`;
	}
	if (element.kind === 'box') {
		const paint = element.fill
			? `fill="${element.fill}"`
			: `fill="none" stroke="${element.stroke}" stroke-width="${short(element.line)}"`;
		const place = `x="${short(element.x)}" y="${short(element.y)}" width="${short(element.width)}" height="${short(element.height)}"`;
		return `<rect ${place} rx="${short(element.radius)}" ${paint}/>`;
	}
	const spacing = element.spacing ? ` letter-spacing="${short(element.spacing)}"` : '';
	// Spaced letters are placed from their start, because renderers disagree whether the space after the last letter
	// counts.
	const [x, anchor] = element.spacing ? [startOf(element), 'start'] : [element.x, element.anchor];
	const weight = element.bold ? ' font-weight="bold"' : '';
	const style = `font-size="${short(element.points * MM)}" fill="${element.colour}"${weight} text-anchor="${anchor}"${spacing}`;
	return `<text x="${short(x)}" y="${short(element.y)}" ${style}>${escaped(element.text)}</text>`;
}

function startOf({ x, text, points, bold, anchor, spacing }: Extract<SheetElement, { kind: 'text' }>): number {
	const width = textWidth(text, points, bold) + spacing * (text.length - 1);
	return x - { start: 0, middle: width / 2, end: width }[anchor];
}

const short = (millimetres: number) => String(Math.round(millimetres * 1000) / 1000);

const escaped = (text: string) =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const POINTS = 1 / MM;

/** A paper and the points at which sheets are drawn on it, in millimetres. */
interface Print {
	width: number;
	height: number;
	at: readonly (readonly [x: number, y: number])[];
	/** Every place of the paper shows the same sheet: the two faces of a table card. */
	same?: true;
}

const A6_FOUR: Print = { width: 210, height: 297, at: [0, 148.5].flatMap((y) => [[0, y] as const, [105, y] as const]) };
const PRINTS: Record<SheetSize, Print> = {
	A4: { width: 210, height: 297, at: [[0, 0]] },
	A5: {
		width: 297,
		height: 210,
		at: [
			[0, 0],
			[148.5, 0]
		],
		same: true
	},
	A6: { width: 105, height: 148, at: [[0, 0]] }
};

/**
 * Draws sheets as a PDF in true size, as vectors, with embedded fonts. A table card of A5 is an A4 page to fold in the
 * middle.
 * @param several puts sheets of A6 four on a page of A4, to cut
 */
export async function sheetPdf(contents: readonly SheetContent[], size: SheetSize, several = false): Promise<Buffer> {
	const { width, height, at, same } = several && size === 'A6' ? A6_FOUR : PRINTS[size];
	const [first] = contents;
	const one = contents.length === 1 ? `: ${first?.placeName}` : '';
	const paper = [width * POINTS, height * POINTS];
	const author = first?.officeName ?? '';
	const info = { Title: `Lembar kode QR${one}`, Author: author, Creator: 'SPATULA', Producer: 'SPATULA' };
	const pdf = new PdfKit({ size: paper, margin: 0, lang: 'id', displayTitle: true, autoFirstPage: false, info });
	withFonts(pdf);
	const written = buffer(pdf);
	const perPage = same ? 1 : at.length;
	for (let index = 0; index < contents.length; index += perPage) {
		pdf.addPage();
		at.forEach(([x, y], face) => {
			const content = contents[same ? index : index + face];
			if (!content) return;
			pdf.save().translate(x * POINTS, y * POINTS);
			for (const element of layOutSheet(content, size).elements) draw(pdf, element);
			pdf.restore();
		});
		if (at.length > 1) foldLines(pdf, { width, height, at });
		// Other requests go on between two pages.
		await setImmediate();
	}
	pdf.end();
	return written;
}

/** Thin lines where the page is folded or cut. */
function foldLines(pdf: PDFKit.PDFDocument, { width, height, at }: Print): void {
	const [x, y] = [Math.max(...at.map(([x]) => x)) * POINTS, Math.max(...at.map(([, y]) => y)) * POINTS];
	if (x > 0) pdf.moveTo(x, 0).lineTo(x, height * POINTS);
	if (y > 0) pdf.moveTo(0, y).lineTo(width * POINTS, y);
	pdf.lineWidth(0.4).dash(3, { space: 3 }).stroke('#b9b2a6').undash();
}

function draw(pdf: PDFKit.PDFDocument, element: SheetElement): void {
	const x = element.x * POINTS;
	const y = element.y * POINTS;
	if (element.kind === 'qr') {
		const module = (element.side / element.modules.length) * POINTS;
		element.modules.forEach((row, j) =>
			row.forEach((dark, i) => dark && pdf.rect(x + i * module, y + j * module, module, module))
		);
		// Filled as one path, so that no thin line shows between neighbouring modules.
		pdf.fill('#000000');
	} else if (element.kind === 'box') {
		pdf.roundedRect(x, y, element.width * POINTS, element.height * POINTS, element.radius * POINTS);
		if (element.fill) pdf.fill(element.fill);
		else pdf.lineWidth(element.line * POINTS).stroke(element.stroke ?? '#000000');
	} else if (element.kind === 'image') {
		pdf.image(element.bytes, x, y, { width: element.width * POINTS, height: element.height * POINTS });
	} else if (element.kind === 'icon') {
		pdf
			.save()
			.translate(x, y)
			.scale((element.width * POINTS) / 24);
		pdf.path(element.path).lineWidth(1.75).lineCap('round').lineJoin('round').stroke('#ffffff').restore();
	} else {
		const spacing = element.spacing * POINTS;
		pdf.font(element.bold ? 'Bold' : 'Regular', element.points).fillColor(element.colour);
		pdf.text(element.text, startOf(element) * POINTS, y, {
			lineBreak: false,
			baseline: 'alphabetic',
			characterSpacing: spacing
		});
	}
}
