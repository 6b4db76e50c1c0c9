import { DAY_MS, MINUTE_MS } from '#lib/calendar/durations.ts';
import { and, desc, eq, gt } from 'drizzle-orm';
import { ago, fromNow, now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { escalationFollowups, escalations } from '#lib/server/db/schema/escalations.ts';
import type { LaporClient } from '#lib/server/integrations/lapor/client.ts';
import { readDetail, readFollowups, type Followup } from '#lib/server/integrations/lapor/tracking.ts';
import type { Exchange } from '#lib/server/integrations/lapor/types.ts';
import { hasMoreRows, LEAST_PAGE_ROWS, saysPages } from '#lib/server/integrations/lapor/responses.ts';
import { isDatabaseUnavailable } from '#lib/server/database-unavailable.ts';
import { log } from '#lib/server/log.ts';
import { recordAttempt, recordCall } from '../call-log.ts';
import { throughCircuit, type CallResult } from '../connection/circuit.ts';
import { haltConnection, haltOf, testCall } from '../connection/connection.ts';
import { queueFollowups } from '../followups/followups.ts';
import { laporClient, connectionSettings } from '../connection/lapor-client.ts';
import { clientWithoutWithheldName } from '../forward/remove-name-from-responses.ts';
import { changeEscalation, hasLostNumber, lockEscalation, type EscalationRow } from '../rows.ts';
import { reasonOf } from '../failure-reason.ts';
import { classifyList, classifyRead, type ReadOutcome } from '../classify-response.ts';
import { raiseTaskOnce } from '../tasks.ts';
import { applyNews } from './apply-status.ts';
import { lookUp } from './look-up.ts';
import { collectNews, type News } from './news.ts';
import { nextPollAt } from './poll-clock.ts';

/**
 * Reads LAPOR's news of a forward once: an unknown forward is looked up by our reference, a sent one is polled by its
 * number.
 */
export async function pollOrLookUp(escalationId: string): Promise<void> {
	const client = laporClient();
	if (!client || (await haltOf())) return;
	const [row] = await db().select().from(escalations).where(eq(escalations.id, escalationId));
	if (!row || row.mode !== 'api' || hasLostNumber(row)) return;
	if (row.state === 'unknown') return lookUp(row);
	if (row.laporId && (row.state === 'sent' || row.state === 'closed'))
		return poll(await clientWithoutWithheldName(client, row.id), row, row.laporId);
}

type Read<T> = { kind: 'read'; value: T };
/** `retryAfterMs`: the wait that the service asked for. `task`: for a person, if only this report can't be read. */
type Failed = { kind: 'failed'; retryAfterMs?: number | undefined; task?: 'hidden' | 'unread' | undefined };
/** Why a read failed. */
type Unread = { kind: 'gone' } | Failed;

async function poll(client: LaporClient, row: EscalationRow, laporId: string): Promise<void> {
	const startedAt = now();
	const polled = await readNews(client, row, laporId);
	try {
		await storePoll(row, laporId, polled, startedAt);
	} catch (err) {
		if (polled.kind !== 'read' || isDatabaseUnavailable(err)) throw err;
		// Otherwise, this report would be read every five minutes without end, and nobody would know.
		log().error({ err, escalation: row.id }, 'the news of a report could not be stored');
		await recordAttempt(db(), row, { step: 'detail', startedAt, outcome: 'retry', reason: { code: 'not_stored' } });
		const task = isLongUnread(row) ? 'unread' : undefined;
		await storePoll(row, laporId, { kind: 'failed', task }, startedAt);
	}
}

/** Applies the result of a poll in one transaction, and sets the time of the next one. */
async function storePoll(row: EscalationRow, laporId: string, polled: Read<News> | Unread, startedAt: Date) {
	await transaction(async (tx) => {
		const locked = await lockEscalation(tx, row.id);
		let { escalation } = locked;
		// A person may have corrected or confirmed the number meanwhile; this news is about another report.
		if (locked.row.destroyedAt || escalation.laporId !== laporId || hasLostNumber(escalation)) return;
		let { polledAt } = escalation;
		if (polled.kind === 'read') {
			await queueFollowups(tx, row.caseId);
			escalation = await applyNews(tx, locked, polled.value, startedAt);
			if (polled.value.status && (!polledAt || polledAt < startedAt)) polledAt = startedAt;
			if (!polled.value.status && isLongUnread(escalation) && !escalation.task)
				escalation = await raiseTaskOnce(tx, { ...locked, escalation }, 'unread');
		} else if (polled.kind === 'gone') escalation = await raiseTaskOnce(tx, locked, 'gone');
		// `unread` never replaces another task, because a status raises its task only once.
		else if (polled.task === 'hidden' || (polled.task && !escalation.task))
			escalation = await raiseTaskOnce(tx, locked, polled.task);

		const failed = polled.kind === 'failed' || (polled.kind === 'read' && !polled.value.status);
		const { sentAt, createdAt } = escalation;
		const closedAt = await lastPollsFrom(tx, escalation);
		const next = nextPollAt(now(), { sentAt: sentAt ?? createdAt, closedAt, failed });
		const least = now().getTime() + ((polled.kind === 'failed' && polled.retryAfterMs) || 0);
		await changeEscalation(tx, escalation, {
			nextPollAt: next ? new Date(Math.max(next.getTime(), least)) : null,
			polledAt
		});
	});
}

/** The start of the ten days in which a closed report is still polled: its closing, or our last follow-up after it. */
async function lastPollsFrom(tx: Tx, { id, closedAt }: EscalationRow): Promise<Date | null> {
	if (!closedAt) return null;
	const { escalationId, startedAt } = escalationFollowups;
	const [last] = await tx
		.select({ at: startedAt })
		.from(escalationFollowups)
		.where(and(eq(escalationId, id), gt(startedAt, closedAt)))
		.orderBy(desc(startedAt))
		.limit(1);
	return last?.at ?? closedAt;
}

/**
 * Reads detail and follow-ups. Both are needed: without the follow-ups, a Selesai would look like one without an
 * answer. News without a status keep their texts, but the poll counts as failed.
 */
async function readNews(client: LaporClient, row: EscalationRow, laporId: string): Promise<Read<News> | Unread> {
	const startedAt = now();
	const detail = await read(client, row, 'detail', () => client.complaintDetail(laporId), readDetail);
	if (detail.kind !== 'read') return detail;
	const followups = await readFollowupPages(client, row, laporId);
	if (followups.kind !== 'read') return followups;
	const { items, status } = collectNews(detail.value, followups.value.found, connectionSettings()?.baseUrl);
	if (!status) {
		const reason = { code: 'unreadable' } as const;
		await recordAttempt(db(), row, { step: 'detail', startedAt, outcome: 'retry', reason });
	}
	const isCut = followups.value.followupsMissing || status?.followupsMissing === true;
	return { kind: 'read', value: { items, status: status && { ...status, followupsMissing: isCut } } };
}

interface FollowupPage {
	followups: Followup[];
	json: unknown;
}

const parsePage = (json: unknown): FollowupPage | undefined => {
	const followups = readFollowups(json);
	return followups && { followups, json };
};

/** Most pages that are read of a report's follow-ups; enough even if each page has only a few. */
const MAX_PAGES = 50;
/** No further page is read after this time, because other reports wait for their polls. */
const PAGES_MS = MINUTE_MS;

/**
 * Reads the follow-ups page by page.
 *
 * - Asks for the next page if this one has new rows and the service announces more. Also asks for it if this page may be
 *   full and the service says nothing about pages.
 * - The poll fails if the first page or an announced page can't be read, or if the service asks to wait.
 * - Follow-ups are missing if an announced page repeats the one before, another page can't be read, or a limit is reached.
 */
async function readFollowupPages(
	client: LaporClient,
	row: EscalationRow,
	laporId: string
): Promise<Read<{ found: Followup[]; followupsMissing: boolean }> | Failed> {
	const found = new Map<string, Followup>();
	// Also repeated rows, because the service's total counts them.
	let received = 0;
	let followupsMissing = false;
	const end = fromNow(PAGES_MS);
	for (let page = 1; ; page++) {
		if (page > MAX_PAGES || now() >= end) {
			followupsMissing = true;
			break;
		}
		const ask = () => client.followups(laporId, page);
		const isExpected = page === 1 || followupsMissing;
		const seen = isExpected ? await read(client, row, 'followups', ask, parsePage) : probedPage(await ask());
		if (seen.kind === 'failed' && (isExpected || seen.retryAfterMs)) return seen;
		if (seen.kind === 'failed') followupsMissing = true;
		// The report exists, so "not found" means that it has no follow-ups, or none on this page.
		if (seen.kind !== 'read') break;
		const known = found.size;
		received += seen.value.followups.length;
		for (const followup of seen.value.followups) {
			const { id, content, raw } = followup;
			found.set(id === undefined ? JSON.stringify(raw) : `${id}\n${content}`, followup);
		}
		// A repeated page does not show whether follow-ups are missing.
		if (page > 1 && found.size === known) break;
		followupsMissing = hasMoreRows(seen.value.json, received, page);
		const mayBeFull = !saysPages(seen.value.json) && seen.value.followups.length >= LEAST_PAGE_ROWS;
		if (!followupsMissing && !mayBeFull) break;
	}
	return { kind: 'read', value: { found: [...found.values()], followupsMissing } };
}

/** A page that the service did not announce. If it can't be read, the connection still works. */
function probedPage(seen: Exchange): Read<FollowupPage> | Unread {
	const classified = classifyList(seen, now());
	const value = classified.kind === 'read' ? parsePage(seen.json) : undefined;
	if (value) return { kind: 'read', value };
	if (classified.kind === 'gone') return { kind: 'gone' };
	return { kind: 'failed', retryAfterMs: classified.kind === 'retry' ? classified.retryAfterMs : undefined };
}

type Unclear = Exclude<ReadOutcome, { kind: 'read' }>;

/** "Not found" for follow-ups only means that there are none. Some services answer 401 for a report of another agency. */
const mayConcernOneReport = (step: 'detail' | 'followups', { kind }: Unclear) =>
	kind === 'gone' ? step === 'detail' : kind === 'halted';

/** Whether the service asks to wait, which does not concern the report. */
const isBusy = ({ reason }: Unclear) => reason.code === 'rate_limited' || reason.code === 'busy';

/** Whether no poll of an open report succeeded for a day. */
const isLongUnread = ({ state, polledAt, sentAt, createdAt }: EscalationRow): boolean =>
	state === 'sent' && (polledAt ?? sentAt ?? createdAt) < ago(DAY_MS);

/** Makes one read, if the circuit allows it. Successful reads are not recorded, because their results are stored. */
async function read<T>(
	client: LaporClient,
	row: EscalationRow,
	step: 'detail' | 'followups',
	call: () => Promise<Exchange>,
	parse: (json: unknown) => T | undefined
): Promise<Read<T> | Unread> {
	const made = await throughCircuit<Read<T> | Unread>(step, async () => {
		const startedAt = now();
		const seen = await call();
		const classified = step === 'detail' ? classifyRead(seen, now()) : classifyList(seen, now());
		if (classified.kind !== 'read') return notRead(client, row, { step, startedAt, seen }, classified);
		const value = parse(seen.json);
		if (value !== undefined) return { works: true, result: { kind: 'read', value } };
		const reason = reasonOf('unreadable', seen);
		return notRead(client, row, { step, startedAt, seen }, { kind: 'retry', reason });
	});
	return 'openUntil' in made ? { kind: 'failed' } : made.result;
}

/**
 * Finds out and stores why a read failed. If the response would halt the connection, says that the report is missing, or
 * is unclear after a day of failed polls, a test call decides: if it succeeds, the connection works and only this report
 * can't be read. At a wrong address, every report would seem to be missing.
 */
async function notRead(
	client: LaporClient,
	row: EscalationRow,
	call: { step: 'detail' | 'followups'; startedAt: Date; seen: Exchange },
	problem: Unclear
): Promise<CallResult<Unread>> {
	const { step } = call;
	const late = problem.kind === 'retry' && !isBusy(problem) && isLongUnread(row);
	const tested = late || mayConcernOneReport(step, problem) ? await testCall(client) : undefined;
	const connectionWorks = tested?.kind === 'read';
	const hidden = problem.kind === 'halted' && connectionWorks;
	const outcome = problem.kind === 'gone' && tested && !connectionWorks ? tested : problem;
	const works = outcome.kind !== 'retry';
	if (outcome.kind === 'halted' && !hidden) await haltConnection(outcome.reason);
	// The report has none, which some services say with a 404.
	if (outcome.kind === 'gone' && step === 'followups') return { works, result: { kind: 'gone' } };
	await recordCall(db(), row, call, { kind: hidden ? 'retry' : outcome.kind, reason: outcome.reason });
	if (outcome.kind === 'gone') return { works, result: { kind: 'gone' } };
	const task = hidden ? 'hidden' : late && connectionWorks ? 'unread' : undefined;
	const retryAfterMs = outcome.kind === 'retry' ? outcome.retryAfterMs : undefined;
	return { works, result: { kind: 'failed', task, retryAfterMs } };
}
