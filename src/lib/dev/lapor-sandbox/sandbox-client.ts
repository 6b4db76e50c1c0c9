import { createLaporClient } from '#lib/server/integrations/lapor/client.ts';
import { SANDBOX_DEFAULTS, type SandboxOptions } from './options.ts';
import { startSandbox } from './server.ts';
import type { CreatePayload, LaporSettings } from '#lib/server/integrations/lapor/types.ts';
import { onTestFinished } from 'vitest';

export const settingsFor = (baseUrl: string): LaporSettings => ({
	baseUrl,
	authHeader: SANDBOX_DEFAULTS.authHeader,
	bearer: SANDBOX_DEFAULTS.bearer,
	token: SANDBOX_DEFAULTS.token,
	connectMs: 2000,
	callMs: 5000
});

export const payload = (changes: Partial<CreatePayload> = {}): CreatePayload => ({
	title: 'Antrean lama',
	content: 'SPATULA-7604-26-000123.01\nSaya menunggu dua jam.',
	channel: 13,
	is_new_user_slider: false,
	user_id: 5218120,
	is_inbox: true,
	is_disposisi_slider: true,
	classification_id: 1,
	disposition_id: 151347,
	category_id: 436,
	priority_program_id: null,
	location_id: 34,
	community_id: null,
	date_of_incident: '2026-12-01',
	copy_externals: null,
	info_disposition: null,
	info_attachments: null,
	tags_raw: '#SPATULA76042600012301',
	is_approval: false,
	is_anonymous: true,
	is_secret: true,
	is_priority: false,
	attachments: false,
	...changes
});

/** Starts a sandbox in memory on a free port, with a client. Both are closed when the test ends. */
export async function sandboxClient(options: Partial<SandboxOptions> = {}, settings: Partial<LaporSettings> = {}) {
	const sandbox = await startSandbox({ ...SANDBOX_DEFAULTS, file: null, ...options, port: 0 });
	const client = createLaporClient({ ...settingsFor(sandbox.apiUrl), ...settings });
	onTestFinished(async () => {
		await client.close();
		await sandbox.close();
	});
	return {
		sandbox,
		client,
		get: async (path: string): Promise<unknown> => (await fetch(sandbox.url + path)).json(),
		post: (path: string, body: unknown = {}) =>
			fetch(sandbox.url + path, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify(body)
			})
	};
}
