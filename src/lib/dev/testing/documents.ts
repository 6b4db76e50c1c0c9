import ExcelJS, { type Buffer as ExcelBytes, type CellValue, type Worksheet } from 'exceljs';
import PdfKit from 'pdfkit';
import { extractText, getDocumentProxy } from 'unpdf';

/** A PDF drawn by `draw`, with pages of 300 by 400 points. */
export function pdfOf(
	draw: (pdf: PDFKit.PDFDocument) => void,
	options: PDFKit.PDFDocumentOptions = {}
): Promise<Buffer> {
	const pdf = new PdfKit({ size: [300, 400], margin: 40, autoFirstPage: false, ...options });
	return new Promise((resolve) => {
		const chunks: Buffer[] = [];
		pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
		pdf.on('end', () => resolve(Buffer.concat(chunks)));
		draw(pdf);
		pdf.end();
	});
}

/** A PDF with one page for each text. */
export const pdfPages = (...texts: string[]): Promise<Buffer> =>
	pdfOf((pdf) => texts.forEach((text) => pdf.addPage().text(text)));

/** The text of each page of a PDF, with single spaces. */
export async function wordsOfPages(pdf: Uint8Array): Promise<string[]> {
	const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)));
	return text.map((page) => page.replace(/\s+/g, ' ').trim());
}

/** The sheets of an Excel file. */
export const sheetsOf = async (file: ArrayBuffer | Uint8Array): Promise<Worksheet[]> =>
	(await new ExcelJS.Workbook().xlsx.load(file as ExcelBytes)).worksheets;

/** The values in the rows of a sheet; null in an empty cell. */
export const valuesOf = (sheet?: Worksheet): CellValue[][] =>
	Array.from({ length: sheet?.rowCount ?? 0 }, (_row, at) =>
		Array.from({ length: sheet?.columnCount ?? 0 }, (_cell, column) => sheet?.getCell(at + 1, column + 1).value)
	);

/** The rows of a sheet below its head, by the words of the head. */
export function recordsOf(sheet?: Worksheet): Record<string, CellValue>[] {
	const [head = [], ...rows] = valuesOf(sheet);
	return rows.map((row) => Object.fromEntries(head.map((word, column) => [String(word), row[column]])));
}

/** A PDF of hand-written objects, numbered from 1. The first must be the catalogue. */
export function rawPdf(...objects: (string | Buffer)[]): Buffer {
	let file = '%PDF-1.7\n';
	const offsets = objects.map((object, index) => {
		const offset = file.length;
		file += `${index + 1} 0 obj\n${typeof object === 'string' ? object : object.toString('latin1')}\nendobj\n`;
		return `${String(offset).padStart(10, '0')} 00000 n \n`;
	});
	const start = file.length;
	file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}`;
	file += `trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${start}\n%%EOF\n`;
	return Buffer.from(file, 'latin1');
}
