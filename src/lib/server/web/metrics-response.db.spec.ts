import { eq } from 'drizzle-orm';
import { beforeAll, expect, it, vi } from 'vitest';
import { storeArrived } from '#lib/server/channels/incoming/store-message.ts';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { dropProgress } from '#lib/server/db/job-progress.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { backups } from '#lib/server/db/schema/backups.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { laporCircuits } from '#lib/server/db/schema/lapor.ts';
import { connections, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { haltConnection } from '#lib/server/escalation/connection/connection.ts';
import { deliver } from '#lib/server/escalation/delivery/deliver.ts';
import { HEARTBEAT_KEY, noteHeartbeat } from '#lib/server/jobs/queue.ts';
import { countRequest, registry } from '#lib/server/process-metrics.ts';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { makeConnection } from '#lib/dev/testing/channels/incoming.ts';
import { forwardedCase, useLapor, useLaporOffice } from '#lib/dev/testing/lapor.ts';
import { importRoute } from '#lib/dev/testing/routes.ts';
import { metricsText } from './metrics-response.ts';

const lapor = useLapor();
const office = useLaporOffice();
// Other test files in this process have counted before.
beforeAll(() => registry.resetMetrics());

let reads = 0;
/** The metrics, read one minute later by the clock at each call, because they are cached. */
async function figures(inPlaceOfPause?: () => Promise<void>) {
	reads += 1;
	const at = new Date(Date.now() + reads * 60_000);
	const { body, type } = await withClock(() => at, metricsText, inPlaceOfPause);
	expect(type).toContain('text/plain');
	const lines = new Map(
		body
			.split('\n')
			.filter((line) => line && !line.startsWith('#'))
			.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))] as const)
	);
	return { at, value: (name: string) => lines.get(name), names: [...lines.keys()] };
}

it('counts cases, forwards and e-mails by state, including states without any', async () => {
	await makeCase(office.unit);
	const { escalation } = await forwardedCase(office);
	await forwardedCase(office);
	const since = new Date('2026-01-05T00:00:00Z');
	await db()
		.update(escalations)
		.set({ state: 'unknown', createStartedAt: since })
		.where(eq(escalations.id, escalation.id));
	await db().insert(mails).values({
		kind: 'digest',
		onceKey: 'a',
		address: 'kepala@contoh.invalid',
		subject: 'x',
		body: 'x',
		state: 'failed',
		createdAt: since,
		waitsFrom: since
	});
	const { at, value } = await figures();
	expect(value('spatula_cases{status="received"}')).toBe(1);
	expect(value('spatula_cases{status="in_progress"}')).toBe(2);
	expect(value('spatula_cases{status="answered"}')).toBe(0);
	expect(value('spatula_cases{status="ended"}')).toBe(0);
	expect(value('spatula_escalations{state="unknown"}')).toBe(1);
	expect(value('spatula_escalations{state="waiting"}')).toBe(1);
	expect(value('spatula_escalations{state="closed"}')).toBe(0);
	expect(value('spatula_escalation_oldest_seconds{state="unknown"}')).toBe((at.getTime() - since.getTime()) / 1000);
	expect(value('spatula_escalation_oldest_seconds{state="stuck"}')).toBe(0);
	expect(value('spatula_mails{state="failed"}')).toBe(1);
	expect(value('spatula_mails{state="waiting"}')).toBe(0);
});

it('shows the next attempt and the reasons of forwards', async () => {
	const next = new Date(Date.now() + 3_600_000);
	for (const reasonCode of ['refused', 'refused', 'timeout', null]) {
		const { escalation } = await forwardedCase(office);
		const set = { state: 'stuck', reasonCode, nextAttemptAt: reasonCode === 'timeout' ? next : null } as const;
		await db().update(escalations).set(set).where(eq(escalations.id, escalation.id));
	}
	const { at, value, names } = await figures();
	expect(value('spatula_escalations{state="stuck"}')).toBe(4);
	expect(value('spatula_escalation_reasons{state="stuck",reason="refused"}')).toBe(2);
	expect(value('spatula_escalation_reasons{state="stuck",reason="timeout"}')).toBe(1);
	expect(value('spatula_escalation_next_attempt_seconds{state="stuck"}')).toBe((next.getTime() - at.getTime()) / 1000);
	expect(names).not.toContain('spatula_escalation_next_attempt_seconds{state="rejected"}');
});

it('shows each connection, its oldest message and messages that may not have been sent', async () => {
	const { unit } = office;
	const connection = await makeConnection(unit);
	await storeArrived(db(), connection, { onceKey: 'menunggu', bytes: 1, sentAt: new Date() });
	const times = { createdAt: new Date(), waitsFrom: new Date() };
	await db()
		.insert(outgoingMessages)
		.values({ connectionId: connection.id, onceKey: 'hilang', content: {}, state: 'unknown', ...times });
	const { value } = await figures();
	const of = `{office="${unit.code}",channel="email"}`;
	expect(value(`spatula_channel_up${of}`)).toBe(0);
	expect(value(`spatula_channel_oldest_seconds${of}`)).toBeGreaterThan(30);
	expect(value(`spatula_channel_unknown_messages${of}`)).toBe(1);
	await db().update(connections).set({ removedAt: new Date() });
	expect((await figures()).names.filter((name) => name.startsWith('spatula_channel_'))).toEqual([]);
});

it('measures LAPOR calls by step and outcome, with a bounded number of lines', async () => {
	const sent = 'spatula_escalation_attempt_seconds_count{step="create",outcome="accepted"}';
	const refused = 'spatula_escalation_attempt_seconds_count{step="create",outcome="not_sent"}';
	const before = await figures();
	await deliver((await forwardedCase(office)).escalation.id);
	await lapor.faults([{ kind: '429', match: { endpoint: 'create' } }]);
	await deliver((await forwardedCase(office)).escalation.id);
	const after = await figures();
	expect(after.value(sent)).toBe((before.value(sent) ?? 0) + 1);
	expect(after.value(refused)).toBe((before.value(refused) ?? 0) + 1);
	expect(after.names.filter((name) => name.startsWith('spatula_escalation_attempt_seconds')).length).toBeLessThan(60);
});

it('shows an open circuit and a halted connection', async () => {
	await db()
		.insert(laporCircuits)
		.values({ endpoint: 'create', failures: 5, openUntil: new Date(Date.now() + 3_600_000) });
	const open = await figures();
	expect(open.value('spatula_lapor_circuit{endpoint="create"}')).toBe(1);
	expect(open.value('spatula_lapor_circuit{endpoint="upload"}')).toBe(0);
	expect(open.value('spatula_lapor_halted')).toBe(0);
	await haltConnection({ code: 'unauthorised' });
	const halted = await figures();
	expect(halted.value('spatula_lapor_circuit{endpoint="create"}')).toBe(2);
	expect(halted.value('spatula_lapor_halted')).toBe(1);
});

it('counts ended cases as the difference of the numbers, and urgent deadlines', async () => {
	const before = await figures();
	const { reference } = await makeCase(office.unit, { kind: 'suggestion' });
	await makeCase(office.unit, { kind: 'suggestion' });
	await db().update(cases).set({ status: 'closed' }).where(eq(cases.reference, reference));
	const after = await figures();
	const grown = (name: string) => (after.value(name) ?? 0) - (before.value(name) ?? 0);
	expect(grown('spatula_cases{status="ended"}')).toBe(1);
	expect(grown('spatula_cases{status="received"}')).toBe(1);
	expect(grown('spatula_clocks{state="running"}')).toBeGreaterThan(0);
	expect(after.value('spatula_clocks{state="overdue"}')).toBe(0);
	expect(after.value('spatula_clocks{state="warned"}')).toBe(0);
	await db()
		.update(clocks)
		.set({ warnAt: new Date('2026-01-04T00:00:00Z') })
		.where(eq(clocks.name, 'first_reply'));
	expect((await figures()).value('spatula_clocks{state="warned"}')).toBeGreaterThan(1);
	await db()
		.update(clocks)
		.set({ dueAt: new Date('2026-01-05T00:00:00Z') })
		.where(eq(clocks.name, 'first_reply'));
	expect((await figures()).value('spatula_clocks{state="overdue"}')).toBeGreaterThan(1);
});

it('measures responses by route pattern, never by an address, which may contain a token', async () => {
	countRequest('/(citizen)/surel/[token]', 200, 0.05);
	countRequest(null, 404, 0.001);
	const { value } = await figures();
	expect(value('spatula_http_request_seconds_count{route="/(citizen)/surel/[token]",status="200"}')).toBe(1);
	expect(value('spatula_http_request_seconds_bucket{le="0.1",route="/(citizen)/surel/[token]",status="200"}')).toBe(1);
	expect(value('spatula_http_request_seconds_count{route="none",status="404"}')).toBe(1);
});

it('shows the disk, the database, the queues and whether jobs run', async () => {
	await dropProgress(db(), HEARTBEAT_KEY);
	const never = await figures();
	expect(never.value('spatula_jobs_heartbeat_seconds')).toBe(-1);
	expect(never.value('spatula_storage_bytes{of="disk_size"}')).toBeGreaterThan(1024 ** 2);
	expect(never.value('spatula_storage_bytes{of="database"}')).toBeGreaterThan(1024 ** 2);
	expect(never.value('spatula_queue_jobs{job="mail-deliver",state="failed"}')).toBe(0);
	expect(never.names.some((name) => name.startsWith('spatula_nodejs_eventloop_lag'))).toBe(true);
	expect(never.value('spatula_backup_age_seconds')).toBe(-1);
	await noteHeartbeat();
	const moment = new Date(Date.now() - 3_600_000);
	const made = { occasion: 'schedule' as const, state: 'done' as const, askedAt: moment, seenAt: moment };
	await db()
		.insert(backups)
		.values({ ...made, moment, verifiedAt: moment });
	const after = await figures();
	expect(after.value('spatula_jobs_heartbeat_seconds')).toBeGreaterThanOrEqual(0);
	expect(after.value('spatula_backup_age_seconds')).toBeGreaterThanOrEqual(3600);
});

it('shows the figures of the process while the database does not respond', async () => {
	const query = vi.spyOn(db(), 'execute').mockImplementation(() => new Promise(() => {}) as never);
	const { names, value } = await figures(async () => {}).finally(() => query.mockRestore());
	expect(names.some((name) => name.startsWith('spatula_nodejs_eventloop_lag'))).toBe(true);
	expect(value('spatula_storage_bytes{of="database"}')).toBeUndefined();
	expect(value('spatula_database_up')).toBe(0);
	expect((await figures()).value('spatula_database_up')).toBe(1);
});

it('queries the database once for many simultaneous requests', async () => {
	const at = new Date(Date.now() + 24 * 3_600_000);
	const look = (after = 0) => withClock(() => new Date(at.getTime() + after), metricsText);
	const counted = async (after = 0) =>
		/^spatula_cases\{status="received"\} (\d+)$/m.exec((await look(after)).body)?.[1];
	const first = Number(await counted());
	await makeCase(office.unit);
	expect(Number(await counted(1000))).toBe(first);
	expect(Number(await counted(31_000))).toBe(first + 1);
});

it('shows a request through a proxy the words of a missing page', async () => {
	const route = await importRoute<{ GET: (event: unknown) => Promise<Response> }>('metrics/+server.ts');
	const request = new Request('http://spatula.contoh/metrics', { headers: { 'x-forwarded-for': '203.0.113.9' } });
	await expect(route?.GET({ request, getClientAddress: () => '127.0.0.1' })).rejects.toMatchObject({
		status: 404,
		body: { message: 'Halaman atau laporan ini tidak ada, atau bukan untuk Anda.' }
	});
});
