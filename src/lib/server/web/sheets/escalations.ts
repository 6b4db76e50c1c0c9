import type { RequestEvent } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { listEscalations } from '#lib/server/escalation/list.ts';
import { escalationPurposeWord, escalationStateWord } from '#lib/words/escalation.ts';
import { kindWord, statusWord } from '#lib/words/cases.ts';
import { asPage } from '../http/answers.ts';
import { escalationFilter } from '../filters/list-filters.ts';
import { BATCH, filterOf, sheetAnswer } from './list-sheet.ts';
import type { Column } from '#lib/server/exports/sheet.ts';
import { signedIn } from '../http/signed-in.ts';
import { momentColumn, textColumn, unitColumn } from './case-columns.ts';

type Row = Awaited<ReturnType<typeof listEscalations>>['items'][number];

const columns = (): Column<Row>[] => [
	textColumn(m.sheet_forward(), 30, (row) => row.escalation.reference),
	textColumn(m.term_reference(), 26, (row) => row.case.reference),
	textColumn(m.sheet_title(), 40, (row) => row.case.title),
	textColumn(m.desk_filter_kind(), 18, (row) => kindWord(row.case.kind)),
	textColumn(m.desk_filter_status(), 20, (row) => statusWord(row.case.status, 'staff')),
	textColumn(m.escalation_column_state(), 26, (row) => escalationStateWord(row.escalation.state)),
	textColumn(m.sheet_purpose(), 20, (row) => escalationPurposeWord(row.escalation.purpose)),
	textColumn(m.escalation_column_lapor(), 16, (row) => row.escalation.laporId),
	textColumn(m.sheet_lapor_status(), 24, (row) => row.escalation.laporStatus),
	textColumn(m.sheet_attempts(), 12, (row) => row.escalation.attempts),
	momentColumn(m.escalation_column_since(), (row) => row.escalation.createdAt),
	momentColumn(m.sheet_sent(), (row) => row.escalation.sentAt),
	unitColumn()
];

/** The forwards as the list's address narrows them. */
export const escalationsSheet = ({ locals, url }: RequestEvent) =>
	asPage(() => {
		const actor = signedIn(locals);
		const filter = escalationFilter(url.searchParams);
		return sheetAnswer(actor, locals.lang, {
			list: 'escalations',
			title: m.common_page_escalations(),
			filter: filterOf(url),
			columns: columns(),
			page: (cursor) => listEscalations(actor, filter, cursor, BATCH)
		});
	});
