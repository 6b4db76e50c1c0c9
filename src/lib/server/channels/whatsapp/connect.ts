import { z } from 'zod';
import { phone } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { Invalid, NotFound, invalid } from '#lib/server/errors.ts';
import { checkNumber } from '#lib/server/integrations/whatsapp/client.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import {
	connectionOf,
	connectionsBy,
	noteFailed,
	noteWorked,
	saveConnection,
	type ConnectionInput,
	type SavedConnection
} from '../connections/connections.ts';
import { settingsOf, whatsAppSettings } from './settings.ts';

const secret = z.string().trim().max(1000, 'whatsapp_secret').default('');
const numberInput = whatsAppSettings.extend({
	address: phone,
	token: secret,
	appSecret: secret,
	verifyToken: secret
});

/**
 * Reads the form of a WhatsApp number. A stored token goes only to the address for which it was entered: otherwise an
 * administrator who changes the address could read it.
 *
 * @throws NotFound · Invalid, for example `whatsapp_secret` for a missing token
 */
export async function readNumber(actor: Actor, unitCode: string, raw: unknown): Promise<ConnectionInput> {
	const { connection: before } = await connectionOf(actor, unitCode, 'whatsapp');
	const { address, token, appSecret, verifyToken, ...settings } = checked(numberInput, raw);
	const secrets = { token, appSecret, verifyToken };
	const moved = before?.settings.baseUrl !== settings.baseUrl;
	const needed = before ? (moved ? ['token'] : []) : Object.keys(secrets);
	const missing = needed.filter((name) => secrets[name as keyof typeof secrets] === '');
	if (missing.length > 0) throw new Invalid(missing.map((path) => ({ path, code: 'whatsapp_secret' })));
	const others = (await connectionsBy('whatsapp')).filter(({ id }) => id !== before?.id);
	if (others.some((other) => other.settings.phoneNumberId === settings.phoneNumberId))
		throw invalid('phoneNumberId', 'channel_address_taken');
	// Nothing becomes a report before the person presses "Kirim", so no WhatsApp number is dedicated.
	return { address, settings, secrets, dedicated: false };
}

/** Stores the WhatsApp number of an office and tries it. @throws NotFound · Invalid */
export async function saveNumber(actor: Actor, unitCode: string, raw: unknown): Promise<SavedConnection> {
	const input = await readNumber(actor, unitCode, raw);
	if (!(await saveConnection(actor, unitCode, 'whatsapp', input))) return 'waiting';
	await tryNumber(actor, unitCode);
	return 'saved';
}

/** Asks WhatsApp about the number. The connection shows the result. @throws NotFound */
export async function tryNumber(actor: Actor, unitCode: string): Promise<void> {
	const { connection } = await connectionOf(actor, unitCode, 'whatsapp');
	if (!connection) throw new NotFound(`WhatsApp number of ${unitCode}`);
	const result = await checkNumber((await settingsOf(connection)).call);
	if ('number' in result) await noteWorked(connection.id);
	else await noteFailed(connection.id, `whatsapp_${result.problem}`);
}
