import { randomUUID } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { badPictures, pdfBombs, photo, type HostileFile } from './files.ts';

/** A request of an attacker: sent as it is. */
export interface Attack {
	kind: AttackKind;
	path: string;
	method: Dispatcher.HttpMethod;
	headers?: Record<string, string>;
	body?: string | Buffer;
}
export type AttackKind =
	'field names' | 'many fields' | 'JSON' | 'search' | 'bad pictures' | 'PDF bombs' | 'large uploads';

const FORM = 'application/x-www-form-urlencoded';

async function withFiles(kind: AttackKind, unit: string, files: readonly HostileFile[]): Promise<Attack> {
	const form = new FormData();
	form.set('body', 'Laporan uji dengan berkas yang tidak wajar di dalamnya.');
	form.set('identity', 'withheld');
	form.set('name', 'Warga Contoh');
	form.set('submission_id', randomUUID());
	for (const { name, type, bytes } of files) form.append('file', new File([new Uint8Array(bytes)], name, { type }));
	const encoded = new Response(form);
	const headers = { 'content-type': encoded.headers.get('content-type') ?? '' };
	return { kind, path: `/${unit}/pengaduan`, method: 'POST', headers, body: Buffer.from(await encoded.arrayBuffer()) };
}

/**
 * The attacks of a run in the order in which they are sent: each kind again and again, spread evenly.
 *
 * @param token of the API, for searches and JSON bodies
 */
export async function attacks(count: number, unit: string, token: string): Promise<(index: number) => Promise<Attack>> {
	const form = (kind: AttackKind, path: string, body: string): Attack => ({
		kind,
		path,
		method: 'POST',
		headers: { 'content-type': FORM },
		body
	});
	const json = (body: string): Attack => {
		const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
		return { kind: 'JSON', path: '/api/v1/cases', method: 'POST', headers, body };
	};
	const search = (path: string, bearer = true): Attack => {
		return { kind: 'search', path, method: 'GET', headers: bearer ? { authorization: `Bearer ${token}` } : {} };
	};
	const [bombs, pictures, large] = [pdfBombs(), await badPictures(), await photo(3600, 2700)];
	const cheap: Attack[] = [
		form('field names', '/lacak', `${'.'.repeat(16_000)}=1`),
		form('field names', `/${unit}/nilai`, `${'a.'.repeat(15_000)}b=1`),
		form('field names', '/login', `__proto__.x=1&constructor.prototype.y=2&${'['.repeat(10_000)}=3`),
		form('many fields', '/lacak', Array.from({ length: 10_000 }, (_, i) => `f${i}=`).join('&')),
		form('many fields', `/${unit}/saran`, 'a=&'.repeat(20_000)),
		form('many fields', '/login', 'a.b.c=1&'.repeat(8000)),
		json(`${'['.repeat(30_000)}${']'.repeat(30_000)}`),
		json(`{${Array.from({ length: 6000 }, (_, i) => `"k${i}":1`).join(',')}}`),
		json(`{"a":`.repeat(9000)),
		search(`/api/v1/cases?q=${'a'.repeat(3000)}`),
		search(`/api/v1/cases?q=${'kursi '.repeat(500).trim().replaceAll(' ', '+')}`),
		search(`/?q=${'b'.repeat(12_000)}`, false)
	];
	const heavy: (() => Promise<Attack>)[] = [
		...pictures.map((file) => () => withFiles('bad pictures', unit, [file])),
		...bombs.map((file) => () => withFiles('PDF bombs', unit, [file])),
		() => withFiles('bad pictures', unit, pictures.slice(1, 6)),
		() => withFiles('PDF bombs', unit, bombs.slice(0, 4)),
		() =>
			withFiles(
				'large uploads',
				unit,
				Array.from({ length: 4 }, (_, i) => ({ name: `${i}.jpg`, type: 'image/jpeg', bytes: large }))
			)
	];
	// One in ten carries files: those cost the most.
	return async (index) => {
		if (index % 10 === 9) return (heavy[Math.floor(index / 10) % heavy.length] as () => Promise<Attack>)();
		return cheap[(index % count) % cheap.length] as Attack;
	};
}
