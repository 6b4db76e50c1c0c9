import { describe, expect, it } from 'vitest';
import {
	attachmentsValue,
	fileIdValue,
	REPORT_DEFAULTS,
	reportPayload,
	reportTexts,
	type ReportSettings,
	type ReportSource,
	fileProblems,
	reportProblems,
	textProblems
} from './lapor-report.ts';

const SETTINGS: ReportSettings = {
	...REPORT_DEFAULTS,
	channel: 13,
	userId: 5218120,
	dispositionId: 151347,
	locationId: 34,
	categoryIds: { time: 436, behaviour: 437 }
};

const SITI = { name: 'Siti Rahma', email: 'siti@contoh.id', phone: '0812-4000-1234' };

const source = (changes: Partial<ReportSource> = {}): ReportSource => ({
	reference: 'SPATULA-7604-26-000123',
	nn: 1,
	kind: 'complaint',
	title: 'Antrean lama',
	content: 'Saya menunggu dua jam.',
	solution: null,
	category: 'time',
	incidentOn: '2026-11-30',
	receivedOn: '2026-12-01',
	today: '2026-12-02',
	identity: 'named',
	reporter: null,
	secret: true,
	priority: false,
	institutionId: null,
	...changes
});

const KEYS = [
	'title, content, channel, is_new_user_slider, user_id, is_inbox, is_disposisi_slider, classification_id, disposition_id',
	'category_id, priority_program_id, location_id, community_id, date_of_incident, copy_externals, info_disposition',
	'info_attachments, tags_raw, is_approval, is_anonymous, is_secret, is_priority, attachments'
]
	.join(', ')
	.split(', ');

describe('the payload of a create', () => {
	it('has exactly the known keys', () => {
		expect(Object.keys(reportPayload(source(), SETTINGS) ?? {}).sort()).toEqual([...KEYS].sort());
	});

	it('with consent, has the three keys of the reporter instead of the account', () => {
		const keys = Object.keys(reportPayload(source({ reporter: SITI }), SETTINGS) ?? {}).sort();
		const wanted = [...KEYS.filter((key) => key !== 'user_id'), 'emailUser', 'nameUser', 'phoneUser'];
		expect(keys).toEqual(wanted.sort());
	});

	it('starts the content with the reference, and has the reference in letters and digits as tag', () => {
		const payload = reportPayload(source({ nn: 2 }), SETTINGS);
		expect(payload?.content.startsWith('SPATULA-7604-26-000123.02\nSaya menunggu')).toBe(true);
		expect(payload?.tags_raw).toBe('#SPATULA76042600012302');
	});

	it.each([
		['complaint', 1],
		['information_request', 2],
		['suggestion', 3]
	] as const)('classifies a %s as %i', (kind, id) => {
		expect(reportPayload(source({ kind }), SETTINGS)?.classification_id).toBe(id);
	});

	it.each([
		[[], true, false],
		[['1', '2'], true, '[1,2].'],
		[['1', '2'], false, '[1,2]'],
		[['a-1'], false, '["a-1"]']
	] as const)('writes the attachments %j, with a trailing dot: %s', (fileIds, dot, wanted) => {
		expect(attachmentsValue(fileIds.map(fileIdValue), dot)).toBe(wanted);
	});

	it.each([
		['named', true, false],
		['named', false, true],
		['withheld', true, true],
		['withheld', false, true]
	] as const)('hides the name (identity %s, secret: %s): %s', (identity, secret, is_anonymous) => {
		const payload = reportPayload(source({ identity, secret, reporter: SITI }), SETTINGS);
		expect(payload).toMatchObject({ is_secret: secret, is_anonymous });
	});

	it('hides the name of a named reporter whose identity is not sent', () => {
		expect(reportPayload(source(), SETTINGS)).toMatchObject({ is_secret: true, is_anonymous: true });
	});

	it.each(['channel', 'userId', 'dispositionId', 'locationId'] as const)('is undefined without %s', (key) => {
		expect(reportPayload(source(), { ...SETTINGS, [key]: undefined })).toBeUndefined();
	});
});

describe('identity', () => {
	it.each([
		['named, no consent', { reporter: null }],
		['withheld, no consent', { identity: 'withheld', reporter: null }],
		['none, even with consent', { identity: 'none', reporter: SITI }]
	] as const)('is not sent: %s', (_name, changes) => {
		const payload = reportPayload(source(changes), SETTINGS);
		expect(payload).toMatchObject({ is_new_user_slider: false, user_id: 5218120 });
		expect(JSON.stringify(payload)).not.toMatch(/siti@|rahma|4000/i);
		expect(payload?.content).toContain('akun instansi');
	});

	it('is sent with consent', () => {
		expect(reportPayload(source({ reporter: SITI }), SETTINGS)).toMatchObject({
			is_new_user_slider: true,
			nameUser: 'Siti Rahma',
			emailUser: 'siti@contoh.id',
			phoneUser: '0812-4000-1234'
		});
	});
});

describe('the date of the incident', () => {
	it('is the day of arrival if it is unknown, and the text says so', () => {
		const texts = reportTexts(source({ incidentOn: null }));
		expect(texts.incidentDay).toBe('2026-12-01');
		expect(texts.content).toContain('Tanggal kejadian tidak disebutkan');
		expect(reportTexts(source()).content).not.toContain('Tanggal kejadian');
	});
});

describe('checking before sending', () => {
	it('finds no problem in a complete report', () => {
		expect(reportProblems(source(), SETTINGS)).toEqual([]);
		expect(reportProblems(source({ reporter: SITI }), { ...SETTINGS, userId: undefined })).toEqual([]);
	});

	it.each([
		[{ title: '  ' }, 'title', 'missing'],
		[{ title: 'x'.repeat(101) }, 'title', 'too_long'],
		[{ content: ' ' }, 'content', 'missing'],
		[{ category: 'integrity' }, 'category_id', 'not_forwardable'],
		[{ incidentOn: '2026-02-30' }, 'date_of_incident', 'invalid'],
		[{ incidentOn: '2026-12-03' }, 'date_of_incident', 'in_future'],
		[{ reporter: { ...SITI, email: null } }, 'emailUser', 'missing'],
		[{ reporter: { ...SITI, email: 'siti' } }, 'emailUser', 'invalid'],
		[{ reporter: { ...SITI, phone: null } }, 'phoneUser', 'missing'],
		[{ reporter: { ...SITI, phone: '123' } }, 'phoneUser', 'invalid'],
		[{ reporter: { ...SITI, name: null } }, 'nameUser', 'missing']
	] as const)('%j: the problem of %s is %s', (changes, field, problem) => {
		expect(textProblems(source(changes))).toContainEqual({ field, problem });
	});

	it.each([
		['channel', 'channel'],
		['userId', 'user_id'],
		['dispositionId', 'disposition_id'],
		['locationId', 'location_id']
	] as const)('finds the missing setting %s', (key, field) => {
		expect(reportProblems(source(), { ...SETTINGS, [key]: undefined })).toEqual([{ field, problem: 'not_configured' }]);
	});

	it('finds a category without an id at LAPOR', () => {
		expect(reportProblems(source({ category: 'cost' }), SETTINGS)).toEqual([
			{ field: 'category_id', problem: 'not_configured' }
		]);
	});

	it('finds each file that is too large', () => {
		const files = [
			{ name: 'foto.jpg', bytes: 2_000_000, forwardBytes: null },
			{ name: 'Dokumen 2.pdf', bytes: 5_000_000, forwardBytes: 1_900_000 },
			{ name: 'berkas.pdf', bytes: 2_100_000, forwardBytes: null }
		];
		expect(fileProblems(files)).toEqual([{ field: 'attachments', problem: 'stays_behind', detail: 'berkas.pdf' }]);
	});
});
