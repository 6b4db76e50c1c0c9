import sharp, { type OutputInfo } from 'sharp';
import { pictureScale } from '#lib/text/picture-scale.ts';
import { limitConcurrency } from '#lib/server/limit-concurrency.ts';
import { FORWARD_BYTES, MAX_PIXELS } from './picture-and-pdf-limits.ts';

const SECONDS = 20;
/** Qualities of plain JPEG. mozjpeg would make files a quarter smaller but take thirteen times as long. */
const QUALITIES = [82, 70, 58, 46];
const SHRINK = 0.75;
const THUMBNAIL = { width: 288, height: 216 };

export type CleanImage = {
	bytes: Buffer;
	mediaType: 'image/jpeg' | 'image/png';
	extension: 'jpg' | 'png';
	width: number;
	height: number;
};
type ImageResult = { ok: CleanImage } | { problem: 'too_many_pixels'; megapixels: number } | { problem: 'undecodable' };

// One thread per picture, so that pictures leave cores free for the rest of the site.
sharp.concurrency(1);
sharp.cache(false);

/**
 * Decodes a whole picture and draws it again: upright, not larger than `pictureScale` allows, sRGB, at most `maxBytes`.
 * The result is a JPEG, or a PNG if the picture has transparency. Only pixels are copied, so no EXIF, XMP, IPTC, colour
 * profile or text remains. `format` is the detected format. Of an animation the first frame is stored.
 */
export async function cleanImage(bytes: Uint8Array, format: string, maxBytes = FORWARD_BYTES): Promise<ImageResult> {
	try {
		// The limit is checked here, to distinguish a too large picture from a broken one.
		const header = await sharp(bytes, { limitInputPixels: false }).metadata();
		const { width } = header;
		const height = header.pageHeight ?? header.height;
		const pixels = width * height;
		if (pixels > MAX_PIXELS) return { problem: 'too_many_pixels', megapixels: Math.ceil(pixels / 1_000_000) };
		if (sniffedName(header.format, header.compression) !== format) return { problem: 'undecodable' };
		const side = Math.round(Math.max(width, height) * pictureScale(width, height));
		return { ok: await encode(await decode(bytes, format, side), maxBytes) };
	} catch (error) {
		if (isDecodeError(error)) return { problem: 'undecodable' };
		throw error;
	}
}

const limitThumbnails = limitConcurrency(2);

/**
 * A small JPEG of a stored picture, for a list. It fills the frame of a list on a phone with three pixels per point.
 *
 * @param read is called when the thumbnail is drawn, so that those of a whole list don't wait in memory
 */
export const thumbnailOf = (read: () => Promise<Uint8Array | null>): Promise<Buffer | null> =>
	limitThumbnails(async () => {
		const picture = await read();
		if (!picture) return null;
		return sharp(picture, { limitInputPixels: MAX_PIXELS })
			.timeout({ seconds: SECONDS })
			.resize({ ...THUMBNAIL, fit: 'cover', withoutEnlargement: true })
			.flatten({ background: '#ffffff' })
			.jpeg({ quality: 70 })
			.toBuffer();
	});

type Pixels = { data: Buffer; info: OutputInfo };

/** @param side pixels of the longer side, whichever it is once the picture is upright */
function decode(bytes: Uint8Array, format: string, side: number): Promise<Pixels> {
	// Many phone cameras write JPEGs with a small fault. Every viewer shows them, and the decoder only warns.
	const failOn = format === 'image/jpeg' ? 'error' : 'warning';
	return sharp(bytes, { failOn, limitInputPixels: MAX_PIXELS })
		.timeout({ seconds: SECONDS })
		.autoOrient()
		.resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
		.toColourspace('srgb')
		.raw()
		.toBuffer({ resolveWithObject: true });
}

async function encode(pixels: Pixels, maxBytes: number): Promise<CleanImage> {
	const seeThrough = pixels.info.channels === 4 && !(await from(pixels).stats()).isOpaque;
	if (seeThrough) {
		const png = await from(pixels).png({ compressionLevel: 9 }).toBuffer({ resolveWithObject: true });
		if (png.data.length <= maxBytes) return cleanImageOf(png, { mediaType: 'image/png', extension: 'png' });
	}
	// A transparent picture that is too large as PNG is drawn on white, because smaller palettes take half a minute and
	// look worse.
	for (let side = Math.max(pixels.info.width, pixels.info.height); side >= 1; side = Math.floor(side * SHRINK)) {
		for (const quality of QUALITIES) {
			const jpeg = await from(pixels)
				.resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
				.flatten({ background: '#ffffff' })
				.jpeg({ quality })
				.toBuffer({ resolveWithObject: true });
			if (jpeg.data.length <= maxBytes) return cleanImageOf(jpeg, { mediaType: 'image/jpeg', extension: 'jpg' });
		}
	}
	throw new RangeError(`no picture fits into ${maxBytes} bytes`);
}

function cleanImageOf({ data, info }: Pixels, kind: Pick<CleanImage, 'mediaType' | 'extension'>): CleanImage {
	return { bytes: data, ...kind, width: info.width, height: info.height };
}

function from({ data, info }: Pixels) {
	return sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
}

function sniffedName(format: string, compression: string | undefined): string {
	return format === 'heif' && compression === 'av1' ? 'image/avif' : `image/${format}`;
}

/** sharp throws plain Errors for bad input. A TypeError or RangeError is a bug of ours. */
function isDecodeError(error: unknown): boolean {
	return error instanceof Error && error.constructor === Error;
}
