import { expect } from '@playwright/test';
import type { Scope } from '../../src/lib/cases/vocabulary.ts';
import { running } from './journey.ts';
import { api, TEST_BOOTSTRAP } from './site.ts';

/** The site to call, and the token to use; without a token the bootstrap token. */
interface Caller {
	origin?: string;
	token?: string;
}

/** A report for the API: an anonymous complaint to Mamuju, with these changes. */
export const report = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
	unit: 'mamuju',
	kind: 'complaint',
	body: 'Meja enam kosong selama jam layanan, dan kursi di ruang tunggu tidak cukup.',
	identity: 'none',
	submission_id: crypto.randomUUID(),
	...changes
});

/** Opens a case by the API. @returns its number and its reporter's code */
export async function openCase(
	changes: Record<string, unknown> = {},
	{ origin = running().origin, token }: Caller = {}
): Promise<{ reference: string; receipt: string }> {
	const { status, body } = await api(origin, '/cases', { token, body: report(changes) });
	expect(status, JSON.stringify(body)).toBe(201);
	return { reference: String(body.reference), receipt: String(body.receipt) };
}

/** Calls a verb of a case by the API, for its present version. @returns the case afterwards */
export async function act(
	reference: string,
	verb: string,
	input: Record<string, unknown>,
	{ origin = running().origin, token }: Caller = {}
): Promise<Record<string, unknown>> {
	const { body: shown } = await api(origin, `/cases/${reference}`, { token });
	const sent = { ...input, version: shown.version };
	const { status, body } = await api(origin, `/cases/${reference}/${verb}`, { token, body: sent });
	expect(status, `${verb}: ${JSON.stringify(body)}`).toBeLessThan(300);
	return body;
}

/** Adds a file to a case by the API. */
export function attach(
	reference: string,
	file: { bytes: Uint8Array; type: string; name: string },
	{ origin = running().origin, token = TEST_BOOTSTRAP }: Caller = {}
): Promise<Response> {
	const form = new FormData();
	form.append('file', new Blob([Uint8Array.from(file.bytes)], { type: file.type }), file.name);
	const headers = { authorization: `Bearer ${token}` };
	return fetch(`${origin}/api/v1/cases/${reference}/attachments`, { method: 'POST', headers, body: form });
}

interface Entry {
	type: string;
	data: { message?: string; mentions?: string[] };
}

export async function timelineOf(reference: string): Promise<Entry[]> {
	const { body } = await api(running().origin, `/cases/${reference}/timeline`);
	return body.items as Entry[];
}

/** The id of an officer of Mamuju. */
export async function officerNamed(name: string): Promise<string> {
	const { body } = await api(running().origin, '/officers?unit=mamuju');
	const officers = body.items as { id: string; name: string }[];
	return officers.find((one) => one.name === name)?.id ?? '';
}

export async function tokenFor(account: string, unit: string, scopes: Scope[]): Promise<string> {
	const { status, body } = await api(running().origin, '/tokens', { body: { account, unit, scopes } });
	expect(status, JSON.stringify(body)).toBe(201);
	return String(body.token);
}
