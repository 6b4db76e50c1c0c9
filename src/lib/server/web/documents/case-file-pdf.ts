import type { RequestEvent } from '@sveltejs/kit';
import { formatDateTime, formatDay } from '#lib/calendar/format.ts';
import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/paraglide/runtime.js';
import { fileSize } from '#lib/text/numbers.ts';
import { clockStateWord, clockWord, daysOffExplained, howCounted } from '#lib/words/clock.ts';
import { entryDetail } from '#lib/words/timeline-details.ts';
import { escalationPurposeWord, escalationStateWord } from '#lib/words/escalation.ts';
import { serviceWord } from '#lib/words/office.ts';
import { timelineWord, whoDid } from '#lib/words/timeline.ts';
import { actionLabel, recordedLine, speaker, voice } from '#lib/words/conversation.ts';
import {
	archiveReasonWord,
	categoryWord,
	channelWord,
	classWord,
	identityWord,
	kindWord,
	priorityWord,
	caseStateWord
} from '#lib/words/cases.ts';
import { refuseWhileProcessingRestricted } from '#lib/server/cases/move.ts';
import { clockRuns } from '#lib/server/cases/clocks/view-clocks.ts';
import { caseForActor } from '#lib/server/cases/find.ts';
import { forwardsOfCase } from '#lib/server/escalation/view.ts';
import { deskCaseOf, type DeskFile, type WholeDeskCase } from '#lib/server/cases/view.ts';
import { now } from '#lib/server/clock.ts';
import { inboundOfCase } from '#lib/server/escalation/from-lapor/reports.ts';
import { withActor } from '../http/staff-page.ts';
import { exportedDocument } from './exported.ts';
import {
	makePdf,
	drawTable,
	facts,
	footers,
	heading,
	joined,
	letterhead,
	paragraph,
	replacedNote,
	ensureSpace,
	small,
	write,
	type HeadOffice,
	type Pdf
} from './paper.ts';

/** Content of a case file: the data of the case page, and numbers and states at LAPOR. */
interface CaseFile {
	shown: WholeDeskCase;
	runs: Awaited<ReturnType<typeof clockRuns>>;
	/** The office in the letterhead: the one that handles the case. */
	office: HeadOffice;
	forwards: Awaited<ReturnType<typeof forwardsOfCase>>;
	inbound: readonly { laporId: string }[];
	reader: string;
	at: Date;
}

/** The case file (PDF) for people who may see the case. The audit log records each download. */
export const caseFileResponse = withActor(async (actor, { locals, params }: RequestEvent<{ reference: string }>) => {
	const found = await caseForActor(actor, params.reference);
	const { row, unit: office } = found;
	refuseWhileProcessingRestricted(row);
	const { reference } = row;
	const [shown, runs, forwards, inbound] = await Promise.all([
		deskCaseOf(actor, found),
		clockRuns(row.id),
		forwardsOfCase(row),
		inboundOfCase(row)
	]);
	const bytes = await caseFilePdf(
		{ shown, runs, office, forwards, inbound, reader: actor.name, at: now() },
		locals.lang
	);
	return exportedDocument(actor, { list: 'case_file', reference, unitId: office.id }, bytes, `berkas-${reference}.pdf`);
});

/**
 * "Berkas laporan": one document with everything the office knows of a case. It never contains a withheld name, even
 * for somebody who revealed it. Files are listed with name, size and hash.
 */
function caseFilePdf(file: CaseFile, lang: Locale): Promise<Buffer> {
	const { shown, office, reader: name } = file;
	const { reference } = shown;
	const title = `${m.recap_case_file()} ${reference}`;
	return makePdf({ margin: 48, lang, title, office }, (pdf) => {
		letterhead(pdf, office, title);
		if (shown.title) write(pdf.moveDown(0.2), shown.title, { align: 'center', bold: true, size: 10.5 });
		pdf.moveDown(0.8);
		facts(pdf, caseFacts(shown));
		heading(pdf, m.common_report_body());
		paragraph(pdf, shown.body);
		if (shown.requestedSolution) {
			heading(pdf, m.common_requested_solution());
			paragraph(pdf, shown.requestedSolution);
		}
		conversation(pdf, shown);
		attachments(pdf, shown);
		clocks(pdf, file);
		atLapor(pdf, file);
		history(pdf, shown);
		replacedNote(pdf, lang);
		const at = formatDateTime(file.at, shown.unit.timeZone);
		footers(pdf, (page, count) => m.recap_case_file_foot({ reference, name, at, page, count }));
	});
}

function caseFacts(shown: WholeDeskCase): [string, string | null | undefined][] {
	const zone = shown.unit.timeZone;
	const isRecordedLater = shown.openedAt.getTime() !== shown.receivedAt.getTime();
	const { reporter } = shown;
	const withheld = shown.identity === 'withheld';
	return [
		[m.term_reference(), shown.reference],
		[m.common_kind(), kindWord(shown.kind)],
		[m.common_status(), caseStateWord({ status: shown.status, draft: shown.draft?.state })],
		[m.term_received(), formatDateTime(shown.receivedAt, zone)],
		[m.desk_fact_written(), isRecordedLater ? formatDateTime(shown.openedAt, zone) : null],
		[m.term_channel(), channelWord(shown.channel)],
		[m.term_place(), shown.place],
		[m.term_category(), shown.category ? categoryWord(shown.category) : m.desk_not_set()],
		[m.desk_fact_class(), classWord(shown.class, 'staff')],
		[m.term_priority(), priorityWord(shown.priority)],
		[m.term_service(), shown.service ? serviceWord(shown.service as ServiceKind) : null],
		[m.desk_fact_incident(), shown.incidentOn ? formatDay(shown.incidentOn) : null],
		[m.desk_officers(), shown.named.map(({ name }) => name).join(', ')],
		[m.term_assignee(), shown.assignee ?? m.common_nobody_yet()],
		[m.desk_fact_handling_unit(), shown.handlingUnit === shown.unit.name ? null : shown.handlingUnit],
		[m.desk_fact_identity(), identityWord(shown.identity, 'staff')],
		[m.common_name(), withheld ? m.recap_case_file_withheld() : reporter?.name],
		[m.desk_fact_phone(), withheld ? null : reporter?.phone],
		[m.common_email(), withheld ? null : reporter?.email],
		[m.desk_fact_archived(), shown.archiveReason ? archiveReasonWord(shown.archiveReason) : null],
		[m.desk_fact_score(), shown.satisfaction ? m.score_of_five({ score: shown.satisfaction }) : null]
	];
}

function conversation(pdf: Pdf, { conversation: all, unit }: WholeDeskCase): void {
	if (all.length === 0) return;
	heading(pdf, m.common_conversation());
	for (const one of all) {
		const kind =
			voice(one) === 'note' ? m.recap_case_file_note() : one.entry?.type === 'answered' ? m.copy_answer() : undefined;
		const recorded = one.entry && recordedLine(one.entry, unit.timeZone);
		small(pdf, joined(speaker(one), formatDateTime(one.at, unit.timeZone), kind, recorded));
		paragraph(pdf, one.body);
		const { action, action_on: on } = one.entry?.data ?? {};
		if (one.entry?.type === 'answered' && typeof action === 'string') {
			pdf.moveDown(0.3);
			small(pdf, actionLabel(typeof on === 'string' ? on : null));
			paragraph(pdf, action);
		}
		pdf.moveDown(0.6);
	}
}

function attachments(pdf: Pdf, shown: WholeDeskCase): void {
	const row = (where: string) => (file: DeskFile) => ({
		cells: [file.name, where, fileSize(file.bytes), file.sha256]
	});
	const rows = [
		...shown.files.map(row(m.common_report_body())),
		...shown.conversation.flatMap((one) => one.files.map(row(speaker(one))))
	];
	heading(pdf, m.common_attachments());
	if (rows.length === 0) return void paragraph(pdf, m.recap_nihil());
	drawTable(pdf, {
		columns: [
			{ label: m.common_name(), width: 3 },
			{ label: m.recap_case_file_where(), width: 2 },
			{ label: m.common_size(), width: 1.2, numeric: true },
			{ label: m.recap_case_file_hash(), width: 4.6 }
		],
		rows
	});
}

/** Also deadlines that were met or missed before new ones began, because the periodic report counts them. */
function clocks(pdf: Pdf, { shown, runs }: CaseFile): void {
	heading(pdf, m.recap_case_file_clocks());
	const zone = shown.unit.timeZone;
	for (const clock of runs) {
		ensureSpace(pdf, 50);
		const state = clock.late ? m.clock_met_late() : clockStateWord(clock.state);
		const due = clock.dueAt && m.clock_due_on({ date: formatDateTime(clock.dueAt, zone) });
		const met = clock.metAt && formatDateTime(clock.metAt, zone);
		paragraph(pdf, joined(clockWord(clock.name, 'staff'), due, met ? `${state} (${met})` : state));
		const counting = howCounted(clock, formatDateTime(clock.startAt, zone));
		const off = daysOffExplained(clock, zone);
		small(pdf, off ? `${counting} ${off.why}: ${off.spans.join(', ')}` : counting);
		pdf.moveDown(0.5);
	}
}

function atLapor(pdf: Pdf, { forwards, inbound }: CaseFile): void {
	heading(pdf, m.term_lapor());
	const rows = [
		...forwards.map(({ reference, laporId, laporStatus, purpose, state, mode }) => ({
			cells: [
				reference,
				laporId ? `#${laporId}` : '–',
				escalationPurposeWord(purpose),
				[escalationStateWord(state, mode), laporStatus].filter(Boolean).join(': ')
			]
		})),
		...inbound.map(({ laporId }) => ({ cells: ['–', `#${laporId}`, m.recap_lapor_taken(), ''] }))
	];
	if (rows.length === 0) return void paragraph(pdf, m.recap_nihil());
	drawTable(pdf, {
		columns: [
			{ label: m.sheet_forward(), width: 3 },
			{ label: m.term_lapor_id(), width: 1.8 },
			{ label: m.recap_lapor_purpose(), width: 2.4 },
			{ label: m.recap_lapor_state(), width: 2.8 }
		],
		rows
	});
}

function history(pdf: Pdf, { timeline, unit }: WholeDeskCase): void {
	heading(pdf, m.desk_history());
	drawTable(pdf, {
		columns: [
			{ label: m.sheet_entered(), width: 2.6 },
			{ label: m.recap_what(), width: 5 },
			{ label: m.recap_who(), width: 2.4 }
		],
		rows: timeline.map((entry) => ({
			cells: [
				formatDateTime(entry.at, unit.timeZone),
				[timelineWord(entry.type), entryDetail(entry, unit.timeZone)].filter(Boolean).join('\n'),
				whoDid(entry)
			]
		}))
	});
}
