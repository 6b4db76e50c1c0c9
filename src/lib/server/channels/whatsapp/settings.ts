import { z } from 'zod';
import { isWebAddress } from '#lib/server/integrations/bounded-call.ts';
import type { WhatsAppSettings } from '#lib/server/integrations/whatsapp/client.ts';
import { secretsOf, type ConnectionRow } from '../connections/connections.ts';

const text = (pattern: RegExp, code: string) => z.string().trim().regex(pattern, code);

/** The settings of a WhatsApp number that are no secret, as the form sends them. */
export const whatsAppSettings = z.object({
	phoneNumberId: text(/^\d{5,30}$/, 'whatsapp_number_id'),
	version: text(/^v\d{1,3}\.\d$/, 'whatsapp_version'),
	baseUrl: z.string().trim().max(300, 'https_address').refine(isWebAddress, 'https_address'),
	/** Name and language of the approved template, for messages after the 24 hours. Empty: none are sent then. */
	templateName: text(/^[a-z0-9_]{0,512}$/, 'whatsapp_template').default(''),
	templateLanguage: text(/^[a-z]{2,3}(_[A-Z]{2})?$/, 'whatsapp_template_language').default('id')
});

/** How to call the service with the number of a connection, and the template. */
export async function settingsOf(connection: ConnectionRow) {
	const settings = whatsAppSettings.parse(connection.settings);
	const { token = '' } = await secretsOf(connection);
	const call: WhatsAppSettings = { ...settings, token };
	return { call, template: { name: settings.templateName, language: settings.templateLanguage } };
}
