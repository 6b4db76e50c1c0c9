import { randomUUID } from 'node:crypto';
import { expect } from '@playwright/test';
import type { Scope } from '../../src/lib/cases/vocabulary.ts';
import { running, sessionOf } from './journey.ts';
import { photoWithPosition } from './photo.ts';
import { api } from './site.ts';

export async function tokenFor(account: string, unit: string, scopes: Scope[]): Promise<string> {
	const { status, body } = await api(running().origin, '/tokens', { body: { account, unit, scopes } });
	expect(status).toBe(201);
	return String(body.token);
}

let made: Promise<Record<string, string>> | undefined;

/**
 * Makes a case of Mamuju that names the officer of `pengelola2.mamuju`, with a photo and a forward, and some records of
 * Majene. All tests of a worker share them.
 */
export const things = (): Promise<Record<string, string>> => (made ??= makeThings());

async function makeThings(): Promise<Record<string, string>> {
	const { origin } = running();
	const { body: officers } = await api(origin, '/officers?unit=mamuju');
	const officer = (officers.items as { id: string; name: string }[]).find(({ name }) => name === 'Petugas Contoh 6');
	const { body: opened } = await api(origin, '/cases', {
		body: {
			unit: 'mamuju',
			kind: 'complaint',
			body: 'Petugas di meja enam tidak ada di tempat selama jam layanan.',
			identity: 'none',
			officer: officer?.id,
			submission_id: randomUUID()
		}
	});
	const reference = String(opened.reference);
	const form = new FormData();
	form.set('file', new File([new Uint8Array(await photoWithPosition())], 'meja.jpg', { type: 'image/jpeg' }));
	const token = await tokenFor('kepala.sulbar', 'sulbar', ['cases:handle', 'cases:read', 'escalations:write']);
	const attached = await fetch(`${origin}/api/v1/cases/${reference}/attachments`, {
		method: 'POST',
		headers: { authorization: `Bearer ${token}` },
		body: form
	});
	const { attachments, version } = (await attached.json()) as { attachments: { id: string }[]; version: number };
	const verified = await api(origin, `/cases/${reference}/verification`, {
		token,
		body: { category: 'behaviour', class: 'plain', version }
	});
	const { status, body: forward } = await api(origin, `/cases/${reference}/escalations`, {
		token,
		body: { purpose: 'record', reason: 'Dicatat untuk uji hak akses.', version: verified.body.version }
	});
	expect(status).toBe(201);
	const inbound = await passedOn(reference);
	const { body: visit } = await api(origin, '/visits', { body: { unit: 'mamuju', channel: 'walk_in' } });
	const firstOf = async (what: string, kind?: string) => {
		const { body } = await api(origin, `/${what}?unit=majene`);
		const items = body.items as { id: string; kind?: string }[];
		return items.find((item) => kind === undefined || item.kind === kind)?.id ?? '';
	};
	const cookie = await sessionOf('admin.sulbar');
	const linked = async (path: string, pattern: RegExp) =>
		pattern.exec(await (await fetch(`${origin}${path}`, { headers: { cookie } })).text())?.[1] ?? '';
	await fetch(`${origin}/admin/routing/new?unit=7601`, {
		method: 'POST',
		redirect: 'manual',
		headers: { cookie, origin, 'content-type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams({ name: 'Aturan uji hak akses', assign: 'workload' })
	});
	return {
		reference,
		...(await answeredOne(officer?.id, token)),
		template: await templateOfMajene(cookie),
		file: attachments[0]?.id ?? '',
		escalation: String(forward.id),
		inbound,
		visit: String(visit.id),
		officer: await firstOf('officers'),
		ownOfficer: officer?.id ?? '',
		place: await firstOf('places'),
		desk: await firstOf('places', 'desk'),
		service: await firstOf('services'),
		routing: await linked('/admin/routing', /\/admin\/routing\/([0-9a-f-]{36})"[^>]*>Aturan uji hak akses/),
		rule: await linked('/admin/deadlines', /\/admin\/deadlines\/([^"?]+)"/),
		account: await linked('/admin/people?unit=majene', /\/admin\/people\/([0-9a-f-]{36})"[^>]*>[^<]*Majene/)
	};
}

/** An answered suggestion that names the same officer, and the letter of its answer. */
async function answeredOne(officer: string | undefined, token: string): Promise<{ answered: string; letter: string }> {
	const { origin } = running();
	const { body: opened } = await api(origin, '/cases', {
		body: {
			unit: 'mamuju',
			kind: 'suggestion',
			body: 'Sebaiknya meja enam dijaga bergantian selama jam layanan.',
			identity: 'none',
			officer,
			submission_id: randomUUID()
		}
	});
	const path = `/cases/${String(opened.reference)}`;
	const { body: verified } = await api(origin, `${path}/verification`, {
		token,
		body: { category: 'behaviour', class: 'plain', version: 1 }
	});
	await api(origin, `${path}/answer`, {
		token,
		body: { body: 'Jadwal meja enam sudah diatur.', version: verified.version }
	});
	const { body: timeline } = await api(origin, `${path}/timeline`, { token });
	const entries = timeline.items as { type: string; data: { message?: string } }[];
	const letter = entries.find(({ type }) => type === 'answered')?.data.message ?? '';
	return { answered: String(opened.reference), letter };
}

/** A template for Majene that the province wrote. */
async function templateOfMajene(cookie: string): Promise<string> {
	const { origin } = running();
	const page = async (path: string) => (await fetch(`${origin}${path}`, { headers: { cookie } })).text();
	const name = `Contoh Majene ${randomUUID().slice(0, 8)}`;
	const unitId = /value="([0-9a-f-]{36})"[^>]*>7601 /.exec(await page('/admin/templates/new'))?.[1] ?? '';
	await fetch(`${origin}/admin/templates/new`, {
		method: 'POST',
		redirect: 'manual',
		headers: { cookie, origin },
		body: new URLSearchParams({
			unitId,
			name,
			use: 'answer',
			language: 'id',
			body: 'Terima kasih atas {nomor}.',
			active: 'on'
		})
	});
	return new RegExp(`/admin/templates/([0-9a-f-]{36})"[^>]*>${name}`).exec(await page('/admin/templates'))?.[1] ?? '';
}

/** A report that LAPOR forwarded to the office and that contains the number of that case. */
async function passedOn(reference: string): Promise<string> {
	const { origin } = running();
	const form = {
		unit: '7604',
		lapor_id: String(1_000_000 + Math.floor(Math.random() * 8_000_000)),
		received_on: new Date().toISOString().slice(0, 10),
		content: `Diteruskan kembali ke kantor: ${reference}`
	};
	const entered = await fetch(`${origin}/desk/inbound/new`, {
		method: 'POST',
		redirect: 'manual',
		headers: { cookie: await sessionOf('pengelola.mamuju'), origin },
		body: new URLSearchParams(form)
	});
	return /\/desk\/inbound\/([0-9a-f-]{36})/.exec(entered.headers.get('location') ?? '')?.[1] ?? '';
}
