import { formatDateTime, formatDay } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/paraglide/runtime.js';
import { formatNumber } from '#lib/text/numbers.ts';
import type { DestructionView } from '#lib/server/privacy/retention/view.ts';
import { destructionStateWord, partWord, retentionKindWord } from '#lib/words/retention.ts';
import { drawTable, facts, heading, paragraph, signatures, titledPdf, type Pdf } from './paper.ts';

/** The record of destruction ("berita acara pemusnahan") on A4. It has counts, and no words or numbers of reports. */
export function destructionPdf({ row, root, zone, number, ...view }: DestructionView, lang: Locale) {
	const title = m.retention_paper_title();
	const day = (date: string | null) => (date ? formatDay(date, lang) : '');
	const time = (at: Date | null) => at && formatDateTime(at, zone, lang);
	const draw = (pdf: Pdf) => {
		facts(pdf, [
			[m.common_number(), row.recordNumber],
			[m.retention_record_on(), day(row.recordOn)],
			[m.retention_proposals(), number],
			[m.common_state(), destructionStateWord(row.state)],
			[m.retention_step_carried_out(), time(row.carriedOutAt)]
		]);
		pdf.moveDown(0.6);
		paragraph(pdf, m.retention_paper_text({ decree: row.decreeNumber ?? '', date: day(row.decreeOn) }));
		heading(pdf, m.retention_counts());
		const columns = [
			{ label: m.retention_part(), width: 3 },
			{ label: m.retention_kind(), width: 2 },
			{ label: m.term_unit(), width: 3 },
			{ label: m.retention_total_goes(), width: 1.3, numeric: true },
			{ label: m.retention_total_kept(), width: 1.3, numeric: true },
			{ label: m.retention_total_destroyed(), width: 1.3, numeric: true }
		];
		const rows = view.groups.map(({ part, kind, unit, proposed, kept, destroyed }) => ({
			cells: [
				...[partWord(part), retentionKindWord(kind), unit],
				...[proposed - kept, kept, destroyed].map((count) => formatNumber(count, lang))
			]
		}));
		drawTable(pdf, { columns, rows });
		pdf.moveDown(1.6);
		signatures(pdf, [
			{ part: m.retention_step_first(), name: view.first ?? '', lines: [time(row.firstAt)] },
			{ part: m.retention_step_second(), name: view.second ?? '', lines: [time(row.secondAt)] }
		]);
		pdf.moveDown(1.2);
		signatures(pdf, [
			{ part: m.retention_legal(), name: row.legalWitness?.name ?? '', lines: [row.legalWitness?.position ?? null] },
			{
				part: m.retention_supervision(),
				name: row.supervisionWitness?.name ?? '',
				lines: [row.supervisionWitness?.position ?? null]
			}
		]);
	};
	return titledPdf({ office: root, title, lang, margin: 56 }, draw, (page, count) =>
		m.retention_paper_page({ number: row.recordNumber ?? '', page, count })
	);
}
