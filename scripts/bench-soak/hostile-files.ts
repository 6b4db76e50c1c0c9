import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { rawPdf } from '#lib/dev/testing/documents.ts';
import { noisyPhoto } from '#lib/dev/testing/photos.ts';

/** A file with the name, type and content that an attacker chose. */
export interface HostileFile {
	name: string;
	type: string;
	bytes: Buffer;
}

const PAGE = '<</Type/Page/MediaBox[0 0 200 200]>>';

/** A page tree in which each node lists the next one twice: 2^levels pages in a few kilobytes. */
function sharedPageTree(levels: number): Buffer {
	const nodes = Array.from({ length: levels }, (_, index) => {
		const next = index + 3;
		return `<</Type/Pages/Count ${2 ** Math.min(levels - index, 30)}/Kids[${next} 0 R ${next} 0 R]>>`;
	});
	return rawPdf('<</Type/Catalog/Pages 2 0 R>>', ...nodes, PAGE);
}

/** A cross-reference stream that declares 15 million entries of zero bytes. */
function hugeIndex(): Buffer {
	const head =
		'%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Count 0/Kids[]>>\nendobj\n';
	const stream = '<</Type/XRef/Size 15000000/Index[0 15000000]/W[0 0 0]/Root 1 0 R/Length 0>>\nstream\n\nendstream';
	return Buffer.from(`${head}3 0 obj\n${stream}\nendobj\nstartxref\n${head.length}\n%%EOF\n`);
}

/** A page with two million operators in a few kilobytes. */
function inflating(): Buffer {
	const content = deflateSync(Buffer.from('0 0 200 200 re f\n'.repeat(1_000_000)), { level: 9 });
	const stream = Buffer.concat([
		Buffer.from(`<</Length ${content.length}/Filter/FlateDecode>>\nstream\n`),
		content,
		Buffer.from('\nendstream')
	]);
	const page = '<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>';
	return rawPdf('<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Count 1/Kids[3 0 R]>>', page, stream);
}

/** A dictionary of 180,000 names, which some parsers never free. */
function manyNames(seed: number): Buffer {
	const names = Array.from({ length: 180_000 }, (_, index) => `/N${seed}x${index} 1`).join('');
	return rawPdf('<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Count 1/Kids[3 0 R]>>', PAGE, `<<${names}>>`);
}

/** PDFs that overload a parser, some hundred bytes to a few megabytes each. */
export function pdfBombs(): HostileFile[] {
	const files = [sharedPageTree(40), sharedPageTree(28), hugeIndex(), inflating(), manyNames(1), manyNames(2)];
	return files.map((bytes, index) => ({ name: `surat-${index}.pdf`, type: 'application/pdf', bytes }));
}

/** Pictures that are huge when decoded, broken, or not pictures. */
export async function badPictures(): Promise<HostileFile[]> {
	const good = await noisyPhoto(1600, 1200);
	const flat = (width: number, height: number) =>
		sharp({ create: { width, height, channels: 3, background: '#fff' } })
			.png({ compressionLevel: 9 })
			.toBuffer();
	const files: [string, string, Buffer][] = [
		['besar.png', 'image/png', await flat(6300, 6300)],
		['terlalu-besar.png', 'image/png', await flat(9000, 9000)],
		['terpotong.jpg', 'image/jpeg', good.subarray(0, good.length / 2)],
		['acak.jpg', 'image/jpeg', Buffer.concat([good.subarray(0, 600), Buffer.alloc(200_000, 0xa7)])],
		['bukan-foto.jpg', 'image/jpeg', Buffer.alloc(2_000_000, 'x')],
		['program.jpg', 'image/jpeg', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(100_000)])],
		['kosong.jpg', 'image/jpeg', Buffer.alloc(0)]
	];
	return files.map(([name, type, bytes]) => ({ name, type, bytes }));
}
