import { and, asc, eq, inArray, isNull, or, sql, type SQL } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { connections, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { Conflict, NotFound, invalid } from '#lib/server/errors.ts';
import { encryptText } from '#lib/server/keys.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { requestAccessChange } from '#lib/server/people/access/changes.ts';
import { unitsOfConnection } from '#lib/server/people/access/case-access.ts';
import { isAddress, lockConnections, unsealed } from '#lib/server/people/access/connection.ts';
import { connectionTarget } from '#lib/server/people/access/kinds.ts';
import { listAccessChanges } from '#lib/server/people/access/list.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { unitForAdmin, unitsForAdmin } from '#lib/server/people/units/units.ts';
import { hasOpened } from '#lib/server/people/units/find-unit.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { UNKNOWN_FORMAT } from '../incoming/set-aside.ts';
import { storeConnection } from './store-connection.ts';

export type ConnectionRow = typeof connections.$inferSelect;
export type ConnectionChannel = ConnectionRow['channel'];

/** Passwords and tokens by their name in the form. */
export type Secrets = Readonly<Record<string, string>>;

export interface ConnectionInput {
	address: string;
	settings: Record<string, unknown>;
	/** An empty secret keeps the one that is stored. */
	secrets: Secrets;
	dedicated: boolean;
}

const present = isNull(connections.removedAt);

/** Selects the connections among these that are still set up. */
export const presentConnections = (on: Database | Tx, ...which: SQL[]) =>
	on
		.select()
		.from(connections)
		.where(and(...which, present));

/** A connection that is still set up. */
export async function connectionById(id: string, channel: ConnectionChannel): Promise<ConnectionRow | undefined> {
	return (await presentConnections(db(), isId(connections.id, id), eq(connections.channel, channel)))[0];
}

/** The connection of an office, for an administrator. @throws NotFound if the actor does not administer the office */
export async function connectionOf(actor: Actor, unitCode: string, channel: ConnectionChannel) {
	const unit = await unitForAdmin(actor, unitCode);
	const ofUnit = eq(connections.unitId, unit.id);
	const [connection] = await presentConnections(db(), ofUnit, eq(connections.channel, channel));
	return { unit, connection };
}

/** Whether messages of reporters use the connection of an office, so that a supervisor decides where they go. */
export const isInUse = async (unitId: string, channel: ConnectionChannel): Promise<boolean> =>
	(await unitsOfConnection(db(), unitId, channel)).length > 0;

/** The changes of an office's connection that wait for a supervisor. */
export const waitingChanges = (actor: Actor, unitId: string, channel: ConnectionChannel) =>
	listAccessChanges(actor, 'waiting', { kind: 'connection', target: connectionTarget(unitId, channel) });

const { id, channel, address, dedicated, pausedAt, checkedAt, lastMessageAt, lastError, lastErrorAt } = connections;
/** What the pages show of a connection. */
const shownColumns = {
	id,
	channel,
	address,
	dedicated,
	pausedAt,
	checkedAt,
	lastMessageAt,
	lastError,
	lastErrorAt,
	unitId: connections.unitId,
	/** Messages at which a person has to look. */
	failed: sql<number>`(select count(*)::int from ${incomingMessages} m
		where m.connection_id = ${connections}.id and m.state = 'failed')`
};
export type ShownConnection = Awaited<ReturnType<typeof connectionsOf>>[number]['connections'][number];

/** The offices that the actor administers, in tree order, each with its connections. */
export async function connectionsOf(actor: Actor) {
	const rows = await db()
		.select(shownColumns)
		.from(connections)
		.where(and(inArray(connections.unitId, [...actor.units.admin]), present))
		.orderBy(asc(connections.channel));
	return (await unitsForAdmin(actor)).map((unit) => ({
		unit,
		connections: rows.filter(({ unitId }) => unitId === unit.id)
	}));
}

/** The connections of a channel in all offices. */
export const connectionsBy = async (channel: ConnectionChannel): Promise<ConnectionRow[]> =>
	presentConnections(db(), eq(connections.channel, channel));

/** The mailboxes that are read now: not paused, and of an office that is open to the public or was. */
export async function activeMailboxes(): Promise<ConnectionRow[]> {
	const { unitById } = await referenceData();
	return (await connectionsBy('email')).filter(({ unitId, pausedAt }) => {
		const unit = unitById.get(unitId);
		return pausedAt === null && unit !== undefined && hasOpened(unit);
	});
}

/** Decrypts the passwords and tokens, for a call to the channel. */
export const secretsOf = ({ secretsSealed }: Pick<ConnectionRow, 'secretsSealed'>): Promise<Secrets> =>
	unsealed(secretsSealed);

/** Values that decide who gets the messages of reporters, or who may write in their names, besides the address. */
const PROTECTED: Record<ConnectionChannel, readonly string[]> = {
	// A new password or token goes to the server and user for which the former one was entered.
	email: ['host', 'port', 'security', 'user'],
	whatsapp: ['baseUrl', 'phoneNumberId', 'appSecret'],
	// The headers name the customer of the gateway.
	sms: ['method', 'request', 'headers', 'secret']
};

/** The server to which messages go, as supervisors see it. */
function hostOf(channel: ConnectionChannel, values: Record<string, unknown>): string {
	if (channel === 'email') return String(values.host);
	const { url } = JSON.parse(typeof values.request === 'string' ? values.request : '{}') as { url?: string };
	return URL.parse(channel === 'whatsapp' ? String(values.baseUrl) : (url ?? ''))?.host ?? '';
}

/** Compares what a form contains with the stored connection. */
export async function compareConnection(
	channel: ConnectionChannel,
	before: ConnectionRow | undefined,
	{ address, settings, secrets }: ConnectionInput
) {
	const given = Object.fromEntries(Object.entries(secrets).filter(([, secret]) => secret !== ''));
	const stored = before ? await secretsOf(before) : {};
	const known: Record<string, unknown> = { ...before?.settings, ...stored, address: before?.address };
	const wanted: Record<string, unknown> = { ...settings, ...stored, ...given, address };
	const differs = (name: string) => known[name] !== wanted[name];
	const guarded = ['address', ...PROTECTED[channel]];
	return {
		/** The secrets that were typed. */
		given,
		redirects: guarded.some(differs),
		/** What supervisors see of the change. */
		host: hostOf(channel, wanted),
		changed: [...new Set([...guarded, ...Object.keys(given)])].filter(differs),
		was: before ? { address: before.address, host: hostOf(channel, known) } : null
	};
}

/**
 * Adds or changes the connection of an office. The caller has checked the settings of its channel. If messages of
 * reporters use it, another address, server or secret waits for a supervisor.
 *
 * @returns undefined if the change waits for a supervisor
 * @throws NotFound if the actor does not administer the office · Invalid `channel_address_taken` if another connection
 *   of this channel has the address, because each message would come twice · Conflict `stale` if the connection was
 *   removed or added meanwhile
 */
export async function saveConnection(
	actor: Actor,
	unitCode: string,
	channel: ConnectionChannel,
	input: ConnectionInput
): Promise<ConnectionRow | undefined> {
	const { address, settings, dedicated } = input;
	const { unit, connection: before } = await connectionOf(actor, unitCode, channel);
	const { given, redirects, ...shown } = await compareConnection(channel, before, input);
	const { accountId } = actor;
	return transaction(async (tx) => {
		const all = await lockConnections(tx, channel);
		if (all.some((row) => row.unitId !== unit.id && isAddress(row, address)))
			throw invalid('address', 'channel_address_taken');
		const change = {
			kind: 'connection' as const,
			accountId: accountId ?? '',
			unitId: unit.id,
			connectionId: before?.id ?? null,
			channel,
			address,
			settings,
			dedicated,
			...shown,
			secretsSealed: await encryptText(JSON.stringify(given))
		};
		const atOnce = !redirects || accountId === null || (await unitsOfConnection(tx, unit.id, channel)).length === 0;
		if (!atOnce) {
			await requestAccessChange(tx, actor, change);
			return undefined;
		}
		if (!(await storeConnection(tx, accountId, change))) throw new Conflict('stale');
		const ofUnit = eq(connections.unitId, unit.id);
		const [row] = await presentConnections(tx, ofUnit, eq(connections.channel, channel));
		return row;
	});
}

/** Stops the connection, or lets it go on from where it stopped. Safe to repeat. @throws NotFound */
export const pauseConnection = (actor: Actor, id: string, paused: boolean): Promise<void> =>
	change(actor, id, async (tx, row) => {
		if ((row.pausedAt !== null) === paused) return;
		await tx
			.update(connections)
			.set({ pausedAt: paused ? now() : null })
			.where(eq(connections.id, id));
		const action = paused ? 'connection.paused' : 'connection.resumed';
		await recordChange(tx, actor, { unitId: row.unitId, action, subject: row.address });
	});

/** Removes the connection and its secrets. What came by it stays. @throws NotFound */
export const removeConnection = (actor: Actor, id: string): Promise<void> =>
	change(actor, id, async (tx, row) => {
		const removed = { removedAt: now(), secretsSealed: '', settings: {} };
		await tx.update(connections).set(removed).where(eq(connections.id, id));
		await recordChange(tx, actor, { unitId: row.unitId, action: 'connection.removed', subject: row.address });
	});

const change = (actor: Actor, id: string, work: (tx: Tx, row: ConnectionRow) => Promise<void>): Promise<void> =>
	transaction(async (tx) => {
		const [row] = await presentConnections(tx, isId(connections.id, id)).for('update');
		if (!row || !holds(actor, row.unitId, 'admin')) throw new NotFound(`connection ${id}`);
		await work(tx, row);
	});

/** The channel answered: its last error is over. @param message the time of a message that came */
export async function noteWorked(id: string, { message }: { message?: Date } = {}): Promise<void> {
	await db()
		.update(connections)
		.set({ checkedAt: now(), lastError: null, lastErrorAt: null, lastMessageAt: message })
		.where(eq(connections.id, id));
}

/**
 * Records a call from the channel. A readable message clears the error `unknown_format`, but never an error of sending:
 * only a sent message or a test clears such an error.
 * @param isMessage false: it only reports what became of our messages
 */
export async function noteReceived(id: string, isMessage: boolean): Promise<void> {
	const error = isMessage ? sql`nullif(${lastError}, ${UNKNOWN_FORMAT})` : sql`${lastError}`;
	const checked = sql`case when ${error} is null then ${now().toISOString()}::timestamptz else ${checkedAt} end`;
	await db()
		.update(connections)
		.set({ checkedAt: checked, lastError: error, lastMessageAt: isMessage ? now() : undefined })
		.where(eq(connections.id, id));
}

/** The error `unsent`: each of the last three messages was refused or may not have arrived. */
export const LAST_MESSAGES_UNSENT = 'unsent';

/** Clears the error `unsent`, because a message has arrived after all. */
export async function noteArrived(id: string, on: Tx): Promise<void> {
	await on
		.update(connections)
		.set({ lastError: null, lastErrorAt: null })
		.where(and(eq(connections.id, id), eq(lastError, LAST_MESSAGES_UNSENT)));
}

/** The time of the first error since the connection worked: now, if it had none. */
const failingSince = () =>
	sql`case when ${lastError} is null then ${now().toISOString()}::timestamptz else ${lastErrorAt} end`;

/** Records a message in an unknown format. An error of sending stays: only a sent message or a test clears it. */
export async function noteUnknownFormatError(id: string, on: Tx): Promise<void> {
	await on
		.update(connections)
		.set({ lastError: UNKNOWN_FORMAT, lastErrorAt: failingSince() })
		.where(and(eq(connections.id, id), or(isNull(lastError), eq(lastError, UNKNOWN_FORMAT))));
}

/** The channel failed. `words`: a code or the channel's own words, without a secret or a person's address. */
export async function noteFailed(id: string, words: string, on: Database | Tx = db()): Promise<void> {
	await on
		.update(connections)
		.set({ lastError: words.slice(0, 300), lastErrorAt: failingSince() })
		.where(eq(connections.id, id));
}
