import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readCreatedId } from '#lib/server/integrations/lapor/responses.ts';
import { createLaporClient } from '#lib/server/integrations/lapor/client.ts';
import { seeded } from './faults.ts';
import { payload, sandboxClient, settingsFor } from './sandbox-client.ts';
import { SANDBOX_DEFAULTS } from './options.ts';
import { startSandbox } from './server.ts';
import { readDetail, readFollowups } from '#lib/server/integrations/lapor/tracking.ts';

const form = (url: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
	fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers, redirect: 'manual' });

describe('the state', () => {
	it('is restored after a restart, and numbers continue', async () => {
		const folder = await mkdtemp(join(tmpdir(), 'lapor-sandbox-'));
		onTestFinished(() => rm(folder, { recursive: true }));
		const options = { ...SANDBOX_DEFAULTS, port: 0, file: join(folder, 'in', 'state.json') };
		const ids: (string | undefined)[] = [];
		for (const title of ['Pertama', 'Kedua']) {
			const sandbox = await startSandbox(options);
			const client = createLaporClient(settingsFor(sandbox.apiUrl));
			ids.push(readCreatedId((await client.createComplaint(payload({ title }))).json));
			await client.close();
			await sandbox.close();
		}
		expect(new Set(ids).size).toBe(2);
		const sandbox = await startSandbox(options);
		onTestFinished(() => sandbox.close());
		const reports = (await (await fetch(`${sandbox.url}/_reports`)).json()) as { payload: { title: string } }[];
		expect(reports.map((report) => report.payload.title)).toEqual(['Pertama', 'Kedua']);
		expect(await readdir(join(folder, 'in'))).toEqual(['state.json']);
	});

	it('fails to start if its port is in use', async () => {
		const { sandbox } = await sandboxClient();
		const port = Number(new URL(sandbox.url).port);
		await expect(startSandbox({ ...SANDBOX_DEFAULTS, port, file: null })).rejects.toThrow(/EADDRINUSE/);
	});
});

describe('the fault plan', () => {
	it('shows the remaining counts and is cleared by DELETE', async () => {
		const { client, sandbox, post, get } = await sandboxClient();
		await post('/_faults', [{ kind: '500_before', match: { endpoint: 'create' }, count: 1 }]);
		expect((await client.testCall()).status).toBe(200);
		expect((await client.createComplaint(payload())).status).toBe(500);
		expect((await client.createComplaint(payload())).status).toBe(201);
		expect(await get('/_faults')).toMatchObject({ faults: [{ fired: 1, left: 0 }] });
		await fetch(`${sandbox.url}/_faults`, { method: 'DELETE' });
		expect(await get('/_faults')).toMatchObject({ faults: [] });
	});

	it('can concern one report only', async () => {
		const { client, post } = await sandboxClient();
		await post('/_faults', [{ kind: '500_before', match: { text: '#SPATULA76042600012302' } }]);
		expect((await client.createComplaint(payload())).status).toBe(201);
		expect((await client.createComplaint(payload({ tags_raw: '#SPATULA76042600012302' }))).status).toBe(500);
	});

	it('picks the same requests for the same seed', async () => {
		const { client, post } = await sandboxClient();
		const run = async () => {
			await post('/_faults', { seed: 7, faults: [{ kind: '500_before', probability: 0.5 }] });
			const statuses: (number | undefined)[] = [];
			for (let i = 0; i < 12; i++) statuses.push((await client.testCall()).status);
			return statuses;
		};
		const first = await run();
		expect(new Set(first)).toEqual(new Set([200, 500]));
		expect(await run()).toEqual(first);
	});

	it.each([[{ kind: 'nothing' }], [[{ kind: 'slow', sometimes: 1 }]], [[{ kind: 'slow', probability: 2 }]]])(
		'%j is refused',
		async (plan) => {
			const { post } = await sandboxClient();
			expect((await post('/_faults', plan)).status).toBe(422);
		}
	);

	it('has a roughly uniform random generator', () => {
		const random = seeded(3);
		const values = Array.from({ length: 10_000 }, random);
		const below = values.filter((value) => value < 0.3).length;
		expect(below).toBeGreaterThan(2800);
		expect(below).toBeLessThan(3200);
		expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
	});
});

describe('changes by LAPOR', () => {
	it('are returned to a client: status, note, and a follow-up with its new status', async () => {
		const { client, post } = await sandboxClient();
		const id = readCreatedId((await client.createComplaint(payload())).json) ?? '';
		expect((await post(`/_reports/${id}/status`, { status_name: 'Dalam Proses', note: 'Diteruskan' })).status).toBe(
			200
		);
		await post(`/_reports/${id}/followups`, {
			content: '{{institution_from}}: sudah selesai',
			institution_from: 'BPS Kabupaten Mamuju',
			status_new: 'Selesai'
		});
		const detail = readDetail((await client.complaintDetail(id)).json);
		expect(detail?.statusName).toBe('Selesai');
		expect(detail?.statusLogs.map(({ content }) => content)).toContain('Diteruskan');
		const [followup] = readFollowups((await client.followups(id)).json) ?? [];
		expect(followup).toMatchObject({
			content: 'BPS Kabupaten Mamuju: sudah selesai',
			statusNew: 'Selesai'
		});
		expect(followup?.at).toBeInstanceOf(Date);
		expect((await post('/_reports/99/status', { status_name: 'Selesai' })).status).toBe(404);
		expect((await post(`/_reports/${id}/followups`, {})).status).toBe(422);
	});

	it('are removed by a reset, like reports and faults', async () => {
		const { client, post, get } = await sandboxClient();
		await client.createComplaint(payload());
		await post('/_faults', [{ kind: '500_before' }]);
		await post('/_reset');
		expect(await get('/_reports')).toEqual([]);
		expect((await client.testCall()).status).toBe(200);
	});
});

describe('the web page', () => {
	it('lists reports, newest first, with escaped foreign text', async () => {
		const { client, sandbox } = await sandboxClient();
		await client.createComplaint(payload({ title: 'Laporan lama' }));
		const html = '<script>alert(1)</script>"\'&';
		const id = readCreatedId((await client.createComplaint(payload({ title: html, content: html }))).json) ?? '';
		const list = await (await fetch(sandbox.url)).text();
		expect(list.indexOf('&lt;script&gt;')).toBeLessThan(list.indexOf('Laporan lama'));
		const detail = await (await fetch(`${sandbox.url}/laporan/${id}`)).text();
		for (const page of [list, detail]) {
			expect(page).not.toContain('<script');
			expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;');
		}
		expect((await fetch(`${sandbox.url}/laporan/1`)).status).toBe(404);
	});

	it('changes a status and adds a follow-up by forms', async () => {
		const { client, sandbox, get } = await sandboxClient();
		const id = readCreatedId((await client.createComplaint(payload())).json) ?? '';
		const at = `${sandbox.url}/laporan/${id}`;
		expect((await form(`${at}/status`, { status_name: 'Selesai', other: 'Menunggu Pleno', note: '' })).status).toBe(
			303
		);
		const followup = { content: 'Sudah', institution_from: 'Ombudsman Republik Indonesia', status_new: '' };
		expect((await form(`${at}/tindak-lanjut`, followup)).headers.get('location')).toBe(`/laporan/${id}`);
		expect(await get(`/_reports/${id}`)).toMatchObject({
			statusName: 'Menunggu Pleno',
			followups: [{ content: 'Sudah', institutionFrom: 'Ombudsman Republik Indonesia', statusNew: null }]
		});
		expect((await form(`${at}/tindak-lanjut`, { content: ' ' })).status).toBe(422);
	});

	it('sets and clears faults by forms', async () => {
		const { sandbox, get } = await sandboxClient();
		await form(`${sandbox.url}/gangguan`, { act: 'add', kind: 'reset', endpoint: 'create', count: '2' });
		expect(await get('/_faults')).toMatchObject({
			faults: [{ kind: 'reset', match: { endpoint: 'create' }, left: 2 }]
		});
		expect(await (await fetch(sandbox.url)).text()).toContain('Hapus semua gangguan');
		await form(`${sandbox.url}/gangguan`, { act: 'clear' });
		expect(await get('/_faults')).toMatchObject({ faults: [] });
	});

	it('refuses forms of other sites', async () => {
		const { sandbox } = await sandboxClient();
		const headers = { origin: 'http://lain.example' };
		expect((await form(`${sandbox.url}/gangguan`, { act: 'add', kind: 'reset' }, headers)).status).toBe(403);
	});

	it('responds to /healthz, and with 404 to unknown paths', async () => {
		const { sandbox, get } = await sandboxClient();
		expect(await get('/healthz')).toEqual({ status: 'ok', reports: 0 });
		expect((await fetch(`${sandbox.url}/lain`)).status).toBe(404);
	});
});
