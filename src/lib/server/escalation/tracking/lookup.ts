import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { readLookup, type Lookup } from '#lib/server/integrations/lapor/answers.ts';
import { env } from '#lib/server/env.ts';
import { acceptEscalation } from '../delivery/accept.ts';
import { nextLookup } from '../delivery/apply-outcome.ts';
import { recordAttempt } from '../attempts.ts';
import { askCircuit, noteCall } from '../connection/circuit.ts';
import { haltConnection } from '../connection/connection.ts';
import { laporClient } from '../connection/lapor-client.ts';
import { compactReference } from '../forward/lapor-reference.ts';
import { sendAgain } from '../delivery/resolve.ts';
import { changeEscalation, lockEscalation, type EscalationRow } from '../rows.ts';
import { classifyRead } from '../side-outcome.ts';

/**
 * A report whose answer was lost can appear late. A look-up that finds nothing counts as absent only this long after the
 * create began; a look-up that finds it counts at any time.
 */
const SETTLED_MS = 15 * 60_000;

/** Searches LAPOR for an unknown row by our reference. Found: accepted. Certainly absent: sent again. */
export async function lookUp(row: EscalationRow): Promise<void> {
	const reference = compactReference(row.reference);
	const client = env().LAPOR_LOOKUP ? laporClient() : undefined;
	if (!client) return;
	const asked = await askCircuit('lookup');
	if ('openUntil' in asked) return postpone(row, asked.openUntil);
	const startedAt = now();
	const seen = await client.lookup(reference);
	if (!seen) return;
	const outcome = classifyRead(seen, now());
	await noteCall(asked.leave, outcome.outcome !== 'retry');
	// A service without search may answer 405; creates and polls still work.
	if (outcome.outcome === 'halted' && outcome.reason.code !== 'method_not_allowed')
		await haltConnection(outcome.reason);
	const found: Lookup = outcome.outcome === 'read' ? readLookup(seen.json, reference) : 'unclear';
	await recordAttempt(db(), row, {
		step: 'lookup',
		startedAt,
		durationMs: seen.durationMs,
		outcome: typeof found === 'object' ? 'found' : found,
		httpStatus: seen.status,
		reason: 'reason' in outcome ? outcome.reason : undefined,
		laporId: typeof found === 'object' ? found.found[0] : undefined
	});
	await transaction((tx) => apply(tx, row, found));
}

async function apply(tx: Tx, asked: EscalationRow, found: Lookup): Promise<void> {
	const locked = await lockEscalation(tx, asked.id);
	const { escalation: row } = locked;
	// A person decided, or it was sent again, during the look-up.
	if (row.state !== 'unknown' || row.fence !== asked.fence) return;
	if (typeof found === 'object') {
		const [oldest = ''] = [...found.found].sort((a, b) => Number(a) - Number(b));
		const others = found.found.length > 1 ? { also: found.found.filter((id) => id !== oldest) } : {};
		await acceptEscalation(tx, locked, oldest, 'system', { how: { by: 'lookup', ...others } });
		return;
	}
	const settled = row.createStartedAt && now().getTime() - row.createStartedAt.getTime() >= SETTLED_MS;
	if (found === 'absent' && settled && row.absentOffered) return sendAgain(tx, locked, 'system', { by: 'lookup' });
	const lookups = row.lookups + 1;
	await changeEscalation(tx, row, { lookups, nextLookupAt: nextLookup(lookups + 1) });
}

async function postpone(row: EscalationRow, until: Date): Promise<void> {
	await transaction(async (tx) => {
		const { escalation } = await lockEscalation(tx, row.id);
		if (escalation.state === 'unknown') await changeEscalation(tx, escalation, { nextLookupAt: until });
	});
}
