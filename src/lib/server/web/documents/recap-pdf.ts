import { formatDate, formatDateTime, formatDay } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/paraglide/runtime.js';
import { grainOf } from '#lib/ratings/period-key.ts';
import { differenceTable } from '#lib/recap/difference.ts';
import { cellText, textOfHidden, textWithoutRows, type RecapTable } from '#lib/recap/table.ts';
import { recapTables, versionWord } from '#lib/recap/tables.ts';
import { daysWord, periodKeyWord } from '#lib/words/period.ts';
import type { RecapView } from '#lib/server/recap/view.ts';
import { drawTable, facts, heading, paragraph, signatures, small, type Pdf, titledPdf } from './paper.ts';

/** The title of a periodic report on paper and in its file's name. */
export function recapTitle({ key }: Pick<RecapView, 'key'>): string {
	const sort = grainOf(key) === 'quarter' ? m.recap_title_quarter() : m.recap_title_month();
	return `${sort} ${periodKeyWord(key)}`;
}

/** File name without its extension. */
export const recapFileName = ({ unit, scope, key, filing }: RecapView): string =>
	['rekap', unit.slug, ...(scope === 'tree' ? [scope] : []), key, filing ? `v${filing.version}` : 'draf'].join('-');

/** A periodic report on A4, as `reader` sees it. */
export function recapPdf(recap: RecapView, reader: string, at: Date, lang: Locale): Promise<Buffer> {
	const title = recapTitle(recap);
	const draw = (pdf: Pdf) => {
		facts(pdf, factsOf(recap, reader, at, lang));
		const tables = recapTables(recap.figures, lang);
		for (const table of tables) section(pdf, table, lang);
		if (recap.before) section(pdf, differenceTable(recap.before, tables, lang), lang);
		signature(pdf, recap, lang);
	};
	const number = `${title} · ${recap.filing?.number ?? m.recap_number_none()}`;
	return titledPdf({ office: recap.unit, title, lang }, draw, (page, count) =>
		m.recap_page_of({ number, page, count })
	);
}

function factsOf(recap: RecapView, reader: string, at: Date, lang: Locale): [string, string | null][] {
	const { filing, unit } = recap;
	const version = filing ? versionWord(filing.version) : m.recap_version_now();
	return [
		[m.common_number(), filing?.number ?? m.recap_number_none()],
		[m.common_period(), daysWord(recap.period)],
		[m.recap_version(), filing?.reason ? `${version}: ${filing.reason}` : version],
		[m.recap_offices(), recap.scope === 'tree' ? recap.figures.units.join(', ') : null],
		[m.recap_filed_at(), filing ? formatDate(filing.filedAt, unit.timeZone, lang) : m.recap_not_filed()],
		[m.recap_due(), formatDay(recap.dueOn, lang)],
		[m.common_about(), m.recap_reader({ name: reader, at: formatDateTime(at, unit.timeZone, lang) })]
	];
}

function section(pdf: Pdf, table: RecapTable, lang: Locale): void {
	heading(pdf, table.title);
	if (table.note) small(pdf, table.note);
	const withoutRows = textWithoutRows(table);
	if (withoutRows) paragraph(pdf, withoutRows);
	if (table.rows.length > 0) {
		pdf.moveDown(0.3);
		const rows = table.rows.map(({ cells, total = false }) => ({
			cells: cells.map((cell) => cellText(cell, lang)),
			total
		}));
		drawTable(pdf, { columns: table.columns, rows });
	}
	const hidden = textOfHidden(table, lang);
	if (hidden) small(pdf.moveDown(0.3), hidden);
}

function signature(pdf: Pdf, { filing, unit }: RecapView, lang: Locale): void {
	pdf.moveDown(1.6);
	const part = m.recap_signature();
	if (!filing) return signatures(pdf, [{ part, lines: [m.recap_signature_none()] }], 1);
	const { name, position } = filing.signer;
	const date = formatDate(filing.filedAt, unit.timeZone, lang);
	signatures(pdf, [{ part, name, lines: [position, unit.name, date, m.recap_signature_note()] }], 1);
}
