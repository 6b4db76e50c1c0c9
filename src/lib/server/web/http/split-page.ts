import { constants, crc32, deflateRawSync } from 'node:zlib';

/** The values of a page that are new for each request: the nonce of its styles, and the hidden fields of its form. */
export type RequestValues = { nonce: string } & Partial<NonNullable<App.Locals['hidden']>>;

/** A constant piece of a text, or the name of the value that follows it. */
type Piece = string | { value: keyof RequestValues };

/** A part of a page, and the same part as blocks of a compressed file. */
interface Block {
	plain: Buffer;
	compressed: Buffer;
}

/**
 * A rendered page without the values of its request. Its constant pieces are compressed once, because compressing a page
 * takes three times as long as everything else that a stored page needs.
 */
export interface SplitPage {
	headers: (readonly [name: string, value: Piece[]])[];
	html: (Block | { value: keyof RequestValues })[];
	/** Whether the page has hidden fields. */
	hasForm: boolean;
}

const NONCE = /'nonce-([^']+)'/;

/** Headers of the rendered page that describe its bytes. */
const OF_ITS_BYTES: ReadonlySet<string> = new Set(['content-length', 'etag']);

/** Splits a page at the values of its request; undefined if its styles have no nonce, as in development. */
export function splitPage(html: string, headers: Headers, hidden: App.Locals['hidden']): SplitPage | undefined {
	const nonce = NONCE.exec(headers.get('content-security-policy') ?? '')?.[1];
	if (!nonce) return undefined;
	const values: RequestValues = { nonce, ...hidden };
	return {
		headers: [...headers].flatMap(([name, value]) =>
			OF_ITS_BYTES.has(name) ? [] : [[name, splitText(value, values)] as const]
		),
		html: splitText(html, values).map((piece) => (typeof piece === 'string' ? compress(piece) : piece)),
		hasForm: hidden !== undefined
	};
}

function splitText(text: string, values: RequestValues): Piece[] {
	let pieces: Piece[] = [text];
	for (const [name, value] of Object.entries(values) as [keyof RequestValues, string][]) {
		pieces = pieces.flatMap((piece) =>
			typeof piece === 'string'
				? piece.split(value).flatMap((part, index) => (index === 0 ? [part] : [{ value: name }, part]))
				: [piece]
		);
	}
	return pieces;
}

/** The response for a request with these values. */
export function joinPage({ headers, html }: SplitPage, values: RequestValues, { gzip }: { gzip: boolean }): Response {
	const textOf = (piece: Piece) => (typeof piece === 'string' ? piece : (values[piece.value] ?? ''));
	const parts = html.map((piece) => ('value' in piece ? storedBlock(textOf(piece)) : piece));
	const body = gzip ? gzipFile(parts) : Buffer.concat(parts.map(({ plain }) => plain));
	return new Response(body, {
		headers: [
			...headers.map(([name, value]): [string, string] => [name, value.map(textOf).join('')]),
			['content-length', String(body.length)],
			...(gzip ? [['content-encoding', 'gzip'] as [string, string]] : [])
		]
	});
}

/** Compressed blocks that refer to nothing before them and end at a whole byte, so that others can follow (RFC 1951). */
function compress(text: string): Block {
	const plain = Buffer.from(text);
	return { plain, compressed: deflateRawSync(plain, { level: 9, finishFlush: constants.Z_SYNC_FLUSH }) };
}

/** A block that is not compressed. */
function storedBlock(text: string): Block {
	const plain = Buffer.from(text);
	const head = Buffer.alloc(5);
	head.writeUInt16LE(plain.length, 1);
	head.writeUInt16LE(0xffff - plain.length, 3);
	return { plain, compressed: Buffer.concat([head, plain]) };
}

const GZIP_HEAD = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
const LAST_BLOCK = Buffer.from([3, 0]);

/** A file in the format of gzip (RFC 1952). */
function gzipFile(parts: readonly Block[]): Buffer<ArrayBuffer> {
	const end = Buffer.alloc(8);
	end.writeUInt32LE(parts.reduce((sum, { plain }) => crc32(plain, sum), 0));
	end.writeUInt32LE(
		parts.reduce((sum, { plain }) => sum + plain.length, 0),
		4
	);
	return Buffer.concat([GZIP_HEAD, ...parts.map(({ compressed }) => compressed), LAST_BLOCK, end]);
}
