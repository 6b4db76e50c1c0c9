import type { RequestEvent } from '@sveltejs/kit';
import type { EscalationState } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { listUnrecorded } from '#lib/server/escalation/unrecorded.ts';
import { escalationStateWord } from '#lib/words/escalation.ts';
import { categoryWord, statusWord } from '#lib/words/cases.ts';
import { asPage } from '../http/answers.ts';
import { unrecordedChoice } from '../filters/list-filters.ts';
import { BATCH, filterOf, sheetAnswer } from './list-sheet.ts';
import type { Column } from '#lib/server/exports/sheet.ts';
import { signedIn } from '../http/signed-in.ts';
import { momentColumn, textColumn, unitColumn } from './case-columns.ts';

type Row = Awaited<ReturnType<typeof listUnrecorded>>['items'][number];

const columns = (): Column<Row>[] => [
	textColumn(m.term_reference(), 26, (row) => row.reference),
	textColumn(m.sheet_title(), 40, (row) => row.title),
	textColumn(m.sheet_first_words(), 60, (row) => row.excerpt),
	textColumn(m.unrecorded_column_category(), 24, (row) => row.category && categoryWord(row.category)),
	textColumn(m.unrecorded_column_status(), 20, (row) => statusWord(row.status, 'staff')),
	momentColumn(m.unrecorded_column_received(), (row) => row.receivedAt),
	textColumn(
		'SP4N-LAPOR!',
		24,
		(row) => row.escalationState && escalationStateWord(row.escalationState as EscalationState)
	),
	unitColumn()
];

/** The complaints that aren't at LAPOR, as the list's address narrows them. */
export const unrecordedSheet = ({ locals, url }: RequestEvent) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const { filter } = await unrecordedChoice(actor, url.searchParams);
		return sheetAnswer(actor, locals.lang, {
			list: 'unrecorded',
			title: m.unrecorded_title(),
			filter: filterOf(url),
			columns: columns(),
			page: (cursor) => listUnrecorded(actor, filter, cursor, BATCH)
		});
	});
