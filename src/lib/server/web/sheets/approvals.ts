import type { RequestEvent } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { waitingPage } from '#lib/server/cases/answers/approvals.ts';
import { kindWord, statusWord } from '#lib/words/cases.ts';
import { asPage } from '../http/answers.ts';
import { BATCH, filterOf, sheetAnswer } from './list-sheet.ts';
import type { Column } from '#lib/server/exports/sheet.ts';
import { signedIn } from '../http/signed-in.ts';
import { momentColumn, textColumn, unitColumn } from './case-columns.ts';

type Row = Awaited<ReturnType<typeof waitingPage>>['items'][number];

const columns = (): Column<Row>[] => [
	textColumn(m.term_reference(), 26, (row) => row.case.reference),
	textColumn(m.desk_filter_kind(), 18, (row) => kindWord(row.case.kind)),
	textColumn(m.sheet_title(), 40, (row) => row.case.title),
	textColumn(m.sheet_first_words(), 60, (row) => row.case.excerpt),
	textColumn(m.desk_filter_status(), 20, (row) => statusWord(row.case.status, 'staff')),
	textColumn(m.sheet_draft_kind(), 16, (row) =>
		row.kind === 'answer' ? m.sheet_draft_answer() : m.sheet_draft_archive()
	),
	textColumn(m.sheet_draft(), 60, (row) => row.body),
	textColumn(m.sheet_author(), 24, (row) => row.author ?? m.party_system()),
	momentColumn(m.sheet_written(), (row) => row.at),
	momentColumn(m.clock_due(), (row) => row.case.dueAt),
	unitColumn()
];

/** The drafts that wait for a second person, those waiting longest first. */
export const approvalsSheet = ({ locals, url }: RequestEvent) =>
	asPage(() => {
		const actor = signedIn(locals);
		return sheetAnswer(actor, locals.lang, {
			list: 'approvals',
			title: m.common_page_approvals(),
			filter: filterOf(url),
			columns: columns(),
			page: (cursor) => waitingPage(actor, cursor, BATCH)
		});
	});
