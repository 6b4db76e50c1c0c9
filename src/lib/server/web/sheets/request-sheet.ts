import { m } from '#lib/paraglide/messages.js';
import { momentColumn as moment, textColumn as text } from '#lib/server/exports/sheet.ts';
import { listRequests, type ListedRequest } from '#lib/server/privacy/requests/register.ts';
import { personCheckWord, requestKindWord, requestStateWord, requestWayWord } from '#lib/words/requests.ts';
import { requestFilter } from '../filters/list-filters.ts';
import { BATCH, listSheet } from './list-sheet.ts';

/** The register of data requests, without the words of the people. */
export const requestsSheet = listSheet<ListedRequest>((actor, url) => ({
	list: 'data_requests',
	title: m.request_page(),
	page: (cursor) => listRequests(actor, requestFilter(url.searchParams), cursor, BATCH),
	columns: [
		text(m.common_number(), 20, (row) => row.number),
		text(m.request_column_kind(), 24, (row) => requestKindWord(row.kind)),
		text(m.term_reference(), 26, (row) => row.case?.reference),
		text(m.request_column_came(), 16, (row) => requestWayWord(row.via)),
		moment(m.term_received(), (row) => row.receivedAt),
		moment(m.clock_due(), (row) => row.dueAt),
		text(m.common_state(), 20, (row) => requestStateWord(row.state)),
		text(m.request_column_ground(), 40, (row) => row.ground),
		text(m.common_reason(), 60, (row) => row.reason),
		moment(m.request_outcome(), (row) => row.decidedAt),
		text(m.request_decided_by(), 24, (row) => row.decidedBy),
		text(m.request_checked(), 40, (row) => row.personCheck && personCheckWord(row.personCheck)),
		text(m.term_unit(), 30, (row) => row.unit.name)
	]
}));
