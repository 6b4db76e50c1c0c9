import { inflateRawSync } from 'node:zlib';
import { PDFName, PDFRawStream } from 'pdf-lib';
import type { PDFContext } from 'pdf-lib';

/** A scanned A4 page in colour at 300 dpi is 26 MB; more than this is a trap. */
const MOST_ONE = 64 * 1024 * 1024;
const MOST_ALL = 256 * 1024 * 1024;
const MARKERS = ['Exif\0\0', '<?xpacket', 'ns.adobe.com/xap', 'Photoshop 3.0'];

/**
 * False for a file that would unpack into far more than it weighs. pdf-lib unpacks object and cross-reference streams
 * without a limit, so every deflated stream is measured first, and a file with such streams may use no other packing.
 */
export function inflatesWithinReason(bytes: Uint8Array): boolean {
	const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const text = file
		.toString('latin1')
		.replace(/#([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
	if (/\/(ObjStm|XRef)/.test(text)) {
		if (/\/(LZW|RunLength|ASCII85|ASCIIHex)Decode/.test(text)) return false;
		if (/\/FlateDecode[^\]<>]{0,200}\/FlateDecode/.test(text)) return false;
	}
	let sum = 0;
	for (let at = file.indexOf('stream'); at !== -1; at = file.indexOf('stream', at + 6)) {
		const size = inflate(file.subarray(afterLineEnd(file, at + 6)))?.length ?? 0;
		sum += size;
		if (size >= MOST_ONE || sum > MOST_ALL) return false;
	}
	return true;
}

/**
 * What a zlib stream holds, cut off at 64 MB; null where it holds nothing readable. The checksum at its end is not
 * asked for, as PDF readers don't either.
 */
export function inflate(packed: Uint8Array): Buffer | null {
	const [method = 0, flags = 0] = packed;
	if ((method & 0x0f) !== 8 || ((method << 8) | flags) % 31 !== 0 || (flags & 0x20) !== 0) return null;
	try {
		return inflateRawSync(packed.subarray(2), { maxOutputLength: MOST_ONE });
	} catch (error) {
		const full =
			error instanceof RangeError ||
			(error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE');
		return full ? Buffer.alloc(MOST_ONE) : null;
	}
}

/** True where a stream still shows a mark of EXIF, XMP or IPTC, for instance in a photo drawn inside a page's text. */
export function carriesMetadata(context: PDFContext): boolean {
	return context.enumerateIndirectObjects().some(([, object]) => {
		if (!(object instanceof PDFRawStream)) return false;
		const raw = Buffer.from(object.contents);
		const content = object.dict.has(PDFName.of('Filter')) ? [raw, inflate(raw)] : [raw];
		return content.some((bytes) => bytes !== null && MARKERS.some((marker) => bytes.includes(marker, 0, 'latin1')));
	});
}

function afterLineEnd(file: Buffer, at: number): number {
	if (file[at] === 0x0d) at += 1;
	return file[at] === 0x0a ? at + 1 : at;
}
