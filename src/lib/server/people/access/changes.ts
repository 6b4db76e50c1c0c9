import { and, asc, eq, lte, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, oneRow, transaction, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { lockKey } from '#lib/server/db/lock-key.ts';
import { accessChanges } from '#lib/server/db/schema/access-changes.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { apiTokens } from '#lib/server/db/schema/people.ts';
import { Conflict, NotAllowed, NotFound, invalid } from '#lib/server/errors.ts';
import { log } from '#lib/server/log.ts';
import type { AccessState } from '#lib/words/access.ts';
import {
	applyChange,
	mailObstacle,
	wayWithoutDecision,
	type Application,
	type Applied,
	type LinkWay
} from './apply.ts';
import {
	changeOf,
	loggedOf,
	neededForRole,
	targetOf,
	type AccessChange,
	type AccessRemoval,
	type AccessKind,
	type AccessRow
} from './kinds.ts';
import { actorOf, holds, type Actor } from '../actor.ts';
import { accountForAdmin } from '../administration.ts';
import { recordChange } from '../audit.ts';
import { asRequestedBefore } from './connection.ts';
import { createsPasswordLink, changesVisibleTo, mayDecide, mayDecline, unitsConcerned } from './case-access.ts';
import type { PasswordLink } from '../sign-in/credentials.ts';

/** Time that supervisors have to decide before a change takes effect without them. */
const WAIT_MS = DAY_MS;

/*
 * Once an office has a case or a message (`unitsInUse`), no administrator can give an account access to its cases at
 * once. Every such change goes through `requestAccessChange` and waits for a supervisor of the unit or of one above.
 * Without a decision it takes effect after 24 hours, except for the cases of `wayWithoutDecision`. The same holds for
 * changes by which officers could read their own ratings one by one (`rating-access.ts`).
 */

/**
 * Applies a change of access or of a channel's connection, or requests approval for it if units are concerned. Changes by
 * the server's operator (without an account) need no approval, but the people concerned are notified.
 * @param way how the link of a change that needs no approval reaches its owner. The caller writes the e-mail
 * @returns 'waiting', or the result of the applied change
 */
export async function requestAccessChange(
	tx: Tx,
	actor: Actor,
	change: AccessChange,
	way: LinkWay = 'print'
): Promise<Applied | 'waiting'> {
	const unitIds = await unitsConcerned(tx, change, actor.accountId);
	const { accountId: requestedBy } = actor;
	if (unitIds.length === 0) return applyAndRecord(tx, { requestedBy, decidedBy: requestedBy, way }, change);
	if (requestedBy === null) {
		const applied = await applyAndRecord(tx, { requestedBy, decidedBy: null, way: 'print' }, change);
		// A request for the same thing has become pointless.
		await cancelWaitingChanges(tx, sameThing(change));
		if (applied.changed) await insertRow(tx, actor, change, unitIds, 'effective');
		return { ...applied, notified: applied.changed };
	}
	// The lock makes this transaction see a concurrent request with other values, and cancel it.
	await lockKey(tx, `access/${change.accountId}/${change.kind}/${targetOf(change)}`);
	const asked = change.kind === 'connection' ? await asRequestedBefore(tx, change) : await withAddress(tx, change);
	await cancelOlderRequests(tx, asked);
	const [row] = await insertRow(tx, actor, asked, unitIds, 'waiting');
	if (row) await logChange(tx, requestedBy, row);
	return 'waiting';
}

/** Applies a change. If it links an officer to another account, this is a removal for that account. */
async function applyAndRecord(tx: Tx, application: Application, change: AccessChange) {
	const applied = await applyChange(tx, application, change);
	if (applied.changed && change.kind === 'officer_link' && change.to !== null) {
		const { to: accountId, officerId } = change;
		await recordRemoval(tx, { accountId: application.requestedBy }, { kind: 'officer_linked', accountId, officerId });
	}
	return applied;
}

async function withAddress(tx: Tx, change: AccessChange): Promise<AccessChange> {
	if (change.kind !== 'role' && change.kind !== 'password_link') return change;
	const [account] = await tx.select().from(accounts).where(eq(accounts.id, change.accountId));
	return { ...change, address: account?.email ?? null };
}

/** Records that an account lost access to cases. The deciders are then notified, so that no removal stays unnoticed. */
export async function recordRemoval(tx: Tx, actor: Pick<Actor, 'accountId'>, removal: AccessRemoval): Promise<void> {
	const unitIds = await unitsConcerned(tx, removal, actor.accountId);
	if (unitIds.length > 0) await insertRow(tx, actor, removal, unitIds, 'effective');
}

async function insertRow(
	tx: Tx,
	{ accountId: requestedBy }: Pick<Actor, 'accountId'>,
	change: AccessChange | AccessRemoval,
	unitIds: string[],
	state: 'waiting' | 'effective'
): Promise<AccessRow[]> {
	const { kind, accountId, ...data } = change;
	const at = now();
	const takesEffectAt = state === 'waiting' ? new Date(at.getTime() + WAIT_MS) : at;
	const asked = { kind, accountId, target: targetOf(change), data, unitIds, requestedBy, requestedAt: at };
	const ended = state === 'effective' ? { endedAt: at } : {};
	// An identical waiting change keeps its time: a second request does not restart the 24 hours.
	return tx
		.insert(accessChanges)
		.values({ ...asked, takesEffectAt, state, ...ended })
		.onConflictDoNothing()
		.returning();
}

/** Cancels older requests for the same thing with other values, such as another address or account. */
async function cancelOlderRequests(tx: Tx, change: AccessChange): Promise<void> {
	const { kind: _, accountId: __, ...data } = change;
	const differs = sql`${accessChanges.data} <> ${JSON.stringify(data)}::jsonb`;
	await cancelWaitingChanges(tx, and(sameThing(change), differs));
}

/** Condition for changes of the same kind of the same account, such as the same role in the same unit. */
function sameThing(change: AccessChange): SQL | undefined {
	const { accountId, kind, target } = accessChanges;
	return and(eq(accountId, change.accountId), eq(kind, change.kind), eq(target, targetOf(change)));
}

const decisionSchema = z.object({
	decision: z.enum(['approve', 'decline'], { error: 'access_decision' }),
	/** How a new password link reaches its owner, if the change creates one. */
	link: z.enum(['mail', 'print'], { error: 'access_link' }).optional()
});

/**
 * Approves or declines a waiting change. The account concerned may decline, too.
 * @returns the password link, if the decider prints it
 * @throws NotFound · NotAllowed `access_decider` · Conflict `access_decided`
 * @throws Invalid `access_link`, `access_no_mail`, `access_address_changed`, `access_address_waits`
 */
export async function decideAccessChange(actor: Actor, id: string, raw: unknown): Promise<PasswordLink | undefined> {
	const { decision, link } = checked(decisionSchema, raw);
	const requester = await requesterOf(id);
	return transaction(async (tx) => {
		const row = await lockWaiting(tx, actor, id);
		if (!mayDecide(actor, row) && !(decision === 'decline' && mayDecline(actor, row)))
			throw new NotAllowed('access_decider');
		if (decision === 'decline') {
			await endChange(tx, actor.accountId, row, 'declined');
			return undefined;
		}
		if (!(await mayStillRequest(tx, requester, row))) {
			await endChange(tx, null, row, 'overtaken');
			return undefined;
		}
		const way = (await createsPasswordLink(tx, changeOf(row), row.requestedBy)) ? link : null;
		if (way === undefined) throw invalid('link', 'access_link');
		const obstacle = way === 'mail' ? await mailObstacle(tx, row) : null;
		if (obstacle) throw invalid('link', obstacle);
		return (await applyAndEnd(tx, actor.accountId, row, way)).link;
	});
}

/**
 * Withdraws a request; only the requester may.
 * @throws NotFound · NotAllowed `access_asker` · Conflict `access_decided`
 */
export async function takeBackAccessChange(actor: Actor, id: string): Promise<void> {
	await transaction(async (tx) => {
		const row = await lockWaiting(tx, actor, id);
		if (row.requestedBy !== actor.accountId) throw new NotAllowed('access_asker');
		await endChange(tx, actor.accountId, row, 'taken_back');
	});
}

/**
 * Applies the changes whose 24 hours have passed without a decision. If the requester is no longer an administrator,
 * the change is cancelled. Some keep waiting (see `wayWithoutDecision`).
 */
export async function applyDueChanges(): Promise<void> {
	const due = await db()
		.select({ id: accessChanges.id })
		.from(accessChanges)
		.where(and(eq(accessChanges.state, 'waiting'), lte(accessChanges.takesEffectAt, now())))
		.orderBy(asc(accessChanges.takesEffectAt));
	for (const { id } of due) {
		await applyIfUndecided(id).catch((error: unknown) => log().error({ id, err: error }, 'a change of access failed'));
	}
}

async function applyIfUndecided(id: string): Promise<void> {
	const requester = await requesterOf(id);
	await transaction(async (tx) => {
		const [row] = await tx.select().from(accessChanges).where(eq(accessChanges.id, id)).for('update');
		if (row?.state !== 'waiting') return;
		if (!(await mayStillRequest(tx, requester, row))) return endChange(tx, null, row, 'overtaken');
		const way = await wayWithoutDecision(tx, row);
		if (way !== 'waits') await applyAndEnd(tx, null, row, way);
	});
}

async function applyAndEnd(tx: Tx, decidedBy: string | null, row: AccessRow, way: LinkWay): Promise<Applied> {
	const applied = await applyAndRecord(tx, { requestedBy: row.requestedBy, decidedBy, way }, changeOf(row));
	await endChange(tx, decidedBy, row, applied.changed ? 'effective' : 'overtaken', way);
	return applied;
}

async function endChange(
	tx: Tx,
	decidedBy: string | null,
	row: AccessRow,
	state: Exclude<AccessState, 'waiting'>,
	link: LinkWay = null
): Promise<void> {
	const ended = { state, decidedBy, endedAt: now(), link };
	const { secretsSealed: _, ...data } = row.data;
	await tx
		.update(accessChanges)
		.set({ ...ended, data })
		.where(eq(accessChanges.id, row.id));
	if (row.kind === 'token' && state !== 'effective') {
		await tx.update(apiTokens).set({ revokedAt: now() }).where(eq(apiTokens.id, row.target));
	}
	await logChange(tx, decidedBy, { ...row, ...ended });
}

/** Cancels a waiting change whose subject no longer exists. */
export async function cancelChange(tx: Tx, kind: AccessRow['kind'], target: string): Promise<void> {
	await cancelWaitingChanges(tx, and(eq(accessChanges.kind, kind), eq(accessChanges.target, target)));
}

/** Cancels the waiting changes that meet a condition, or all of them without a condition. */
export async function cancelWaitingChanges(tx: Tx, which?: SQL): Promise<void> {
	const waiting = and(which, eq(accessChanges.state, 'waiting'));
	for (const row of await tx.select().from(accessChanges).where(waiting).for('update')) {
		await endChange(tx, null, row, 'overtaken');
	}
}

async function logChange(tx: Tx, by: string | null, row: AccessRow): Promise<void> {
	const { kind, accountId, unitIds, state } = row;
	const [account] = await tx.select({ username: accounts.username }).from(accounts).where(eq(accounts.id, accountId));
	await recordChange(
		tx,
		{ accountId: by },
		{
			unitId: unitIds[0] ?? null,
			action: `access.${state as AccessState}.${kind as AccessKind}`,
			subject: account?.username ?? accountId,
			after: loggedOf(row)
		}
	);
}

async function lockWaiting(tx: Tx, actor: Actor, id: string): Promise<AccessRow> {
	const row = await tx
		.select()
		.from(accessChanges)
		.where(and(isId(accessChanges.id, id), changesVisibleTo(actor)))
		.for('update')
		.then(oneRow);
	if (row.state !== 'waiting') throw new Conflict('invalid-move', { reason: 'access_decided' });
	return row;
}

/** Loads the requester with their present rights. */
async function requesterOf(id: string): Promise<Actor | undefined> {
	const [row] = await db()
		.select({ by: accessChanges.requestedBy })
		.from(accessChanges)
		.where(isId(accessChanges.id, id));
	return row?.by ? actorOf(row.by) : undefined;
}

async function mayStillRequest(tx: Tx, requester: Actor | undefined, row: AccessRow): Promise<boolean> {
	if (!requester) return false;
	const change = changeOf(row);
	if ('unitId' in change && !holds(requester, change.unitId, 'admin')) return false;
	if ('unitId' in change && change.kind !== 'role') return true;
	const need = change.kind === 'role' ? neededForRole(change.role) : 'administered';
	return accountForAdmin(tx, requester, change.accountId, need).then(
		() => true,
		(error: unknown) => {
			if (error instanceof NotFound) return false;
			throw error;
		}
	);
}

/** Stores that the people concerned were notified of a change in its present state. */
export async function markNotified(tx: Tx, { id, state }: Pick<AccessRow, 'id' | 'state'>): Promise<void> {
	await tx.update(accessChanges).set({ notifiedOf: state }).where(eq(accessChanges.id, id));
}
