/**
 * Renders one PDF with PDFium in WebAssembly, in a thread of its own. `pdf-pages.ts` starts the thread, requests each
 * page and terminates it. This file runs outside the bundle, so it imports nothing of the product.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { PDFiumLibrary, type PDFiumDocument, type PDFiumPage } from '@hyzyla/pdfium';

export interface PdfJob {
	bytes: Uint8Array;
	wasm: WebAssembly.Module;
	maxPages: number;
	dotsPerInch: number;
	maxPixels: number;
	maxMemoryBytes: number;
	maxCharacters: number;
}

/** A page: its pixels with four bytes each (RGBA), its size in points, and its visible text. */
export interface RenderedPage {
	pixels: Uint8Array<ArrayBuffer>;
	width: number;
	height: number;
	points: { width: number; height: number };
	text: string;
}

export type PdfFault = 'encrypted' | 'too_many_pages' | 'too_complex' | 'broken';
export type FromWorker = { pages: number } | { page: RenderedPage } | { fault: PdfFault; pages?: number };

/** Functions of PDFium that the package exports without types. Pointers are numbers. */
interface TextCalls {
	_FPDFText_LoadPage(page: number): number;
	_FPDFText_ClosePage(text: number): void;
	_FPDFText_CountChars(text: number): number;
	_FPDFText_GetUnicode(text: number, index: number): number;
	_FPDFText_GetCharBox(text: number, index: number, left: number, right: number, bottom: number, top: number): number;
	_FPDF_PageToDevice(
		page: number,
		left: number,
		top: number,
		width: number,
		height: number,
		rotate: number,
		x: number,
		y: number,
		deviceX: number,
		deviceY: number
	): number;
	wasmExports: { malloc(bytes: number): number; free(pointer: number): void };
	HEAPU8: Uint8Array;
}

const POINTS_PER_INCH = 72;
/** Longest side in pixels. Without this limit, a page of 1 by 10,000,000 points would become too long a picture. */
const MAX_SIDE = 10_000;
const WASM_PAGE = 65_536;
/** Least difference of brightness, on a scale of 0 to 255, that counts as visible. */
const LEAST_CONTRAST = 12;

const job = workerData as PdfJob;
const port = parentPort;
if (!port) throw new Error('this file runs as a worker');

/** Whether PDFium asked for more memory than it may have. */
let memoryExceeded = false;
const grow = WebAssembly.Memory.prototype.grow;
WebAssembly.Memory.prototype.grow = function (this: WebAssembly.Memory, pages: number) {
	if (this.buffer.byteLength + pages * WASM_PAGE <= job.maxMemoryBytes) return grow.call(this, pages);
	memoryExceeded = true;
	throw new RangeError('more memory than a PDF may take');
};

const send = (message: FromWorker, moved: ArrayBuffer[] = []) => port.postMessage(message, moved);

function fault(cause: unknown): PdfFault {
	if (memoryExceeded) return 'too_complex';
	return /password|security/i.test(String(cause)) ? 'encrypted' : 'broken';
}

function sizeOf(page: PDFiumPage): Omit<RenderedPage, 'pixels' | 'text'> {
	const { originalWidth: wide, originalHeight: high } = page.getOriginalSize();
	if (!(wide > 0 && high > 0 && Number.isFinite(wide * high))) throw new Error('a page without a size');
	const scale = Math.min(
		job.dotsPerInch / POINTS_PER_INCH,
		Math.sqrt(job.maxPixels / (wide * high)),
		MAX_SIDE / Math.max(wide, high)
	);
	const pixels = (points: number) => Math.max(1, Math.round(points * scale));
	return { width: pixels(wide), height: pixels(high), points: { width: wide, height: high } };
}

interface Character {
	text: string;
	/** Its position in the picture in pixels; null for spaces and line ends that PDFium adds. */
	box: { left: number; right: number; top: number; bottom: number } | null;
}

function charactersOf(page: PDFiumPage, width: number, height: number): Character[] {
	const calls = page['module'] as unknown as TextCalls;
	const handle = page['pageIdx'];
	const text = calls._FPDFText_LoadPage(handle);
	if (!text) return [];
	const doubles = calls.wasmExports.malloc(48);
	const [left, right, bottom, top] = [doubles, doubles + 8, doubles + 16, doubles + 24] as const;
	const device = doubles + 32;
	const count = Math.min(calls._FPDFText_CountChars(text), job.maxCharacters);
	const characters: Character[] = [];
	const corner = (x: number, y: number) => {
		calls._FPDF_PageToDevice(handle, 0, 0, width, height, 0, x, y, device, device + 4);
		const view = new DataView(calls.HEAPU8.buffer, device, 8);
		return { x: view.getInt32(0, true), y: view.getInt32(4, true) };
	};
	for (let index = 0; index < count; index++) {
		const code = calls._FPDFText_GetUnicode(text, index);
		const isSpace = code <= 32 || code === 0xa0 || code > 0x10ffff;
		if (isSpace || !calls._FPDFText_GetCharBox(text, index, left, right, bottom, top)) {
			characters.push({ text: code === 10 || code === 13 ? '\n' : ' ', box: null });
			continue;
		}
		const view = new DataView(calls.HEAPU8.buffer, doubles, 32);
		const [x1, x2, y1, y2] = [0, 8, 16, 24].map((offset) => view.getFloat64(offset, true)) as [
			number,
			number,
			number,
			number
		];
		const [a, b] = [corner(x1, y1), corner(x2, y2)];
		const box = {
			left: Math.min(a.x, b.x),
			right: Math.max(a.x, b.x),
			top: Math.min(a.y, b.y),
			bottom: Math.max(a.y, b.y)
		};
		characters.push({ text: String.fromCodePoint(code), box });
	}
	calls.wasmExports.free(doubles);
	calls._FPDFText_ClosePage(text);
	return characters;
}

/**
 * Whether the picture has contrast at a character's position. Text under a black bar, white on white or off the page is
 * invisible and is not stored, so that a blacked-out name can't be read.
 */
function isVisible({ left, right, top, bottom }: NonNullable<Character['box']>, picture: Omit<RenderedPage, 'text'>) {
	const inset = Math.floor((bottom - top) / 4);
	const [fromX, toX] = [Math.max(0, left - 2), Math.min(picture.width - 1, right + 2)];
	const [fromY, toY] = [Math.max(0, top + inset), Math.min(picture.height - 1, bottom - inset)];
	let [darkest, brightest] = [255, 0];
	for (let y = fromY; y <= toY; y++) {
		for (let x = fromX; x <= toX; x++) {
			const at = (y * picture.width + x) * 4;
			const [red = 0, green = 0, blue = 0] = picture.pixels.subarray(at, at + 3);
			const brightness = (red * 3 + green * 6 + blue) / 10;
			darkest = Math.min(darkest, brightness);
			brightest = Math.max(brightest, brightness);
			if (brightest - darkest >= LEAST_CONTRAST) return true;
		}
	}
	return false;
}

async function render(document: PDFiumDocument, index: number): Promise<RenderedPage> {
	const page = document.getPage(index);
	if (!page['pageIdx']) throw new Error('a page that is not there');
	const { width, height, points } = sizeOf(page);
	const characters = charactersOf(page, width, height);
	const { data } = await page.render({ width, height, render: 'bitmap', renderFormFields: true });
	const picture = { pixels: data as Uint8Array<ArrayBuffer>, width, height, points };
	const text = characters.map(({ text, box }) => (box === null || isVisible(box, picture) ? text : '')).join('');
	return { ...picture, text };
}

try {
	const library = await PDFiumLibrary.init({
		instantiateWasm: (imports, done) => {
			const instance = new WebAssembly.Instance(job.wasm, imports);
			done(instance as unknown as WebAssembly.Module);
			return instance.exports;
		}
	});
	const document = await library.loadDocument(job.bytes);
	const pages = document.getPageCount();
	if (pages > job.maxPages) send({ fault: 'too_many_pages', pages });
	else if (pages < 1) send({ fault: 'broken' });
	else {
		port.on('message', (index: number) => {
			render(document, index).then(
				(page) => send({ page }, [page.pixels.buffer]),
				(cause: unknown) => send({ fault: fault(cause) })
			);
		});
		send({ pages });
	}
} catch (cause) {
	send({ fault: fault(cause) });
}
