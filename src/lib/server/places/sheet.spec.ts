import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import jsQR from 'jsqr';
import sharp from 'sharp';
import { getDocumentProxy } from 'unpdf';
import { describe, expect, it } from 'vitest';
import { type SheetContent, type SheetSize, type SheetElement, layOutSheet } from './sheet.ts';
import { sheetPdf, sheetSvg } from './print.ts';
import { textWidth } from './sheet-text.ts';

const run = promisify(execFile);
const poppler = await run('pdftoppm', ['-v']).then(
	() => true,
	() => false
);
const DPI = 200;

const content: SheetContent = {
	officeName: 'PST BPS Kabupaten Contoh',
	placeName: 'Kotak saran ruang tunggu',
	url: 'https://spatula.example.id/q/KRMBTX',
	code: 'KRMBTX',
	promiseDays: 5,
	otherWays: [
		'Kotak saran',
		'WhatsApp/SMS 0800-0000-0000',
		'E-mail kantor@example.id',
		'SP4N-LAPOR! lapor.go.id, SMS 1708'
	],
	responsible: 'Kepala BPS Kabupaten Contoh',
	address: 'Jl. Contoh No. 1, Kelurahan Contoh, Kecamatan Contoh, Sulawesi Barat 90000',
	sheetNo: 'KRMBTX-1',
	date: '4 Desember 2026',
	domain: 'spatula.example.id',
	accent: '#0b5cad'
};
const long: SheetContent = {
	...content,
	officeName: 'Pelayanan Statistik Terpadu Badan Pusat Statistik Kabupaten Contoh Yang Namanya Sangat Panjang Sekali',
	url: 'https://pengaduan-dan-penilaian.pelayanan-statistik.kabupaten-contoh.example.id/q/KRMBTX',
	domain: 'pengaduan-dan-penilaian.pelayanan-statistik.kabupaten-contoh.example.id',
	otherWays: Array.from({ length: 12 }, (_, i) => `Cara lain nomor ${i + 1} yang juga cukup panjang untuk dua baris`)
};

/** Reads the QR code from a page of this width in millimetres; returns its text and its side in millimetres. */
async function scanned(image: Buffer, pageWidth: number): Promise<{ text: string | undefined; side: number }> {
	const { data, info } = await sharp(image)
		.flatten({ background: '#ffffff' })
		.ensureAlpha()
		.raw()
		.toBuffer({ resolveWithObject: true });
	const found = jsQR(new Uint8ClampedArray(data), info.width, info.height, { inversionAttempts: 'dontInvert' });
	const { topLeftCorner: left, topRightCorner: right } = found?.location ?? {};
	const pixels = left && right ? Math.hypot(right.x - left.x, right.y - left.y) : 0;
	return { text: found?.data, side: (pixels / info.width) * pageWidth };
}

/** The area that a line of text covers, from the top of its capitals to its baseline. */
function boxOf({ x, y, text, points, bold, anchor, spacing }: Extract<SheetElement, { kind: 'text' }>) {
	const width = textWidth(text, points, bold) + spacing * (text.length - 1);
	const left = x - { start: 0, middle: width / 2, end: width }[anchor];
	return { text, left, right: left + width, top: y - points * 0.25, bottom: y };
}

async function fromPdf<T>(pdf: Buffer, use: (file: string) => Promise<T>): Promise<T> {
	const folder = await mkdtemp(join(tmpdir(), 'spatula-sheet-'));
	try {
		await writeFile(join(folder, 'sheet.pdf'), pdf);
		return await use(join(folder, 'sheet.pdf'));
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

const SIZES = [
	['A4', 210, 297, 80],
	['A6', 105, 148, 35]
] as const;

describe.each(SIZES)('a sheet of size %s', (size: SheetSize, width, height, least) => {
	it.each([content, long])(
		'has a QR code that can be read from the SVG, is large enough and has a quiet zone',
		async (text) => {
			const svg = sheetSvg(text, size);
			expect(svg).toContain(`width="${width}mm" height="${height}mm"`);
			const { text: read, side } = await scanned(
				await sharp(Buffer.from(svg), { density: DPI }).png().toBuffer(),
				width
			);
			expect(read).toBe(text.url);
			expect(side).toBeGreaterThanOrEqual(least - 0.5);

			const { elements } = layOutSheet(text, size);
			const qr = elements.find((element) => element.kind === 'qr');
			if (!qr) throw new Error('no code');
			expect(qr.side).toBeGreaterThanOrEqual(least);
			const quiet = (4 * qr.side) / qr.modules.length;
			for (const element of elements) {
				if (element.kind === 'qr') continue;
				// A text reaches from the top of its capitals down to its baseline.
				const top = element.kind === 'text' ? element.y - element.points * 0.25 : element.y;
				const bottom = element.kind === 'text' ? element.y : element.y + element.height;
				expect(bottom <= qr.y - quiet + 0.01 || top >= qr.y + qr.side + quiet - 0.01, JSON.stringify(element)).toBe(
					true
				);
			}
		}
	);

	it('keeps every text inside the page and away from other texts', () => {
		for (const text of [content, long]) {
			const lines = layOutSheet(text, size)
				.elements.filter((element) => element.kind === 'text')
				.map(boxOf);
			for (const line of lines) {
				expect(line.left, line.text).toBeGreaterThan(3);
				expect(line.right, line.text).toBeLessThan(width - 3);
				expect(line.bottom, line.text).toBeLessThan(height - 3);
				for (const other of lines) {
					if (other === line) continue;
					const apart =
						line.right <= other.left ||
						other.right <= line.left ||
						line.bottom <= other.top ||
						other.bottom <= line.top;
					expect(apart, `${line.text} / ${other.text}`).toBe(true);
				}
			}
		}
	});

	it('contains every text that a visitor needs', () => {
		const texts = layOutSheet(content, size)
			.elements.filter((element) => element.kind === 'text')
			.map((element) => element.text);
		expect(texts).toEqual(
			expect.arrayContaining([
				'PST BPS Kabupaten Contoh',
				'Kotak saran ruang tunggu',
				'Nilai pelayanan · Beri saran · Sampaikan pengaduan',
				'Tidak bisa memindai? Buka spatula.example.id dan ketik',
				'KRMBTX',
				'Gratis. Tanpa aplikasi. Boleh tanpa nama.',
				'Balasan pertama paling lambat 5 hari kerja.',
				'Alamat resmi: spatula.example.id',
				'SP4N-LAPOR! lapor.go.id, SMS 1708',
				'Kepala BPS Kabupaten Contoh',
				'Lembar KRMBTX-1 · 4 Desember 2026'
			])
		);
	});

	it('is one page of true size as PDF', async () => {
		const pdf = await getDocumentProxy(new Uint8Array(await sheetPdf(content, size)));
		expect(pdf.numPages).toBe(1);
		const [, , right = 0, top = 0] = (await pdf.getPage(1)).view;
		expect((right / 72) * 25.4).toBeCloseTo(width, 2);
		expect((top / 72) * 25.4).toBeCloseTo(height, 2);
	});

	it.runIf(poppler)('has a QR code and texts that can be read from the printed PDF', async () => {
		await fromPdf(await sheetPdf(content, size), async (file) => {
			await run('pdftoppm', ['-r', String(DPI), '-png', '-singlefile', file, file]);
			const { text, side } = await scanned(await sharp(`${file}.png`).toBuffer(), width);
			expect(text).toBe(content.url);
			expect(side).toBeGreaterThanOrEqual(least - 0.5);
			const { stdout } = await run('pdftotext', ['-layout', file, '-']);
			expect(stdout).toContain('Gratis. Tanpa aplikasi. Boleh tanpa nama.');
			expect(stdout.replace(/ /g, '')).toContain('KRMBTX');
		});
	});
});

describe('a sheet', () => {
	it('shows markup in a name as plain text and replaces unsupported characters', () => {
		const svg = sheetSvg({ ...content, placeName: 'Meja <b>"1"</b> & Ōsaka 印' }, 'A6');
		expect(svg).toContain('Meja &lt;b&gt;&quot;1&quot;&lt;/b&gt; &amp; Osaka ?');
	});

	it('throws RangeError instead of printing a QR code too small to scan', () => {
		expect(() => layOutSheet({ ...content, address: 'panjang '.repeat(900) }, 'A6')).toThrow(RangeError);
	});
});
