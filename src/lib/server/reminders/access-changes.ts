import { and, eq, sql } from 'drizzle-orm';
import { formatDateTime } from '#lib/calendar/format.ts';
import { queueMail } from '#lib/server/channels/mail-queue.ts';
import { markOccasionRead, notify, type NoticeMail } from '#lib/server/channels/notices.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { accessChanges } from '#lib/server/db/schema/access-changes.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { log } from '#lib/server/log.ts';
import { sweepActingRoles } from '#lib/server/people/access/acting-sweep.ts';
import { wayWithoutDecision } from '#lib/server/people/access/apply.ts';
import { applyDueChanges, markNotified } from '#lib/server/people/access/changes.ts';
import type { AccessRow, NewConnection } from '#lib/server/people/access/kinds.ts';
import { decidersOf } from '#lib/server/people/access/case-access.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { channelWord } from '#lib/words/cases.ts';
import { connectionChanges } from '#lib/words/channels.ts';
import { accessStateWord, accessTitle, removesAccess, type AccessState } from '#lib/words/access.ts';
import { notifyOfLeftCases } from './new-cases.ts';
import { passwordMail } from './password-reset.ts';
import { sweepUnattended } from './unattended.ts';

const unnotified = sql`${accessChanges.notifiedOf} is distinct from ${accessChanges.state}`;

/**
 * Runs each minute: starts and ends acting roles, before due changes are applied, because that depends on who could
 * decide. Then writes the notices of every request and outcome. Recipients are the account concerned, the requester and
 * the supervisors who may decide, except the person who acted. After an applied change, also checks for unattended
 * reports and for those whose assignee left.
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
	const by = await accountOf(tx, waiting || removesAccess(row) ? row.requestedBy : row.decidedBy);
	const deciders = (await decidersOf(tx, row, 'any')).map((person) => person.id);
	const people = new Set([row.accountId, ...deciders, ...(row.requestedBy ? [row.requestedBy] : [])]);
	if (by) people.delete(by.id);
	// Notices of the request need no more attention.
	if (!waiting) await markOccasionRead(tx, `access:${row.id}:waiting`);
	await notify(tx, [...people], {
		kind: removesAccess(row) ? 'access_closed' : waiting ? 'access_asked' : 'access_ended',
		onceKey: `access:${row.id}:${row.state}`,
		caseId: null,
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
		mail: accessMail(row, account.name, by?.name, {
			...(await unitOf(row)),
			takesEffectItself: waiting && (await wayWithoutDecision(tx, row)) !== 'waits'
		})
	});
	if (row.link === 'mail' && typeof row.data.address === 'string') {
		const to = { accountId: account.id, address: row.data.address };
		await queueMail(tx, { kind: 'password_link', onceKey: row.id, to, ...passwordMail(account, 24) });
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

/**
 * Writes the e-mail: whose account it is, what changes, by whom, and what happens next. It contains no address and no
 * password link.
 * @param by name of the person who requested, decided or removed. Undefined: the operator, or no decision within 24
 * hours
 * @param about the office, and whether a waiting change takes effect without a decision
 */
function accessMail(
	row: AccessRow,
	account: string,
	by: string | undefined,
	about: { name: string; timeZone: string; takesEffectItself: boolean }
) {
	const lines = [`Akun: ${account}`, `Perubahan: ${inLocale('id', () => changeLine(row, about.name))}`];
	const mail = (subject: string, more: readonly string[], english: string): NoticeMail => ({
		subject,
		lines: [...lines, ...more],
		english
	});
	const who = by ?? (row.data.over ? 'sistem, karena hari terakhirnya lewat' : 'operator server');
	if (row.kind === 'officer_linked')
		return mail(
			`Akses ke sebagian laporan ditutup: ${account}`,
			[`Oleh: ${who}`],
			'reports that name an officer are now hidden from the account that was linked to this officer.'
		);
	if (removesAccess(row))
		return mail(
			`Akses ditutup: ${account}`,
			[`Oleh: ${who}`],
			'an account no longer has access to reports or ratings.'
		);
	if (row.state === 'waiting') {
		const takesEffect = formatDateTime(row.takesEffectAt, about.timeZone, 'id');
		const [undecided, english] = about.takesEffectItself
			? [`Tanpa keputusan, perubahan ini berlaku pada ${takesEffect}.`, '; without one it takes effect in 24 hours']
			: ['Perubahan ini baru berlaku setelah disetujui penyelia.', ' by a supervisor'];
		return mail(
			`Perubahan akses menunggu keputusan: ${account}`,
			[`Diminta oleh: ${who}`, undecided],
			`a change that gives an account access to reports or ratings waits for a decision${english}.`
		);
	}
	const state = inLocale('id', () => accessStateWord(row.state as AccessState));
	return mail(
		`${state}: akses ${account}`,
		[`Keadaan: ${state}`, ...(by ? [`Oleh: ${by}`] : [])],
		'a change of access to reports or ratings was decided or has taken effect.'
	);
}

function changeLine({ kind, data }: AccessRow, unit: string): string {
	const title = accessTitle({ ...data, kind } as Parameters<typeof accessTitle>[0]);
	if (kind === 'connection') {
		const connection = data as unknown as NewConnection;
		const { channel, address, host } = connection;
		return `${title}: ${channelWord(channel)}, ${address}, ${host}, ${unit}. ${connectionChanges(connection)}`;
	}
	return kind === 'token' ? `${title}: “${String(data.name)}”` : data.role ? `${title}, ${unit}` : title;
}
