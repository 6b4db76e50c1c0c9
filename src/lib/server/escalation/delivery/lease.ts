import { and, eq, gt, inArray, sql, type SQL } from 'drizzle-orm';
import { fromNow, now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { env } from '#lib/server/env.ts';
import { correctedIdentity } from '../forward/confirmed-identity.ts';
import { changeEscalation, lockEscalation, type EscalationRow, type Forward } from '../rows.ts';
import { withdrawUnsent } from './withdraw-forward.ts';

/** A claim: row id and fencing token. */
export type Claim = Pick<EscalationRow, 'id' | 'fence'>;

const leaseEnd = () => fromNow(env().LAPOR_LEASE_SECONDS * 1000);

const isDue = ({ mode, state, nextAttemptAt }: EscalationRow): boolean =>
	mode === 'api' && (state === 'waiting' || state === 'stuck') && nextAttemptAt !== null && nextAttemptAt <= now();

/**
 * Claims a due row: state `sending`, a lease and the next fencing token, committed before any call. Also stores the
 * reporter's present name and contact, with which the report is sent. Returns undefined if the row is not due, claimed
 * by another worker, in manual mode, or of a case that is archived, about integrity or whose processing is restricted.
 */
export async function claimEscalation(id: string): Promise<Forward | undefined> {
	return transaction(async (tx) => {
		const locked = await lockEscalation(tx, id);
		if (!isDue(locked.escalation) || (await withdrawUnsent(tx, locked))) return undefined;
		if (locked.row.processingRestrictedAt) return undefined;
		const escalation = await changeEscalation(tx, locked.escalation, {
			state: 'sending',
			fence: locked.escalation.fence + 1,
			leaseUntil: leaseEnd(),
			createStartedAt: null,
			...(await correctedIdentity(locked))
		});
		return { ...locked, escalation };
	});
}

/**
 * Extends the lease of a valid claim.
 *
 * @returns false if the claim was lost, also if it was lost during this call; then nothing may be sent
 */
export const renewLease = (claim: Claim): Promise<boolean> => extend(claim);

/** Columns of the case that the report or its confirmed text depends on. A change during the uploads refuses the create. */
const COMPOSED_FROM = [
	'consentLapor',
	'secret',
	'reporterSealed',
	'title',
	'body',
	'requestedSolution',
	'incidentOn'
] as const;

/**
 * Commits `create_started_at`, and extends the lease. If a worker dies after that, its row becomes unknown instead of
 * waiting. Refused if the case was archived, became about integrity or was restricted during the uploads, or if something
 * changed from which the report was composed: the consent for the name, the permission to publish, the reporter's name
 * or contact, the text, the day of the incident.
 *
 * @returns as `renewLease`. The caller gives a refused claim back
 */
export async function startCreate(claimed: Sending): Promise<boolean> {
	return extend(claimed.escalation, { createStartedAt: now() }, sendable(claimed));
}

/**
 * Extends the lease, unless the create would be refused: then no further photo may be uploaded.
 * @returns as `startCreate`
 */
export const renewForUpload = (claimed: Sending): Promise<boolean> => extend(claimed.escalation, {}, sendable(claimed));

/** A claimed row with its case as it was at the claim. */
export type Sending = Pick<Forward, 'escalation' | 'row'>;

/** The condition that the report may be sent as it was composed. */
function sendable({ row }: Sending): SQL {
	const isUnchanged = COMPOSED_FROM.map((column) => sql`${cases[column]} is not distinct from ${row[column]}`);
	const mayBeSent = sql`${cases.category} is distinct from 'integrity' and ${cases.status} <> 'archived'
		and ${cases.processingRestrictedAt} is null`;
	const forwardable = db()
		.select({ id: cases.id })
		.from(cases)
		.where(and(eq(cases.id, row.id), mayBeSent, ...isUnchanged));
	return inArray(escalations.caseId, forwardable);
}

/**
 * Returns a claim that is still valid after its create was refused. Nothing was sent, so this is no attempt. A report
 * that must not be sent is withdrawn at once. The sweep enqueues every other one, and the next claim composes it again.
 */
export async function giveBackClaim({ id, fence }: Claim): Promise<void> {
	await transaction(async (tx) => {
		const locked = await lockEscalation(tx, id);
		const { state, fence: current, leaseUntil, createStartedAt, stuckAt } = locked.escalation;
		const isHeld = state === 'sending' && current === fence && leaseUntil !== null && leaseUntil > now();
		if (!isHeld || createStartedAt) return;
		const set = { state: stuckAt ? 'stuck' : 'waiting', leaseUntil: null } as const;
		locked.escalation = await changeEscalation(tx, locked.escalation, set);
		await withdrawUnsent(tx, locked);
	});
}

async function extend({ id, fence }: Claim, set: { createStartedAt?: Date } = {}, maySend?: SQL): Promise<boolean> {
	const until = leaseEnd();
	const isHeld = and(eq(escalations.state, 'sending'), gt(escalations.leaseUntil, now()));
	const extended = await db()
		.update(escalations)
		.set({ ...set, leaseUntil: until })
		.where(and(eq(escalations.id, id), eq(escalations.fence, fence), isHeld, maySend))
		.returning({ id: escalations.id });
	return extended.length > 0 && until > now();
}

/** Renews the lease while `work` runs, so that a slow call does not look like a dead worker. */
export async function holdingLease<T>(claim: Claim, work: () => Promise<T>): Promise<T> {
	const every = Math.max(200, (env().LAPOR_LEASE_SECONDS * 1000) / 3);
	// A failed renewal is ignored here, because the fence is checked when the outcome is recorded.
	const timer = setInterval(() => void renewLease(claim).catch(() => false), every);
	try {
		return await work();
	} finally {
		clearInterval(timer);
	}
}
