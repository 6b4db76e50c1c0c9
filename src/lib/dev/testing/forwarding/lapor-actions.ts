import { setTimeout as wait } from 'node:timers/promises';
import { ENDPOINTS, FAULT_KINDS } from '#lib/dev/lapor-sandbox/faults.ts';
import { SANDBOX_API_PATH, SANDBOX_DEFAULTS } from '#lib/dev/lapor-sandbox/options.ts';
import * as fc from 'fast-check';
import { DELAYED_CALL_MS } from './crashing-worker.ts';
import { reportOf, uniqueText, type World } from './world.ts';

/** Longer than the client's time limit, so that LAPOR responds and stores too late. */
const LATE_MS = DELAYED_CALL_MS + 100;

const ANSWERS = [
	{ status: 200, body: '{}' },
	{ status: 204 },
	{ status: 301, headers: { location: '/elsewhere' } },
	{ status: 400, body: '{"message":"Data tidak lengkap"}' },
	{ status: 400, body: '<h1>400</h1>' },
	{ status: 401, body: '{"message":"Unauthorized"}' },
	{ status: 404, body: '{"message":"Not found"}' },
	{ status: 405 },
	{ status: 408, body: '{"message":"Timeout"}' },
	{ status: 409, body: '{"message":"Conflict"}' },
	{ status: 413, body: '<h1>413</h1>' },
	{ status: 422, body: '{"message":"The given data was invalid.","errors":{"title":["Judul terlalu umum."]}}' },
	{ status: 502, body: '<h1>502</h1>' }
];
const RETRY_AFTER = [undefined, '0', '90', '99999999', 'Wed, 21 Oct 2015 07:28:00 GMT', 'soon'];

const FAULT_KIND = fc.oneof(
	{ weight: 3, arbitrary: fc.constantFrom(...FAULT_KINDS) },
	{ weight: 1, arbitrary: fc.constant('answer' as const) }
);
const ENDPOINT = fc.oneof(
	{ weight: 3, arbitrary: fc.constantFrom('create' as const, 'upload' as const, 'followup_add' as const) },
	{ weight: 2, arbitrary: fc.constantFrom(...ENDPOINTS, undefined) }
);

interface Choice {
	kind: (typeof FAULT_KINDS)[number];
	endpoint: (typeof ENDPOINTS)[number] | undefined;
	count: number | undefined;
}

const faultOf = (choice: fc.Arbitrary<Choice>) =>
	fc
		.record({ choice, answer: fc.constantFrom(...ANSWERS), retryAfter: fc.constantFrom(...RETRY_AFTER) })
		.map(({ choice: { kind, endpoint, count }, answer, retryAfter }) => ({
			kind,
			match: endpoint && { endpoint },
			count,
			...(kind === 'answer' ? answer : {}),
			delayMs: kind === 'slow' || kind === 'late_store' ? LATE_MS : undefined,
			retryAfter: kind === '429' || kind === '503_retry_after' ? retryAfter : undefined
		}));

/** A fault of any kind, at one endpoint or all, for some calls or all. */
export const FAULT = faultOf(
	fc.record({ kind: FAULT_KIND, endpoint: ENDPOINT, count: fc.constantFrom(1, 2, 6, undefined) })
);

/** A fault for the next one or two calls of an endpoint. */
export const nextFault = (endpoint: 'create' | 'upload' | 'followup_add') =>
	faultOf(fc.record({ kind: FAULT_KIND, endpoint: fc.constant(endpoint), count: fc.constantFrom(1, 2) }));

export const STATUSES = ['Terverifikasi', 'Dalam Proses', 'Selesai', 'Ditolak', 'Ditunda', 'Menunggu Pleno'] as const;

/** LAPOR's staff change the status of a report. */
export async function move(world: World, n: number, status_name: string, noted: boolean): Promise<string> {
	const report = await reportOf(world, n);
	if (!report) return 'no report';
	const note = noted ? uniqueText(world, 'Sudah kami teruskan kepada petugas loket') : '';
	await world.lapor.post(`/_reports/${report.id}/status`, { status_name, note });
	return `#${report.id}`;
}

/** An institution writes a follow-up at LAPOR, with a new status if given. */
export async function write(world: World, n: number, status_new: string | undefined): Promise<string> {
	const report = await reportOf(world, n);
	if (!report) return 'no report';
	const content = uniqueText(world, 'Laporan Anda kami tindak lanjuti.');
	await world.lapor.post(`/_reports/${report.id}/followups`, { content, status_new });
	return `#${report.id}`;
}

async function responseOf(world: World, path: string): Promise<string> {
	const headers = {
		accept: 'application/json',
		[SANDBOX_DEFAULTS.authHeader]: SANDBOX_DEFAULTS.bearer,
		token: SANDBOX_DEFAULTS.token
	};
	return (await world.lapor.ask(SANDBOX_API_PATH + path, { headers })).text();
}

/** Stores LAPOR's present responses about a report, to serve them later as old ones. */
export async function storeResponse(world: World, n: number): Promise<string> {
	const report = await reportOf(world, n);
	if (!report) return 'no report';
	await setFaults(world);
	world.stale.set(String(report.id), {
		detail: await responseOf(world, `/complaints/${report.id}/complaint`),
		followups: await responseOf(world, `/complaints/${report.id}/followups`)
	});
	return `#${report.id}`;
}

/** Lets the next poll of a report get the stored old responses. */
export async function serveOldResponse(world: World, n: number): Promise<string> {
	const report = await reportOf(world, n);
	const stored = report && world.stale.get(String(report.id));
	if (!report || !stored) return 'nothing kept';
	const oldResponse = (endpoint: 'detail' | 'followups') => ({
		kind: 'answer',
		status: 200,
		body: stored[endpoint],
		count: 1,
		match: { endpoint, text: `/complaints/${report.id}/` }
	});
	await setFaults(world, [oldResponse('detail'), oldResponse('followups')]);
	return `#${report.id}`;
}

/** Sets the faults for the next calls. Without a plan, LAPOR has no faults. */
export async function setFaults(world: World, plan?: readonly unknown[]): Promise<string> {
	await checkLate(world);
	await world.lapor.faults(plan);
	return 'set';
}

async function checkLate(world: World): Promise<void> {
	const faults = await world.lapor.served();
	if (faults.some(({ kind, fired }) => kind === 'late_store' && fired > 0)) world.late = true;
}

/** Waits until LAPOR has stored late reports, because that takes less than 15 minutes of the run's time. */
export async function waitForLateReports(world: World): Promise<void> {
	await checkLate(world);
	if (world.late) await wait(LATE_MS);
	world.late = false;
}
