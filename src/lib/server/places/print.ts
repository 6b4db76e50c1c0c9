import { buffer } from 'node:stream/consumers';
import PdfKit from 'pdfkit';
import { formatShortDate } from '#lib/calendar/format.ts';
import { loadRules } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { anyUnit, type Unit } from '#lib/server/people/units/find-unit.ts';
import { placeForAdmin, type Place } from './places.ts';
import { type SheetContent, type SheetSize, MM, type Mark, layOutSheet } from './sheet.ts';
import { textWidth } from './sheet-text.ts';

/** Sheets hang on walls in Indonesia, so they speak Indonesian whatever language the administrator reads. */
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
 * The sheet of a place as a file to print.
 * @param origin the site's official address, which the code holds
 * @throws NotFound if the place is not the actor's or its code is out of use: a dead sheet must not be printed
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
	const rules = await loadRules(db(), now());
	const promise = rules.find((rule) => rule.name === 'first_reply');
	if (!promise) throw new NotFound('rule first_reply');
	const content = contentOf(place, unit, promise.days, origin);
	const fileName = `spatula-${place.code}-${size}.${format}`.toLowerCase();
	return format === 'svg'
		? { body: sheetSvg(content, size), mediaType: 'image/svg+xml', fileName }
		: { body: await sheetPdf(content, size), mediaType: 'application/pdf', fileName };
}

const FONTS = 'Helvetica, Arial, Liberation Sans, sans-serif';

/** A place's sheet as an SVG in millimetres, to look at or to print. */
export function sheetSvg(content: SheetContent, size: SheetSize): string {
	const { width, height, marks } = layOutSheet(content, size);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" lang="id" width="${width}mm" height="${height}mm" viewBox="0 0 ${width} ${height}"`,
		` role="img" aria-label="${escaped(`Lembar kode QR: ${content.placeName}`)}" font-family="${FONTS}">`,
		`<rect width="${width}" height="${height}" fill="#ffffff"/>`,
		...marks.map(drawn),
		'</svg>'
	].join('');
}

function drawn(mark: Mark): string {
	if (mark.kind === 'qr') {
		const path = mark.modules.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
		const scale = mark.side / mark.modules.length;
		// One path, so that no hairline shows between neighbours.
		return `<path transform="translate(${short(mark.x)} ${short(mark.y)}) scale(${scale})" fill="#000000" d="${path}"/>`;
	}
	if (mark.kind === 'box') {
		const paint = mark.fill
			? `fill="${mark.fill}"`
			: `fill="none" stroke="${mark.stroke}" stroke-width="${short(mark.line)}"`;
		const place = `x="${short(mark.x)}" y="${short(mark.y)}" width="${short(mark.width)}" height="${short(mark.height)}"`;
		return `<rect ${place} rx="${short(mark.radius)}" ${paint}/>`;
	}
	const spacing = mark.spacing ? ` letter-spacing="${short(mark.spacing)}"` : '';
	// Spaced letters are placed by their start: renderers disagree whether the space behind the last one counts.
	const [x, anchor] = mark.spacing ? [startOf(mark), 'start'] : [mark.x, mark.anchor];
	const weight = mark.bold ? ' font-weight="bold"' : '';
	const style = `font-size="${short(mark.points * MM)}" fill="${mark.colour}"${weight} text-anchor="${anchor}"${spacing}`;
	return `<text x="${short(x)}" y="${short(mark.y)}" ${style}>${escaped(mark.text)}</text>`;
}

function startOf({ x, text, points, bold, anchor, spacing }: Extract<Mark, { kind: 'text' }>): number {
	const width = textWidth(text, points, bold) + spacing * (text.length - 1);
	return x - { start: 0, middle: width / 2, end: width }[anchor];
}

const short = (millimetres: number) => String(Math.round(millimetres * 1000) / 1000);

const escaped = (text: string) =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const POINTS = 1 / MM;

/** A place's sheet as a PDF of one page in its true size, all of it vectors in the fonts every PDF reader has. */
export function sheetPdf(content: SheetContent, size: SheetSize): Promise<Buffer> {
	const { width, height, marks } = layOutSheet(content, size);
	const title = { Title: `Lembar kode QR: ${content.placeName}`, Author: content.officeName };
	const pdf = new PdfKit({
		...{ size: [width * POINTS, height * POINTS], margin: 0, lang: 'id', displayTitle: true },
		info: { ...title, Creator: 'SPATULA', Producer: 'SPATULA' }
	});
	for (const mark of marks) draw(pdf, mark);
	pdf.end();
	return buffer(pdf);
}

function draw(pdf: PDFKit.PDFDocument, mark: Mark): void {
	const x = mark.x * POINTS;
	const y = mark.y * POINTS;
	if (mark.kind === 'qr') {
		const module = (mark.side / mark.modules.length) * POINTS;
		mark.modules.forEach((row, j) =>
			row.forEach((dark, i) => dark && pdf.rect(x + i * module, y + j * module, module, module))
		);
		// Filled as one path, so that no hairline shows between neighbours.
		pdf.fill('#000000');
	} else if (mark.kind === 'box') {
		pdf.roundedRect(x, y, mark.width * POINTS, mark.height * POINTS, mark.radius * POINTS);
		if (mark.fill) pdf.fill(mark.fill);
		else pdf.lineWidth(mark.line * POINTS).stroke(mark.stroke ?? '#000000');
	} else {
		const spacing = mark.spacing * POINTS;
		pdf.font(mark.bold ? 'Helvetica-Bold' : 'Helvetica', mark.points).fillColor(mark.colour);
		pdf.text(mark.text, startOf(mark) * POINTS, y, {
			lineBreak: false,
			baseline: 'alphabetic',
			characterSpacing: spacing
		});
	}
}
