import type { ClockStage } from '#lib/cases/clock-stages.ts';
import type { LocalDate } from '#lib/calendar/days.ts';
import { formatDay } from '#lib/calendar/format.ts';
import type { PeriodKey } from '#lib/ratings/period-key.ts';
import { keyWord } from '#lib/words/period.ts';
import { inWords, momentInWords } from '#lib/server/channels/letter-words.ts';
import { recapPage } from '#lib/server/channels/notice-list.ts';
import type { NoticeLetter } from '#lib/server/channels/notices.ts';
import type { CaseWithUnit } from '#lib/server/cases/find.ts';
import type { ClockRow } from '#lib/server/cases/clocks/deadlines.ts';
import { inLocale } from '#lib/server/in-locale.ts';

/*
 * What a letter says of a case: its number, its kind, the clock and the date. The subject stands on lock screens and in
 * the log of the mail server, so it says no more than that.
 */
const STAGES: Record<ClockStage, { subject: string; english: string }> = {
	warning: { subject: 'Batas waktu mendekat', english: 'a deadline is coming closer.' },
	alert: { subject: 'Segera jatuh tempo', english: 'a deadline is about to run out.' },
	overdue: { subject: 'Terlambat', english: 'a deadline has passed.' }
};

const about = ({ row }: CaseWithUnit): string => `${inWords('kind', row.kind)} ${row.reference}`;
const page = ({ row }: CaseWithUnit): string => `/desk/cases/${row.reference}`;

export function clockLetter(
	found: CaseWithUnit,
	clock: Pick<ClockRow, 'name' | 'provisional'> & { dueAt: Date },
	stage: ClockStage
): NoticeLetter {
	const { subject, english } = STAGES[stage];
	const name = inWords('clock', clock.name);
	return {
		subject: `${subject}: ${found.row.reference}`,
		lines: [
			about(found),
			`${name}: ${subject.toLocaleLowerCase('id')}`,
			`Batas waktu: ${momentInWords(clock.dueAt, found.unit.timeZone)}`,
			...(clock.provisional ? ['Tanggal sementara (SKB libur belum dimuat)'] : [])
		],
		page: page(found),
		english
	};
}

export function assignmentLetter(found: CaseWithUnit): NoticeLetter {
	return {
		subject: `Ditugaskan kepada Anda: ${found.row.reference}`,
		lines: [about(found), 'Laporan ini ditugaskan kepada Anda.', ...dueLine(found)],
		page: page(found),
		english: 'a report was assigned to you.'
	};
}

/** Who wrote the note and that it speaks to the reader; its words stay at the desk. */
export function mentionLetter(found: CaseWithUnit, by: string | null): NoticeLetter {
	return {
		subject: `Anda disebut dalam catatan: ${found.row.reference}`,
		lines: [about(found), `${by ?? 'Seorang rekan'} menyebut Anda dalam catatan intern.`, ...dueLine(found)],
		page: page(found),
		english: 'a colleague mentioned you in an internal note.'
	};
}

export function approvalLetter(
	found: CaseWithUnit,
	draft: { kind: 'answer' | 'archive'; at: Date },
	passedUp: boolean
): NoticeLetter {
	const what = draft.kind === 'answer' ? 'Jawaban' : 'Pengarsipan';
	const since = momentInWords(draft.at, found.unit.timeZone);
	return {
		subject: `Menunggu persetujuan: ${found.row.reference}`,
		lines: [
			about(found),
			`${what} menunggu persetujuan sejak ${since}.`,
			...(passedUp ? ['Satu hari kerja berlalu tanpa keputusan, jadi Anda juga boleh memutuskan.'] : []),
			...dueLine(found)
		],
		page: `${page(found)}/approval`,
		english: 'a draft waits for a second person.'
	};
}

/** That a draft came back; why stays at the desk. */
export function sentBackLetter(found: CaseWithUnit, draft: 'answer' | 'archive'): NoticeLetter {
	const what = draft === 'answer' ? 'Jawaban' : 'Usul pengarsipan';
	return {
		subject: `Dikembalikan untuk diperbaiki: ${found.row.reference}`,
		lines: [about(found), `${what} Anda dikembalikan untuk diperbaiki. Alasannya ada pada laporan.`, ...dueLine(found)],
		page: `${page(found)}/${draft}`,
		english: 'your draft was sent back to be improved.'
	};
}

export type FromReporter = 'message' | 'info_given' | 'disputed' | 'objected';

const FROM_REPORTER: Record<FromReporter, { subject: string; line: string; english: string }> = {
	message: {
		subject: 'Pesan dari pelapor',
		line: 'Pelapor menulis pesan.',
		english: 'the reporter wrote a message.'
	},
	info_given: {
		subject: 'Pelapor sudah menjawab',
		line: 'Pelapor menjawab pertanyaan kantor.',
		english: 'the reporter answered a question.'
	},
	disputed: {
		subject: 'Pelapor belum puas',
		line: 'Pelapor belum puas atas jawaban; laporan ditindaklanjuti lagi.',
		english: 'the reporter is not satisfied, and the report is open again.'
	},
	objected: {
		subject: 'Pelapor keberatan',
		line: 'Pelapor keberatan atas pengarsipan. Keberatan itu menunggu keputusan penyelia.',
		english: 'the reporter objected to the archiving; a supervisor decides.'
	}
};

/** That the reporter spoke and how; what they said stays at the desk. */
export function reporterLetter(found: CaseWithUnit, kind: FromReporter): NoticeLetter {
	const { subject, line, english } = FROM_REPORTER[kind];
	return {
		subject: `${subject}: ${found.row.reference}`,
		lines: [about(found), line, ...dueLine(found)],
		page: page(found),
		english
	};
}

/** To the officer who is asked. It knows of no case: neither number nor kind, deadline nor who asks. */
export function clarificationLetter(questionId: string): NoticeLetter {
	return {
		subject: 'Permintaan klarifikasi untuk Anda',
		lines: ['Kantor Anda meminta penjelasan Anda atas satu pertanyaan. Jawaban dapat dikirim satu kali.'],
		page: `/me/questions/${questionId}`,
		english: 'your office asks you a question, which you answer once.'
	};
}

export function clarificationGivenLetter(found: CaseWithUnit): NoticeLetter {
	return {
		subject: `Klarifikasi diterima: ${found.row.reference}`,
		lines: [about(found), 'Petugas yang ditanya sudah memberi klarifikasi.', ...dueLine(found)],
		page: page(found),
		english: 'an officer answered the question for clarification.'
	};
}

function dueLine({ row, unit }: CaseWithUnit): string[] {
	return row.dueAt ? [`Batas waktu: ${momentInWords(row.dueAt, unit.timeZone)}`] : [];
}

export function decreeLetter(year: number): NoticeLetter {
	return {
		subject: `SKB libur ${year} belum dimuat`,
		lines: [
			`Keputusan bersama tentang libur nasional dan cuti bersama ${year} belum dimuat.`,
			`Batas waktu yang melewati ${formatDay(`${year}-01-01`, 'id')} masih sementara; setelah dimuat, semuanya dihitung ulang dan alasannya tercatat pada setiap laporan.`
		],
		page: `/admin/calendar/${year}`,
		english: `the decree of the holidays of ${year} is not loaded yet.`
	};
}

export function recapLetter(
	kind: 'recap_due' | 'recap_overdue',
	unit: { slug: string; name: string },
	period: PeriodKey,
	dueOn: LocalDate
): NoticeLetter {
	const what = `Rekap ${inLocale('id', () => keyWord(period, 'id'))}`;
	const subject = kind === 'recap_due' ? `${what} segera jatuh tempo` : `${what} belum disampaikan`;
	return {
		subject,
		lines: [
			unit.name,
			`Batas waktu: ${formatDay(dueOn, 'id')}`,
			'Angkanya sudah dihitung; periksa, lengkapi tindak lanjut, lalu sampaikan. Rekap tanpa satu laporan pun tetap disampaikan, sebagai NIHIL.'
		],
		page: recapPage({ unit: unit.slug, period }),
		english: kind === 'recap_due' ? 'a periodic report is to be filed soon.' : 'a periodic report is overdue.'
	};
}

/** Without a number, a kind or a day: administrators read no case. */
export function unattendedLetter(unit: string): NoticeLetter {
	return {
		subject: 'Ada laporan yang belum boleh dibuka siapa pun',
		lines: [
			`Sebuah laporan di ${unit} menunggu karena tidak ada akun yang boleh membukanya.`,
			'Aktifkan atau tambahkan seorang atasan (supervisor) di kantor itu atau di kantor induknya.'
		],
		page: '/admin/people',
		english: 'a report waits because nobody may open it; please add a supervisor.'
	};
}
