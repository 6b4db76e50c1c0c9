/** A request body that attacks the parsers of forms and JSON. Either a similar one once stopped the site, or it is random. */
export interface HostileBody {
	/** A description, for messages of failed tests. */
	name: string;
	contentType: string;
	body: Buffer;
}

type Random = () => number;
type Field = [name: string, value: string, fileName?: string];

const BOUNDARY = 'hostile-boundary';

export const urlencodedBody = (name: string, fields: readonly Field[]): HostileBody => ({
	name: `urlencoded, ${name}`,
	contentType: 'application/x-www-form-urlencoded',
	body: Buffer.from(new URLSearchParams(fields.map(([key, value]): [string, string] => [key, value])).toString())
});

export function multipartBody(name: string, fields: readonly Field[]): HostileBody {
	const parts = fields.map(([key, value, fileName]) => {
		const file = fileName === undefined ? '' : `; filename="${fileName}"\r\nContent-Type: image/jpeg`;
		return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${key}"${file}\r\n\r\n${value}\r\n`;
	});
	return {
		name: `multipart, ${name}`,
		contentType: `multipart/form-data; boundary=${BOUNDARY}`,
		body: Buffer.from(`${parts.join('')}--${BOUNDARY}--\r\n`)
	};
}

export const jsonBodyOf = (name: string, text: string): HostileBody => ({
	name: `JSON, ${name}`,
	contentType: 'application/json',
	body: Buffer.from(text)
});

const numbered = (count: number): Field[] => Array.from({ length: count }, (_, index) => [`f${index}`, 'x']);
const inBoth = (name: string, fields: readonly Field[]) => [urlencodedBody(name, fields), multipartBody(name, fields)];

/**
 * Bodies above a limit, each of which once kept a process busy or ended it. All must be refused with 413. Bodies above 64 kB
 * are multipart, because pages without files refuse other large bodies without reading them.
 */
export const OVERSIZED_BODIES: readonly HostileBody[] = [
	...inBoth('a name of 16,000 dots', [['.'.repeat(16_000), 'x']]),
	...inBoth('a name of 60,000 dots', [['.'.repeat(60_000), 'x']]),
	...inBoth('a name of 60,000 letters', [['a'.repeat(60_000), 'x']]),
	...inBoth('five levels', [['a.b.c.d.e', 'x']]),
	...inBoth('301 fields', numbered(301)),
	...inBoth('7,000 fields', numbered(7_000)),
	multipartBody('100,000 fields', numbered(100_000)),
	multipartBody(
		'one field 100,000 times',
		Array.from({ length: 100_000 }, (): Field => ['a', 'x'])
	),
	multipartBody(
		'1,000 empty files',
		Array.from({ length: 1_000 }, (): Field => ['file', '', 'a.jpg'])
	),
	multipartBody('a file with a name of 1 MB', [['file', 'x', 'n'.repeat(1_000_000)]]),
	multipartBody('a text of 2 MB', [['body', 'x'.repeat(2_000_000)]]),
	jsonBodyOf('30,000 lists in each other', `${'['.repeat(30_000)}${']'.repeat(30_000)}`),
	jsonBodyOf('10,000 objects in each other', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`),
	jsonBodyOf('lists that never end', '['.repeat(60_000)),
	jsonBodyOf('4,000 keys', JSON.stringify(Object.fromEntries(numbered(4_000)))),
	jsonBodyOf('a list of 30,000 numbers', `[${'1,'.repeat(29_999)}1]`),
	jsonBodyOf('a key of 50,000 letters', JSON.stringify({ ['k'.repeat(50_000)]: 1 }))
];

const CHARACTERS = [
	...'a .,-/0\'"\\<>&=%;:@\n\t\0',
	'\r\n',
	'é',
	'😀',
	'\u202e',
	'\ufeff',
	'\u0300',
	'\ud800',
	'\udfff'
];
const WORDS = [
	...['', ' ', '0', '-1', '1e999', '1e-400', 'NaN', 'null', 'true', 'undefined', '[object Object]', '\0', '\ud800'],
	...['2026-02-30', '0000-01-01', '+275760-09-13T00:00:00.000Z', '9'.repeat(400), '99999999999999999999'],
	...['00000000-0000-4000-8000-000000000000', "' or 1=1--", '<script>alert(1)</script>', '=1+1', '%00', '%', '../../x'],
	...['SPATULA-7604-26-000001', 'a@b.invalid', 'http://127.0.0.1/', 'petugas', '__proto__', 'constructor', 'toString']
];
const NAMES = [
	...['body', 'reporter.name', 'reporter', 'file', 'tags', 'score', 'aspects.courtesy', 'submission_id', 'version'],
	...['__proto__', 'constructor.prototype.x', 'a.b.c.d', 'a.b.c.d.e', '', '.', '...', 'length', 'toString', 'a[0]', '0']
];

const randomInt = (random: Random, most: number) => Math.floor(random() * (most + 1));
const pickOne = <T>(random: Random, list: readonly T[]): T => list[randomInt(random, list.length - 1)] as T;

/** A text: a word that often causes errors, one or two characters repeated very often, or random characters. */
export function hostileText(random: Random): string {
	const draw = random();
	if (draw < 0.5) return pickOne(random, WORDS);
	if (draw < 0.6) return pickOne(random, CHARACTERS).repeat(randomInt(random, 12_000));
	if (draw < 0.7)
		return `${pickOne(random, CHARACTERS)}${pickOne(random, CHARACTERS)}`.repeat(randomInt(random, 4_000));
	return Array.from({ length: randomInt(random, 60) }, () => pickOne(random, CHARACTERS)).join('');
}

const nameOf = (random: Random, known: readonly string[]): string => {
	const draw = random();
	if (known.length > 0 && draw < 0.6) return pickOne(random, known);
	return draw < 0.9 ? pickOne(random, NAMES) : hostileText(random).slice(0, 300);
};

function fieldsOf(random: Random, known: readonly string[]): Field[] {
	const count = random() < 0.05 ? randomInt(random, 400) : randomInt(random, 12);
	const repeated = random() < 0.1 ? nameOf(random, known) : undefined;
	return Array.from({ length: count }, () => [
		repeated ?? nameOf(random, known),
		hostileText(random),
		...(random() < 0.1 ? [hostileText(random).slice(0, 200)] : [])
	]) as Field[];
}

function jsonOf(random: Random, known: readonly string[], depth: number): string {
	const draw = random();
	if (depth > 0 && draw < 0.15) {
		const items = Array.from({ length: randomInt(random, 3) }, () => jsonOf(random, known, depth - 1));
		return `[${items.join()}]`;
	}
	if (depth > 0 && draw < 0.35) return objectOf(random, known, depth, 3);
	if (draw < 0.45)
		return pickOne(random, ['1e999', '-0', '9'.repeat(randomInt(random, 2_000) + 1), '1.5', 'true', 'null']);
	return JSON.stringify(hostileText(random).slice(0, 6_000));
}

function objectOf(random: Random, known: readonly string[], depth: number, most: number): string {
	const members = Array.from({ length: randomInt(random, most) }, () => {
		const name = JSON.stringify(nameOf(random, known));
		return `${name}:${jsonOf(random, known, depth - 1)}`;
	});
	return `{${members.join()}}`;
}

/** Cuts a body or changes a few bytes, so that it may not match its media type. */
function damaged(random: Random, hostile: HostileBody): HostileBody {
	const body = Buffer.from(hostile.body);
	if (random() < 0.5)
		return { ...hostile, name: `${hostile.name}, cut`, body: body.subarray(0, randomInt(random, body.length)) };
	for (let changes = randomInt(random, 8); changes > 0 && body.length > 0; changes--) {
		body[randomInt(random, body.length - 1)] = randomInt(random, 255);
	}
	return { ...hostile, name: `${hostile.name}, changed`, body };
}

/**
 * A random form body of at most 64 kB.
 *
 * @param random numbers from 0 to 1; use a seed if the run must be repeatable
 * @param known names of the form's fields, so that the body reaches the checks after the parser
 * @param set fields that are always included, such as a submission id
 */
export function hostileForm(random: Random, known: readonly string[] = [], set: readonly Field[] = []): HostileBody {
	const fields = [...set, ...fieldsOf(random, known)];
	const form = (random() < 0.5 ? urlencodedBody : multipartBody)('random', fields);
	const hostile = form.body.length > 60_000 ? { ...form, body: form.body.subarray(0, 60_000) } : form;
	return random() < 0.1 ? damaged(random, hostile) : hostile;
}

/** A random JSON body of at most 64 kB. `known`: keys that the call reads. `set`: members that are always included. */
export function hostileJson(
	random: Random,
	known: readonly string[] = [],
	set: Readonly<Record<string, unknown>> = {}
): HostileBody {
	const draw = random();
	const object = objectOf(random, known, 1 + randomInt(random, 4), 10);
	const fixed = JSON.stringify(set).slice(1, -1);
	const joined = object === '{}' || fixed === '' ? `${fixed}` : `${fixed},`;
	const text = draw < 0.1 ? jsonOf(random, known, 5) : `{${joined}${object.slice(1)}`;
	const hostile = jsonBodyOf('random', text.slice(0, 60_000));
	return random() < 0.1 ? damaged(random, hostile) : hostile;
}
