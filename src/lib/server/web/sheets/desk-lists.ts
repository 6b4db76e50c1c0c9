import { isLocalDate, localDate } from '#lib/calendar/days.ts';
import { readInboxChoice } from '#lib/cases/read-inbox-choice.ts';
import type { Channel, ServiceKind } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { VISIT_STATES } from '#lib/visits/vocabulary.ts';
import {
	caseStateWord,
	categoryWord,
	channelWord,
	identityWord,
	kindWord,
	priorityWord,
	statusWord
} from '#lib/words/cases.ts';
import { clockWord } from '#lib/words/clock.ts';
import { escalationPurposeWord, escalationStateWord } from '#lib/words/escalation.ts';
import { serviceWord } from '#lib/words/office.ts';
import { visitStateWord } from '#lib/words/visit.ts';
import { waitingPage } from '#lib/server/cases/answers/approval-lists.ts';
import { choiceReader } from '#lib/server/cases/inbox/filter.ts';
import { inboxBatch } from '#lib/server/cases/inbox/inbox.ts';
import { registeredUnit, registerLines, type RegisterLine } from '#lib/server/cases/register.ts';
import { now } from '#lib/server/clock.ts';
import { NotFound } from '#lib/server/errors.ts';
import { INBOUND_VIEWS, listInbound } from '#lib/server/escalation/from-lapor/reports.ts';
import { listEscalations } from '#lib/server/escalation/list.ts';
import { listUnrecorded } from '#lib/server/escalation/unrecorded.ts';
import {
	dayColumn,
	momentColumn as moment,
	numberColumn as number,
	textColumn as text,
	type Cell,
	type Column
} from '#lib/server/exports/sheet.ts';
import { bookLines, type BookLine } from '#lib/server/visits/guest-book.ts';
import { escalationFilter, unrecordedChoice } from '../filters/list-filters.ts';
import { deskOffice, serviceChoices } from '../forms/select-options.ts';
import { BATCH, filterOf, listSheet } from './list-sheet.ts';

interface OfOffice {
	unit: { name: string; timeZone: string };
}
type RowOf<List extends (...args: never[]) => Promise<{ items: readonly unknown[] }>> = Awaited<
	ReturnType<List>
>['items'][number];

const office = <Row extends OfOffice>(): Column<Row> => text(m.term_unit(), 30, (row) => row.unit.name);

/** The reporter's text, which is left out while processing is restricted at the reporter's request. */
const saidOf = ({ processingRestricted }: { processingRestricted: boolean }, text: string | null): Cell =>
	processingRestricted ? null : text;

export const inboxSheet = listSheet<RowOf<typeof inboxBatch>>(async (actor, url) => {
	const filter = (await choiceReader(actor))(readInboxChoice(url.searchParams));
	return {
		list: 'inbox',
		title: m.common_page_inbox(),
		page: (cursor) => inboxBatch(actor, filter, cursor, BATCH),
		columns: [
			text(m.term_reference(), 26, (row) => row.reference),
			text(m.common_kind(), 18, (row) => kindWord(row.kind)),
			text(m.common_title(), 40, (row) => saidOf(row, row.title)),
			text(m.sheet_first_words(), 60, (row) => saidOf(row, row.excerpt)),
			text(m.common_status(), 20, (row) => caseStateWord(row)),
			text(m.term_category(), 24, (row) => row.category && categoryWord(row.category)),
			text(m.term_priority(), 12, (row) => priorityWord(row.priority)),
			moment(m.clock_due(), (row) => row.dueAt),
			text(m.sheet_promise(), 24, (row) => row.due.clock && clockWord(row.due.clock, 'staff')),
			number(m.sheet_late_days(), '0', (row) => (row.due.state === 'overdue' ? row.due.lateDays : null)),
			moment(m.sheet_received(), (row) => row.receivedAt),
			text(m.term_channel(), 14, (row) => channelWord(row.channel)),
			text(m.term_place(), 24, (row) => row.place),
			office(),
			text(m.term_assignee(), 24, (row) => row.assignee?.name ?? null),
			text(
				'SP4N-LAPOR!',
				24,
				(row) => row.escalationState && escalationStateWord(row.escalationState, row.escalationMode)
			)
		]
	};
});

/** The drafts that wait for a second person, the oldest first. */
export const approvalsSheet = listSheet<RowOf<typeof waitingPage>>((actor) => ({
	list: 'approvals',
	title: m.common_page_approvals(),
	page: (cursor) => waitingPage(actor, cursor, BATCH),
	columns: [
		text(m.term_reference(), 26, (row) => row.case.reference),
		text(m.common_kind(), 18, (row) => kindWord(row.case.kind)),
		text(m.common_title(), 40, (row) => saidOf(row.case, row.case.title)),
		text(m.sheet_first_words(), 60, (row) => saidOf(row.case, row.case.excerpt)),
		text(m.common_status(), 20, ({ case: { status } }) => caseStateWord({ status, draft: 'pending' })),
		text(m.sheet_draft_kind(), 16, (row) => (row.kind === 'answer' ? m.sheet_draft_answer() : m.sheet_draft_archive())),
		text(m.sheet_draft(), 60, (row) => row.body),
		text(m.common_written_by(), 24, (row) => row.author ?? m.party_system()),
		moment(m.sheet_written(), (row) => row.at),
		moment(m.clock_due(), (row) => row.case.dueAt),
		office()
	]
}));

export const escalationsSheet = listSheet<RowOf<typeof listEscalations>>((actor, url) => ({
	list: 'escalations',
	title: m.common_page_escalations(),
	page: (cursor) => listEscalations(actor, escalationFilter(url.searchParams), cursor, BATCH),
	columns: [
		text(m.sheet_forward(), 30, (row) => row.escalation.reference),
		text(m.term_reference(), 26, (row) => row.case.reference),
		text(m.common_title(), 40, (row) => saidOf(row.case, row.case.title)),
		text(m.common_kind(), 18, (row) => kindWord(row.case.kind)),
		text(m.common_status(), 20, (row) => caseStateWord(row.case)),
		text(m.common_state(), 26, (row) => escalationStateWord(row.escalation.state, row.escalation.mode)),
		text(m.escalation_fact_purpose(), 20, (row) => escalationPurposeWord(row.escalation.purpose)),
		text(m.term_lapor(), 16, (row) => row.escalation.laporId),
		text(m.escalation_fact_status(), 24, (row) => row.escalation.laporStatus),
		number(m.sheet_attempts(), '0', (row) => row.escalation.attempts),
		moment(m.escalation_column_since(), (row) => row.escalation.createdAt),
		moment(m.escalation_fact_sent(), (row) => row.escalation.sentAt),
		office()
	]
}));

export const unrecordedSheet = listSheet<RowOf<typeof listUnrecorded>>(async (actor, url) => {
	const { filter } = await unrecordedChoice(actor, url.searchParams);
	return {
		list: 'unrecorded',
		title: m.unrecorded_title(),
		page: (cursor) => listUnrecorded(actor, filter, cursor, BATCH),
		columns: [
			text(m.term_reference(), 26, (row) => row.reference),
			text(m.common_title(), 40, (row) => row.title),
			text(m.sheet_first_words(), 60, (row) => row.excerpt),
			text(m.term_category(), 24, (row) => row.category && categoryWord(row.category)),
			text(m.common_status(), 20, (row) => caseStateWord(row)),
			moment(m.term_received(), (row) => row.receivedAt),
			text('SP4N-LAPOR!', 24, (row) => row.escalationState && escalationStateWord(row.escalationState, null)),
			office()
		]
	};
});

export const inboundSheet = listSheet<RowOf<typeof listInbound>>((actor, url) => {
	const view = INBOUND_VIEWS.find((one) => one === url.searchParams.get('view'));
	return {
		list: 'inbound',
		title: m.inbound_page(),
		page: (cursor) => listInbound(actor, view, cursor, BATCH),
		columns: [
			text(m.term_lapor_id(), 16, (row) => row.laporId),
			text(m.common_title(), 40, (row) => saidOf(row, row.title)),
			text(m.sheet_first_words(), 60, (row) => saidOf(row, row.excerpt)),
			dayColumn(m.inbound_column_received(), (row) => row.receivedOn),
			text(m.inbound_column_case(), 26, (row) => row.case.reference),
			text(m.common_status(), 20, (row) => caseStateWord(row.case)),
			text(m.inbound_column_answer(), 24, (row) => (row.answerMissing ? m.inbound_answer_missing() : null)),
			moment(m.sheet_answer_entered(), (row) => row.answerEnteredAt),
			moment(m.sheet_entered(), (row) => row.enteredAt),
			office()
		]
	};
});

/** A day of an office's guest book. No list shows whether a visit's link was used. */
export const visitsSheet = listSheet<BookLine & OfOffice>(async (actor, url, lang) => {
	const { unit } = await deskOffice(actor, url.searchParams.get('unit'));
	const requestedDay = url.searchParams.get('day') ?? '';
	const day = isLocalDate(requestedDay) ? requestedDay : localDate(now(), unit.timeZone);
	const state = VISIT_STATES.find((one) => one === url.searchParams.get('state'));
	const services = new Map<string, string>((await serviceChoices(unit.id, lang)).map(({ kind, name }) => [kind, name]));
	const filter = filterOf(url);
	filter.set('unit', unit.slug);
	filter.set('day', day);
	return {
		list: 'visits',
		title: m.visits_title(),
		filter,
		page: async (cursor) => {
			const { items, nextCursor } = await bookLines(actor, { unit: unit.slug, day, state }, cursor, BATCH);
			return { items: items.map((line) => ({ ...line, unit })), nextCursor };
		},
		columns: [
			dayColumn(m.common_day(), (row) => row.day),
			text(m.visits_visit(), 40, (row) => row.purpose),
			text(m.term_service(), 28, (row) => services.get(row.service ?? '') ?? m.visits_no_service()),
			text(m.term_channel(), 14, (row) => channelWord(row.channel as Channel)),
			text(m.common_state(), 18, (row) => visitStateWord(row.state)),
			text(m.term_officer(), 28, (row) => row.officer),
			text(m.term_desk(), 20, (row) => row.desk),
			moment(m.visits_column_noted(), (row) => row.createdAt),
			moment(m.sheet_begun(), (row) => row.begunAt),
			moment(m.sheet_closed(), (row) => row.closedAt),
			office()
		]
	};
});

type Details = NonNullable<RegisterLine['details']>;

/**
 * "Buku register": a year of an office, `?unit=main-office&year=2026`. Readers who may not see a case get only its
 * number.
 */
export const registerSheet = listSheet<RegisterLine>(async (actor, url) => {
	const unit = await registeredUnit(actor, url.searchParams.get('unit') ?? '');
	const year = Number(url.searchParams.get('year'));
	if (!Number.isInteger(year) || year < 2000 || year > 2099) throw new NotFound();
	const visibleText = (label: string, width: number, value: (row: Details) => Cell): Column<RegisterLine> =>
		text(label, width, (row) => row.details && value(row.details));
	const day = (label: string, at: (row: Details) => Date | null): Column<RegisterLine> => ({
		...visibleText(label, 18, (row) => {
			const found = at(row);
			return found && { at: found, zone: unit.timeZone };
		}),
		moment: true
	});
	return {
		list: 'register',
		title: m.recap_register(),
		page: (cursor) => registerLines(actor, unit, year, cursor, BATCH),
		columns: [
			text(m.term_reference(), 26, (row) => row.reference),
			day(m.sheet_received(), (row) => row.receivedAt),
			text(m.common_kind(), 20, (row) => (row.details ? kindWord(row.details.kind) : m.recap_register_hidden())),
			visibleText(m.term_channel(), 14, (row) => channelWord(row.channel)),
			visibleText(m.term_category(), 24, (row) => row.category && categoryWord(row.category)),
			visibleText(m.term_service(), 26, (row) => row.service && serviceWord(row.service as ServiceKind)),
			// No list contains a reporter's name, only whether one was given.
			visibleText(m.recap_register_reporter(), 22, (row) => identityWord(row.identity, 'staff')),
			visibleText(m.recap_register_subject(), 60, (row) => row.title ?? row.excerpt),
			visibleText(m.term_assignee(), 26, (row) => row.handler),
			day(m.recap_register_first_reply(), (row) => row.firstReplyDue),
			day(m.recap_register_solution(), (row) => row.solutionDue),
			day(m.recap_register_answered(), (row) => row.answeredAt),
			visibleText(m.term_lapor_id(), 16, (row) => row.laporId),
			visibleText(m.common_status(), 22, (row) => statusWord(row.status, 'staff'))
		]
	};
});
