import { isHttpError } from '@sveltejs/kit';
import { expect, test } from 'vitest';
import { seeded } from '#lib/dev/lapor-sandbox/faults.ts';
import {
	hostileForm,
	hostileJson,
	jsonBodyOf,
	multipartBody,
	OVERSIZED_BODIES,
	urlencodedBody,
	type HostileBody
} from '#lib/dev/testing/api/hostile-bodies.ts';
import { rounds } from '#lib/dev/testing/random-tests.ts';
import { Invalid } from '#lib/server/errors.ts';
import { MAX_FIELDS, SMALL_BODY } from '#lib/server/uploads/limits.ts';
import { MAX_DEPTH, MAX_NAME_LENGTH } from './body-limits.ts';
import { readForm } from './form.ts';
import { jsonBody } from './json-body.ts';

const request = ({ contentType, body }: HostileBody) =>
	new Request('http://localhost/', {
		method: 'POST',
		headers: { 'content-type': contentType },
		body: new Uint8Array(body)
	});

/** The status for a body: 200 if it was read, else the status of the refusal. */
async function statusOf(hostile: HostileBody): Promise<number> {
	try {
		if (hostile.contentType === 'application/json') await jsonBody(request(hostile));
		else await readForm(request(hostile));
		return 200;
	} catch (cause) {
		if (cause instanceof Invalid) return 422;
		if (isHttpError(cause)) return cause.status;
		throw cause;
	}
}

test('gives 413 for every body above a limit', async () => {
	for (const hostile of OVERSIZED_BODIES) expect(await statusOf(hostile), hostile.name).toBe(413);
});

test('a JSON body that does not say its length is read, and refused above the limit', async () => {
	const streamed = (text: string) => {
		// The types of the browser's `fetch` do not know `duplex`, which Node requires here.
		const init: RequestInit & { duplex: 'half' } = { method: 'POST', body: new Blob([text]).stream(), duplex: 'half' };
		return new Request('http://localhost/', init);
	};
	expect(await jsonBody(streamed('{"a":1}'))).toEqual({ a: 1 });
	await expect(jsonBody(streamed(`"${'x'.repeat(SMALL_BODY)}"`))).rejects.toMatchObject({ status: 413 });
});

test('null stands for an absent member of an object, and stays in a list', async () => {
	expect(await jsonBody(request(jsonBodyOf('null', '{"a":null,"b":{"c":null,"d":[null]}}')))).toEqual({
		b: { d: [null] }
	});
	expect(await jsonBody(request(jsonBodyOf('null', 'null')))).toBeNull();
});

test('reads bodies at the limits', async () => {
	const fields = Array.from({ length: MAX_FIELDS }, (_, index): [string, string] => [`f${index}`, 'x']);
	const deep = Array.from({ length: MAX_DEPTH }, () => 'a').join('.');
	const named: [string, string][] = [
		['n'.repeat(MAX_NAME_LENGTH), 'x'],
		[deep, 'x']
	];
	for (const made of [urlencodedBody, multipartBody]) {
		expect(await statusOf(made('many', fields))).toBe(200);
		expect(await statusOf(made('named', named))).toBe(200);
	}
	const nested = `${'[0,'.repeat(MAX_DEPTH)}0${']'.repeat(MAX_DEPTH)}`;
	expect(await statusOf(jsonBodyOf('nested', nested))).toBe(200);
	const wide = Object.fromEntries(fields);
	expect(await statusOf(jsonBodyOf('wide', JSON.stringify(wide)))).toBe(200);
	expect(await jsonBody(request(jsonBodyOf('brackets in a text', '{"a":"[[[[[[{{{{{{,,,\\"[[[["}')))).toEqual({
		a: '[[[[[[{{{{{{,,,"[[[['
	});
});

test('reads a multipart form as browsers write it', async () => {
	const form = new FormData();
	form.append('body', 'Loket 2 "tutup"; name=x\r\nsejak pagi');
	form.append('file', new File(['isi'], 'foto; filename=x.jpg', { type: 'image/jpeg' }));
	form.append('file', new File([], ''));
	const { data, files } = await readForm(new Request('http://localhost/', { method: 'POST', body: form }));
	expect(data).toEqual({ body: 'Loket 2 "tutup"; name=x\nsejak pagi' });
	expect(files.map(({ name, type, size }) => ({ name, type, size }))).toEqual([
		{ name: 'foto; filename=x.jpg', type: 'image/jpeg', size: 3 }
	]);
	expect(await files[0]?.text()).toBe('isi');
});

test('reads JSON in UTF-8 only, with line ends as a form has them', async () => {
	expect(await jsonBody(request(jsonBodyOf('lines', '{"body":"satu\\r\\ndua"}')))).toEqual({ body: 'satu\ndua' });
	const body = Buffer.from('{"body":"kafé"}', 'latin1');
	expect(await statusOf({ name: 'latin1', contentType: 'application/json', body })).toBe(422);
});

test('drops from JSON characters that no database stores and unsafe names', async () => {
	const text = '{"a":"x\\u0000y\\ud800z😀","__proto__":{"admin":1},"constructor":1,"b":{"prototype":1,"c":2}}';
	const read = await jsonBody(request(jsonBodyOf('unsafe', text)));
	expect(read).toEqual({ a: 'xy\ufffdz😀', b: { c: 2 } });
	expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
});

const BODIES = rounds({ quick: 500, all: 3_000 });

test('reads or refuses each of many random bodies', async () => {
	const random = seeded(11);
	const seen = new Map<number, number>();
	for (let round = 0; round < BODIES; round++) {
		const hostile = round % 2 === 0 ? hostileForm(random) : hostileJson(random);
		const status = await statusOf(hostile);
		seen.set(status, (seen.get(status) ?? 0) + 1);
	}
	expect([...seen.keys()].sort()).toEqual([200, 413, 422]);
	// The bodies would prove little if most were refused at once.
	expect(seen.get(200)).toBeGreaterThan(BODIES / 2);
	expect(({} as Record<string, unknown>).admin).toBeUndefined();
});
