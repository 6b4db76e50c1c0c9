import type { RequestEvent } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { INBOUND_VIEWS, listInbound } from '#lib/server/escalation/inbound/list.ts';
import { statusWord } from '#lib/words/cases.ts';
import { asPage } from '../http/answers.ts';
import { BATCH, filterOf, sheetAnswer } from './list-sheet.ts';
import type { Column } from '#lib/server/exports/sheet.ts';
import { signedIn } from '../http/signed-in.ts';
import { momentColumn, textColumn, unitColumn } from './case-columns.ts';

type Row = Awaited<ReturnType<typeof listInbound>>['items'][number];

const columns = (): Column<Row>[] => [
	textColumn(m.sheet_lapor_number(), 16, (row) => row.laporId),
	textColumn(m.sheet_title(), 40, (row) => row.title),
	textColumn(m.sheet_first_words(), 60, (row) => row.excerpt),
	textColumn(m.inbound_column_received(), 14, (row) => row.receivedOn),
	textColumn(m.inbound_column_case(), 26, (row) => row.case.reference),
	textColumn(m.desk_filter_status(), 20, (row) => statusWord(row.case.status, 'staff')),
	textColumn(m.inbound_column_answer(), 24, (row) => (row.owed ? m.inbound_answer_owed() : null)),
	momentColumn(m.sheet_answer_entered(), (row) => row.answerEnteredAt),
	momentColumn(m.sheet_entered(), (row) => row.enteredAt),
	unitColumn()
];

/** The reports that LAPOR passed on, as the list's address narrows them. */
export const inboundSheet = ({ locals, url }: RequestEvent) =>
	asPage(() => {
		const actor = signedIn(locals);
		const view = INBOUND_VIEWS.find((one) => one === url.searchParams.get('view'));
		return sheetAnswer(actor, locals.lang, {
			list: 'inbound',
			title: m.inbound_page(),
			filter: filterOf(url),
			columns: columns(),
			page: (cursor) => listInbound(actor, view, cursor, BATCH)
		});
	});
