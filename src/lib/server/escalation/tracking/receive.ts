import { DAY_MS, MINUTE_MS } from '#lib/calendar/durations.ts';
import { and, desc, eq, gt } from 'drizzle-orm';
import { ago, now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { escalationFollowups, escalations } from '#lib/server/db/schema/escalations.ts';
import type { LaporClient } from '#lib/server/integrations/lapor/client.ts';
import { readDetail, readFollowups, type Followup } from '#lib/server/integrations/lapor/tracking.ts';
import type { Exchange } from '#lib/server/integrations/lapor/types.ts';
import { hasMoreRows, readLookup, type Lookup } from '#lib/server/integrations/lapor/responses.ts';
import { isDatabaseUnavailable } from '#lib/server/database-unavailable.ts';
import { env } from '#lib/server/env.ts';
import { log } from '#lib/server/log.ts';
import { createsOf, recordAttempt, recordCall } from '../attempts.ts';
import { requestPermit, reportToCircuit } from '../connection/circuit.ts';
import { haltConnection, haltOf } from '../connection/connection.ts';
import { queueFollowups } from '../followups/followups.ts';
import { laporClient, laporSettings } from '../connection/lapor-client.ts';
import { changeEscalation, lockEscalation, otherForwardWith, type EscalationRow } from '../rows.ts';
import { reasonOf, type Reason } from '../reason.ts';
import type { ReasonCode } from '#lib/words/forward.ts';
import { classifyList, classifyRead, classifyTest, type ReadOutcome } from '../classify-response.ts';
import { raiseTaskOnce } from '../tasks.ts';
import { sendAgain, toSent } from '../delivery/after-attempt.ts';
import { withdrawForward } from '../delivery/withdraw-forward.ts';
import { retryAt } from '../connection/backoff.ts';
import { compactReference } from '#lib/text/reference-numbers.ts';
import { applyNews } from './apply-status.ts';
import { collectNews, type News } from './news.ts';
import { nextPollAt } from './poll-clock.ts';

/**
 * Reads LAPOR's news of a forward once: an unknown forward is looked up by our reference, a sent one is polled by its
 * number.
 */
export async function receive(escalationId: string): Promise<void> {
	const client = laporClient();
	if (!client || (await haltOf())) return;
	const [row] = await db().select().from(escalations).where(eq(escalations.id, escalationId));
	if (!row || row.mode !== 'api') return;
	if (row.state === 'unknown') return lookUp(row);
	if (row.laporId && (row.state === 'sent' || row.state === 'closed')) return poll(client, row, row.laporId);
}

type Read<T> = { outcome: 'read'; value: T };
/** `retryAfterMs`: the wait that the service asked for. `task`: for a person, if only this report can't be read. */
type Failed = { outcome: 'failed'; retryAfterMs?: number | undefined; task?: 'hidden' | 'unread' | undefined };
/** Why a read failed. */
type Unread = { outcome: 'gone' } | Failed;

async function poll(client: LaporClient, row: EscalationRow, laporId: string): Promise<void> {
	const startedAt = now();
	const polled = await readNews(client, row, laporId);
	try {
		await storePoll(row, laporId, polled, startedAt);
	} catch (err) {
		if (polled.outcome !== 'read' || isDatabaseUnavailable(err)) throw err;
		// Otherwise, this report would be read every five minutes without end, and nobody would know.
		log().error({ err, escalation: row.id }, 'the news of a report could not be stored');
		await recordAttempt(db(), row, { step: 'detail', startedAt, outcome: 'retry', reason: { code: 'unreadable' } });
		const task = isLongUnread(row) ? 'unread' : undefined;
		await storePoll(row, laporId, { outcome: 'failed', task }, startedAt);
	}
}

/** Applies the result of a poll in one transaction, and sets the time of the next one. */
async function storePoll(row: EscalationRow, laporId: string, polled: Read<News> | Unread, startedAt: Date) {
	await transaction(async (tx) => {
		const locked = await lockEscalation(tx, row.id);
		let { escalation } = locked;
		// A person may have corrected the number meanwhile; this news is about another report.
		if (locked.row.destroyedAt || escalation.laporId !== laporId) return;
		let { polledAt } = escalation;
		if (polled.outcome === 'read') {
			await queueFollowups(tx, row.caseId);
			escalation = await applyNews(tx, locked, polled.value, startedAt);
			if (!polledAt || polledAt < startedAt) polledAt = startedAt;
		} else if (polled.outcome === 'gone') escalation = await raiseTaskOnce(tx, locked, 'gone');
		// `unread` never replaces another task, because a status raises its task only once.
		else if (polled.task === 'hidden' || (polled.task && !escalation.task))
			escalation = await raiseTaskOnce(tx, locked, polled.task);

		const failed = polled.outcome === 'failed';
		const { sentAt, createdAt } = escalation;
		const closedAt = await lastPollsFrom(tx, escalation);
		const next = nextPollAt(now(), { sentAt: sentAt ?? createdAt, closedAt, failed });
		const least = now().getTime() + ((failed && polled.retryAfterMs) || 0);
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
 * answer.
 */
async function readNews(client: LaporClient, row: EscalationRow, laporId: string): Promise<Read<News> | Unread> {
	const detail = await read(client, row, 'detail', () => client.complaintDetail(laporId), readDetail);
	if (detail.outcome !== 'read') return detail;
	const followups = await readFollowupPages(client, row, laporId);
	if (followups.outcome !== 'read') return followups;
	const { items, status } = collectNews(detail.value, followups.value.found, laporSettings()?.baseUrl);
	const { followupsMissing } = followups.value;
	return { outcome: 'read', value: { items, status: status && { ...status, followupsMissing } } };
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

/** A gateway that does not say whether there are more rows probably returns at least this many per page. */
const LEAST_PAGE_ROWS = 10;

/**
 * Reads the follow-ups page by page while the service announces more, or a page is as long as a full one, and a page has
 * new ones. A service without paging repeats the first page; follow-ups that it announced are then missing. If the first
 * or an announced page can't be read, the poll fails.
 */
async function readFollowupPages(
	client: LaporClient,
	row: EscalationRow,
	laporId: string
): Promise<Read<{ found: Followup[]; followupsMissing: boolean }> | Failed> {
	const found = new Map<string, Followup>();
	let followupsMissing = false;
	for (let page = 1; page <= MAX_PAGES; page++) {
		const ask = () => client.followups(laporId, page);
		const isExpected = page === 1 || followupsMissing;
		const seen = isExpected ? await read(client, row, 'followups', ask, parsePage) : probedPage(await ask());
		if (seen.outcome === 'failed' && isExpected) return seen;
		if (seen.outcome === 'failed') followupsMissing = true;
		// The report exists, so "not found" means that it has no follow-ups, or none on this page.
		if (seen.outcome !== 'read') break;
		const known = found.size;
		for (const followup of seen.value.followups) found.set(followup.id ?? JSON.stringify(followup.raw), followup);
		// A repeated page does not show whether follow-ups are missing.
		if (page > 1 && found.size === known) break;
		followupsMissing = hasMoreRows(seen.value.json, found.size, page);
		if (!followupsMissing && seen.value.followups.length < LEAST_PAGE_ROWS) break;
	}
	return { outcome: 'read', value: { found: [...found.values()], followupsMissing } };
}

/** A page that the service did not announce. If it can't be read, the connection still works. */
function probedPage(seen: Exchange): Read<FollowupPage> | Unread {
	const { outcome } = classifyList(seen, now());
	const value = outcome === 'read' ? parsePage(seen.json) : undefined;
	return value ? { outcome: 'read', value } : { outcome: outcome === 'gone' ? 'gone' : 'failed' };
}

/** Codes that may concern only this report: it belongs to others, was withdrawn from us, or has moved. */
const CONCERNS_ONE_REPORT: readonly ReasonCode[] = ['forbidden', 'method_not_allowed', 'redirected'];

type Unclear = Exclude<ReadOutcome, { outcome: 'read' }>;

/** "Not found" for follow-ups only means that there are none. */
const mayConcernOneReport = (step: 'detail' | 'followups', { outcome, reason }: Unclear) =>
	outcome === 'gone' ? step === 'detail' : outcome === 'halted' && CONCERNS_ONE_REPORT.includes(reason.code);

/** Whether the service asks to wait, which does not concern the report. */
const isBusy = ({ reason }: Unclear) => reason.code === 'rate_limited' || reason.code === 'busy';

/** Whether no poll of an open report succeeded for a day. */
const isLongUnread = ({ state, polledAt, sentAt, createdAt }: EscalationRow): boolean =>
	state === 'sent' && (polledAt ?? sentAt ?? createdAt) < ago(DAY_MS);

/**
 * Makes one read. If the response would halt the connection, says that the report is missing, or is unclear after a day
 * of failed polls, a test call decides: if it succeeds, the connection works and only this report can't be read. At a
 * wrong address, every report would seem to be missing.
 */
async function read<T>(
	client: LaporClient,
	row: EscalationRow,
	step: 'detail' | 'followups',
	call: () => Promise<Exchange>,
	parse: (json: unknown) => T | undefined
): Promise<Read<T> | Unread> {
	const circuit = await requestPermit(step);
	if ('openUntil' in circuit) return { outcome: 'failed' };
	const startedAt = now();
	const seen = await call();
	const classified = step === 'detail' ? classifyRead(seen, now()) : classifyList(seen, now());
	const value = classified.outcome === 'read' ? parse(seen.json) : undefined;
	if (value !== undefined) {
		await reportToCircuit(circuit.permit, true);
		// Successful reads are not recorded, because there are many and their results are stored.
		return { outcome: 'read', value };
	}
	const problem: Unclear =
		classified.outcome === 'read' ? { outcome: 'retry', reason: reasonOf('unreadable', seen) } : classified;
	const late = problem.outcome === 'retry' && !isBusy(problem) && isLongUnread(row);
	const tested = late || mayConcernOneReport(step, problem) ? classifyTest(await client.testCall(), now()) : undefined;
	const connectionWorks = tested?.outcome === 'read';
	const hidden = problem.outcome === 'halted' && connectionWorks;
	const outcome = problem.outcome === 'gone' && tested && !connectionWorks ? tested : problem;
	await reportToCircuit(circuit.permit, outcome.outcome !== 'retry');
	if (outcome.outcome === 'halted' && !hidden) await haltConnection(outcome.reason);
	// The report has none, which some services say with a 404.
	if (outcome.outcome === 'gone' && step === 'followups') return { outcome: 'gone' };
	const result = { outcome: hidden ? 'retry' : outcome.outcome, reason: outcome.reason };
	await recordCall(db(), row, { step, startedAt, seen }, result);
	if (outcome.outcome === 'gone') return { outcome: 'gone' };
	const task = hidden ? 'hidden' : late && connectionWorks ? 'unread' : undefined;
	return { outcome: 'failed', task, retryAfterMs: outcome.outcome === 'retry' ? outcome.retryAfterMs : undefined };
}

/**
 * A report whose create response was lost can appear late at LAPOR. A look-up without a result counts as absent only
 * this long after the create started. A look-up with a result counts at any time.
 */
const ABSENT_AFTER_MS = 15 * MINUTE_MS;

/**
 * Searches LAPOR for an unknown row by our reference. A found report is accepted. A report that is certainly absent is
 * sent again, unless its case was archived or became about integrity.
 */
async function lookUp(row: EscalationRow): Promise<void> {
	const reference = compactReference(row.reference);
	const client = env().LAPOR_LOOKUP ? laporClient() : undefined;
	if (!client) return;
	const circuit = await requestPermit('lookup');
	if ('openUntil' in circuit) return postpone(row, circuit.openUntil);
	const startedAt = now();
	const seen = await client.lookup(reference);
	if (!seen) return;
	const outcome = classifyRead(seen, now());
	await reportToCircuit(circuit.permit, outcome.outcome !== 'retry');
	if (outcome.outcome === 'halted' && !(await isWithoutSearch(client, outcome.reason)))
		await haltConnection(outcome.reason);
	const lookup: Lookup = outcome.outcome === 'read' ? readLookup(seen.json, reference) : 'unclear';
	const reason = 'reason' in outcome ? outcome.reason : undefined;
	const result =
		typeof lookup === 'object' ? { outcome: 'found', laporId: lookup.found[0] } : { outcome: lookup, reason };
	await recordCall(db(), row, { step: 'lookup', startedAt, seen }, result);
	await transaction((tx) => apply(tx, row, lookup));
}

/**
 * Whether a refused look-up means that the service has no search, for which it may respond with 405, 403 or a redirect.
 * Creates and polls then still work.
 */
async function isWithoutSearch(client: LaporClient, { code }: Reason): Promise<boolean> {
	if (code === 'method_not_allowed') return true;
	return CONCERNS_ONE_REPORT.includes(code) && classifyTest(await client.testCall(), now()).outcome === 'read';
}

async function apply(tx: Tx, before: EscalationRow, lookup: Lookup): Promise<void> {
	const locked = await lockEscalation(tx, before.id);
	const { escalation: row } = locked;
	// During the look-up a person decided, or the report was sent again.
	if (row.state !== 'unknown' || row.fence !== before.fence) return;
	const [oldest = ''] = typeof lookup === 'object' ? [...lookup.found].sort((a, b) => Number(a) - Number(b)) : [];
	if (typeof lookup === 'object' && !(await otherForwardWith(tx, oldest, row.caseId))) {
		const others = lookup.found.length > 1 ? { also: lookup.found.filter((id) => id !== oldest) } : {};
		await toSent(tx, locked, oldest, 'system', { how: { by: 'lookup', ...others } });
		return;
	}
	const isOldEnough = row.createStartedAt && row.createStartedAt <= ago(ABSENT_AFTER_MS);
	// A number in a late response contradicts the look-up, so a person decides.
	const hasNumber = (await createsOf(tx, row.id)).some(({ laporId }) => laporId !== null);
	const mayResend = row.absentOffered && !hasNumber && !locked.row.processingLimitedAt;
	if (lookup === 'absent' && isOldEnough && mayResend)
		return void ((await withdrawForward(tx, locked)) ?? (await sendAgain(tx, locked, 'system', { by: 'lookup' })));
	const lookups = row.lookups + 1;
	// A report with our reference is at LAPOR, even if another case has its number.
	const found = typeof lookup === 'object' ? { absentOffered: false } : {};
	await changeEscalation(tx, row, { lookups, nextLookupAt: retryAt(lookups + 1), ...found });
}

async function postpone(row: EscalationRow, until: Date): Promise<void> {
	await transaction(async (tx) => {
		const { escalation } = await lockEscalation(tx, row.id);
		if (escalation.state === 'unknown') await changeEscalation(tx, escalation, { nextLookupAt: until });
	});
}
