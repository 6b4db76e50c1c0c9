import { formatDateTime, formatDay } from '#lib/calendar/format.ts';
import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { formatNumber } from '#lib/text/numbers.ts';
import { actionLabel } from '#lib/words/action.ts';
import { clockStateWord, clockWord } from '#lib/words/clock.ts';
import { daysOffExplained, howCounted } from '#lib/words/clock-lines.ts';
import { entryDetail, recordedLine, whoDid } from '#lib/words/entry.ts';
import { escalationPurposeWord, escalationStateWord } from '#lib/words/escalation.ts';
import { serviceWord } from '#lib/words/office.ts';
import { timelineWord } from '#lib/words/timeline.ts';
import { speaker, voice } from '#lib/words/voices.ts';
import {
	archiveReasonWord,
	categoryWord,
	channelWord,
	classWord,
	identityWord,
	kindWord,
	priorityWord,
	statusWord
} from '#lib/words/cases.ts';
import type { DeskCase, DeskFile } from '#lib/server/cases/view.ts';
import type { forwardsForActor } from '#lib/server/escalation/view.ts';
import { countReplaced, printable } from '#lib/server/places/sheet-text.ts';
import {
	drawn,
	drawTable,
	facts,
	feet,
	INK,
	innerWidth,
	left,
	letterhead,
	lines,
	room,
	SOFT,
	type HeadOffice,
	type Pdf
} from './paper.ts';

const MARGIN = 48;
const TERM = 140;

/** Content of a case file: the data of the case page, and numbers and states at LAPOR. */
export interface CaseFile {
	shown: DeskCase;
	/** The office in the letterhead: the one that handles the case. */
	office: HeadOffice;
	forwards: Awaited<ReturnType<typeof forwardsForActor>>;
	inbound: readonly { laporId: string }[];
	/** Who prints it. */
	reader: string;
	at: Date;
}

/**
 * "Berkas laporan": one document with everything the office knows of a case. It never contains a withheld name, even for
 * somebody who opened it. Files are listed by name, size and hash.
 */
export function caseFilePdf(file: CaseFile, lang: 'id' | 'en'): Promise<Buffer> {
	const { shown, office } = file;
	const title = `${m.rekap_case_file()} ${shown.reference}`;
	return drawn({ margin: MARGIN, lang, title, author: office.name }, (pdf) => {
		const replaced = countReplaced(() => {
			letterhead(pdf, office);
			pdf.font('Helvetica-Bold').fontSize(13).fillColor(INK).text(printable(title), { align: 'center' });
			if (shown.title) pdf.moveDown(0.2).fontSize(10.5).text(printable(shown.title), { align: 'center' });
			pdf.moveDown(0.8);
			facts(pdf, caseFacts(shown, lang), TERM);
			said(pdf, m.rekap_case_file_body(), shown.body);
			if (shown.requestedSolution) said(pdf, m.rekap_case_file_wish(), shown.requestedSolution);
			conversation(pdf, shown, lang);
			attachments(pdf, shown, lang);
			clocks(pdf, shown, lang);
			atLapor(pdf, file);
			history(pdf, shown, lang);
		});
		// As evidence, the document states where it differs from the original text.
		if (replaced > 0) {
			pdf.moveDown(0.9);
			small(pdf, m.rekap_case_file_replaced({ n: formatNumber(replaced, lang) }));
		}
		const at = formatDateTime(file.at, shown.unit.timeZone, lang);
		const { reference } = shown;
		feet(pdf, (page, count) => m.rekap_case_file_foot({ reference, name: file.reader, at, page, count }));
	});
}

function caseFacts(shown: DeskCase, lang: 'id' | 'en'): [string, string | null | undefined][] {
	const zone = shown.unit.timeZone;
	const written = shown.openedAt.getTime() !== shown.receivedAt.getTime();
	const { reporter } = shown;
	const withheld = shown.identity === 'withheld';
	return [
		[m.term_reference(), shown.reference],
		[m.desk_filter_kind(), kindWord(shown.kind)],
		[m.desk_filter_status(), statusWord(shown.status, 'staff')],
		[m.desk_fact_received(), formatDateTime(shown.receivedAt, zone, lang)],
		[m.desk_fact_written(), written ? formatDateTime(shown.openedAt, zone, lang) : null],
		[m.desk_fact_channel(), channelWord(shown.channel)],
		[m.term_place(), shown.place],
		[m.desk_fact_category(), shown.category ? categoryWord(shown.category) : m.desk_not_set()],
		[m.desk_fact_class(), classWord(shown.class, 'staff')],
		[m.desk_fact_priority(), priorityWord(shown.priority)],
		[m.term_service(), shown.service ? serviceWord(shown.service as ServiceKind) : null],
		[m.desk_fact_incident(), shown.incidentOn ? formatDay(shown.incidentOn, lang) : null],
		[m.desk_officers(), shown.named.map(({ name }) => name).join(', ')],
		[m.term_assignee(), shown.assignee ?? m.desk_nobody_yet()],
		[m.desk_fact_handling_unit(), shown.handlingUnit === shown.unit.name ? null : shown.handlingUnit],
		[m.desk_fact_identity(), identityWord(shown.identity, 'staff')],
		[m.desk_fact_name(), withheld ? m.rekap_case_file_withheld() : reporter?.name],
		[m.desk_fact_phone(), withheld ? null : reporter?.phone],
		[m.desk_fact_email(), withheld ? null : reporter?.email],
		[m.desk_fact_archived(), shown.archiveReason ? archiveReasonWord(shown.archiveReason) : null],
		[m.desk_fact_score(), shown.satisfaction ? m.score_of_five({ score: shown.satisfaction }) : null]
	];
}

function heading(pdf: Pdf, text: string): void {
	pdf.moveDown(0.9);
	room(pdf, 70);
	pdf.font('Helvetica-Bold').fontSize(11).fillColor(INK).text(printable(text), left(pdf)).moveDown(0.3);
}

function words(pdf: Pdf, text: string): void {
	pdf
		.font('Helvetica')
		.fontSize(10)
		.fillColor(INK)
		.text(lines(text), left(pdf), pdf.y, { width: innerWidth(pdf), lineGap: 1.5 });
}

function small(pdf: Pdf, text: string): void {
	room(pdf, 30);
	pdf
		.font('Helvetica')
		.fontSize(8.5)
		.fillColor(SOFT)
		.text(lines(text), left(pdf), pdf.y, { width: innerWidth(pdf) });
}

function said(pdf: Pdf, title: string, text: string): void {
	heading(pdf, title);
	words(pdf, text);
}

function conversation(pdf: Pdf, { conversation: all, unit }: DeskCase, lang: 'id' | 'en'): void {
	if (all.length === 0) return;
	heading(pdf, m.rekap_case_file_said());
	for (const one of all) {
		const kind =
			voice(one) === 'note'
				? m.rekap_case_file_note()
				: one.entry?.type === 'answered'
					? m.rekap_case_file_answer()
					: undefined;
		const recorded = one.entry && recordedLine(one.entry, unit.timeZone, lang);
		const by = [speaker(one), formatDateTime(one.at, unit.timeZone, lang), kind, recorded];
		small(pdf, by.filter((part) => part !== undefined).join(' · '));
		words(pdf, one.body);
		const { action, action_on: on } = one.entry?.data ?? {};
		if (one.entry?.type === 'answered' && typeof action === 'string') {
			pdf.moveDown(0.3);
			small(pdf, actionLabel(typeof on === 'string' ? on : null, lang));
			words(pdf, action);
		}
		pdf.moveDown(0.6);
	}
}

function attachments(pdf: Pdf, shown: DeskCase, lang: 'id' | 'en'): void {
	const row = (where: string) => (file: DeskFile) => ({
		cells: [file.name, where, `${formatNumber(Math.ceil(file.bytes / 1024), lang)} kB`, file.sha256]
	});
	const rows = [
		...shown.files.map(row(m.rekap_case_file_body())),
		...shown.conversation.flatMap((one) => one.files.map(row(speaker(one))))
	];
	heading(pdf, m.rekap_case_file_files());
	if (rows.length === 0) return words(pdf, m.rekap_nihil());
	drawTable(pdf, {
		columns: [
			{ label: m.rekap_case_file_name(), width: 3 },
			{ label: m.rekap_case_file_where(), width: 2 },
			{ label: m.rekap_case_file_size(), width: 1.2, numeric: true },
			{ label: m.rekap_case_file_hash(), width: 4.6 }
		],
		rows
	});
}

function clocks(pdf: Pdf, shown: DeskCase, lang: 'id' | 'en'): void {
	heading(pdf, m.rekap_case_file_clocks());
	const zone = shown.unit.timeZone;
	for (const clock of shown.clocks) {
		room(pdf, 50);
		const state = clock.late ? m.clock_met_late() : clockStateWord(clock.state);
		const due = clock.dueAt && m.clock_due_on({ date: formatDateTime(clock.dueAt, zone, lang) });
		const met = clock.metAt && formatDateTime(clock.metAt, zone, lang);
		const head = [clockWord(clock.name, 'staff'), due, met ? `${state} (${met})` : state];
		words(pdf, head.filter(Boolean).join(' · '));
		const counted = howCounted(clock, formatDateTime(clock.startAt, zone, lang));
		const off = daysOffExplained(clock, lang);
		small(pdf, off ? `${counted} ${off.why}: ${off.spans.join(', ')}` : counted);
		pdf.moveDown(0.5);
	}
}

function atLapor(pdf: Pdf, { forwards, inbound }: CaseFile): void {
	heading(pdf, m.term_lapor());
	const rows = [
		...forwards.map(({ reference, laporId, laporStatus, purpose, state }) => ({
			cells: [
				reference,
				laporId ? `#${laporId}` : '–',
				escalationPurposeWord(purpose),
				[escalationStateWord(state), laporStatus].filter(Boolean).join(': ')
			]
		})),
		...inbound.map(({ laporId }) => ({ cells: ['–', `#${laporId}`, m.rekap_lapor_inbound(), ''] }))
	];
	if (rows.length === 0) return words(pdf, m.rekap_nihil());
	drawTable(pdf, {
		columns: [
			{ label: m.sheet_forward(), width: 3 },
			{ label: m.term_lapor_id(), width: 1.8 },
			{ label: m.rekap_lapor_purpose(), width: 2.4 },
			{ label: m.rekap_lapor_state(), width: 2.8 }
		],
		rows
	});
}

function history(pdf: Pdf, { timeline, unit }: DeskCase, lang: 'id' | 'en'): void {
	heading(pdf, m.desk_history());
	drawTable(pdf, {
		columns: [
			{ label: m.sheet_entered(), width: 2.6 },
			{ label: m.rekap_what(), width: 5 },
			{ label: m.rekap_who(), width: 2.4 }
		],
		rows: timeline.map((entry) => ({
			cells: [
				formatDateTime(entry.at, unit.timeZone, lang),
				[timelineWord(entry.type, 'staff'), entryDetail(entry, unit.timeZone, lang)].filter(Boolean).join('\n'),
				whoDid(entry)
			]
		}))
	});
}
