import { BodyTooLarge, MAX_FIELDS, MAX_TEXT_BYTES } from './body-limits.ts';

/** A field as it was sent: its name, and its text or file. */
export type FormEntry = [name: string, value: string | File];

/** Bytes of the headers of one part: a name, a file name and a media type. */
const MAX_PART_HEAD = 4096;
/** RFC 2046 allows no longer boundary. */
const MAX_BOUNDARY = 70;

/**
 * Reads the fields of a form body in one pass. It counts fields and texts before it decodes them, so the work grows with
 * the size of the body and no faster. `Request.formData()` has no such limits.
 *
 * @throws BodyTooLarge above a limit · Error where the body is no form
 */
export async function readFormBody(request: Request): Promise<FormEntry[]> {
	const type = request.headers.get('content-type') ?? '';
	const body = Buffer.from(await request.arrayBuffer());
	if (/^application\/x-www-form-urlencoded\b/i.test(type)) return urlencoded(body);
	const boundary = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(type);
	const [, quoted, plain = ''] = boundary ?? [];
	if (!/^multipart\/form-data\b/i.test(type) || !boundary) throw new Error('the body is no form');
	return multipart(body, quoted ?? plain);
}

function urlencoded(body: Buffer): FormEntry[] {
	if (body.length > MAX_TEXT_BYTES) throw new BodyTooLarge();
	let fields = 1;
	for (let at = body.indexOf('&'); at >= 0; at = body.indexOf('&', at + 1)) {
		fields += 1;
		if (fields > MAX_FIELDS) throw new BodyTooLarge();
	}
	return [...new URLSearchParams(body.toString('utf8'))];
}

/** The parts of a `multipart/form-data` body (RFC 7578) as browsers write them. */
function multipart(body: Buffer<ArrayBuffer>, boundary: string): FormEntry[] {
	if (boundary.length > MAX_BOUNDARY) throw new Error('the boundary is too long');
	const delimiter = Buffer.from(`\r\n--${boundary}`);
	const entries: FormEntry[] = [];
	let textBytes = 0;
	// The first delimiter has no line before it.
	let at = delimiter.length - 2;
	if (!body.subarray(0, at).equals(delimiter.subarray(2))) throw new Error('the body does not begin with its boundary');
	while (!startsAt(body, at, '--')) {
		if (!startsAt(body, at, '\r\n')) throw new Error('a part does not begin on a line of its own');
		if (entries.length === MAX_FIELDS) throw new BodyTooLarge();
		const window = body.subarray(at, at + MAX_PART_HEAD);
		const headLength = window.indexOf('\r\n\r\n');
		if (headLength < 0 && window.length === MAX_PART_HEAD) throw new BodyTooLarge();
		const start = at + headLength + 4;
		const end = body.indexOf(delimiter, start);
		if (headLength < 0 || end < 0) throw new Error('a part has no end');
		const { name, fileName, type } = partHead(window.toString('utf8', 0, headLength));
		if (fileName === undefined) {
			textBytes += end - start;
			if (textBytes > MAX_TEXT_BYTES) throw new BodyTooLarge();
			entries.push([name, body.toString('utf8', start, end)]);
		} else {
			entries.push([name, new File([body.subarray(start, end)], fileName, { type })]);
		}
		at = end + delimiter.length;
	}
	return entries;
}

const startsAt = (body: Buffer, at: number, text: string) => body.toString('latin1', at, at + text.length) === text;

/** @throws Error where a part has no name */
function partHead(head: string): { name: string; fileName: string | undefined; type: string } {
	const disposition = /^content-disposition:[ \t]*form-data[ \t]*(;.*)$/im.exec(head)?.[1] ?? '';
	// Quoted values are passed over whole, so that a file name which looks like a parameter is none.
	const parameters = new Map(
		[...disposition.matchAll(/;[ \t]*([a-z]+)=(?:"([^"]*)"|([^\s;"]*))/gi)].map(
			([, key = '', quoted, plain = '']) => [key.toLowerCase(), unescaped(quoted ?? plain)] as const
		)
	);
	const name = parameters.get('name');
	if (name === undefined) throw new Error('a part has no name');
	const type = /^content-type:[ \t]*(.*)$/im.exec(head)?.[1]?.trim() ?? '';
	return { name, fileName: parameters.get('filename'), type };
}

/** Browsers escape these three, and nothing else. */
const unescaped = (value: string) => value.replace(/%22/g, '"').replace(/%0D/gi, '\r').replace(/%0A/gi, '\n');
