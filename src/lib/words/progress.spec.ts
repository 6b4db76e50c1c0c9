import { describe, expect, test } from 'vitest';
import { CASE_STATUSES, type CaseStatus, type TimelineType } from '#lib/cases/vocabulary.ts';
import { reportStatusWord } from './cases.ts';
import { meaningOf, progressOf } from './progress.ts';

type Report = Parameters<typeof progressOf>[0];

const day = (date: number) => new Date(Date.UTC(2026, 10, date, 2));
/** Entries on the days 2, 3, 4 … of the month. */
const BY_REPORTER: readonly TimelineType[] = ['opened', 'info_given', 'copy_downloaded'];
const entries = (...types: TimelineType[]) =>
	types.map((type, index) => ({
		type,
		at: day(index + 2),
		actorKind: BY_REPORTER.includes(type) ? 'reporter' : 'staff'
	}));
const report = (status: CaseStatus, types: TimelineType[], more: Partial<Report> = {}): Report => ({
	status,
	returnStatus: null,
	archiveReason: null,
	transferredTo: null,
	receivedAt: day(1),
	entries: entries('opened', ...types),
	...more
});
/** `Diterima 1 | [Diperiksa 3] | (Dijawab)`: done with its day, current, ahead. */
const strip = (one: Report) =>
	progressOf(one)
		.map(({ label, state, at, note }) => {
			const text = [label, at?.getUTCDate(), note].filter(Boolean).join(' ');
			return state === 'current' ? `[${text}]` : state === 'ahead' ? `(${text})` : text;
		})
		.join(' | ');

const TABLE: [what: string, report: Report, strip: string][] = [
	[
		'received',
		report('received', ['message']),
		'[Diterima 1] | (Diperiksa) | (Ditindaklanjuti) | (Dijawab) | (Selesai)'
	],
	[
		'assigned before it was verified',
		report('received', ['assigned']),
		'[Diterima 1] | (Diperiksa) | (Ditindaklanjuti) | (Dijawab) | (Selesai)'
	],
	[
		'verified',
		report('verified', ['verified']),
		'Diterima 1 | [Diperiksa 3] | (Ditindaklanjuti) | (Dijawab) | (Selesai)'
	],
	[
		'linked to a main report, which changes no step',
		report('verified', ['verified', 'linked']),
		'Diterima 1 | [Diperiksa 3] | (Ditindaklanjuti) | (Dijawab) | (Selesai)'
	],
	[
		'in progress by assignment, reassigned later',
		report('in_progress', ['verified', 'assigned', 'assigned']),
		'Diterima 1 | Diperiksa 3 | [Ditindaklanjuti 4] | (Dijawab) | (Selesai)'
	],
	[
		'in progress without a public entry',
		report('in_progress', ['verified']),
		'Diterima 1 | Diperiksa 3 | [Ditindaklanjuti] | (Dijawab) | (Selesai)'
	],
	[
		'waiting to be forwarded to SP4N-LAPOR!',
		report('in_progress', ['verified', 'escalation_waiting']),
		'Diterima 1 | Diperiksa 3 | [Ditindaklanjuti 4] | (Dijawab) | (Selesai)'
	],
	[
		'forwarded and finished at SP4N-LAPOR!, which is not our answer',
		report('in_progress', ['verified', 'escalation_waiting', 'escalation_sent', 'escalation_status']),
		'Diterima 1 | Diperiksa 3 | [Ditindaklanjuti 4] | (Dijawab) | (Selesai)'
	],
	[
		'waiting for the reporter before verification',
		report('needs_info', ['info_requested'], { returnStatus: 'received' }),
		'[Diterima 1 Menunggu jawaban Anda] | (Diperiksa) | (Ditindaklanjuti) | (Dijawab) | (Selesai)'
	],
	[
		'waiting for the reporter while in progress',
		report('needs_info', ['verified', 'assigned', 'info_requested'], { returnStatus: 'in_progress' }),
		'Diterima 1 | Diperiksa 3 | [Ditindaklanjuti 4 Menunggu jawaban Anda] | (Dijawab) | (Selesai)'
	],
	[
		'answered',
		report('answered', ['verified', 'assigned', 'answered']),
		'Diterima 1 | Diperiksa 3 | Ditindaklanjuti 4 | [Dijawab 5] | (Selesai)'
	],
	[
		'answered in one step, then forwarded as a record',
		report('answered', ['verified', 'answered', 'escalation_waiting']),
		'Diterima 1 | Diperiksa 3 | Ditindaklanjuti | [Dijawab 4] | (Selesai)'
	],
	[
		'transferred to another institution',
		report('answered', ['verified', 'escalation_sent', 'answered'], { transferredTo: 'Kementerian Contoh' }),
		'Diterima 1 | Diperiksa 3 | Ditindaklanjuti 4 | [Dilimpahkan 5] | (Selesai)'
	],
	[
		'in progress again after the other institution refused it',
		report('in_progress', ['verified', 'escalation_sent', 'answered', 'escalation_status', 'reopened']),
		'Diterima 1 | Diperiksa 3 | [Ditindaklanjuti lagi 7] | (Dijawab) | (Selesai)'
	],
	[
		'closed',
		report('closed', ['verified', 'assigned', 'answered', 'rated', 'closed']),
		'Diterima 1 | Diperiksa 3 | Ditindaklanjuti 4 | Dijawab 5 | [Selesai 7]'
	],
	[
		'in progress again after a dispute of the closed report',
		report('in_progress', ['verified', 'assigned', 'answered', 'closed', 'disputed']),
		'Diterima 1 | Diperiksa 3 | [Ditindaklanjuti lagi 7] | (Dijawab) | (Selesai)'
	],
	[
		'answered again after a dispute',
		report('answered', ['verified', 'assigned', 'answered', 'disputed', 'assigned', 'answered']),
		'Diterima 1 | Diperiksa 3 | Ditindaklanjuti lagi 6 | [Dijawab 8] | (Selesai)'
	],
	[
		'archived before verification',
		report('archived', ['archived'], { returnStatus: 'received', archiveReason: 'spam' }),
		'Diterima 1 | [Ditutup 3]'
	],
	[
		'archived while in progress, and the objection declined',
		report('archived', ['verified', 'assigned', 'archived', 'objected', 'objection_declined'], {
			returnStatus: 'in_progress',
			archiveReason: 'other_authority'
		}),
		'Diterima 1 | Diperiksa 3 | Ditindaklanjuti 4 | [Ditutup 5]'
	],
	[
		'withdrawn by the reporter',
		report('archived', ['verified', 'archived'], { returnStatus: 'verified', archiveReason: 'withdrawn' }),
		'Diterima 1 | Diperiksa 3 | [Dicabut 4]'
	],
	[
		'withdrawn by the reporter after the answer',
		report('closed', ['verified', 'answered', 'closed'], { withdrawn: true }),
		'Diterima 1 | Diperiksa 3 | Ditindaklanjuti | Dijawab 4 | [Dicabut 5]'
	],
	[
		'reopened after an objection to the archiving',
		report('verified', ['verified', 'archived', 'objected', 'reopened'], { returnStatus: 'verified' }),
		'Diterima 1 | [Diperiksa 3] | (Ditindaklanjuti) | (Dijawab) | (Selesai)'
	]
];

test('the status of a verified report is the word of its step', () => {
	expect(strip(report('verified', ['verified']))).toContain(`[${reportStatusWord(report('verified', []))} `);
});

describe('the steps of a report', () => {
	test.each(TABLE)('%s', (_, one, expected) => {
		expect(strip(one)).toBe(expected);
	});

	test('every status has a row, and each strip has one current step', () => {
		expect(new Set(TABLE.map(([, { status }]) => status))).toEqual(new Set(CASE_STATUSES));
		for (const [, one] of TABLE) {
			expect(progressOf(one).filter(({ state }) => state === 'current')).toHaveLength(1);
		}
	});
});

test.each<[what: string, report: Report, words: string]>([
	['a new report', report('received', []), 'Laporan Anda sudah kami simpan'],
	['a report that the office asked about', report('needs_info', ['info_requested']), 'Kami perlu keterangan'],
	[
		'a report whose question was answered, also after its reporter took a copy',
		report('received', ['info_requested', 'info_given', 'copy_downloaded']),
		'Jawaban Anda sudah kami terima'
	],
	[
		'a report that the office went on with after the answer',
		report('verified', ['info_requested', 'info_given', 'verified']),
		'sudah diperiksa dan akan ditangani'
	],
	[
		'an answered report',
		report('answered', ['verified', 'info_requested', 'info_given', 'answered']),
		'Jawaban kantor sudah ada'
	],
	['a withdrawn report', report('archived', ['archived'], { archiveReason: 'withdrawn' }), 'Laporan ini dicabut'],
	['an answered report that was withdrawn', report('closed', ['answered'], { withdrawn: true }), 'Laporan ini dicabut'],
	['a transferred report', report('in_progress', ['verified'], { transferredTo: 'Dinas Contoh' }), 'Dinas Contoh']
])('says what the status of %s means', (_, one, words) => {
	expect(meaningOf(one)).toContain(words);
});
