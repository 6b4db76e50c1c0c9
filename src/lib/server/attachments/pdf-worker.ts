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
	/** Milliseconds of processor time per file for the pictures that show which text is visible. */
	maxTextTime: number;
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
	_FPDFText_GetTextObject(text: number, index: number): number;
	_FPDFPageObj_SetIsActive(object: number, active: number): number;
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
/** Least difference of a colour, on a scale of 0 to 255, that counts as visible. */
const LEAST_CONTRAST = 12;
/** Most pictures of a page without a part of its text. Each is a bit in a byte of `withoutOverlap`. */
const MAX_GROUPS = 4;

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

type Size = Pick<RenderedPage, 'width' | 'height'>;
type Picture = Size & Pick<RenderedPage, 'pixels'>;

interface Box {
	left: number;
	right: number;
	top: number;
	bottom: number;
}

interface Character {
	text: string;
	/** The pointer of the object that draws it. Objects are drawn as a whole. */
	object: number;
	/** Its position in the picture in pixels; null for spaces and line ends that PDFium adds. */
	box: Box | null;
}

const callsOf = (page: PDFiumPage) => page['module'] as unknown as TextCalls;

function charactersOf(page: PDFiumPage, { width, height }: Size): Character[] {
	const calls = callsOf(page);
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
		const spaceOrLetter = isSpace ? (code === 10 || code === 13 ? '\n' : ' ') : String.fromCodePoint(code);
		const object = calls._FPDFText_GetTextObject(text, index);
		if (!object || !calls._FPDFText_GetCharBox(text, index, left, right, bottom, top)) {
			characters.push({ text: isSpace ? spaceOrLetter : '', object, box: null });
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
		characters.push({ text: spaceOrLetter, object, box });
	}
	calls.wasmExports.free(doubles);
	calls._FPDFText_ClosePage(text);
	return characters;
}

/** Offsets of the pixels of a box, with `margin` pixels around it, as far as they are in the picture. */
function* pixelsOf({ left, right, top, bottom }: Box, { width, height }: Size, margin = 0): Generator<number> {
	const [fromX, toX] = [Math.max(0, left - margin), Math.min(width - 1, right + margin)];
	const [fromY, toY] = [Math.max(0, top - margin), Math.min(height - 1, bottom + margin)];
	for (let y = fromY; y <= toY; y++) for (let x = fromX; x <= toX; x++) yield y * width + x;
}

/**
 * Divides the characters into groups in which no object overlaps another one, and returns their indices. Most pages have
 * one or two groups. Objects that would need more than `MAX_GROUPS` are in none.
 */
function withoutOverlap(characters: Character[], size: Size): number[][] {
	const objects = new Map<number, number[]>();
	characters.forEach(({ object, box }, index) => {
		if (!box) return;
		const indices = objects.get(object);
		if (indices) indices.push(index);
		else objects.set(object, [index]);
	});
	const taken = new Uint8Array(size.width * size.height);
	const groups: number[][] = [];
	for (const indices of objects.values()) {
		const pixels = function* () {
			for (const index of indices) yield* pixelsOf(characters[index]?.box as Box, size, 1);
		};
		let around = 0;
		for (const at of pixels()) around |= taken[at] ?? 0;
		let group = 0;
		while (around & (1 << group)) group++;
		if (group === MAX_GROUPS) continue;
		for (const at of pixels()) taken[at] = (taken[at] ?? 0) | (1 << group);
		(groups[group] ??= []).push(...indices);
	}
	return groups;
}

/** Whether two pictures of a page differ at a character's position. The upper and lower quarter do not count. */
function differAt(box: Box, one: Picture, other: Picture): boolean {
	const inset = Math.floor((box.bottom - box.top) / 4);
	for (const at of pixelsOf({ ...box, top: box.top + inset, bottom: box.bottom - inset }, one)) {
		for (let byte = at * 4; byte < at * 4 + 3; byte++) {
			if (Math.abs((one.pixels[byte] ?? 0) - (other.pixels[byte] ?? 0)) >= LEAST_CONTRAST) return true;
		}
	}
	return false;
}

function hideText(page: PDFiumPage, indices: readonly number[]): void {
	const calls = callsOf(page);
	const text = calls._FPDFText_LoadPage(page['pageIdx']);
	if (!text) return;
	for (const index of indices) calls._FPDFPageObj_SetIsActive(calls._FPDFText_GetTextObject(text, index), 0);
	calls._FPDFText_ClosePage(text);
}

/** Milliseconds of processor time that this thread has used. */
function usedTime(): number {
	const { user, system } = process.threadCpuUsage();
	return (user + system) / 1000;
}

let textTime = 0;

/**
 * The text that a reader of the picture sees. A character is visible if the picture changes at its position when the
 * character's object is not drawn. So a name under a bar, a mosaic, a picture or a label is not stored. Objects that
 * overlap are left out in separate pictures: otherwise a label would make the name under it count as visible.
 */
async function visibleText(
	characters: Character[],
	picture: Picture,
	drawWithout: (indices: readonly number[]) => Promise<Picture>,
	pictureTime: number
): Promise<string> {
	const visible = new Set<number>();
	for (const indices of withoutOverlap(characters, picture)) {
		if (textTime + pictureTime > job.maxTextTime) break;
		const began = usedTime();
		const without = await drawWithout(indices);
		for (const index of indices) {
			const { box } = characters[index] as Character;
			if (box && differAt(box, picture, without)) visible.add(index);
		}
		textTime += usedTime() - began;
	}
	return characters.map(({ text }, index) => (visible.has(index) || text.trim() === '' ? text : '')).join('');
}

async function render(document: PDFiumDocument, index: number): Promise<RenderedPage> {
	const page = document.getPage(index);
	if (!page['pageIdx']) throw new Error('a page that is not there');
	const { width, height, points } = sizeOf(page);
	const draw = async (page: PDFiumPage): Promise<Picture> => {
		const { data } = await page.render({ width, height, render: 'bitmap', renderFormFields: true });
		return { pixels: data as Uint8Array<ArrayBuffer>, width, height };
	};
	const characters = charactersOf(page, { width, height });
	const began = usedTime();
	const picture = await draw(page);
	const drawWithout = (indices: readonly number[]) => {
		// Drawing closes a page, so each picture needs it anew.
		const page = document.getPage(index);
		hideText(page, indices);
		return draw(page);
	};
	const text = await visibleText(characters, picture, drawWithout, usedTime() - began);
	return { ...picture, points, text };
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
