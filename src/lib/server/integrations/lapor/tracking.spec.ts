import { describe, expect, it } from 'vitest';
import { readInstitutions, readTemplates } from './responses.ts';
import { fillPlaceholders, parseWib, readDetail, readFollowups } from './tracking.ts';

describe('times', () => {
	it.each([
		['05-12-2026 08:30:15', '2026-12-05T01:30:15.000Z'],
		['5-1-2027 00:05:00', '2027-01-04T17:05:00.000Z'],
		['2026-12-05 08:30:15', '2026-12-05T01:30:15.000Z'],
		['2026-12-05T08:30:15.000000Z', '2026-12-05T08:30:15.000Z'],
		['2026-12-05T08:30:15+08:00', '2026-12-05T00:30:15.000Z'],
		['2026-12-05T08:30:15+07', '2026-12-05T01:30:15.000Z'],
		['2026-12-05 08:30:15 +0700', '2026-12-05T01:30:15.000Z'],
		['2026-12-05 08:30:15+08:00', '2026-12-05T00:30:15.000Z'],
		['05/12/2026 08:30 WIB', '2026-12-05T01:30:00.000Z'],
		['05-12-2026 8:30:15 WITA', '2026-12-05T00:30:15.000Z'],
		['2026-12-05 08:30:15 WIT', '2026-12-04T23:30:15.000Z'],
		['2026-12-05 08:30:15 UTC', '2026-12-05T08:30:15.000Z'],
		['05-12-2026, 08.30', '2026-12-05T01:30:00.000Z'],
		['05/12/2026 08.30.15 WITA', '2026-12-05T00:30:15.000Z'],
		['1796434215', '2026-12-05T01:30:15.000Z'],
		['1796434215250', '2026-12-05T01:30:15.250Z']
	])('%s is %s', (text, wanted) => {
		expect(parseWib(text)?.toISOString()).toBe(wanted);
	});

	it.each([
		'31-02-2026 08:00:00',
		'05-12-2026',
		'05-13-2026 08:00:00',
		'05-12-2026 25:00:00',
		'2026-02-31T08:00:00Z',
		'05-12-2026 08:00:00 MST',
		'20261205',
		'0001-01-01T00:00:00',
		'01-01-0001 00:00:00',
		'1970-01-01 07:00:00',
		'kemarin',
		'',
		undefined
	])('%s is not a time', (text) => {
		expect(parseWib(text)).toBeUndefined();
	});
});

describe('a detail', () => {
	it('has the status, and logs with filled placeholders', () => {
		const detail = readDetail({
			results: {
				data: {
					status_code: 3,
					status_name: 'Dalam Proses',
					disposition_id: '151347',
					disposition_name: 'BPS Kabupaten Mamuju',
					status_logs: [{ note: 'Diterima', timestamp: '05-12-2026 08:30:15' }]
				},
				data_logs: [
					{
						content: '{{institution_from}} meneruskan ke {{ institution_to }}',
						institution_from: { id: 1, name: 'Admin' },
						institution_to: { id: 2, name: 'BPS' },
						date: '06-12-2026 09:00:00'
					}
				]
			}
		});
		expect(detail).toMatchObject({
			statusName: 'Dalam Proses',
			statusLogs: [{ content: 'Diterima', at: new Date('2026-12-05T01:30:15Z') }],
			dataLogs: [{ content: 'Admin meneruskan ke BPS', author: 'Admin', at: new Date('2026-12-06T02:00:00Z') }]
		});
	});

	it('may lack keys, and is undefined if the response has another shape', () => {
		expect(readDetail({ results: { data: {} } })).toMatchObject({
			statusName: undefined,
			statusLogs: [],
			dataLogs: []
		});
		const logs = { status_logs: [null, {}], data_logs: { 0: null, 2: 'x' } };
		const empty = readDetail({ results: { data: logs } });
		expect(empty).toMatchObject({ statusLogs: [{ content: '', at: undefined }], dataLogs: [] });
		expect(empty?.statusLogs).toHaveLength(1);
		for (const json of [undefined, {}, { results: { data: [] } }]) expect(readDetail(json)).toBeUndefined();
	});

	it('has the code of the status if its name is missing', () => {
		const statusOf = (data: object) => readDetail({ results: { data } })?.statusName;
		expect(statusOf({ status_code: 3, status_name: null })).toBe('status_code 3');
		expect(statusOf({ status_code: 3, status_name: 'Dalam Proses' })).toBe('Dalam Proses');
	});

	it('speaks of "instansi terkait" in a note if it does not name the institution', () => {
		const status_logs = [{ note: 'Didisposisikan dari {{institution_from}} ke {{institution_to}}' }];
		const detail = readDetail({ results: { data: { disposition_name: 'BPS Kabupaten Mamuju', status_logs } } });
		expect(detail?.statusLogs[0]?.content).toBe('Didisposisikan dari BPS Kabupaten Mamuju ke instansi terkait');
	});

	it('has notes with filled placeholders', () => {
		const status_logs = [{ note: '{{institution}} menjawab: {{status_new}}', timestamp: '05-12-2026 08:30:15' }];
		const detail = readDetail({ results: { data: { disposition_name: 'BPS Kabupaten Mamuju', status_logs } } });
		expect(detail?.statusLogs[0]?.content).toBe('BPS Kabupaten Mamuju menjawab: –');
	});
});

describe('names', () => {
	it('are read without HTML', () => {
		const html = '<b>Dinas</b><br>Perhubungan &#8238;&amp; Co';
		const plain = 'Dinas Perhubungan & Co';
		const data = { status_name: '<i>Dalam Proses</i>', disposition_name: html };
		expect(readDetail({ results: { data } })).toMatchObject({ statusName: 'Dalam Proses', institution: plain });
		expect(readFollowups({ results: [{ institution_from_name: html }] })).toMatchObject([{ author: plain }]);
		const rows = {
			results: {
				data: [
					{ id: 1, name: html },
					{ id: 2, name: '<p></p>' }
				]
			}
		};
		expect(readInstitutions(rows)).toEqual([{ id: '1', name: plain }]);
		expect(readTemplates(rows)?.[0]).toEqual({ id: '1', name: plain });
	});
});

describe('follow-ups', () => {
	it('have text, author, time, files and the new status', () => {
		const rows = readFollowups({
			results: {
				data: [
					{
						id: 70001,
						content: 'Dari {{institution}}: {{status_old}} ke {{status_new}} <b>segera</b>',
						institution_from_name: 'BPS',
						institution_to_name: null,
						created_at: '05-12-2026 08:30:15',
						attachments: [
							{ path: 'https://x/y/surat.pdf', file_name: 'surat.pdf', extension: 'pdf' },
							{ path: null, file_name: 'foto.jpg' },
							{}
						],
						status_old: { name: 'Terverifikasi' },
						status_new: { name: 'Selesai' }
					},
					{}
				]
			}
		});
		expect(rows?.[0]).toMatchObject({
			id: '70001',
			content: 'Dari BPS: Terverifikasi ke Selesai segera',
			author: 'BPS',
			at: new Date('2026-12-05T01:30:15Z'),
			attachments: [
				{ path: 'https://x/y/surat.pdf', fileName: 'surat.pdf' },
				{ path: '', fileName: 'foto.jpg' }
			],
			statusNew: 'Selesai'
		});
		expect(rows?.[1]).toMatchObject({ id: undefined, content: '', attachments: [] });
	});

	it.each([
		[{ name: 'Dalam Proses' }, 'Dalam Proses'],
		['Dalam\u00a0Proses', 'Dalam Proses'],
		[{ name: '<b>Dalam&nbsp;Proses</b>' }, 'Dalam Proses'],
		[null, undefined],
		[{}, undefined]
	])('have a new status that is an object or a text: %j', (status_new, wanted) => {
		expect(readFollowups({ results: { data: [{ content: 'a', status_new }] } })).toMatchObject([{ statusNew: wanted }]);
	});

	it.each([
		[{ message: 'Success', results: null }, []],
		[{ message: 'Success', results: '' }, []],
		[{ results: false }, []],
		[{ results: { data: false } }, []],
		[{ results: [] }, []],
		[{ results: [{ content: 'a' }] }, ['a']],
		[{ results: {} }, []],
		[{ results: { data: null } }, []],
		[{ results: { data: '' } }, []],
		[{ results: { data: {} } }, []],
		[{ results: { data: [null, 'x', { content: 'a' }] } }, ['a']],
		[{ results: { data: { 0: { content: 'a' }, 2: { content: 'b' } } } }, ['a', 'b']],
		[{ results: { data: { current_page: 1, data: [{ content: 'a' }] } } }, ['a']],
		[{ data: [] }, []],
		[{ data: [{ content: 'a' }] }, ['a']],
		[{ results: { data: { content: 'a' } } }, undefined],
		[{ data: 'x' }, undefined],
		[{ results: { data: 'x' } }, undefined],
		[{ results: 'x' }, undefined],
		[{ message: 'x' }, undefined]
	])('may be empty or numbered: %j', (json, wanted) => {
		expect(readFollowups(json)?.map(({ content }) => content)).toEqual(wanted);
	});
});

describe('texts', () => {
	const contentOf = (content: string) => readFollowups({ results: { data: [{ content }] } })?.[0]?.content;

	it.each([
		['<p>Terima kasih.</p>\n<p>Kami <b>proses</b></p><script>alert(1)</script>', 'Terima kasih.\n\nKami proses'],
		['Satu<br>dua &amp; &lt;tiga&gt;', 'Satu\ndua & <tiga>'],
		['<ul><li>satu</li><li>dua</li></ul>', '* satu\n * dua'],
		['<a href="https://example.org/a">Lihat</a><img src="https://example.org/b.png">', 'Lihat [https://example.org/a]'],
		['a < b dan\n\nc > d', 'a < b dan\n\nc > d']
	])('%j is %j', (html, text) => {
		expect(contentOf(html)).toBe(text);
	});

	it('are cut if they are long, and keep their tags if there are too many', () => {
		expect(contentOf('x'.repeat(2_000_000))).toBe(`${'x'.repeat(9_998)} …`);
		expect(contentOf('<p>a'.repeat(600))).toBe('<p>a'.repeat(600));
		const row = { content: '{{institution}}', institution_from_name: 'B'.repeat(5000) };
		expect(readFollowups({ results: { data: [row] } })?.[0]).toMatchObject({ author: `${'B'.repeat(198)} …` });
	});
});

describe('placeholders', () => {
	it('without a value become words or a dash, and values are inserted literally', () => {
		expect(fillPlaceholders('{{institution_to}} / {{status_new}}', { status_new: '$& {{status_old}}' })).toBe(
			'instansi terkait / $& {{status_old}}'
		);
		expect(fillPlaceholders('{{lain}}', {})).toBe('{{lain}}');
	});
});
