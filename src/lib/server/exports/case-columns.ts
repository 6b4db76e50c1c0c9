import { daysBetween, localDate } from '#lib/calendar/days.ts';
import { isUnverified } from '#lib/cases/moves.ts';
import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { escalationStateWord } from '#lib/words/escalation.ts';
import { serviceWord } from '#lib/words/office.ts';
import {
	archiveReasonWord,
	categoryWord,
	channelWord,
	classWord,
	identityWord,
	kindWord,
	priorityWord,
	statusWord
} from '#lib/words/cases.ts';
import { now } from '#lib/server/clock.ts';
import type { CaseRecord } from './case-rows.ts';
import {
	dayColumn as day,
	momentColumn as moment,
	numberColumn as number,
	textColumn as text,
	type Column
} from './sheet.ts';

type Deadline = CaseRecord['firstReply'];

function outcomeOf(promise: Deadline): string | null {
	if (!promise) return null;
	if (promise.state === 'met') return promise.late ? m.board_clock_late() : m.board_clock_met();
	if (promise.state === 'stopped') return m.board_clock_stopped();
	return promise.dueAt && promise.dueAt < now() ? m.board_clock_overdue() : m.board_clock_running();
}

const deadlineColumns = (label: string, of: (row: CaseRecord) => Deadline): Column<CaseRecord>[] => [
	moment(m.exports_due({ promise: label }), (row) => of(row)?.dueAt),
	text(m.exports_outcome({ promise: label }), 20, (row) => outcomeOf(of(row)))
];

/** Calendar days from arrival to the last answer. Boards and periodic reports count every answer instead. */
function daysToAnswer({ receivedAt, answeredAt, unit: { timeZone } }: CaseRecord): number | null {
	if (!answeredAt) return null;
	return daysBetween(localDate(receivedAt, timeZone), localDate(answeredAt, timeZone));
}

/** Whether a person has set the class, which is done when a report is verified. */
const hasClass = ({ status, returnStatus }: CaseRecord): boolean =>
	!isUnverified({ status, returnStatus }) && !(status === 'archived' && returnStatus === 'received');

/** The columns of an export, for analysis. They contain no name and no contact of the reporter. */
export const caseColumns = (): Column<CaseRecord>[] => [
	text(m.term_reference(), 26, (row) => row.reference),
	text(m.exports_unit_code(), 10, (row) => row.unit.code),
	text(m.term_unit(), 30, (row) => row.unit.name),
	text(m.exports_handling_unit(), 30, (row) => row.handlingUnit),
	text(m.common_kind(), 18, (row) => kindWord(row.kind)),
	text(m.common_title(), 40, (row) => row.title),
	text(m.common_report_text(), 60, (row) => row.body),
	text(m.common_requested_solution(), 40, (row) => row.requestedSolution),
	text(m.term_category(), 24, (row) => row.category && categoryWord(row.category)),
	text(m.desk_fact_class(), 20, (row) => (hasClass(row) ? classWord(row.class, 'staff') : null)),
	text(m.term_priority(), 12, (row) => priorityWord(row.priority)),
	text(m.term_service(), 24, (row) => row.service && serviceWord(row.service as ServiceKind)),
	text(m.term_channel(), 14, (row) => channelWord(row.channel)),
	text(m.term_place(), 24, (row) => row.place),
	text(m.exports_identity(), 22, (row) => identityWord(row.identity, 'staff')),
	text(m.exports_secret(), 12, (row) => (row.secret ? m.common_yes() : m.common_no())),
	text(m.common_status(), 20, (row) => statusWord(row.status, 'staff')),
	day(m.desk_fact_incident(), (row) => row.incidentOn),
	moment(m.sheet_received(), (row) => row.receivedAt),
	moment(m.exports_answered_at(), (row) => row.answeredAt),
	number(m.exports_days_to_answer(), '0', daysToAnswer),
	moment(m.exports_closed_at(), (row) => row.closedAt),
	moment(m.exports_archived_at(), (row) => row.archivedAt),
	text(m.board_reasons(), 24, (row) => row.archiveReason && archiveReasonWord(row.archiveReason)),
	...deadlineColumns(m.clock_first_reply(), (row) => row.firstReply),
	...deadlineColumns(m.clock_solution(), (row) => row.solution),
	number(m.exports_questions(), '0', (row) => row.questions),
	number(m.exports_disputes(), '0', (row) => row.disputes),
	number(m.exports_satisfaction(), '0', (row) => row.satisfaction),
	text(m.triage_main(), 26, (row) => row.main),
	text('SP4N-LAPOR!', 22, (row) => row.escalationState && escalationStateWord(row.escalationState, null)),
	text(m.term_lapor_id(), 18, (row) => row.laporId),
	text(m.exports_transferred(), 24, (row) => row.transferredTo),
	text(m.term_assignee(), 24, (row) => row.assignee)
];
