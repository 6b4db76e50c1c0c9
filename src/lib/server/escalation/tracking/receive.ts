import { eq } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import type { LaporClient } from '#lib/server/integrations/lapor/client.ts';
import { readDetail, readFollowups } from '#lib/server/integrations/lapor/tracking.ts';
import type { Exchange } from '#lib/server/integrations/lapor/types.ts';
import { pollCap } from '../delivery/accept.ts';
import { applyNews } from './apply-news.ts';
import { recordAttempt } from '../attempts.ts';
import { askCircuit, noteCall } from '../connection/circuit.ts';
import { haltConnection, haltOf } from '../connection/connection.ts';
import { followStory } from '../followups/followups.ts';
import { laporClient, laporSettings } from '../connection/lapor-client.ts';
import { lookUp } from './lookup.ts';
import { collectNews, type News } from './news.ts';
import { nextPollAt } from './poll-clock.ts';
import { changeEscalation, lockEscalation, type EscalationRow } from '../rows.ts';
import { reasonOf, type Reason, type ReasonCode } from '../reason.ts';
import { classifyList, classifyRead, type ReadOutcome } from '../side-outcome.ts';
import { raiseTask } from '../tasks.ts';

/** Polls LAPOR once for a forward: by our reference while it is unknown, by its number afterwards. */
export async function receive(escalationId: string): Promise<void> {
	const client = laporClient();
	if (!client || (await haltOf())) return;
	const [row] = await db().select().from(escalations).where(eq(escalations.id, escalationId));
	if (!row || row.mode !== 'api') return;
	if (row.state === 'unknown') return lookUp(row);
	if (row.laporId && (row.state === 'sent' || row.state === 'closed')) return poll(client, row, row.laporId);
}

/** `retryAfterMs`: the wait the service asked for; no earlier poll. */
type Failed = { outcome: 'failed'; retryAfterMs?: number; hidden?: boolean };
type Gone = { outcome: 'gone' };
type Polled = { outcome: 'news'; news: News } | Gone | Failed;

async function poll(client: LaporClient, row: EscalationRow, laporId: string): Promise<void> {
	const startedAt = now();
	const polled = await ask(client, row, laporId);
	await transaction(async (tx) => {
		const locked = await lockEscalation(tx, row.id);
		if (polled.outcome === 'gone') {
			const escalation = await raiseTask(tx, locked, 'gone');
			return setClock(tx, escalation, {});
		}
		if (polled.outcome === 'failed') {
			const escalation = polled.hidden ? await raiseTask(tx, locked, 'hidden') : locked.escalation;
			return setClock(tx, escalation, { failed: true, notBefore: polled.retryAfterMs });
		}
		await followStory(tx, row.caseId);
		const escalation = await applyNews(tx, locked, polled.news, startedAt);
		const { polledAt } = escalation;
		return setClock(tx, escalation, { polledAt: polledAt && polledAt > startedAt ? polledAt : startedAt });
	});
}

/** Both answers or none: without its follow-ups, a Selesai would look like one without an answer. */
async function ask(client: LaporClient, row: EscalationRow, laporId: string): Promise<Polled> {
	const detail = await read(client, row, 'detail', () => client.complaintDetail(laporId));
	if (detail.outcome !== 'read') return detail;
	const followups = await read(client, row, 'followups', () => client.followups(laporId));
	if (followups.outcome === 'failed') return followups;
	// The report exists, so "not found" means that it has no follow-ups.
	const list = followups.outcome === 'read' ? followups.json : { results: { data: [] } };
	const news = collectNews(detail.json, list, laporSettings()?.baseUrl);
	return news ? { outcome: 'news', news } : { outcome: 'failed' };
}

/** What an answer has to have, beside being one. */
const SHAPES = { detail: readDetail, followups: readFollowups } as const;

/** An answer about this report only: it belongs to others, was withdrawn from us, or moved. */
const ABOUT_ONE: readonly ReasonCode[] = ['forbidden', 'method_not_allowed', 'redirected'];

/**
 * Classifies a read. If one report gets an answer that would halt the connection, a test call decides: if it succeeds, the
 * connection works and only this report can't be read.
 */
async function outcomeOf(
	client: LaporClient,
	step: 'detail' | 'followups',
	seen: Exchange
): Promise<ReadOutcome | { outcome: 'hidden'; reason: Reason }> {
	const outcome = step === 'detail' ? classifyRead(seen, now()) : classifyList(seen, now());
	if (outcome.outcome === 'read' && !SHAPES[step](seen.json))
		return { outcome: 'retry', reason: reasonOf('unreadable', seen) };
	if (outcome.outcome !== 'halted' || !ABOUT_ONE.includes(outcome.reason.code)) return outcome;
	const sound = classifyRead(await client.testCall(), now()).outcome === 'read';
	return sound ? { outcome: 'hidden', reason: outcome.reason } : outcome;
}

async function read(
	client: LaporClient,
	row: EscalationRow,
	step: 'detail' | 'followups',
	call: () => Promise<Exchange>
): Promise<{ outcome: 'read'; json: unknown } | Gone | Failed> {
	const asked = await askCircuit(step);
	if ('openUntil' in asked) return { outcome: 'failed' };
	const startedAt = now();
	const seen = await call();
	const outcome = await outcomeOf(client, step, seen);
	await noteCall(asked.leave, outcome.outcome !== 'retry');
	if (outcome.outcome === 'read') return { outcome: 'read', json: seen.json };
	if (outcome.outcome === 'halted') await haltConnection(outcome.reason);
	// Successful reads are not recorded, because there are many and their results are stored.
	await recordAttempt(db(), row, {
		step,
		startedAt,
		durationMs: seen.durationMs,
		outcome: outcome.outcome === 'hidden' ? 'retry' : outcome.outcome,
		httpStatus: seen.status,
		reason: outcome.reason
	});
	if (outcome.outcome === 'gone') return { outcome: 'gone' };
	if (outcome.outcome === 'hidden') return { outcome: 'failed', hidden: true };
	return { outcome: 'failed', ...('retryAfterMs' in outcome ? { retryAfterMs: outcome.retryAfterMs } : {}) };
}

async function setClock(
	tx: Tx,
	row: EscalationRow,
	{ failed = false, notBefore = 0, polledAt }: { failed?: boolean; notBefore?: number; polledAt?: Date }
): Promise<void> {
	const { sentAt, closedAt } = row;
	const next = nextPollAt(now(), { sentAt: sentAt ?? row.createdAt, closedAt, failed }, pollCap(), Math.random);
	const least = new Date(now().getTime() + notBefore);
	const nextPoll = next && next < least ? least : (next ?? null);
	await changeEscalation(tx, row, { nextPollAt: nextPoll, ...(polledAt ? { polledAt } : {}) });
}
