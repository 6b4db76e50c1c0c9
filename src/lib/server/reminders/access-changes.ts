import { and, eq, sql } from 'drizzle-orm';
import { PASSWORD_LINK, queueMail } from '#lib/server/channels/mail-queue.ts';
import { readOccasion, tell } from '#lib/server/channels/notices.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { accessChanges } from '#lib/server/db/schema/access-changes.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { log } from '#lib/server/log.ts';
import { applyDueChanges } from '#lib/server/people/access/changes.ts';
import type { AccessRow } from '#lib/server/people/access/kinds.ts';
import { decidersOf } from '#lib/server/people/access/case-access.ts';
import { accessLetter, passwordLetter } from './access-letters.ts';
import { sweepUnattended } from './unattended.ts';

const unnotified = sql`${accessChanges.notifiedOf} is distinct from ${accessChanges.state}`;

/**
 * Runs each minute: applies due changes, then writes the notices of every request and outcome to the account concerned, the
 * person who asked and the supervisors who may decide, except the person who acted. An applied change can also affect whether
 * anybody may open a report.
 */
export async function sweepAccessChanges(): Promise<void> {
	await applyDueChanges();
	const rows = await db()
		.select({ id: accessChanges.id, state: accessChanges.state })
		.from(accessChanges)
		.where(unnotified);
	for (const { id } of rows) {
		await transaction((tx) => notify(tx, id)).catch((error: unknown) =>
			log().error({ id, err: error }, 'notices of a change of access were not written')
		);
	}
	if (rows.some(({ state }) => state === 'effective')) await sweepUnattended();
}

async function notify(tx: Tx, id: string): Promise<void> {
	const [row] = await tx
		.select()
		.from(accessChanges)
		.where(and(eq(accessChanges.id, id), unnotified))
		.for('update');
	if (!row) return;
	const [account] = await tx.select().from(accounts).where(eq(accounts.id, row.accountId));
	if (!account) return;
	const by = await nameOf(tx, row.state === 'waiting' || removes(row) ? row.requestedBy : row.decidedBy);
	const unit = await unitName(tx, row);
	const about = { row, account: account.name, by: by?.name ?? null, unit: unit.name, zone: unit.timeZone };
	const deciders = (await decidersOf(tx, row, 'any')).map((person) => person.id);
	const people = new Set([row.accountId, ...deciders, ...(row.requestedBy ? [row.requestedBy] : [])]);
	if (by) people.delete(by.id);
	const kind = removes(row) ? 'access_closed' : row.state === 'waiting' ? 'access_asked' : 'access_ended';
	// Decided requests need no more attention.
	if (row.state !== 'waiting') await readOccasion(tx, `access:${row.id}:waiting`);
	await tell(tx, [...people], {
		kind,
		onceKey: `access:${row.id}:${row.state}`,
		caseId: null,
		at: row.endedAt ?? row.requestedAt,
		data: { kind: row.kind, state: row.state, name: account.name, by: about.by, role: row.data.role ?? null },
		letter: accessLetter(about)
	});
	if (row.link === 'mail' && typeof row.data.address === 'string') {
		const to = { accountId: account.id, address: row.data.address };
		await queueMail(tx, { kind: 'password_link', onceKey: row.id, to, ...passwordLetter(account.name, PASSWORD_LINK) });
	}
	await tx.update(accessChanges).set({ notifiedOf: row.state }).where(eq(accessChanges.id, row.id));
}

const removes = ({ kind }: AccessRow): boolean => kind === 'role_removed' || kind === 'switched_off';

async function nameOf(tx: Tx, accountId: string | null) {
	if (!accountId) return undefined;
	const [found] = await tx
		.select({ id: accounts.id, name: accounts.name })
		.from(accounts)
		.where(eq(accounts.id, accountId));
	return found;
}

async function unitName(tx: Tx, { data, unitIds }: AccessRow): Promise<{ name: string; timeZone: string }> {
	const id = typeof data.unitId === 'string' ? data.unitId : (unitIds[0] ?? '');
	const [unit] = await tx.select({ name: units.name, timeZone: units.timeZone }).from(units).where(eq(units.id, id));
	return unit ?? { name: '', timeZone: 'UTC' };
}
