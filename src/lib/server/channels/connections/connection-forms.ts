import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { Unit } from '#lib/server/reference/reference.ts';
import { checkMailboxForm, mailboxSettings, tryMailbox } from '../email/mailbox.ts';
import { gatewaySettings, readGateway, tryGateway } from '../sms/connect.ts';
import { readNumber, tryNumber } from '../whatsapp/connect.ts';
import {
	compareConnection,
	connectionOf,
	isInUse,
	saveConnection,
	type ConnectionChannel,
	type ConnectionInput,
	type ConnectionRow
} from './connections.ts';

interface ConnectionForm {
	/** Checks what was typed. `before`: the connection that it changes. */
	read: (before: ConnectionRow | undefined, raw: unknown) => ConnectionInput | Promise<ConnectionInput>;
	/** Tries the connection, which then shows the result. */
	test: (connection: ConnectionRow, unit: Unit, raw: unknown) => Promise<void>;
	/** What the form shows of the connection. */
	settings: (connection: ConnectionRow) => object | Promise<object>;
}

export const CONNECTION_FORMS: Readonly<Record<ConnectionChannel, ConnectionForm>> = {
	email: { read: checkMailboxForm, test: tryMailbox, settings: mailboxSettings },
	whatsapp: { read: readNumber, test: tryNumber, settings: ({ settings }) => settings },
	sms: { read: readGateway, test: tryGateway, settings: gatewaySettings }
};

/**
 * Whether messages of reporters would go elsewhere, so that a supervisor decides and the page asks for the
 * administrator's password. @throws NotFound if the actor does not administer the office · Invalid
 */
export async function redirectsMessages(actor: Actor, unitCode: string, channel: ConnectionChannel, raw: unknown) {
	const { unit, connection } = await connectionOf(actor, unitCode, channel);
	const input = await CONNECTION_FORMS[channel].read(connection, raw);
	const { redirects } = await compareConnection(channel, connection, input);
	return redirects && (await isInUse(unit.id, channel));
}

/**
 * Stores the connection of an office and tries it. An SMS gateway is not tried, because a test needs a number to go to.
 * @returns false if the change waits for a supervisor
 * @throws NotFound · as `saveConnection`
 */
export async function setUpConnection(actor: Actor, unitCode: string, channel: ConnectionChannel, raw: unknown) {
	const { unit, connection } = await connectionOf(actor, unitCode, channel);
	const form = CONNECTION_FORMS[channel];
	const saved = await saveConnection(actor, unitCode, channel, await form.read(connection, raw));
	if (saved && channel !== 'sms') await form.test(saved, unit, raw);
	return saved !== undefined;
}

/** Tries the stored connection of an office. @throws NotFound · Invalid */
export async function tryConnection(actor: Actor, unitCode: string, channel: ConnectionChannel, raw: unknown) {
	const { unit, connection } = await connectionOf(actor, unitCode, channel);
	if (!connection) throw new NotFound(`${channel} of ${unitCode}`);
	await CONNECTION_FORMS[channel].test(connection, unit, raw);
}
