import type { Dispatcher } from 'undici';
import { seeded } from '#lib/dev/lapor-sandbox/faults.ts';
import { hostileForm, hostileJson, OVERSIZED_BODIES, type HostileBody } from '#lib/dev/testing/api/hostile-bodies.ts';
import { noisyPhoto } from '#lib/dev/testing/photos.ts';
import { badPictures, pdfBombs, type HostileFile } from './hostile-files.ts';

/** A request of an attacker. */
export interface Attack {
	kind: AttackKind;
	path: string;
	method: Dispatcher.HttpMethod;
	headers?: Record<string, string>;
	body?: string | Buffer;
}
type AttackKind = 'oversized bodies' | 'random bodies' | 'search' | 'bad pictures' | 'PDF bombs' | 'large uploads';

/** Seed of the random numbers, so that every run has the same attacks. */
const SEED = 7;

async function withFiles(kind: AttackKind, unit: string, files: readonly HostileFile[]): Promise<Attack> {
	const form = new FormData();
	form.set('body', 'Laporan uji dengan berkas yang tidak wajar di dalamnya.');
	form.set('identity', 'withheld');
	form.set('name', 'Warga Contoh');
	form.set('submission_id', crypto.randomUUID());
	for (const { name, type, bytes } of files) form.append('file', new File([new Uint8Array(bytes)], name, { type }));
	const encoded = new Response(form);
	const headers = { 'content-type': encoded.headers.get('content-type') ?? '' };
	return { kind, path: `/${unit}/pengaduan`, method: 'POST', headers, body: Buffer.from(await encoded.arrayBuffer()) };
}

/**
 * Returns the attacks of a run by their index, with all kinds spread evenly.
 *
 * @param token API token for searches and JSON bodies
 */
export async function attacks(unit: string, token: string): Promise<(index: number) => Promise<Attack>> {
	const random = seeded(SEED);
	const send = (kind: AttackKind, hostile: HostileBody, page: string): Attack => {
		const isJson = hostile.contentType === 'application/json';
		const headers = { 'content-type': hostile.contentType, ...(isJson ? { authorization: `Bearer ${token}` } : {}) };
		return { kind, path: isJson ? '/api/v1/cases' : page, method: 'POST', headers, body: hostile.body };
	};
	const pages = ['/lacak', '/login', `/${unit}/nilai`, `/${unit}/saran`, `/${unit}/pengaduan`];
	const anyPage = () => pages[Math.floor(random() * pages.length)] ?? '/';
	const search = (path: string, bearer = true): Attack => {
		return { kind: 'search', path, method: 'GET', headers: bearer ? { authorization: `Bearer ${token}` } : {} };
	};
	const [bombs, pictures, large] = [pdfBombs(), await badPictures(), await noisyPhoto(3600, 2700)];
	const searches = [
		search(`/api/v1/cases?q=${'a'.repeat(3000)}`),
		search(`/api/v1/cases?q=${'kursi+'.repeat(500)}`),
		search(`/?q=${'b'.repeat(12_000)}`, false)
	];
	const cheap: (() => Attack)[] = [
		...OVERSIZED_BODIES.map((hostile) => () => send('oversized bodies', hostile, anyPage())),
		...Array.from({ length: 20 }, () => () => send('random bodies', hostileForm(random), anyPage())),
		...Array.from({ length: 5 }, () => () => send('random bodies', hostileJson(random), '')),
		...searches.map((attack) => () => attack)
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
	// One in ten has files, which cost the most.
	return async (index) => {
		if (index % 10 === 9) return (heavy[Math.floor(index / 10) % heavy.length] as () => Promise<Attack>)();
		return (cheap[index % cheap.length] as () => Attack)();
	};
}
