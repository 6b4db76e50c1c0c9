import { z } from 'zod';
import { phone } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { invalid } from '#lib/server/errors.ts';
import { headersOf, sendSms } from '#lib/server/integrations/sms/gateway.ts';
import { segmentsOf } from '#lib/server/integrations/sms/segments.ts';
import { flagField } from '#lib/server/people/form-fields.ts';
import type { Unit } from '#lib/server/reference/reference.ts';
import { noteFailed, noteWorked, type ConnectionInput, type ConnectionRow } from '../connections/connections.ts';
import { smsText } from './prepare-message.ts';
import { gatewayOf, smsRequest, smsSettings } from './settings.ts';

const gatewayInput = smsSettings.extend({
	...smsRequest.shape,
	address: phone,
	/** Contain the gateway's key, so they are stored as a secret. */
	headers: z
		.string()
		.max(4000, 'sms_headers')
		.default('')
		.refine((text) => headersOf(text) !== undefined, 'sms_headers'),
	secret: z
		.string()
		.trim()
		.regex(/^([\x21-\x7e]{16,200})?$/, 'sms_secret')
		.default(''),
	dedicated: flagField
});

/**
 * Reads the form of an SMS gateway. The stored key goes only to the address for which it was entered.
 * @throws Invalid
 */
export async function readGateway(before: ConnectionRow | undefined, raw: unknown): Promise<ConnectionInput> {
	const { address, headers, secret, dedicated, url, body, ...settings } = checked(gatewayInput, raw);
	if (before && !headers && (await gatewayOf(before)).url !== url) throw invalid('headers', 'sms_headers_again');
	if (!before && !secret) throw invalid('secret', 'sms_secret');
	const secrets = { headers: headers.trim(), secret, request: JSON.stringify({ url, body }) };
	return { address, settings, secrets, dedicated };
}

/** The settings of a gateway for its form, without the headers and our own secret. */
export async function gatewaySettings(connection: ConnectionRow) {
	const { headers: _, ...settings } = await gatewayOf(connection);
	return { ...connection.settings, ...settings };
}

/** The texts that go out by SMS, with the number of SMS that each is. */
export const smsTexts = (office: Pick<Unit, 'name' | 'slug'>) =>
	[true, false].map((aboutCase) => {
		const text = smsText(office, aboutCase);
		return { text, ...segmentsOf(text) };
	});

/** Sends a test to a number that the administrator types. The connection shows the result. @throws Invalid */
export async function tryGateway(connection: ConnectionRow, unit: Unit, raw: unknown): Promise<void> {
	const { to } = checked(z.object({ to: phone }), raw);
	const sent = await sendSms(await gatewayOf(connection), to, smsText(unit, false));
	if (sent.kind === 'sent') return noteWorked(connection.id);
	const isKey = sent.kind === 'refused' && sent.reason === 'token';
	await noteFailed(connection.id, isKey ? 'sms_token' : 'sms_gateway');
}
