import { z } from 'zod';
import { phone } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { Invalid, invalid } from '#lib/server/errors.ts';
import { checkNumber } from '#lib/server/integrations/whatsapp/client.ts';
import {
	connectionsBy,
	noteFailed,
	noteWorked,
	type ConnectionInput,
	type ConnectionRow
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
 * @throws Invalid, for example `whatsapp_secret` for a missing token
 */
export async function readNumber(before: ConnectionRow | undefined, raw: unknown): Promise<ConnectionInput> {
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

/** Asks WhatsApp about the number. The connection shows the result. */
export async function tryNumber(connection: ConnectionRow): Promise<void> {
	const result = await checkNumber((await settingsOf(connection)).call);
	if ('number' in result) await noteWorked(connection.id);
	else await noteFailed(connection.id, `whatsapp_${result.problem}`);
}
