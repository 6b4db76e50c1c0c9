import { describe, expect, it } from 'vitest';
import {
	LEAST_PAGE_ROWS,
	readCreatedId,
	readInstitutions,
	readLookup,
	readReason,
	readTemplates,
	readUploadIds,
	saysReferenceExists
} from './responses.ts';
import { storableText } from '#lib/text/storable-text.ts';
import { parseJson } from '../foreign-text.ts';

describe('the id of a created report', () => {
	it.each([
		[{ complaint_id: 1916449 }, '1916449'],
		[{ complaint_id: ' 0001234 ' }, '0001234'],
		[{ complaint_id: '#1916449' }, '1916449'],
		[{ complaint_id: null, results: { complaint: { id: '1916449' } } }, '1916449'],
		[{ results: { complaint_id: '#1916449' } }, '1916449'],
		[{ results: { data: { complaint_id: 1916449 } } }, '1916449'],
		[{ data: { complaint: { id: 1916449 } } }, '1916449'],
		[{ complaint_id: 12 }, undefined],
		[{ id: 1916449 }, undefined],
		[{ results: { id: 1916449 } }, undefined],
		[{ data: { id: 1916449, ticket: { id: 1916450 } } }, undefined],
		[{ complaint_id: 12345678901 }, undefined],
		[{ complaint_id: 19164.5 }, undefined],
		[{ complaint_id: { id: 1916449 } }, undefined],
		[[], undefined],
		[null, undefined],
		[undefined, undefined]
	])('%j -> %s', (json, wanted) => {
		expect(readCreatedId(json)).toBe(wanted);
	});
});

describe('ids of uploads', () => {
	it.each([
		[{ results: { images: [{ id: 1 }, { id: '2' }], docs: [{ id: 3 }] } }, ['1', '2', '3']],
		[{ results: { docs: [{ id: 3 }] } }, ['3']],
		[{ results: { images: [{ id: 1 }], docs: [{ id: '1' }] } }, ['1']],
		[{ results: { images: [{}, null, 'x'] } }, []],
		[{}, []]
	])('%j -> %j', (json, wanted) => {
		expect(readUploadIds(json)).toEqual(wanted);
	});
});

describe('the reason of a refusal', () => {
	it.each([
		[{ message: 'Tidak boleh' }, 'Tidak boleh'],
		[{ Message: 'Unsupported' }, 'Unsupported'],
		[{ ERRORS: { Detail: 'Unsupported' } }, 'Unsupported'],
		[{ error: { message: 'Bad' } }, 'Bad'],
		[{ error: 'invalid_request', error_description: 'No scope' }, 'No scope · invalid_request'],
		[{ errors: ['a', { message: 'b' }] }, 'a · b'],
		[{ results: { message: 'dalam' } }, 'dalam'],
		[{ errors: { title: ['Wajib'] } }, 'title: Wajib'],
		[{ errors: { title: ['Wajib'], detail: ['Pendek'] } }, 'Pendek · title: Wajib'],
		[{ errors: { title: { required: 'wajib' } } }, 'title: wajib'],
		[{ errors: [{ code: 'E1', detail: 'Judul wajib diisi' }] }, 'Judul wajib diisi'],
		[{ errors: [{ field: 'location_id', message: 'Tidak ada' }] }, 'location_id: Tidak ada'],
		[{ message: { title: ['Judul wajib diisi'] } }, 'title: Judul wajib diisi'],
		[{ results: { message: { title: 'x' } } }, 'title: x'],
		[{ messages: { error: 'x' } }, 'x'],
		[{ messages: ['x'] }, 'x'],
		[{ error: { messages: ['x', 'y'] } }, 'x · y'],
		[{ pesan: 'x' }, 'x'],
		[{ fault: { message: 'x' } }, 'x'],
		[{ fault: { description: 'Bad request' } }, 'Bad request'],
		[{ error_message: 'x' }, 'x'],
		[{ errorMessage: 'x' }, 'x'],
		[{ description: 'x' }, 'x'],
		[{ keterangan: 'x' }, 'x'],
		[{ status: { code: 422, message: 'x' } }, 'x'],
		[{ result: { message: 'x' } }, 'x'],
		[{ response: { message: 'x' } }, 'x'],
		[{ validation: { title: ['Wajib'] } }, 'title: Wajib'],
		[{ type: 'about:blank', title: 'Judul wajib diisi', status: 422 }, 'Judul wajib diisi'],
		[{ title: 'Bad request', detail: 'Judul wajib diisi' }, 'Judul wajib diisi']
	])('%j -> %s', (json, wanted) => {
		expect(readReason(json)?.text).toBe(wanted);
	});

	it.each([
		[{ meta: { code: 422, message: 'Judul terlalu panjang' } }],
		['Judul terlalu panjang'],
		[['Judul terlalu panjang']],
		[[{ message: 'Judul terlalu panjang' }]]
	])('%j contains a reason', (json) => {
		expect(readReason(json)?.text).toBe('Judul terlalu panjang');
	});

	const ID_NOT_KNOWN = 'category_id: Kategori tidak dikenal';
	it.each([
		[{ category_id: ['Kategori tidak dikenal'] }, ID_NOT_KNOWN],
		[{ status: 422, category_id: 'Kategori tidak dikenal' }, ID_NOT_KNOWN],
		[{ category_id: ['Wajib'], uuid: 'a1b2' }, 'category_id: Wajib'],
		[
			{ title: ['Judul wajib diisi'], content: ['Isi wajib diisi'] },
			'title: Judul wajib diisi · content: Isi wajib diisi'
		],
		[{ code: 'E1', results: { title: ['Judul wajib diisi'] } }, 'title: Judul wajib diisi'],
		[{ results: 'Judul terlalu panjang' }, 'Judul terlalu panjang'],
		[{ success: false, data: 'Judul terlalu panjang' }, 'Judul terlalu panjang'],
		[{ uraian: 'Judul terlalu panjang', waktu: '2026-12-01 08:00:00' }, 'uraian: Judul terlalu panjang']
	])('of a 4xx may have no known key: %j -> %s', (json, wanted) => {
		expect(readReason(json, 422)?.text).toBe(wanted);
		for (const status of [undefined, 200, 500]) expect(readReason(json, status)).toBeUndefined();
	});

	it.each([
		[{}],
		[{ message: '' }],
		[{ status: 400 }],
		[{ status: 'error', code: 422, results: null, data: { id: 1916449, request_id: 'a1-b2' } }],
		[{ timestamp: '2026-12-01T08:00:00Z', path: '/complaints/complaint' }],
		[{ code: [422], data: ['E1', 'REJECTED'] }],
		[[]],
		[undefined]
	])('%j contains no reason', (json) => {
		for (const status of [undefined, 400]) expect(readReason(json, status)).toBeUndefined();
	});

	const saysSo = (seen: object) => saysReferenceExists(seen, 'SPATULA-7604-26-000123.01');

	it.each([
		'Reference already exists',
		'Reference exists',
		'Reference already in use',
		'reference_already_exists',
		'REFERENCE_EXISTS',
		'DuplicateReference',
		'tags_raw: The tags raw has already been taken.',
		'tags_raw: Nomor referensi 12 sudah terdaftar',
		'Referensi telah terdaftar',
		'Nomor referensi sudah tercatat',
		'Referensi sudah pernah dikirim',
		'Nomor rujukan sudah terdaftar',
		'Laporan dengan tag tersebut sudah ada',
		'Sudah ada laporan dengan referensi ini',
		'Tag SPATULA76042600012301 already exists',
		'SPATULA-7604-26-000123.01 sudah ada',
		"Duplicate entry '#SPATULA76042600012301' for key 'tags_raw'",
		'already exists: reference 12'
	])('recognises in both languages that our reference exists: %s', (text) => {
		expect(saysSo({ json: { message: text } })).toBe(true);
		expect(saysSo({ json: text })).toBe(true);
		expect(saysSo({ status: 409, excerpt: `<h1>${text}</h1>` })).toBe(true);
		expect(saysSo({ status: 500, excerpt: text })).toBe(false);
	});

	it.each([
		'The email already exists',
		'The tags raw format is invalid.',
		'Reference does not exist',
		'Referensi tidak terdaftar',
		'Tag SPATULA76042600012401 already exists',
		'email: sudah digunakan · tags_raw: referensi terlalu panjang',
		'tags_raw: referensi terlalu panjang · email: sudah digunakan'
	])('takes no other conflict for it: %s', (text) => {
		expect(saysSo({ json: { message: text } })).toBe(false);
	});
});

describe('a look-up', () => {
	const reference = 'SPATULA76042600012301';
	const row = (id: unknown, tag: string) => ({ id, tags_raw: tag, content: 'x' });
	const list = (rows: unknown[]) => ({ results: { data: rows } });

	it('finds rows with the reference as a tag or at the start of the text', () => {
		expect(
			readLookup(list([row(1916449, `#${reference}`), row(1916450, '#SPATULA76042600012302')]), reference)
		).toEqual({ result: 'found', ids: ['1916449'] });
		const text = { id: '1916451', content: 'SPATULA-7604-26-000123.01\nSaya menunggu.' };
		expect(readLookup(list([text]), reference)).toEqual({ result: 'found', ids: ['1916451'] });
	});

	it('finds the oldest number of a report first', () => {
		const rows = [1916460, 916449, 1916449].map((id) => row(id, `#${reference}`));
		expect(readLookup(list(rows), reference)).toEqual({ result: 'found', ids: ['916449', '1916449', '1916460'] });
	});

	it('prefers the id that is named as that of a complaint', () => {
		const hit = { ...row(5550001, `#${reference}`), complaint_id: 1916449 };
		expect(readLookup(list([hit]), reference)).toEqual({ result: 'found', ids: ['1916449'] });
	});

	it('is unclear if another report only quotes the reference', () => {
		const quoting = { id: 7777009, tags_raw: '#macet', content: 'Laporan SPATULA-7604-26-000123.01 belum dijawab.' };
		expect(readLookup(list([quoting]), reference)).toEqual({ result: 'unclear' });
	});

	it.each([
		{ id: 1916450, content: '<p>SPATULA-7604-26-000123.01 isi</p>' },
		{ id: 1916450, content: 'Judul: SPATULA-7604-26-000123.01' },
		{ id: 1916450, content: 'isi', tags_raw: [`#${reference}`] },
		{ id: 1916450, content: 'isi', client: { reference: reference.toLowerCase() } }
	])('is unclear if a row has the reference in another form: %j', (other) => {
		expect(readLookup(list([other]), reference)).toEqual({ result: 'unclear' });
	});

	it.each([
		{ results: { data: [], total: 3 } },
		{ results: { data: [], meta: { total: '50', per_page: 10 } } },
		{ results: { data: [], next_page_url: '/complaints?page=2' } },
		{ results: { data: [], next_page: 1 } },
		{ meta: { last_page: 2 }, results: { data: [] } },
		{ data: { last_page: 2 }, results: { data: [] } }
	])('is unclear if the response says that there are more rows: %j', (json) => {
		expect(readLookup(json, reference)).toEqual({ result: 'unclear' });
		expect(readLookup({ meta: { last_page: 1 }, results: { data: [row(1, '#lain')], total: 1 } }, reference)).toEqual({
			result: 'absent'
		});
	});

	it.each([0, '0', 'null', null, false, ''])('is absent if the response names %j as the next page', (next_page) => {
		expect(readLookup({ next_page, results: { data: [] } }, reference)).toEqual({ result: 'absent' });
	});

	it('is absent only if every row is readable and no page follows', () => {
		const other = row(1916450, '#lain');
		expect(readLookup(list([]), reference)).toEqual({ result: 'absent' });
		expect(readLookup(list([other]), reference)).toEqual({ result: 'absent' });
		expect(readLookup(list([{ id: 1916450 }]), reference)).toEqual({ result: 'unclear' });
		expect(readLookup(list(Array.from({ length: LEAST_PAGE_ROWS }, () => other)), reference)).toEqual({
			result: 'unclear'
		});
		expect(readLookup(list([row('?', `#${reference}`)]), reference)).toEqual({ result: 'unclear' });
		expect(readLookup({ results: {} }, reference)).toEqual({ result: 'unclear' });
		expect(readLookup(undefined, reference)).toEqual({ result: 'unclear' });
	});
});

describe('lists of institutions and templates', () => {
	it('are read without incomplete rows', () => {
		expect(readInstitutions({ results: { data: [{ id: 1, name: ' BPS ' }, { id: 2 }, null] } })).toEqual([
			{ id: '1', name: 'BPS' }
		]);
		expect(readTemplates({ results: { data: [{ id: 5, title: 'Salam' }, {}] } })).toEqual([{ id: '5', name: 'Salam' }]);
		expect(readInstitutions({ results: {} })).toBeUndefined();
		expect(readTemplates('x')).toBeUndefined();
	});
});

describe('foreign text', () => {
	it('is cleaned of control characters and of halves of characters', () => {
		expect(storableText('a\u0000b\u001b[31m\nc\ud800')).toBe('ab[31m\nc\ufffd');
		expect(parseJson('{"a":"x\\u0000y","b":"\\ud800"}')).toEqual({ a: 'xy', b: '\ufffd' });
	});

	it('has clean keys, and is refused if it is nested too deep', () => {
		expect(parseJson('{"a\\u0000b":[{"\\udc00":1}]}')).toEqual({ ab: [{ '\ufffd': 1 }] });
		const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
		expect(parseJson(nested(90))).toBeDefined();
		for (const depth of [200, 9000, 500_000]) expect(parseJson(nested(depth))).toBeUndefined();
		expect(storableText('Pelayanan 🙂 baik')).toBe('Pelayanan 🙂 baik');
	});

	it('keeps the digits of long numbers', () => {
		const json = '[{"id":9007199254740993},{"id":9007199254740992.5},{"id":17}]';
		expect(parseJson(json)).toEqual([{ id: '9007199254740993' }, { id: 9007199254740992 }, { id: 17 }]);
	});

	it('may be a bare JSON text', () => {
		expect(parseJson('"Judul terlalu panjang"')).toBe('Judul terlalu panjang');
	});

	it('is parsed as JSON after a byte order mark', () => {
		expect(parseJson('\uFEFF{"complaint_id":1916449}')).toEqual({ complaint_id: 1916449 });
	});

	it.each(['<html>', '12', '""', '{"half":', ''])('%s is not accepted as JSON', (text) => {
		expect(parseJson(text)).toBeUndefined();
	});
});
