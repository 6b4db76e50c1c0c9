import { decodePDFRawStream, PDFArray, PDFDict, PDFName, PDFRawStream } from 'pdf-lib';
import type { PDFContext } from 'pdf-lib';
import { bareJpeg, bareJpeg2000 } from '#lib/server/attachments/bare-photo.ts';
import { inflate } from '#lib/server/attachments/pdf-streams.ts';

const FILTER = PDFName.of('Filter');
const PARAMETERS = PDFName.of('DecodeParms');
const PHOTOS = new Map([
	[PDFName.of('DCTDecode'), bareJpeg],
	[PDFName.of('JPXDecode'), bareJpeg2000]
]);
const TEXT_PACKINGS = new Set([PDFName.of('ASCII85Decode'), PDFName.of('ASCIIHexDecode')]);

/**
 * Cuts the metadata out of every JPEG and JPEG 2000 that is embedded whole, as scanning apps and word processors do;
 * their pixels are not touched. False where one is packed or built in a way that can't be followed.
 */
export function cleanEmbeddedPhotos(context: PDFContext): boolean {
	for (const [ref, object] of context.enumerateIndirectObjects()) {
		if (!(object instanceof PDFRawStream)) continue;
		const filters = filtersOf(object.dict);
		const last = filters.at(-1);
		const bare = last && PHOTOS.get(last);
		if (!last || !bare) continue;
		const photo = unpack(object, filters.slice(0, -1));
		const cleaned = photo && bare(photo);
		if (!cleaned) return false;
		object.dict.set(FILTER, last);
		if (filters.length > 1) object.dict.delete(PARAMETERS);
		context.assign(ref, PDFRawStream.of(object.dict, cleaned));
	}
	return true;
}

function unpack(stream: PDFRawStream, packings: PDFName[]): Uint8Array | null {
	let bytes: Uint8Array | null = stream.contents;
	for (const packing of packings) {
		if (packing === PDFName.of('FlateDecode')) bytes = inflate(bytes);
		else if (TEXT_PACKINGS.has(packing)) {
			const dict = PDFDict.withContext(stream.dict.context);
			dict.set(FILTER, packing);
			bytes = decodePDFRawStream(PDFRawStream.of(dict, bytes)).decode();
		} else return null;
		if (!bytes) return null;
	}
	return bytes;
}

function filtersOf(dict: PDFDict): PDFName[] {
	const filter = dict.lookup(FILTER);
	const list = filter instanceof PDFArray ? filter.asArray().map((entry) => dict.context.lookup(entry)) : [filter];
	return list.filter((entry): entry is PDFName => entry instanceof PDFName);
}
