import { formatDate, formatDateTime, formatDay } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { grainOf } from '#lib/ratings/period-key.ts';
import { differenceTable } from '#lib/recap/difference-table.ts';
import { cellText, recapTables, type RecapTable } from '#lib/recap/tables.ts';
import { versionWord } from '#lib/recap/version-words.ts';
import { formatNumber } from '#lib/text/numbers.ts';
import { daysWord, keyWord } from '#lib/words/period.ts';
import { printable } from '#lib/server/places/sheet-text.ts';
import type { RecapView } from '#lib/server/recap/view.ts';
import { drawn, drawTable, facts, feet, INK, innerWidth, left, letterhead, room, SOFT, type Pdf } from './paper.ts';

const MARGIN = 48;

/** What a periodic report is called on paper and in its file's name. */
export function recapTitle({ key }: Pick<RecapView, 'key'>, lang: 'id' | 'en'): string {
	const sort = grainOf(key) === 'quarter' ? m.rekap_title_quarter() : m.rekap_title_month();
	return `${sort} ${keyWord(key, lang)}`;
}

export function recapFileName({ unit, scope, key, filing }: RecapView): string {
	return ['rekap', unit.slug, ...(scope === 'tree' ? [scope] : []), key, filing ? `v${filing.version}` : 'draf'].join(
		'-'
	);
}

/** A periodic report on A4, as `reader` has it. */
export function recapPdf(recap: RecapView, reader: string, at: Date, lang: 'id' | 'en'): Promise<Buffer> {
	const title = recapTitle(recap, lang);
	return drawn({ margin: MARGIN, lang, title, author: recap.unit.name }, (pdf) => {
		letterhead(pdf, recap.unit);
		pdf.font('Helvetica-Bold').fontSize(13).fillColor(INK).text(printable(title), { align: 'center' });
		pdf.moveDown(0.8);
		facts(pdf, factsOf(recap, reader, at, lang), 140);
		const tables = recapTables(recap.figures, lang);
		for (const table of tables) section(pdf, table, lang);
		if (recap.before) section(pdf, differenceTable(recap.before, tables, lang), lang);
		signature(pdf, recap, lang);
		const number = recap.filing?.number ?? m.rekap_number_none();
		feet(pdf, (page, count) => m.rekap_page_of({ number: `${title} · ${number}`, page, count }));
	});
}

function factsOf(recap: RecapView, reader: string, at: Date, lang: 'id' | 'en'): [string, string | null][] {
	const { filing, unit } = recap;
	const version = filing ? versionWord(filing.version) : m.rekap_version_now();
	return [
		[m.rekap_number(), filing?.number ?? m.rekap_number_none()],
		[m.rekap_span(), daysWord(recap.period, lang)],
		[m.rekap_version(), filing?.reason ? `${version}: ${filing.reason}` : version],
		[m.rekap_offices(), recap.scope === 'tree' ? recap.figures.units.join(', ') : null],
		[m.rekap_filed_at(), filing ? formatDate(filing.filedAt, unit.timeZone, lang) : m.rekap_not_filed()],
		[m.rekap_due(), formatDay(recap.dueOn, lang)],
		[m.rekap_about(), m.rekap_reader({ name: reader, at: formatDateTime(at, unit.timeZone, lang) })]
	];
}

function section(pdf: Pdf, table: RecapTable, lang: 'id' | 'en'): void {
	pdf.moveDown(1.1);
	// Its title, its head and a row stay together.
	room(pdf, 100);
	pdf.font('Helvetica-Bold').fontSize(11).fillColor(INK).text(printable(table.title), left(pdf));
	if (table.note) small(pdf, table.note);
	pdf.moveDown(0.3);
	if (table.rows.length > 0) {
		const rows = table.rows.map(({ cells, total }) => ({
			cells: cells.map((cell) => cellText(cell, lang)),
			...(total ? { total } : {})
		}));
		drawTable(pdf, { columns: table.columns, rows });
	} else if (!table.hidden) pdf.font('Helvetica').fontSize(10).fillColor(INK).text(m.rekap_nihil(), left(pdf));
	if (table.hidden) small(pdf, m.rekap_hidden({ n: formatNumber(table.hidden, lang) }));
}

function small(pdf: Pdf, text: string): void {
	pdf
		.font('Helvetica')
		.fontSize(8.5)
		.fillColor(SOFT)
		.text(printable(text), left(pdf), pdf.y + 2, { width: innerWidth(pdf) });
}

function signature(pdf: Pdf, { filing, unit }: RecapView, lang: 'id' | 'en'): void {
	pdf.moveDown(1.6);
	room(pdf, 90);
	const x = left(pdf) + innerWidth(pdf) / 2;
	const box = { width: innerWidth(pdf) / 2 };
	pdf.font('Helvetica').fontSize(9.5).fillColor(SOFT).text(printable(m.rekap_signature()), x, pdf.y, box);
	if (!filing) {
		pdf.fillColor(INK).text(printable(m.rekap_signature_none()), x, pdf.y + 2, box);
		return;
	}
	pdf
		.font('Helvetica-Bold')
		.fontSize(10.5)
		.fillColor(INK)
		.text(printable(filing.signer.name), x, pdf.y + 2, box);
	pdf.font('Helvetica').fontSize(9.5);
	if (filing.signer.position) pdf.text(printable(filing.signer.position), x, pdf.y, box);
	pdf.text(printable(unit.name), x, pdf.y, box);
	pdf.fillColor(SOFT).text(printable(formatDate(filing.filedAt, unit.timeZone, lang)), x, pdf.y, box);
	pdf.fontSize(8.5).text(printable(m.rekap_signature_note()), x, pdf.y + 3, box);
}
