import { describe, expect, it } from 'vitest';
import type { DigestFacts, DigestList } from '#lib/server/escalation/digest-facts.ts';
import { forwardReason, forwardTask } from '#lib/words/forward.ts';
import { composeDigestMail, type MorningFacts, type UnitDue } from './digest-mail.ts';

const READER = {
	name: 'Penyelia Contoh Mamuju',
	zone: 'Asia/Makassar',
	at: new Date('2026-12-04T00:01:00Z'),
	origin: 'https://spatula.contoh.go.id'
};
const NOTHING: DigestFacts = {
	halt: undefined,
	groups: {},
	quiet: 0,
	unrecorded: { count: 0, oldest: null },
	sent: 0
};
const mailOf = (forwarding: DigestFacts, more: Partial<MorningFacts> = {}) =>
	composeDigestMail(
		{
			drafts: 0,
			due: [],
			forwarding,
			decreesMissed: [],
			requests: { waiting: 0, overdue: 0 },
			messages: 0,
			channels: [],
			administers: false,
			...more
		},
		READER
	);
/** Only the signed-in page shows titles. */
const TITLE = 'Judul oleh pelapor';
const list = (changes: Partial<DigestList> = {}): DigestList => ({
	count: 1,
	oldest: new Date('2026-12-01T08:04:00Z'),
	nextTry: null,
	rows: [
		{
			id: 'f1',
			reference: 'SPATULA-7604-26-000123.01',
			state: 'unknown',
			mode: 'api',
			title: TITLE,
			since: new Date('2026-12-01T08:04:00Z'),
			reason: 'timeout',
			task: null
		}
	],
	...changes
});

describe('the morning digest', () => {
	it('is not written if only sent forwards are being tracked', () => {
		expect(mailOf(NOTHING)).toBeUndefined();
		expect(mailOf({ ...NOTHING, sent: 40 })).toBeUndefined();
	});

	it('has count, age, reason and link of forwards that need a decision', () => {
		const mail = mailOf({ ...NOTHING, groups: { unknown: list({ count: 7 }) }, sent: 3 });
		expect(mail?.subject).toBe('7 penerusan ke SP4N-LAPOR! menunggu tindakan (Jumat, 4 Desember 2026)');
		expect(mail?.body).toBe(`Yth. Penyelia Contoh Mamuju,

Keadaan pada Jumat, 4 Desember 2026, 08.01 WITA, untuk laporan yang dapat Anda lihat.

PENERUSAN KE SP4N-LAPOR!

Belum pasti terkirim, perlu dicek: 7, paling lama sejak Selasa, 1 Desember 2026, 16.04 WITA (3 hari)
- SPATULA-7604-26-000123.01: ${forwardReason('timeout')}
https://spatula.contoh.go.id/desk/escalations/f1
- dan 6 lainnya
https://spatula.contoh.go.id/desk/escalations?state=unknown

Selain itu 3 penerusan sudah tercatat di SP4N-LAPOR! dan dipantau.

--
E-mail ini dibuat otomatis dan tidak perlu dibalas. Isi laporan dan data pelapor tidak dimuat di sini; buka tautannya dan masuk dengan akun Anda.
In English: answers and incoming messages that wait for a decision, deadlines that are over, due today or soon, the state of the reports forwarded to SP4N-LAPOR!, and trouble of a channel. Follow a link and sign in to read more.
`);
	});

	it('links to the page of decisions while drafts wait for the reader', () => {
		const mail = mailOf(NOTHING, { drafts: 2 });
		expect(mail?.subject).toBe('2 rancangan menunggu keputusan Anda (Jumat, 4 Desember 2026)');
		expect(mail?.body).toContain('MENUNGGU KEPUTUSAN ANDA: 2\nhttps://spatula.contoh.go.id/desk/approvals\n');
	});

	it('has the time of the next try, except while the connection is halted', () => {
		const groups = { stuck: list({ nextTry: new Date('2026-12-04T00:30:00Z') }) };
		const tried = mailOf({ ...NOTHING, groups })?.body;
		expect(tried).toContain('Dicoba lagi: Jumat, 4 Desember 2026, 08.30 WITA');
		const halt = { at: new Date('2026-12-03T07:00:00Z'), reason: { code: 'unauthorised' as const, excerpt: 'geheim' } };
		const halted = mailOf({ ...NOTHING, halt, groups });
		expect(halted?.subject).toBe('Penerusan ke SP4N-LAPOR! berhenti (Jumat, 4 Desember 2026)');
		expect(halted?.body).toContain('SAMBUNGAN DIHENTIKAN sejak Kamis, 3 Desember 2026, 15.00 WITA');
		expect(halted?.body).toContain(`Sebab: ${forwardReason('unauthorised')}`);
		expect(halted?.body).not.toContain('Dicoba lagi:');
		expect(halted?.body).not.toContain('geheim');
	});

	it('has tasks, manual copies, forwards without news and unrecorded reports', () => {
		const row = {
			id: 'f2',
			reference: 'SPATULA-7604-26-000124.01',
			state: 'sent' as const,
			mode: 'manual' as const,
			title: TITLE,
			since: READER.at,
			reason: null,
			task: 'postponed'
		};
		const facts: DigestFacts = {
			...NOTHING,
			groups: { task: list({ rows: [row] }), copy: list({ rows: [{ ...row, task: null }], oldest: READER.at }) },
			quiet: 4,
			unrecorded: { count: 5, oldest: new Date('2026-12-03T22:30:00Z') }
		};
		const mail = mailOf(facts);
		expect(mail?.subject).toMatch(/^2 penerusan /);
		expect(mail?.body).toContain('Perlu dikerjakan untuk SP4N-LAPOR!: 1');
		expect(mail?.body).toContain(`SPATULA-7604-26-000124.01: ${forwardTask('postponed')}`);
		expect(mail?.body).toContain('Menunggu disalin ke lapor.go.id: 1');
		expect(mail?.body).toContain('(kurang dari satu jam)');
		expect(mail?.body).toContain('Tanpa kabar selama 5 hari kerja: 4\n');
		expect(mail?.body).toContain(
			'Belum tercatat di SP4N-LAPOR!: 5, paling lama sejak Jumat, 4 Desember 2026, 06.30 WITA (1 jam)'
		);
	});

	it('lists due cases by unit, the most urgent first, with numbers and dates', () => {
		const due: UnitDue[] = [
			{
				name: 'BPS Provinsi Contoh',
				zone: 'Asia/Makassar',
				groups: {
					soon: {
						count: 1,
						rows: [{ reference: 'SPATULA-7600-26-000009', title: TITLE, dueAt: new Date('2026-12-07T08:00:00Z') }]
					}
				}
			},
			{
				name: 'BPS Kabupaten Contoh',
				zone: 'Asia/Jayapura',
				groups: {
					overdue: {
						count: 7,
						rows: [{ reference: 'SPATULA-7604-26-000123', title: TITLE, dueAt: new Date('2026-12-03T07:00:00Z') }]
					},
					today: {
						count: 1,
						rows: [{ reference: 'SPATULA-7604-26-000124', title: TITLE, dueAt: new Date('2026-12-04T07:00:00Z') }]
					}
				}
			}
		];
		const mail = mailOf(NOTHING, { due, decreesMissed: [2028] });
		expect(mail?.subject).toBe('7 laporan terlambat (Jumat, 4 Desember 2026)');
		expect(mail?.body).toContain(`BATAS WAKTU
https://spatula.contoh.go.id/desk

BPS Provinsi Contoh
Segera jatuh tempo: 1
- SPATULA-7600-26-000009: Senin, 7 Desember 2026, 16.00 WITA
https://spatula.contoh.go.id/desk/cases/SPATULA-7600-26-000009

BPS Kabupaten Contoh
Terlambat: 7
- SPATULA-7604-26-000123: Kamis, 3 Desember 2026, 16.00 WIT
https://spatula.contoh.go.id/desk/cases/SPATULA-7604-26-000123
- dan 6 lainnya
Jatuh tempo hari ini: 1
- SPATULA-7604-26-000124: Jumat, 4 Desember 2026, 16.00 WIT
https://spatula.contoh.go.id/desk/cases/SPATULA-7604-26-000124

SKB libur 2028 belum dimuat: batas waktu yang sampai ke tahun itu masih sementara.
`);
		expect(mail?.body).not.toContain('PENERUSAN');
		const lists = (groups: UnitDue['groups']) => [{ name: 'Kantor', zone: 'Asia/Makassar', groups }];
		const one = { count: 1, rows: [] };
		expect(mailOf(NOTHING, { due: lists({ today: one, soon: one }) })?.subject).toMatch(
			/^1 laporan jatuh tempo hari ini/
		);
		expect(mailOf(NOTHING, { due: lists({ soon: one }) })?.subject).toMatch(/^1 laporan segera jatuh tempo/);
		const halt = { at: READER.at, reason: { code: 'unauthorised' as const } };
		expect(mailOf({ ...NOTHING, halt }, { due })?.subject).toMatch(/^Penerusan ke SP4N-LAPOR! berhenti/);
	});

	it('has the number of incoming messages that wait, and nothing of them', () => {
		const mail = mailOf(NOTHING, { messages: 3 });
		expect(mail?.subject).toBe('3 pesan masuk menunggu (Jumat, 4 Desember 2026)');
		expect(mail?.body).toContain('PESAN MASUK\nhttps://spatula.contoh.go.id/desk/messages\nMenunggu diputuskan: 3\n');
	});

	const at = new Date('2026-12-03T22:00:00Z');
	it.each([
		['bad', 'channel_failed', { at }, ': tidak berfungsi sejak Jumat, 4 Desember 2026, 06.00 WITA'],
		['bad', 'channel_behind', { at }, ': pesan belum diproses sejak Jumat, 4 Desember 2026, 06.00 WITA'],
		['watch', 'channel_unknown', { count: 2 }, ': 2 pesan tidak sampai atau belum pasti sampai'],
		['good', 'channel_good', {}, undefined],
		['watch', 'channel_new', {}, undefined],
		['off', 'channel_paused', { at }, undefined]
	] as const)(
		'names a channel in trouble, with a page that the reader may open: %s %s',
		(condition, code, data, line) => {
			const address = 'pst@contoh.example';
			const found = { subject: 'channels' as const, condition, code, data: { address, ...data } };
			const mail = mailOf(NOTHING, { channels: [found] });
			expect(mail?.subject).toBe(line && '1 gangguan kanal (Jumat, 4 Desember 2026)');
			expect(mail?.body.includes(`/desk/messages\n- ${address}${line}\n`)).toBe(line && true);
			const administered = mailOf(NOTHING, { channels: [found], administers: true });
			expect(administered?.body.includes(`/admin/channels\n- ${address}${line}\n`)).toBe(line && true);
		}
	);

	it('is not written for a missing decree alone, which would be the same e-mail every morning', () => {
		expect(mailOf(NOTHING, { decreesMissed: [2028] })).toBeUndefined();
	});
});
