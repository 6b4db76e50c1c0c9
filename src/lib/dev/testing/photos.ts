import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

/** Strings that are hidden in test files. None may remain after processing. */
export const MARKS = {
	exif: 'MARK-EXIF-CAMERA',
	xmp: 'MARK-XMP-AUTHOR',
	iptc: 'MARK-IPTC-BYLINE',
	text: 'MARK-PNG-TEXT',
	comment: 'MARK-JPEG-COMMENT',
	tail: 'MARK-BEHIND-THE-END'
};

const XMP = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator><rdf:Seq><rdf:li>${MARKS.xmp}</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;
const GPS = {
	GPSLatitudeRef: 'S',
	GPSLatitude: '2/1 40/1 30/1',
	GPSLongitudeRef: 'E',
	GPSLongitude: '118/1 53/1 20/1'
};

/** An image of four colours, before any rotation: upper left red, upper right green, lower left blue, lower right white. */
export function fourColourImage(width = 120, height = 80) {
	const block = (background: string) => ({
		create: { width: width / 2, height: height / 2, channels: 3 as const, background }
	});
	return sharp({ create: { width, height, channels: 3, background: '#ffffff' } }).composite([
		{ input: block('#ff0000'), left: 0, top: 0 },
		{ input: block('#00ff00'), left: width / 2, top: 0 },
		{ input: block('#0000ff'), left: 0, top: height / 2 }
	]);
}

/** A photo of noise, which compresses as badly as a real one. */
export const noisyPhoto = (width = 900, height = 600, sigma = 40): Promise<Buffer> =>
	sharp({ create: { width, height, channels: 3, background: '#000', noise: { type: 'gaussian', mean: 128, sigma } } })
		.jpeg()
		.toBuffer();

/** An image with the metadata of a phone: camera, position, rotation, XMP and a colour profile. */
export function phonePhoto(format: 'jpeg' | 'png' | 'webp' | 'avif', orientation = 6): Promise<Buffer> {
	return fourColourImage()
		.withMetadata({ orientation, density: 300 })
		.withExifMerge({ IFD0: { Make: MARKS.exif, Copyright: MARKS.exif }, IFD3: GPS })
		.withXmp(XMP)
		.withIccProfile('p3')
		.toFormat(format, { quality: 95 })
		.toBuffer();
}

/** Adds to a JPEG an IPTC block (of Photoshop), a comment, and bytes after its end. */
export function withIptcAndComment(jpeg: Buffer): Buffer {
	const record = (dataset: number, value: string) =>
		Buffer.concat([Buffer.from([0x1c, 2, dataset, 0, value.length]), Buffer.from(value)]);
	const iptc = record(80, MARKS.iptc);
	const size = Buffer.alloc(4);
	size.writeUInt32BE(iptc.length);
	const block = Buffer.concat([
		Buffer.from('Photoshop 3.0\0', 'latin1'),
		Buffer.from('8BIM\x04\x04\0\0', 'latin1'),
		size,
		iptc,
		Buffer.alloc(iptc.length % 2)
	]);
	return Buffer.concat([
		jpeg.subarray(0, 2),
		jpegSegment(0xed, block),
		jpegSegment(0xfe, Buffer.from(MARKS.comment)),
		jpeg.subarray(2),
		Buffer.from(MARKS.tail)
	]);
}

/** Adds to a PNG a tEXt and a compressed zTXt chunk after its header, and bytes after its end. */
export function withPngText(png: Buffer): Buffer {
	const text = pngChunk('tEXt', Buffer.from(`Comment\0${MARKS.text}`, 'latin1'));
	const packed = pngChunk('zTXt', Buffer.concat([Buffer.from('Author\0\0', 'latin1'), deflateSync(MARKS.text)]));
	return Buffer.concat([png.subarray(0, 33), text, packed, png.subarray(33), Buffer.from(MARKS.tail)]);
}

/** The chunk types of a PNG, in order. */
export function pngChunks(png: Buffer): string[] {
	const types: string[] = [];
	for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) types.push(png.toString('latin1', at + 4, at + 8));
	return types;
}

/** The markers of a JPEG up to the pixel data, without SOI. */
export function jpegMarkers(jpeg: Buffer): number[] {
	const markers: number[] = [];
	for (let at = 2; at < jpeg.length; at += 2 + jpeg.readUInt16BE(at + 2)) {
		markers.push(jpeg.readUInt8(at + 1));
		if (jpeg[at + 1] === 0xda) break;
	}
	return markers;
}

function jpegSegment(marker: number, content: Buffer): Buffer {
	const head = Buffer.from([0xff, marker, 0, 0]);
	head.writeUInt16BE(content.length + 2, 2);
	return Buffer.concat([head, content]);
}

function pngChunk(type: string, content: Buffer): Buffer {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
	const length = Buffer.alloc(4);
	length.writeUInt32BE(content.length);
	const sum = Buffer.alloc(4);
	sum.writeUInt32BE(crc32(body));
	return Buffer.concat([length, body, sum]);
}
