import { createLaporClient, type LaporClient } from '#lib/server/integrations/lapor/client.ts';
import type { LaporSettings } from '#lib/server/integrations/lapor/types.ts';
import { env } from '#lib/server/env.ts';

let made: { key: string; client: LaporClient } | undefined;

/** How this installation reaches LAPOR, by its settings; undefined if they are not there (manual mode needs none). */
export function laporSettings(): LaporSettings | undefined {
	const { LAPOR_BASE_URL, LAPOR_AUTH_HEADER, LAPOR_BEARER, LAPOR_TOKEN, LAPOR_LOOKUP } = env();
	if (!LAPOR_BASE_URL || !LAPOR_BEARER || !LAPOR_TOKEN) return undefined;
	return {
		baseUrl: LAPOR_BASE_URL,
		authHeader: LAPOR_AUTH_HEADER,
		bearer: LAPOR_BEARER,
		token: LAPOR_TOKEN,
		lookup: LAPOR_LOOKUP
	};
}

/** The client of this process: one for as long as the settings are the same, so that reads share their connections. */
export function laporClient(): LaporClient | undefined {
	const settings = laporSettings();
	if (!settings) return undefined;
	const key = JSON.stringify(settings);
	if (made?.key !== key) {
		void made?.client.close();
		made = { key, client: createLaporClient(settings) };
	}
	return made.client;
}
