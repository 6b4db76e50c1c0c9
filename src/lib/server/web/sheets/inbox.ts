import type { RequestEvent } from '@sveltejs/kit';
import { readInboxChoice } from '#lib/cases/inbox-query.ts';
import type { EscalationState } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { inboxBatch } from '#lib/server/cases/inbox/inbox.ts';
import { choiceReader } from '#lib/server/cases/inbox/chosen-filter.ts';
import { clockWord } from '#lib/words/clock.ts';
import { escalationStateWord } from '#lib/words/escalation.ts';
import { categoryWord, channelWord, kindWord, priorityWord, statusWord } from '#lib/words/cases.ts';
import { asPage } from '../http/answers.ts';
import { BATCH, filterOf, sheetAnswer } from './list-sheet.ts';
import type { Column } from '#lib/server/exports/sheet.ts';
import { signedIn } from '../http/signed-in.ts';
import { momentColumn, textColumn, unitColumn } from './case-columns.ts';

type Row = Awaited<ReturnType<typeof inboxBatch>>['items'][number];

const columns = (): Column<Row>[] => [
	textColumn(m.term_reference(), 26, (row) => row.reference),
	textColumn(m.desk_filter_kind(), 18, (row) => kindWord(row.kind)),
	textColumn(m.sheet_title(), 40, (row) => row.title),
	textColumn(m.sheet_first_words(), 60, (row) => row.excerpt),
	textColumn(m.desk_filter_status(), 20, (row) => statusWord(row.status, 'staff')),
	textColumn(m.sheet_category(), 24, (row) => row.category && categoryWord(row.category)),
	textColumn(m.sheet_priority(), 12, (row) => priorityWord(row.priority)),
	momentColumn(m.clock_due(), (row) => row.dueAt),
	textColumn(m.sheet_promise(), 24, (row) => row.due.clock && clockWord(row.due.clock, 'staff')),
	textColumn(m.sheet_late_days(), 12, (row) => (row.due.state === 'overdue' ? row.due.lateDays : null)),
	momentColumn(m.sheet_received(), (row) => row.receivedAt),
	textColumn(m.sheet_channel(), 14, (row) => channelWord(row.channel)),
	textColumn(m.term_place(), 24, (row) => row.place),
	unitColumn(),
	textColumn(m.term_assignee(), 24, (row) => row.assignee?.name ?? null),
	textColumn(
		'SP4N-LAPOR!',
		24,
		(row) => row.escalationState && escalationStateWord(row.escalationState as EscalationState)
	)
];

/** The inbox as its address narrows it. */
export const inboxSheet = ({ locals, url }: RequestEvent) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const choice = readInboxChoice(url.searchParams);
		const filter = (await choiceReader(actor))(choice);
		return sheetAnswer(actor, locals.lang, {
			list: 'inbox',
			title: m.common_page_inbox(),
			filter: filterOf(url),
			columns: columns(),
			page: (cursor) => inboxBatch(actor, filter, cursor, BATCH)
		});
	});
