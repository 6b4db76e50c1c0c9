import { createLaporClient, type LaporClient } from '#lib/server/integrations/lapor/client.ts';
import type { LaporSettings } from '#lib/server/integrations/lapor/types.ts';
import { env } from '#lib/server/env.ts';

let current: { key: string; client: LaporClient } | undefined;

/** The settings of the connection to LAPOR; undefined if one is missing. Manual mode needs none. */
export function connectionSettings(): LaporSettings | undefined {
	const { LAPOR_BASE_URL, LAPOR_AUTH_HEADER, LAPOR_BEARER, LAPOR_TOKEN } = env();
	if (!LAPOR_BASE_URL || !LAPOR_BEARER || !LAPOR_TOKEN) return undefined;
	return {
		baseUrl: LAPOR_BASE_URL,
		authHeader: LAPOR_AUTH_HEADER,
		bearer: LAPOR_BEARER,
		token: LAPOR_TOKEN
	};
}

/** Whether people keep a forward at LAPOR themselves: in manual mode, or because the API is no longer configured. */
export const isByHand = ({ mode }: { mode: 'manual' | 'api' }): boolean => mode === 'manual' || !connectionSettings();

/** The client of this process. It is reused while the settings stay the same, so that reads share their connections. */
export function laporClient(): LaporClient | undefined {
	const settings = connectionSettings();
	if (!settings) return undefined;
	const key = JSON.stringify(settings);
	if (current?.key !== key) {
		void current?.client.close();
		current = { key, client: createLaporClient(settings) };
	}
	return current.client;
}
