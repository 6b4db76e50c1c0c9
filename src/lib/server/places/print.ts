import { buffer } from 'node:stream/consumers';
import PdfKit from 'pdfkit';
import { formatShortDate } from '#lib/calendar/format.ts';
import { loadRules } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { anyUnit, type Unit } from '#lib/server/people/units/find-unit.ts';
import { placeForAdmin, type Place } from './places.ts';
import { type SheetContent, type SheetSize, MM, type SheetElement, layOutSheet } from './sheet.ts';
import { textWidth } from './sheet-text.ts';

/** Sheets hang on walls in Indonesia, so they are in Indonesian whatever the administrator's language. */
function contentOf(place: Place, unit: Unit, promiseDays: number, origin: string): SheetContent {
	const ways = [
		place.kind === 'box' ? undefined : `Kotak saran di ${unit.name}`,
		unit.whatsapp && `WhatsApp/SMS ${unit.whatsapp}`,
		unit.email && `E-mail ${unit.email}`,
		'SP4N-LAPOR! lapor.go.id, SMS 1708'
	];
	return {
		officeName: unit.name,
		placeName: place.name,
		url: `${origin}/q/${place.code}`,
		code: place.code,
		promiseDays,
		otherWays: ways.flatMap((way) => (way ? [way] : [])),
		responsible: unit.responsible ?? `Kepala ${unit.name}`,
		address: unit.address ?? '',
		sheetNo: `${place.code}-${place.sheetNo}`,
		date: formatShortDate(now(), unit.timeZone, 'id'),
		domain: new URL(origin).host,
		accent: unit.accent
	};
}

/**
 * Returns the sheet of a place as a file to print.
 * @param origin the site's official address, which the QR code contains
 * @throws NotFound if the actor does not administer the place, or its code is withdrawn
 */
export async function printSheet(
	actor: Actor,
	placeId: string,
	size: SheetSize,
	format: 'svg' | 'pdf',
	origin: string
): Promise<{ body: string | Buffer; mediaType: string; fileName: string }> {
	const place = await placeForAdmin(actor, placeId);
	const unit = await anyUnit(place.unitId);
	if (place.withdrawnAt || !unit) throw new NotFound(`sheet of ${placeId}`);
	const rules = await loadRules(now());
	const promise = rules.find((rule) => rule.name === 'first_reply');
	if (!promise) throw new NotFound('rule first_reply');
	const content = contentOf(place, unit, promise.days, origin);
	const fileName = `spatula-${place.code}-${size}.${format}`.toLowerCase();
	return format === 'svg'
		? { body: sheetSvg(content, size), mediaType: 'image/svg+xml', fileName }
		: { body: await sheetPdf(content, size), mediaType: 'application/pdf', fileName };
}

const FONTS = 'Helvetica, Arial, Liberation Sans, sans-serif';

/** Draws a sheet as an SVG in millimetres. */
export function sheetSvg(content: SheetContent, size: SheetSize): string {
	const { width, height, elements } = layOutSheet(content, size);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" lang="id" width="${width}mm" height="${height}mm" viewBox="0 0 ${width} ${height}"`,
		` role="img" aria-label="${escaped(`Lembar kode QR: ${content.placeName}`)}" font-family="${FONTS}">`,
		`<rect width="${width}" height="${height}" fill="#ffffff"/>`,
		...elements.map(svgOf),
		'</svg>'
	].join('');
}

function svgOf(element: SheetElement): string {
	if (element.kind === 'qr') {
		const path = element.modules.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
		const scale = element.side / element.modules.length;
		// One path, so that no thin line shows between neighbouring modules.
		return `<path transform="translate(${short(element.x)} ${short(element.y)}) scale(${scale})" fill="#000000" d="${path}"/>`;
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

/** Draws a sheet as a PDF of one page in true size, as vectors, with fonts that every PDF reader has. */
export function sheetPdf(content: SheetContent, size: SheetSize): Promise<Buffer> {
	const { width, height, elements } = layOutSheet(content, size);
	const title = { Title: `Lembar kode QR: ${content.placeName}`, Author: content.officeName };
	const pdf = new PdfKit({
		...{ size: [width * POINTS, height * POINTS], margin: 0, lang: 'id', displayTitle: true },
		info: { ...title, Creator: 'SPATULA', Producer: 'SPATULA' }
	});
	for (const element of elements) draw(pdf, element);
	pdf.end();
	return buffer(pdf);
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
	} else {
		const spacing = element.spacing * POINTS;
		pdf.font(element.bold ? 'Helvetica-Bold' : 'Helvetica', element.points).fillColor(element.colour);
		pdf.text(element.text, startOf(element) * POINTS, y, {
			lineBreak: false,
			baseline: 'alphabetic',
			characterSpacing: spacing
		});
	}
}
