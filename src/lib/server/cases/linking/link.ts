import { and, asc, eq, getTableColumns, ne } from 'drizzle-orm';
import {
	NOT_ANSWERED_REASONS,
	RESOLVED_BY_DRAFT,
	linkProblem,
	statusReason,
	type NotAnsweredReason
} from '#lib/cases/linking.ts';
import { linkInput, reasonInput } from '#lib/cases/schema.ts';
import { isAnswered, isAnswerFinal, OPEN_STATUSES } from '#lib/cases/moves.ts';
import { firstWords } from '#lib/text/marked.ts';
import { checked } from '#lib/server/checked.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { lockKey } from '#lib/server/db/lock-key.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { NotFound, invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { openDraftState } from '../answers/draft.ts';
import { caseForActor, lockCase, lockCaseForActor, typedCaseForActor, type CaseRow } from '../find.ts';
import { invalidMove, refuseWhileProcessingRestricted, requireVersion, updateCase } from '../move.ts';
import { referencesFor } from '../visible-references.ts';
import { visibleTo } from '../visibility.ts';
import { recordEvents, type TimelineEntry } from '../timeline.ts';

/** Reports that are linked to a main case. Archived duplicates do not count. */
const linkedTo = (mainId: number) => and(eq(cases.mainCaseId, mainId), ne(cases.status, 'archived'));

/**
 * Links an open report to the main case of its matter. Both keep their own status, receipt and deadlines. The answer to
 * the main case also answers this report. Neither reporter learns of the link.
 *
 * @returns the report; `mainAnswered`: the main case has an answer already, so it is sent only if somebody chooses to
 * @throws Invalid on `main` with the reason why they can't be linked; a main case that the actor may not see counts as
 * missing
 */
export async function linkCase(actor: Actor, reference: string, raw: unknown) {
	const input = checked(linkInput, raw);
	return transaction(async (tx) => {
		await serialiseLinking(tx);
		const main = await mainFor(tx, actor, input.main);
		const { row: before } = await lockCaseForActor(tx, actor, reference);
		await requireVersion(tx, before, input.version);
		if (!OPEN_STATUSES.includes(before.status)) throw invalidMove(before);
		refuseWhileProcessingRestricted(before);
		refuseWhileProcessingRestricted(main);
		const hasLinked = (await tx.$count(cases, linkedTo(before.id))) > 0;
		const problem = linkProblem(before, main, hasLinked);
		if (problem) throw invalid('main', problem);
		const row = await updateCase(tx, before, { mainCaseId: main.id });
		// A new version, so that a person about to approve the main case's answer gets a conflict and sees the additional
		// report.
		const changed = await updateCase(tx, main);
		await recordLink(tx, actor, row, { action: 'linked' }, changed, 'gained');
		return { ...row, mainAnswered: isAnswered(main.status) };
	});
}

/**
 * The case to which a report would be linked, by its number or the last digits of it, so that people see it first.
 * @throws Invalid on `main` if the actor sees no such case, or with the reason why the report can't be linked to it
 */
export async function mainCandidate(actor: Actor, reference: string, typed: string) {
	const linked = await caseForActor(actor, reference);
	const { row } = await typedCaseForActor(actor, linked, typed).catch((cause: unknown) => {
		throw cause instanceof NotFound ? invalid('main', 'report_unknown') : cause;
	});
	const problem = linkProblem(linked.row, row, false);
	if (problem) throw invalid('main', problem);
	return { ...previewOf(row), answered: isAnswered(row.status) };
}

/** Unlinks a report from its main case, so that it is answered separately. @throws Conflict if it is not linked */
export async function unlinkCase(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(reasonInput, raw);
	return transaction(async (tx) => {
		const { main, report } = await lockPair(tx, actor, reference);
		await requireVersion(tx, report.row, input.version);
		const row = await updateCase(tx, report.row, { mainCaseId: null });
		const changed = await updateCase(tx, main.row);
		// The reason is only on the timeline of the linked report, because not everybody who sees the main case may see
		// that report.
		await recordLink(tx, actor, row, { action: 'unlinked', reason: input.reason }, changed, 'lost');
		return row;
	});
}

/** Locks a linked report and its main case, the main case first. @throws Conflict if the report is not linked */
export async function lockPair(tx: Tx, actor: Actor, reference: string) {
	await serialiseLinking(tx);
	const { row: linked } = await caseForActor(actor, reference, tx);
	if (linked.mainCaseId === null) throw invalidMove(linked);
	const main = await lockCase(tx, linked.mainCaseId);
	const report = await lockCaseForActor(tx, actor, reference);
	if (report.row.mainCaseId !== main.row.id || report.row.status === 'archived') throw invalidMove(report.row);
	return { main, report };
}

/** Serialises linking, so that two concurrent links neither form a chain nor deadlock. */
async function serialiseLinking(tx: Tx): Promise<void> {
	await lockKey(tx, 'case-links');
}

async function mainFor(tx: Tx, actor: Actor, reference: string): Promise<CaseRow> {
	try {
		return (await lockCaseForActor(tx, actor, reference)).row;
	} catch (cause) {
		if (!(cause instanceof NotFound)) throw cause;
		throw invalid('main', 'report_unknown');
	}
}

/**
 * Adds an entry to both timelines. Each entry refers to the other case by row id, because its number is shown only to
 * people who may see it.
 */
async function recordLink(
	tx: Tx,
	author: Actor,
	row: CaseRow,
	data: { action: string; reason?: string },
	main: CaseRow,
	onMain: 'gained' | 'lost'
): Promise<void> {
	const entry = (data: Record<string, unknown>) => ({ type: 'linked' as const, author, public: false, data });
	await recordEvents(tx, [
		{ row, event: entry({ ...data, case: main.id }) },
		{ row: main, event: entry({ action: onMain, case: row.id }) }
	]);
}

/**
 * Whether the main case has an answer that the linked report has not received.
 *
 * @param last the last answer to the linked report, also if its reporter disputed it
 * @param linkedAt when the report was linked; a report with an earlier answer of its own has not received the main one
 */
export function hasNewerAnswer(
	main: Pick<CaseRow, 'status' | 'answeredAt' | 'transferredTo'>,
	last: { at: Date } | undefined,
	linkedAt: Date | undefined
): boolean {
	if (!isAnswered(main.status) || main.answeredAt === null || main.transferredTo !== null) return false;
	return last === undefined || last.at < main.answeredAt || (linkedAt !== undefined && last.at < linkedAt);
}

export type CaseLinks = Awaited<ReturnType<typeof linksOf>>;

/**
 * The links of a case that was found for the actor: its main case, or the reports linked to it. Cases that the actor may
 * not see are neither listed nor counted.
 *
 * @param entries the case's timeline, which has its answers and the reason why an answer was held
 */
export async function linksOf(actor: Actor, row: CaseRow, entries: readonly TimelineEntry[]) {
	const linked = row.mainCaseId !== null && row.status !== 'archived';
	const seen = await db()
		.select({ ...getTableColumns(cases), draft: openDraftState })
		.from(cases)
		.where(and(linked ? eq(cases.id, row.mainCaseId ?? 0) : linkedTo(row.id), visibleTo(actor)))
		.orderBy(asc(cases.id));
	const main = linked ? seen[0] : undefined;
	const linkedReports = linked ? [] : seen;
	const withDraft = (one: (typeof seen)[number]) => ({ ...summaryOf(one), draft: one.draft });
	const open = OPEN_STATUSES.includes(row.status);
	// Without a message, the report was only handed to another agency.
	const lastAnswer = entries.findLast(({ type, data }) => type === 'answered' && data.message);
	// The first one: after a second link to the same case, its answer may have been received between the two.
	const link = entries.find(
		({ type, data }) => type === 'linked' && data.action === 'linked' && data.case === row.mainCaseId
	);
	const newer = main !== undefined && open && hasNewerAnswer(main, lastAnswer, link?.at);
	const held = linked && open ? lastHeld(entries) : null;
	// A final answer that needs a draft is sent by a supervisor (`sendMainAnswer`).
	const isForSupervisor = held !== null && RESOLVED_BY_DRAFT.includes(held) && isAnswerFinal(row);
	const maySend = !isForSupervisor || actor.units.supervisor.includes(row.handlingUnitId);
	return {
		linked,
		main: main ? withDraft(main) : null,
		linkedReports: linkedReports.map(withDraft),
		/** Open linked reports: they also get the next answer of this case, if they can be answered by then. */
		reaches: open ? linkedReports.filter((one) => OPEN_STATUSES.includes(one.status)).map(summaryOf) : [],
		held,
		may: {
			link: open && !linked && linkedReports.length === 0 && !row.restricted && row.category !== 'integrity',
			unlink: linked,
			sendAnswer: newer && maySend && statusReason(row.status) === undefined
		}
	};
}

const summaryOf = ({ reference, status, title, body }: CaseRow) => ({
	reference,
	status,
	title: title ?? firstWords(body, 80)
});

/** What is shown of another report before somebody links to it or names it as the original of a duplicate. */
export const previewOf = (row: CaseRow) => ({ ...summaryOf(row), body: firstWords(row.body, 200) });

/** Why the last answer of the main case was held, if no later entry changed the link. */
function lastHeld(entries: readonly TimelineEntry[]): NotAnsweredReason | null {
	const last = entries.filter((entry) => entry.type === 'linked').at(-1);
	if (last?.data.action !== 'held') return null;
	return NOT_ANSWERED_REASONS.find((why) => why === last.data.why) ?? null;
}

/** Numbers of the cases that entries of a timeline refer to, for people who may see them. */
export async function referencesIn(actor: Actor, entries: readonly Pick<TimelineEntry, 'data'>[]) {
	const ids = entries.map(({ data }) => data.case).filter((id) => typeof id === 'number');
	return referencesFor(actor, ids);
}
