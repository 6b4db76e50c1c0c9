import PdfKit from 'pdfkit';
import type { SheetContent, SheetSize } from './sheet-content.ts';
import { MM, type Mark } from './sheet-marks.ts';
import { layOutSheet } from './sheet.ts';

const POINTS = 1 / MM;

/** A place's sheet as a PDF of one page in its true size, all of it vectors in the fonts every PDF reader has. */
export function sheetPdf(content: SheetContent, size: SheetSize): Promise<Buffer> {
	const { width, height, marks } = layOutSheet(content, size);
	const pdf = new PdfKit({
		size: [width * POINTS, height * POINTS],
		margin: 0,
		lang: 'id',
		displayTitle: true,
		info: {
			Title: `Lembar kode QR: ${content.placeName}`,
			Author: content.officeName,
			Creator: 'SPATULA',
			Producer: 'SPATULA'
		}
	});
	return new Promise((resolve, reject) => {
		const chunks: Buffer[] = [];
		pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
		pdf.on('error', reject);
		pdf.on('end', () => resolve(Buffer.concat(chunks)));
		for (const mark of marks) draw(pdf, mark);
		pdf.end();
	});
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
		const width = pdf.widthOfString(mark.text) + spacing * (mark.text.length - 1);
		const shift = { start: 0, middle: width / 2, end: width }[mark.anchor];
		pdf.text(mark.text, x - shift, y, { lineBreak: false, baseline: 'alphabetic', characterSpacing: spacing });
	}
}
