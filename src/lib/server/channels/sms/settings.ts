import { z } from 'zod';
import { isWebAddress } from '#lib/server/integrations/bounded-call.ts';
import type { SmsGateway } from '#lib/server/integrations/sms/gateway.ts';
import { secretsOf, type ConnectionRow } from '../connections/connections.ts';

/** Path of a value in the gateway's JSON, like `data.0.from`. */
const path = z
	.string()
	.trim()
	.regex(/^[\w-]*(\.[\w-]+){0,6}$/, 'sms_path')
	.max(100, 'sms_path');

/** The settings of an SMS gateway that are no secret, as the form sends them. */
export const smsSettings = z.object({
	method: z.enum(['POST', 'PUT', 'GET'], { error: 'sms_method' }),
	idPath: path.default(''),
	senderPath: path.min(1, 'sms_path'),
	textPath: path.min(1, 'sms_path'),
	timePath: path.default(''),
	messageIdPath: path.default('')
});

/** Address and body of the call to the gateway. One secret, because either may contain the gateway's key. */
export const smsRequest = z.object({
	url: z.string().trim().max(1000, 'https_address').refine(isWebAddress, 'https_address'),
	body: z.string().trim().max(2000, 'sms_body').default('')
});

/** How to hand an SMS to the gateway. Headers and request stand among the secrets, because they contain its key. */
export async function gatewayOf(connection: ConnectionRow): Promise<SmsGateway> {
	const { headers = '', request = '' } = await secretsOf(connection);
	return { ...smsSettings.parse(connection.settings), ...smsRequest.parse(JSON.parse(request)), headers };
}
