import type { RequestEvent } from '@sveltejs/kit';
import { formatDateTime } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { formatDecimals, formatNumber } from '#lib/text/numbers.ts';
import { overviewWords, rankWord, responseShare, attentionWords } from '#lib/words/rating-figures.ts';
import { serviceWord } from '#lib/words/office.ts';
import { daysWord } from '#lib/words/period.ts';
import { shortRangeWord } from '#lib/words/rating.ts';
import { now } from '#lib/server/clock.ts';
import { insightOverview } from '#lib/server/insight/overview.ts';
import { requireUnitWithin } from '#lib/server/people/units/find-unit.ts';
import { insightFilter } from '../filters/insight-filter.ts';
import { withActor } from '../http/staff-page.ts';
import { exportedDocument } from './exported.ts';
import { drawTable, facts, footers, heading, letterhead, makePdf, paragraph, replacedNote, small } from './paper.ts';

/** The overview on A4 for a meeting, with the period and unit of the address. */
export const overviewDocument = withActor(async (actor, { locals: { lang }, url }: RequestEvent) => {
	const { query } = await insightFilter(actor, url.searchParams);
	const { figures, comparison, responses } = await insightOverview(actor, query);
	// Not `openOffice`: staff read the figures of an office that is closed to the public too.
	const office = await requireUnitWithin(query.unit, actor.units.manager);
	const at = now();
	const title = m.overview_title();
	const bytes = await makePdf({ margin: 48, lang, title, office }, (pdf) => {
		letterhead(pdf, office, title);
		pdf.moveDown(0.8);
		facts(pdf, [
			[m.common_period(), daysWord(query)],
			[m.recap_offices(), query.scope === 'tree' ? m.insight_all_units({ unit: office.name }) : office.name],
			[m.term_service(), query.service ? serviceWord(query.service) : m.insight_service_all()],
			[m.common_about(), m.recap_reader({ name: actor.name, at: formatDateTime(at, office.timeZone, lang) })]
		]);
		pdf.moveDown(0.6);
		drawTable(pdf, {
			columns: [
				{ label: m.overview_figure(), width: 3 },
				{ label: m.overview_value(), width: 1, numeric: true },
				{ label: m.common_about(), width: 4 }
			],
			rows: Object.values(overviewWords(figures)).map(({ term, value, note }) => ({ cells: [term, value, note] }))
		});
		heading(pdf, m.overview_attention());
		if (figures.attentionItems.length === 0) paragraph(pdf, m.overview_attention_none());
		for (const item of figures.attentionItems) {
			const { who, why } = attentionWords(item);
			paragraph(pdf, `${who}: ${why}`);
		}
		if (comparison.items.length > 0) {
			heading(pdf, m.insight_officers_title());
			drawTable(pdf, {
				columns: [
					{ label: m.term_officer(), width: 4 },
					{ label: m.insight_col_rank(), width: 2 },
					{ label: m.insight_sum_mean(), width: 1, numeric: true },
					{ label: m.insight_col_range(), width: 2, numeric: true },
					{ label: m.insight_col_n(), width: 1.2, numeric: true },
					{ label: m.insight_col_response(), width: 1.2, numeric: true }
				],
				rows: comparison.items.map(({ officer, rank, n, ...range }) => {
					const visited = responses[officer.id];
					return {
						cells: [
							officer.name,
							rankWord(rank, comparison.items.length),
							formatDecimals(range.mean),
							shortRangeWord(range),
							formatNumber(n),
							visited ? responseShare(visited) : '–'
						]
					};
				})
			});
			pdf.moveDown(0.4);
			small(pdf, `${m.insight_method_sentence()} ${m.insight_officers_lead()}`);
		}
		replacedNote(pdf, lang);
		footers(pdf, (page, count) => m.recap_page_of({ number: title, page, count }));
	});
	const name = `ikhtisar-${query.unit}-${query.from}-${query.to}.pdf`;
	return exportedDocument(actor, { list: 'overview', unitId: office.id }, bytes, name);
});
