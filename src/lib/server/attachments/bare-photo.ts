const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const COMMENT = 0xfe;
const APP0 = 0xe0;
const APP14 = 0xee;
const APP15 = 0xef;

/**
 * The same JPEG without comments, without application segments (EXIF, XMP, IPTC, profiles, thumbnails) and without
 * anything behind its end. JFIF and Adobe's colour transform stay, for the colours hang on them. Null where the bytes
 * are no complete JPEG.
 */
export function bareJpeg(bytes: Uint8Array): Uint8Array | null {
	if (bytes[0] !== 0xff || bytes[1] !== SOI) return null;
	const kept: Uint8Array[] = [bytes.subarray(0, 2)];
	for (let at = 2; at + 1 < bytes.length;) {
		if (bytes[at] !== 0xff) return null;
		const marker = bytes[at + 1] ?? 0;
		if (marker === 0xff) {
			at += 1;
			continue;
		}
		if (marker === EOI) return Buffer.concat([...kept, bytes.subarray(at, at + 2)]);
		const end = at + 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
		if (end < at + 4 || end > bytes.length) return null;
		if (keepsSegment(marker, bytes.subarray(at + 4, end))) kept.push(bytes.subarray(at, end));
		at = end;
		if (marker === SOS) {
			at = endOfScan(bytes, end);
			kept.push(bytes.subarray(end, at));
		}
	}
	return null;
}

/** The same JPEG 2000 without its XML and UUID boxes, where EXIF and XMP live; null where the boxes don't add up. */
export function bareJpeg2000(bytes: Uint8Array): Uint8Array | null {
	const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	if (file.length > 4 && file.readUInt32BE(0) === 0xff4fff51) return bytes;
	const kept: Uint8Array[] = [];
	for (let at = 0; at < file.length;) {
		if (at + 8 > file.length) return null;
		const length = file.readUInt32BE(at);
		// A length of 0 means to the end of the file; 1, a box beyond 4 GB, can't be here.
		const end = length === 0 ? file.length : at + length;
		if (length === 1 || end < at + 8 || end > file.length) return null;
		if (!['xml ', 'uuid', 'uinf'].includes(file.toString('latin1', at + 4, at + 8))) kept.push(file.subarray(at, end));
		at = end;
	}
	return kept.length > 0 ? Buffer.concat(kept) : null;
}

function keepsSegment(marker: number, content: Uint8Array): boolean {
	const name = Buffer.from(content.subarray(0, 5)).toString('latin1');
	if (marker === COMMENT) return false;
	if (marker < APP0 || marker > APP15) return true;
	return (marker === APP0 && name === 'JFIF\0') || (marker === APP14 && name === 'Adobe');
}

/** Where the next marker stands after coded pixels; stuffed zeros and restart marks belong to the pixels. */
function endOfScan(bytes: Uint8Array, start: number): number {
	for (let at = start; at + 1 < bytes.length; at++) {
		if (bytes[at] !== 0xff) continue;
		const next = bytes[at + 1] ?? 0;
		if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
	}
	return bytes.length;
}
