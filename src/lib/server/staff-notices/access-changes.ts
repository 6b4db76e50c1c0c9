import { and, eq, sql } from 'drizzle-orm';
import { queueMail } from '#lib/server/channels/mail-queue.ts';
import { markOccasionRead, notify } from '#lib/server/channels/notices.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { accessChanges } from '#lib/server/db/schema/access-changes.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { log } from '#lib/server/log.ts';
import { m } from '#lib/paraglide/messages.js';
import { sweepActingRoles } from '#lib/server/people/access/acting-sweep.ts';
import { wayWithoutDecision } from '#lib/server/people/access/apply.ts';
import { applyDueChanges, markNotified } from '#lib/server/people/access/changes.ts';
import { changeOf, type AccessRow, type NewConnection } from '#lib/server/people/access/kinds.ts';
import { createsPasswordLink, decidersOf } from '#lib/server/people/access/case-access.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { channelWord } from '#lib/words/cases.ts';
import { connectionChanges } from '#lib/words/channels.ts';
import {
	accessAsked,
	accessEffect,
	accessEnded,
	accessTitle,
	removesAccess,
	type AccessState
} from '#lib/words/access.ts';
import { notifyOfLeftCases } from './new-cases.ts';
import { passwordMail } from './password-reset.ts';
import { sweepUnattended } from './unattended.ts';

const unnotified = sql`${accessChanges.notifiedOf} is distinct from ${accessChanges.state}`;

/**
 * Runs each minute. First starts and ends acting roles, because whether a due change takes effect depends on who could
 * decide it. Then applies due changes and writes the notices of every request and outcome. Recipients are the account
 * concerned, the requester and the supervisors who may decide, except the person who acted. After an applied change or
 * the end of an acting role, also checks for unattended reports and for those whose assignee left.
 */
export async function sweepAccessChanges(): Promise<void> {
	const actingEnded = await sweepActingRoles();
	await applyDueChanges();
	const rows = await db()
		.select({ id: accessChanges.id, state: accessChanges.state })
		.from(accessChanges)
		.where(unnotified);
	for (const { id } of rows) {
		await transaction((tx) => notifyOfChange(tx, id)).catch((error: unknown) =>
			log().error({ id, err: error }, 'notices of a change of access were not written')
		);
	}
	if (!actingEnded && !rows.some(({ state }) => state === 'effective')) return;
	await sweepUnattended();
	await notifyOfLeftCases();
}

async function notifyOfChange(tx: Tx, id: string): Promise<void> {
	const [row] = await tx
		.select()
		.from(accessChanges)
		.where(and(eq(accessChanges.id, id), unnotified))
		.for('update');
	const account = row && (await accountOf(tx, row.accountId));
	if (!account) return;
	const waiting = row.state === 'waiting';
	const asker = await accountOf(tx, row.requestedBy);
	const decider = await accountOf(tx, row.decidedBy);
	const by = waiting || removesAccess(row) ? asker : decider;
	const supervisors = (await decidersOf(tx, row, 'any')).map((person) => person.id);
	const people = new Set([row.accountId, ...supervisors, ...(asker ? [asker.id] : [])]);
	if (by) people.delete(by.id);
	// Notices of the request need no more attention.
	if (!waiting) await markOccasionRead(tx, { kind: 'access_asked', occasion: `${row.id}:waiting` });
	const unit = await unitOf(row);
	const names = { askedBy: asker?.name ?? null, decidedBy: decider?.name ?? null };
	const approvers = waiting ? await decidersOf(tx, row) : [];
	const takesEffectItself = waiting && (await wayWithoutDecision(tx, row)) !== 'waits';
	const endsPassword =
		waiting && row.kind === 'role' && (await createsPasswordLink(tx, changeOf(row), row.requestedBy));
	await notify(tx, [...people], {
		kind: removesAccess(row) ? 'access_closed' : waiting ? 'access_asked' : 'access_ended',
		occasion: `${row.id}:${row.state}`,
		at: row.endedAt ?? row.requestedAt,
		data: {
			kind: row.kind,
			state: row.state,
			name: account.name,
			by: by?.name ?? null,
			role: row.data.role ?? null,
			acting: row.data.acting ?? null
		},
		page: '/me/access',
		// No address of the account and no password link.
		lines: () => [
			changeLine(row, unit.name),
			endsPassword && m.access_detail_afresh(),
			row.data.over ? m.access_over() : accessAsked({ ...row, ...names }, unit.timeZone),
			waiting
				? accessEffect({ ...row, takesEffectItself, deciders: approvers }, unit.timeZone)
				: accessEnded({ ...row, ...names, state: row.state as AccessState }, unit.timeZone)
		]
	});
	if (row.link === 'mail' && typeof row.data.address === 'string') {
		const to = { accountId: account.id, address: row.data.address };
		await queueMail(tx, {
			kind: 'password_link',
			onceKey: row.id,
			to,
			...passwordMail(account, 24, row.kind === 'role')
		});
	}
	await markNotified(tx, row);
}

async function accountOf(tx: Tx, id: string | null) {
	const [row] = id ? await tx.select().from(accounts).where(eq(accounts.id, id)) : [];
	return row;
}

async function unitOf({ data, unitIds }: AccessRow): Promise<{ name: string; timeZone: string }> {
	const id = typeof data.unitId === 'string' ? data.unitId : (unitIds[0] ?? '');
	return (await referenceData()).unitById.get(id) ?? { name: '', timeZone: 'UTC' };
}

/** What changes at which office. */
function changeLine({ kind, data }: AccessRow, unit: string): string {
	const title = accessTitle({ ...data, kind } as Parameters<typeof accessTitle>[0]);
	if (kind === 'connection') {
		const connection = data as unknown as NewConnection;
		const { channel, address, host } = connection;
		return `${title}: ${channelWord(channel)}, ${address}, ${host}, ${unit}. ${connectionChanges(connection)}`;
	}
	return kind === 'token' ? `${title}: “${String(data.name)}”` : data.role ? `${title}, ${unit}` : title;
}
