import { formatDateTime, formatDateTimeOffset, formatDay, formatShortDate } from '#lib/calendar/format.ts';
import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import type { CaseCopy, CopiedConsent, CopiedFile, CopiedReport } from '#lib/privacy/case-copy.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/paraglide/runtime.js';
import { fileSize } from '#lib/text/numbers.ts';
import {
	archiveReasonWord,
	categoryWord,
	channelWord,
	fileWord,
	identityWord,
	kindWord,
	reportStatusWord
} from '#lib/words/cases.ts';
import { basisWord, clockStateText, clockWord } from '#lib/words/clock.ts';
import { serviceWord } from '#lib/words/office.ts';
import { limitConcurrency } from '#lib/server/limit-concurrency.ts';
import { pagePictures } from '#lib/server/attachments/picture-pdf.ts';
import { fileStore } from '#lib/server/attachments/store.ts';
import type { CaseWithUnit } from '#lib/server/cases/find.ts';
import { NotFound } from '#lib/server/errors.ts';
import { caseCopy, copyJson, type CopyReader } from '#lib/server/privacy/copy/case-copy.ts';
import { download } from '../http/file-response.ts';
import { drawArrivals, drawRequests } from './copied-messages.ts';
import {
	drawTable,
	facts,
	heading,
	joined,
	paragraph,
	small,
	titledPdf,
	yesNo,
	type HeadOffice,
	type Pdf
} from './paper.ts';

/** Files up to this size together are printed. A phone on a slow connection must still get the document. */
const MAX_PICTURE_BYTES = 20_000_000;

/** Uploads draw their documents in the same place: with one copy at a time, an upload waits for one document at most. */
const oneCopyAtATime = limitConcurrency(1);

/**
 * The copy of a report as a download: `salinan.pdf` or `salinan.json`. The caller has checked access (`caseCopy`).
 *
 * @throws NotFound for any other file name
 */
export async function caseCopyResponse(found: CaseWithUnit, reader: CopyReader, file: string, lang: Locale) {
	const { reference } = found.row;
	if (file === 'salinan.json') {
		const copy = await caseCopy(found, reader, 'json');
		return download(copyJson(copy), 'application/json', `salinan-${reference}.json`);
	}
	if (file !== 'salinan.pdf') throw new NotFound(file);
	const copy = await caseCopy(found, reader, 'pdf');
	return download(await caseCopyPdf(copy, found.unit, lang), 'application/pdf', `salinan-${reference}.pdf`);
}

/**
 * The copy as a document for reading and printing. The reporter's photos and documents follow on pages of their own. Every
 * file is listed with its size. The JSON copy has its SHA-256 too.
 */
async function caseCopyPdf(copy: CaseCopy, office: HeadOffice, lang: Locale): Promise<Buffer> {
	const pictures = await oneCopyAtATime(() => picturesOf(copy));
	const [first] = copy.reports;
	const reference = first?.reference ?? '';
	const title = `${m.copy_title()} ${reference}`;
	const at = formatDateTime(copy.made_at, first?.time_zone ?? 'UTC', lang);
	const draw = (pdf: Pdf) => {
		paragraph(pdf, m.copy_lead());
		copy.reports.forEach((report, index) => {
			if (index > 0) pdf.addPage();
			drawReport(pdf, report, lang);
		});
		for (const { name, bytes } of pictures) {
			pdf.addPage();
			small(pdf, name);
			const { left, top } = pdf.page.margins;
			pdf.image(bytes, left, pdf.y + 8, { fit: [pdf.page.width - 2 * left, pdf.page.height - 2 * top - 40] });
		}
	};
	const foot = `${office.name} · ${m.copy_foot({ reference, at })}`;
	return titledPdf({ office, title, lang }, draw, (page, count) => `${foot} · ${page}/${count}`);
}

/** The reporter's own photos, and the pages of their documents. Files above the limit stay on the tracking page. */
async function picturesOf({ reports }: CaseCopy): Promise<{ name: string; bytes: Buffer }[]> {
	const pictures: { name: string; bytes: Buffer }[] = [];
	let left = MAX_PICTURE_BYTES;
	for (const { reference, files } of reports) {
		for (const file of files) {
			if (file.from !== 'reporter' || !isPrinted(file) || file.bytes > left) continue;
			const content = await fileStore().read(file.id);
			if (!content) continue;
			left -= file.bytes;
			const pages = await printedPages(file.media_type, content);
			pictures.push(...pages.map((bytes) => ({ name: joined(reference, fileWord(file.name)), bytes })));
		}
	}
	return pictures;
}

const isPrinted = ({ media_type: type }: CopiedFile) => type.startsWith('image/') || type === 'application/pdf';

async function printedPages(type: string, content: Buffer): Promise<Buffer[]> {
	if (type.startsWith('image/')) return [content];
	const read = await pagePictures(content);
	return 'pages' in read ? read.pages.map(({ jpeg }) => jpeg) : [];
}

const parties: Record<CopiedFile['from'], () => string> = {
	reporter: m.party_reporter_citizen,
	office: m.party_office,
	system: m.party_system,
	lapor: m.term_lapor
};
const kinds = { message: m.copy_message, question: m.copy_question, answer: m.copy_answer };
const emailWords = { wanted: m.common_yes, stopped: m.copy_emails_stopped, refused: m.copy_emails_refused };

function drawReport(pdf: Pdf, report: CopiedReport, lang: Locale): void {
	const zone = report.time_zone;
	const time = (at: Date | null) => at && formatDateTime(at, zone, lang);
	heading(pdf, joined(kindWord(report.kind), report.title), 13);
	if (report.relation === 'split') paragraph(pdf, m.copy_split());
	facts(pdf, [
		[m.term_reference(), report.reference],
		[m.citizen_case_office(), report.office],
		[
			m.common_status(),
			reportStatusWord({
				status: report.status,
				transferredTo: report.transferred_to,
				archiveReason: report.archive_reason
			})
		],
		[m.term_received(), joined(formatDateTimeOffset(report.received_at, zone, lang), channelWord(report.channel))],
		[m.copy_answered_at(), time(report.answered_at)],
		[m.copy_closed_at(), time(report.closed_at)],
		[
			m.copy_archived_at(),
			joined(time(report.archived_at), report.archive_reason && archiveReasonWord(report.archive_reason))
		],
		[m.exports_transferred(), report.transferred_to],
		[m.citizen_case_category(), report.category && categoryWord(report.category)],
		[m.term_service(), report.service && serviceWord(report.service as ServiceKind)],
		[m.desk_fact_incident(), report.incident_on && formatDay(report.incident_on, lang)],
		[m.term_place(), report.place],
		[m.citizen_complaint_officer(), report.officer],
		[m.desk_fact_score(), report.satisfaction ? m.score_of_five({ score: report.satisfaction }) : null],
		[m.term_lapor(), report.lapor && joined(report.lapor.number, report.lapor.status)],
		[m.copy_last_opened(), time(report.last_opened_at)]
	]);
	drawPerson(pdf, report, time);
	if (report.breach_notices.length > 0) heading(pdf, m.breach_card());
	for (const { at, body } of report.breach_notices) {
		small(pdf, formatDateTime(at, zone, lang));
		paragraph(pdf, body).moveDown(0.5);
	}
	heading(pdf, m.common_report_body());
	paragraph(pdf, report.body);
	if (report.requested_solution) {
		heading(pdf, m.common_requested_solution());
		paragraph(pdf, report.requested_solution);
	}
	if (report.messages.length > 0) heading(pdf, m.copy_messages());
	for (const { at, from, kind, text } of report.messages) {
		small(pdf, joined(parties[from](), kinds[kind](), time(at)));
		paragraph(pdf, text).moveDown(0.5);
	}
	drawArrivals(pdf, report, time, lang);
	drawRequests(pdf, report.requests, time);
	drawFiles(pdf, report, lang);
	heading(pdf, m.citizen_case_timeline());
	drawTable(pdf, {
		columns: [
			{ label: m.common_time(), width: 2 },
			{ label: m.copy_event(), width: 5 },
			{ label: m.copy_by(), width: 1.4 }
		],
		rows: report.timeline.map(({ at, title, notes, text, letter, links, by }) => ({
			cells: [
				formatDateTime(at, zone, lang),
				[title, ...notes, text, letter, ...links.map((link) => joined(link.name, link.url))].filter(Boolean).join('\n'),
				parties[by]()
			]
		}))
	});
	heading(pdf, m.citizen_case_clocks());
	facts(
		pdf,
		report.deadlines.map(({ name, state, late, due_at: due, basis }) => [
			clockWord(name, 'citizen'),
			joined(
				due && m.citizen_case_clock_by({ date: formatShortDate(due, zone, lang) }),
				clockStateText({ state, late }),
				basisWord(basis)
			)
		]),
		{ term: 180 }
	);
}

function drawPerson(pdf: Pdf, report: CopiedReport, time: (at: Date | null) => string | null): void {
	const { identity, consents, openings, emails } = report;
	const stored = identity.name ?? identity.phone ?? identity.email;
	const none = stored ? null : identity.left_out ? m.copy_left_out() : m.copy_no_contact();
	heading(pdf, m.copy_person());
	facts(pdf, [
		[m.citizen_case_identity(), identityWord(identity.choice, 'citizen')],
		[m.copy_contact(), none],
		[m.common_name(), identity.name],
		[m.common_phone_number(), identity.phone],
		[m.common_email(), identity.email],
		[m.copy_publication(), yesNo(consents.publication)],
		[m.copy_identity_to_lapor(), yesNo(consents.identity_to_lapor)],
		[m.mail_case_fact(), consents.emails && emailWords[consents.emails]()],
		...consentFacts(consents.history, time),
		...emails.map(({ subject, written_at: written, sent_at: sent }, index): [string, string] => [
			index === 0 ? m.copy_emails() : ' ',
			joined(time(sent ?? written), subject, sent ? null : m.copy_email_unsent())
		])
	]);
	if (identity.choice !== 'withheld') return;
	heading(pdf, m.citizen_case_reveals());
	if (openings.length === 0) paragraph(pdf, m.citizen_case_reveals_none());
	for (const { at, by, reason } of openings) {
		small(pdf, joined(time(at), parties[by]()));
		paragraph(pdf, m.common_reason_is({ reason }));
	}
}

/** Consents with their times and words, for both copies. */
export const consentFacts = (history: readonly CopiedConsent[], time: (at: Date) => string | null) =>
	history.map(({ at, given, words }): [string, string] => [
		given ? m.copy_consent_given() : m.copy_consent_withdrawn(),
		joined(time(at), `“${words}”`)
	]);

function drawFiles(pdf: Pdf, { files }: CopiedReport, lang: Locale): void {
	if (files.length === 0) return;
	heading(pdf, m.common_attachments());
	paragraph(pdf, m.copy_files_hint());
	drawTable(pdf, {
		columns: [
			{ label: m.common_name(), width: 5 },
			{ label: m.copy_by(), width: 2 },
			{ label: m.common_size(), width: 2, numeric: true }
		],
		rows: files.map(({ name, from, bytes }) => ({ cells: [fileWord(name), parties[from](), fileSize(bytes, lang)] }))
	});
}
