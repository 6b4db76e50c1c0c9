import { and, desc, eq, isNotNull, sql } from 'drizzle-orm';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { ago, now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { env } from '#lib/server/env.ts';
import type { LaporClient } from '#lib/server/integrations/lapor/client.ts';
import { readLookup, type Lookup } from '#lib/server/integrations/lapor/responses.ts';
import { compactReference } from '#lib/text/reference-numbers.ts';
import { createsOf, recordCall } from '../call-log.ts';
import { classifyRead, CONCERNS_ONE_REPORT } from '../classify-response.ts';
import { retryAt } from '../connection/backoff.ts';
import { throughCircuit } from '../connection/circuit.ts';
import { haltConnection, testCall } from '../connection/connection.ts';
import { laporClient } from '../connection/lapor-client.ts';
import { sendAgain, toSent } from '../delivery/after-attempt.ts';
import { withdrawForward } from '../delivery/withdraw-forward.ts';
import { clientWithoutWithheldName } from '../forward/remove-name-from-responses.ts';
import type { Reason } from '../failure-reason.ts';
import {
	changeEscalation,
	hasOwnNumber,
	lockEscalation,
	otherForwardWith,
	type EscalationRow,
	type Forward
} from '../rows.ts';

/**
 * A report whose create response was lost can appear late at LAPOR. A look-up that finds it counts at any time. A look-up
 * that finds nothing proves that it is absent only this long after the create started, if the search finds a known report.
 */
const ABSENT_AFTER_MS = 15 * MINUTE_MS;

/**
 * Searches LAPOR for an unknown row by our reference. If LAPOR has the report, the row is marked as sent. If it is
 * certainly absent, it is sent again once, unless it is withdrawn (see `withdrawForward`).
 */
export async function lookUp(row: EscalationRow): Promise<void> {
	const connected = env().LAPOR_LOOKUP ? laporClient() : undefined;
	if (!connected) return;
	const client = await clientWithoutWithheldName(connected, row.id);
	const searched = await throughCircuit('lookup', async () => {
		const startedAt = now();
		const { seen, outcome, lookup } = await search(client, row);
		const laporId = lookup.result === 'found' ? lookup.ids[0] : undefined;
		const reason = 'reason' in outcome ? outcome.reason : undefined;
		await recordCall(db(), row, { step: 'lookup', startedAt, seen }, { kind: lookup.result, laporId, reason });
		return { works: outcome.kind !== 'retry', result: { outcome, lookup } };
	});
	if ('openUntil' in searched) return postpone(row, searched.openUntil);
	const { outcome, lookup } = searched.result;
	if (outcome.kind === 'halted' && !(await isWithoutSearch(client, outcome.reason)))
		await haltConnection(outcome.reason);
	const isProven = lookup.result !== 'absent' || (isOldEnough(row) && (await findsKnownReport(client)));
	await transaction((tx) => apply(tx, row, isProven ? lookup : { result: 'unclear' }));
}

/** Searches LAPOR for the report of a row. */
async function search(client: LaporClient, row: EscalationRow) {
	const reference = compactReference(row.reference);
	const seen = await client.lookup(reference);
	const outcome = classifyRead(seen, now());
	const lookup: Lookup = outcome.kind === 'read' ? readLookup(seen.json, reference) : { result: 'unclear' };
	return { seen, outcome, lookup };
}

const isOldEnough = ({ createStartedAt }: EscalationRow): boolean =>
	createStartedAt !== null && createStartedAt <= ago(ABSENT_AFTER_MS);

/**
 * Whether the search finds our newest secret report that LAPOR has. An empty list proves nothing if the service ignores
 * the search, or searches only public or older reports. This search is no event of the known report, so it is not recorded.
 */
async function findsKnownReport(client: LaporClient): Promise<boolean> {
	const isSecret = sql`${escalations.report} @> '{"secret": true}'`;
	const [known] = await db()
		.select()
		.from(escalations)
		.where(and(eq(escalations.mode, 'api'), hasOwnNumber, isNotNull(escalations.sentAt), isSecret))
		.orderBy(desc(escalations.sentAt))
		.limit(1);
	return known !== undefined && (await search(client, known)).lookup.result === 'found';
}

/**
 * Whether a refused look-up means that the service has no search, for which it may respond with 405, 403 or a redirect.
 * Creates and polls then still work.
 */
async function isWithoutSearch(client: LaporClient, { code }: Reason): Promise<boolean> {
	if (code === 'method_not_allowed') return true;
	return CONCERNS_ONE_REPORT.includes(code) && (await testCall(client)).kind === 'read';
}

async function apply(tx: Tx, before: EscalationRow, lookup: Lookup): Promise<void> {
	const locked = await lockEscalation(tx, before.id);
	const { escalation: row } = locked;
	// During the look-up a person decided, or the report was sent again.
	if (row.state !== 'unknown' || row.fence !== before.fence) return;
	const isFound = lookup.result === 'found';
	const [oldest = '', ...also] = isFound ? lookup.ids : [];
	if (isFound && !(await otherForwardWith(tx, oldest, row.caseId))) {
		await toSent(tx, locked, oldest, 'system', { how: { by: 'lookup', also: also.length > 0 ? also : undefined } });
		return;
	}
	if (lookup.result === 'absent' && isResentIfAbsent(locked, await createsOf(tx, row.id)))
		return void ((await withdrawForward(tx, locked)) ?? (await sendAgain(tx, locked, 'system', { by: 'lookup' })));
	const lookups = row.lookups + 1;
	// A report with our reference is at LAPOR, even if another case has its number.
	const absentOffered = isFound ? false : row.absentOffered;
	await changeEscalation(tx, row, { lookups, nextLookupAt: retryAt(lookups + 1), absentOffered });
}

/** Whether an unknown report is sent again, without a person's decision, once it is certainly absent. */
export function isResentIfAbsent(
	{ escalation, row }: Pick<Forward, 'escalation' | 'row'>,
	creates: Awaited<ReturnType<typeof createsOf>>
): boolean {
	// A number in a response contradicts the look-up, so a person decides.
	const hasNumber = creates.some(({ laporId }) => laporId !== null) || escalation.reasonCode === 'number_in_use';
	// A second unknown create shows that the search can't be trusted. Each further one could store another copy at LAPOR.
	const isFirst = creates.filter(({ step, outcome }) => step === 'create' && outcome === 'unknown').length <= 1;
	return escalation.absentOffered && isFirst && !hasNumber && !row.processingRestrictedAt;
}

async function postpone(row: EscalationRow, until: Date): Promise<void> {
	await transaction(async (tx) => {
		const { escalation } = await lockEscalation(tx, row.id);
		if (escalation.state === 'unknown') await changeEscalation(tx, escalation, { nextLookupAt: until });
	});
}
