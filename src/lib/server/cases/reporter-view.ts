import { and, asc, eq, inArray, or, sql } from 'drizzle-orm';
import { isAnswered, isAnswerFinal } from '#lib/cases/moves.ts';
import { firstWords } from '#lib/text/marked.ts';
import { fileColumns, fileOrder } from '#lib/server/attachments/stored-files.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments, cases, messages, timeline } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import type { escalations } from '#lib/server/db/schema/escalations.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { officeHeader } from '#lib/server/people/units/find-unit.ts';
import { disputeOpen, isInTime, objectionEndsBy, scoreOpen } from './conversation/reporter-time-limits.ts';
import { decreeOf } from './destruction-decree.ts';
import type { CaseWithUnit } from './find.ts';
import { siblings } from './find-by-receipt.ts';
import { timelineOf, type TimelineEntry } from './timeline.ts';

export type TrackedView = Awaited<ReturnType<typeof reporterView>>;

/**
 * Leaves out what the reporter must not learn: which person of the office acted, the assignee, the routing rule and that
 * a second supervisor decided a forward. The tracking page does not show them, but a browser can read all data that the
 * page loads. Of a message from a contact that is not proven to be the reporter's, it leaves out everything but that it
 * came.
 */
function withoutStaff({ seq, at, type, actorKind, data }: TimelineEntry) {
	const { acting: _role, acting_order: _order, was_integrity_lifted: _decision, ...ofCase } = data;
	const { approval: _id, conversation: _from, submission: _form, ...shown } = ofCase;
	const { unproven } = shown;
	return { seq, at, type, actorKind, data: type === 'assigned' ? {} : unproven ? { unproven } : shown };
}

/**
 * The entries that `reporterView` reads. Only the public ones are shown. Corrections of LAPOR's numbers and cancelled
 * forwards are internal, and decide which public ones are left out.
 */
const decided: TimelineEntry['type'][] = ['escalation_resolved', 'escalation_closed'];
const PUBLIC_OR_DECIDED = or(eq(timeline.public, true), inArray(timeline.type, decided));
const isCancelled = ({ type, data }: TimelineEntry) => type === 'escalation_closed' && data.reason === 'cancelled';
const isCorrection = ({ type, data }: TimelineEntry) => type === 'escalation_resolved' && data.outcome === 'corrected';

/**
 * The public entries, without LAPOR's news from before a corrected number: they are about the report of another person. Also
 * without the preparation of a forward that was cancelled, which would have the reporter wait for its number. The timeline of
 * staff still has them.
 */
function publicEntries(read: TimelineEntry[]): TimelineEntry[] {
	const isNews = ({ type }: TimelineEntry) => type === 'escalation_status' || type === 'escalation_followup';
	const isFollowedBy = (entry: TimelineEntry, isEnd: (later: TimelineEntry) => boolean) =>
		read.some((later) => isEnd(later) && later.seq > entry.seq && later.data.escalation === entry.data.escalation);
	return read.filter(
		(entry) =>
			entry.public &&
			!(isNews(entry) && isFollowedBy(entry, isCorrection)) &&
			!(entry.type === 'escalation_waiting' && isFollowedBy(entry, isCancelled))
	);
}

type Forward = Pick<typeof escalations.$inferSelect, 'laporId' | 'laporStatus' | 'state'>;

/** Column of a query of cases: the number and status at LAPOR of the newest forward. Null without one. */
export const lastForward = sql<Forward | null>`(select json_build_object('laporId', forward.lapor_id,
	'laporStatus', forward.lapor_status, 'state', forward.state)
	from escalations forward where forward.case_id = cases.id order by forward.nn desc limit 1)`;

/**
 * Column of a query of cases: the state and deadline of each request about its data that waits for a decision or
 * confirmation, by the request's number. Null without one.
 */
const waitingRequests = () => sql<Record<
	string,
	object
> | null>`(select json_object_agg(request.number, json_build_object(
	'state', request.state, 'due_at', request.due_at, 'overdue', request.due_at < ${now().toISOString()})) from data_requests request
	where request.case_id = cases.id and request.state in ('confirming', 'open'))`;

/** The state of the objection to the latest archiving, as `objectionMade`, from entries in order. */
function objectionIn(entries: readonly TimelineEntry[]): 'objected' | 'objection_declined' | undefined {
	const last = entries.findLast(({ type }) => OBJECTION_STEPS.includes(type))?.type;
	return last === 'objected' || last === 'objection_declined' ? last : undefined;
}
const OBJECTION_STEPS: readonly TimelineEntry['type'][] = ['archived', 'objected', 'objection_declined'];

/**
 * Whether the office granted a withdrawal that the reporter requested with the receipt, and did not take the report up
 * again. A withdrawal requested at the counter does not count, because another person may have requested it.
 */
function isWithdrawn(entries: readonly TimelineEntry[]): boolean {
	const last = entries.findLast(
		({ type, data }) =>
			type === 'disputed' || type === 'reopened' || (type === 'data_decided' && data.kind === 'report')
	);
	const asked = entries.find(({ type, data }) => type === 'data_requested' && data.number === last?.data.number);
	return last?.data.outcome === 'granted' && asked?.data.via === 'tracking';
}

const isPast = (dueAt: Date | null) => dueAt !== null && dueAt < now();

/** The columns that the page shows of the other reports of a split. */
const partColumns = {
	id: cases.id,
	reference: cases.reference,
	title: cases.title,
	body: cases.body,
	status: cases.status,
	transferredTo: cases.transferredTo,
	archiveReason: cases.archiveReason
};

/** Everything the reporter sees of a case: public entries, messages and files, and the possible actions. */
export async function reporterView({ row, unit }: CaseWithUnit) {
	const [read, exchanged, files, running, parts, destroyed] = await Promise.all([
		timelineOf(row.id, PUBLIC_OR_DECIDED),
		db()
			.select({ id: messages.id, author: messages.author, body: messages.body, at: messages.at })
			.from(messages)
			.where(and(eq(messages.caseId, row.id), eq(messages.public, true)))
			.orderBy(asc(messages.at)),
		db()
			.select(fileColumns)
			.from(attachments)
			.where(and(eq(attachments.caseId, row.id), eq(attachments.public, true)))
			.orderBy(fileOrder),
		db().select().from(clocks).where(eq(clocks.caseId, row.id)),
		db()
			.select({ ...partColumns, forward: lastForward, waiting: waitingRequests() })
			.from(cases)
			.where(or(eq(cases.id, row.id), siblings(row)))
			.orderBy(asc(cases.id)),
		decreeOf(row)
	]);
	const entries = publicEntries(read);
	const own = parts.find(({ id }) => id === row.id);
	const others = parts.filter(({ id }) => id !== row.id);
	const { officerById, placeById } = await referenceData();
	const { reference, kind, title, body, requestedSolution, category, class: caseClass, identity, status } = row;
	const { returnStatus, transferredTo, archiveReason, satisfaction, receivedAt, dueAt, seenAt } = row;
	const content = { reference, kind, title, body, requestedSolution, category, class: caseClass, identity };
	const state = { status, returnStatus, transferredTo, archiveReason, satisfaction, receivedAt, dueAt, seenAt };
	const settled = !row.destroyedAt && isAnswered(status);
	const archived = !row.destroyedAt && status === 'archived';
	const objection = archived ? objectionIn(entries) : undefined;
	const lastDay = archived ? await objectionEndsBy(entries, row, unit) : null;
	const withdrawn = archived ? lastDay === null : !row.destroyedAt && status === 'closed' && isWithdrawn(entries);
	const inTime = isInTime(lastDay, unit);
	return {
		...content,
		...state,
		/** The decree by which the content was destroyed. */
		destroyed,
		/** When processing was restricted at the reporter's request, while it is. */
		restrictedAt: row.processingRestrictedAt,
		overdue: isPast(dueAt),
		objection,
		/** The reporter withdrew it with the receipt. An answered report is then closed. */
		withdrawn,
		finallyAnswered: settled && isAnswerFinal(row),
		/** The answer to the next dispute is final. */
		lastDispute: isAnswerFinal({ disputes: row.disputes + 1 }),
		/** What the reporter chose in the form. Null for a report that staff or another system entered. */
		chosen:
			!row.destroyedAt && entries[0]?.actorKind === 'reporter'
				? {
						service: row.service,
						incidentOn: row.incidentOn,
						place: placeById.get(row.placeId ?? '')?.name ?? null,
						officer: officerById.get(row.officerId ?? '')?.name ?? null
					}
				: null,
		unit: await officeHeader(unit),
		entries: entries.map((entry) => {
			const shown = withoutStaff(entry);
			const waits = entry.type === 'data_requested' ? own?.waiting?.[String(shown.data.number)] : undefined;
			return waits ? { ...shown, data: { ...shown.data, ...waits } } : shown;
		}),
		messages: row.destroyedAt ? [] : exchanged,
		attachments: files,
		clocks: running.map((clock) => ({
			...clock,
			late: clock.late || (clock.state === 'running' && isPast(clock.dueAt))
		})),
		forward: own?.forward ?? null,
		split: others.map((part) => ({
			reference: part.reference,
			title: part.title,
			status: part.status,
			transferredTo: part.transferredTo,
			archiveReason: part.archiveReason,
			excerpt: firstWords(part.body, 120),
			whole: part.id === row.splitFromId
		})),
		may: {
			score: settled && !withdrawn && scoreOpen(row, unit, running),
			dispute: settled && !withdrawn && transferredTo === null && disputeOpen(row, unit, running),
			/** The last day to object; null if the reporter can't or has objected. */
			object: objection === undefined && inTime ? lastDay : null,
			complete: archiveReason === 'incomplete' && inTime
		}
	};
}
