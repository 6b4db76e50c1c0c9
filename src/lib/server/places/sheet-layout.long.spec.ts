import jsQR from 'jsqr';
import sharp, { type Sharp } from 'sharp';
import { getDocumentProxy } from 'unpdf';
import { beforeAll, describe, expect, it } from 'vitest';
import { eachPdfPage } from '#lib/server/attachments/pdf-pages.ts';
import { wordsOfPages } from '#lib/dev/testing/documents.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { rounds } from '#lib/dev/testing/random-tests.ts';
import { type SheetContent, type SheetElement, layOutSheet } from './sheet-layout.ts';
import type { SheetSize } from './sheet-measures.ts';
import { sheetPdf, sheetSvg } from './print-sheets.ts';
import { textWidth } from './sheet-text.ts';

/** Dots per inch of a bad office printer. PDFium draws pages at the same resolution. */
const DPI = 150;

const content: SheetContent = {
	officeName: 'PST BPS Kabupaten Contoh',
	placeName: 'Kotak saran ruang tunggu',
	url: 'https://spatula.example.id/q/KRMBTX',
	code: 'KRMBTX',
	trial: false,
	promised: '5 hari kerja',
	otherWays: [
		'Kotak saran',
		'WhatsApp/SMS 0800-0000-0000',
		'E-mail kantor@example.id',
		'SP4N-LAPOR! lapor.go.id, SMS 1708',
		'Telepon 0426 00000'
	],
	responsible: 'Kepala BPS Kabupaten Contoh',
	address: 'Jl. Contoh No. 1, Kelurahan Contoh, Kecamatan Contoh, Sulawesi Barat 90000',
	sheetNo: 'KRMBTX-1',
	date: '4 Desember 2026',
	domain: 'spatula.example.id',
	accent: '#0b5cad',
	logo: null
};
const long: SheetContent = {
	...content,
	trial: true,
	officeName: 'Pelayanan Statistik Terpadu Badan Pusat Statistik Kabupaten Contoh Yang Namanya Sangat Panjang Sekali',
	url: 'https://pengaduan-dan-penilaian.pelayanan-statistik.kabupaten-contoh.example.id/q/KRMBTX',
	domain: 'pengaduan-dan-penilaian.pelayanan-statistik.kabupaten-contoh.example.id',
	otherWays: Array.from({ length: 12 }, (_, i) => `Cara lain nomor ${i + 1} yang juga cukup panjang untuk dua baris`)
};

beforeAll(async () => {
	long.logo = { bytes: await fourColourImage(640, 160).png().toBuffer(), width: 640, height: 160 };
});

/** Reads the QR code from a page of this width in millimetres, printed in grey; returns its text and its side. */
async function scanned(image: Buffer, pageWidth: number): Promise<{ text: string | undefined; side: number }> {
	const grey = await sharp(image).flatten({ background: '#ffffff' }).grayscale().png().toBuffer();
	const { data, info } = await sharp(grey)
		.toColourspace('srgb')
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

/** The pages of a PDF as pictures. */
async function drawn(pdf: Buffer): Promise<Sharp[]> {
	const pages: Sharp[] = [];
	await eachPdfPage(pdf, ({ pixels, width, height }) => {
		pages.push(sharp(pixels, { raw: { width, height, channels: 4 } }));
		return Promise.resolve();
	});
	return pages;
}

const SIZES = [
	['A4', 210, 297, 80, 210],
	['A5', 148.5, 210, 54, 297],
	['A6', 105, 148, 35, 105]
] as const;

describe.each(SIZES.slice(-rounds({ quick: 1, all: SIZES.length })))(
	'a sheet of size %s',
	(size: SheetSize, width, height, least, paper) => {
		it('has a QR code that is large enough and has a quiet zone', () => {
			for (const { elements } of [layOutSheet(content, size), layOutSheet(long, size)]) {
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
		});

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
			const typed = 'Scan, or type the code at spatula.example.id, to rate us, suggest or complain.';
			if (size !== 'A6') expect(texts.join(' ')).toContain(typed);
			expect(texts).toEqual(
				expect.arrayContaining([
					'PST BPS Kabupaten Contoh',
					'Kotak saran ruang tunggu',
					...['Nilai pelayanan', 'Beri saran', 'Sampaikan pengaduan'],
					'Tidak bisa memindai? Buka spatula.example.id dan ketik',
					'KRMBTX',
					'Gratis. Tanpa aplikasi. Boleh tanpa nama.',
					'Pengaduan dan saran dibalas paling lambat 5 hari kerja.',
					'Alamat resmi: spatula.example.id',
					'SP4N-LAPOR! lapor.go.id, SMS 1708',
					'Kepala BPS Kabupaten Contoh',
					'Lembar KRMBTX-1 · 4 Desember 2026'
				])
			);
		});

		it('is one page of true size as PDF', async () => {
			const pdf = await getDocumentProxy(new Uint8Array(await sheetPdf([content], size)));
			expect(pdf.numPages).toBe(1);
			const [, , right = 0, top = 0] = (await pdf.getPage(1)).view;
			expect((right / 72) * 25.4).toBeCloseTo(paper, 2);
			expect((top / 72) * 25.4).toBeCloseTo(height, 2);
		});

		it.each([
			['usual', content],
			['long', long]
		] as const)(
			'has a QR code, embedded fonts and texts that can be read from the printed PDF: %s',
			async (_, text) => {
				const pdf = await sheetPdf([text], size);
				const [page] = await drawn(pdf);
				if (!page) throw new Error('no page');
				const { width: across = 0, height: down = 0 } = await page.metadata();
				// The page of a table card has two faces. This is the left one.
				const face = { left: 0, top: 0, width: Math.round((across * width) / paper), height: down };
				const { text: read, side } = await scanned(await page.extract(face).png().toBuffer(), width);
				expect(read).toBe(text.url);
				expect(side).toBeGreaterThanOrEqual(least - 0.5);
				const [words = ''] = await wordsOfPages(pdf);
				expect(words).toContain('Gratis. Tanpa aplikasi. Boleh tanpa nama.');
				expect(words).toMatch(/Scan, or type the code|Scan to rate our service/);
				expect(words.replace(/ /g, '')).toContain('KRMBTX');
				expect(pdf.toString('latin1')).toMatch(/FontFile2/);
				expect(pdf.toString('latin1')).not.toMatch(/BaseFont \/Helvetica/);
			}
		);
	}
);

describe('a sheet', () => {
	it('shows markup in a name as plain text, and a box for characters that the font lacks', () => {
		const svg = sheetSvg({ ...content, placeName: 'Meja <b>"1"</b> & Ōsaka № 2 → 印' });
		expect(svg).toContain('Meja &lt;b&gt;&quot;1&quot;&lt;/b&gt; &amp; Ōsaka № 2 → □');
	});

	it('has a QR code that can be read from the screen', async () => {
		const svg = sheetSvg(long);
		expect(svg).toContain('width="105mm" height="148mm"');
		const picture = await sharp(Buffer.from(svg), { density: DPI }).png().toBuffer();
		expect((await scanned(picture, 105)).text).toBe(long.url);
	});

	it('is printed in one PDF with those of other codes: four stickers on a page, or one table card with two faces', async () => {
		const five = Array.from({ length: 5 }, (_, n) => ({
			...content,
			placeName: `Meja ${n}`,
			url: `${content.url}${n}`
		}));
		const urls: (string | undefined)[] = [];
		const stickers = await drawn(await sheetPdf(five, 'A6', true));
		for (const page of stickers) {
			const { width = 0, height = 0 } = await page.metadata();
			const [across, down] = [Math.floor(width / 2), Math.floor(height / 2)];
			for (const top of [0, down]) {
				for (const left of [0, across]) {
					const quarter = page.clone().extract({ left, top, width: across, height: down });
					urls.push((await scanned(await quarter.png().toBuffer(), 105)).text);
				}
			}
		}
		expect(urls).toEqual([...five.map(({ url }) => url), undefined, undefined, undefined]);
		const cards = await wordsOfPages(await sheetPdf(five, 'A5', true));
		expect(cards.map((words, n) => words.split(`Meja ${n}`).length - 1)).toEqual([2, 2, 2, 2, 2]);
	});

	it('throws RangeError instead of printing a QR code too small to scan', () => {
		expect(() => layOutSheet({ ...content, address: 'panjang '.repeat(900) }, 'A6')).toThrow(RangeError);
	});
});
