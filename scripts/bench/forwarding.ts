import { join } from 'node:path';
import { Agent, request } from 'undici';
import { forwardingTo, SANDBOX_API_PATH, SANDBOX_DEFAULTS } from '#lib/dev/lapor-sandbox/options.ts';
import type { StoredReport } from '#lib/dev/lapor-sandbox/records.ts';
import { freePort } from '#lib/dev/testing/network/free-port.ts';
import { sandboxControl } from '#lib/dev/testing/forwarding/sandbox-control.ts';
import { apiOf, makeForwards } from '../chaos/api.ts';
import { enterLaporIds } from '../chaos/people.ts';
import { pollUntil } from '../run-until-signal.ts';
import { onDatabase, type Ask } from '../site/database.ts';
import { startPart, waitFor, type Part } from '../site/child-process.ts';
import { builtSite, createAccount } from '../site/start.ts';

/** The first forwards warm up both sides and are not counted. */
const WARM_UP = 300;
const COUNTED = 1200;
/** Most forwards that one site sends at once: its runners times the jobs of each (`jobs/worker.ts`). */
const AT_ONCE = 16;

/**
 * Measures forwarding without faults, and a bare HTTP client on the same sandbox in the same run. Both open a
 * connection for each create, as the product must, and both send as many calls at once as a site sends at most.
 *
 * @param answerMs how long the sandbox takes to respond to a create; 0: no delay
 * @returns forwards per second that one site delivers from waiting rows; and creates per second of the bare client with
 *   the same bodies and as many at once
 */
export async function measureForwarding(folder: string, database: Record<string, string>, answerMs: number) {
	const sandboxUrl = `http://127.0.0.1:${await freePort()}`;
	const sandbox = startPart('the LAPOR sandbox', 'scripts/lapor-sandbox.ts', {
		DATA_DIR: join(folder, 'sandbox'),
		LAPOR_SANDBOX_PORT: new URL(sandboxUrl).port
	});
	try {
		await waitFor(sandbox, `${sandboxUrl}/healthz`);
		if (answerMs > 0) {
			const slow = { kind: 'slow' as const, delayMs: answerMs, match: { endpoint: 'create' as const } };
			await sandboxControl(() => sandboxUrl).faults([slow]);
		}
		const product = await forwardingRate(sandboxUrl, database);
		const bare = await bareRate(sandboxUrl);
		return { ours: product, bare };
	} finally {
		await sandbox.stop();
	}
}

async function forwardingRate(sandboxUrl: string, database: Record<string, string>): Promise<number> {
	const bootstrap = crypto.randomUUID();
	const { origin, settings, start } = await builtSite({
		...database,
		BOOTSTRAP_TOKEN: bootstrap,
		...forwardingTo(sandboxUrl)
	});
	const password = await createAccount(settings);
	const site = async (work: (part: Part) => Promise<void>) => {
		const part = await start();
		try {
			await work(part);
		} finally {
			await part.stop();
		}
	};
	// One forward is made by the product. The others are its copies, so that all wait when the measurement starts.
	await site(async () => {
		await enterLaporIds(origin, password);
		const api = apiOf([origin], bootstrap, AbortSignal.timeout(60_000));
		await makeForwards(api, 1);
		await stored(sandboxUrl, 1);
	});
	await onDatabase(database, (run) => copyForward(run, WARM_UP + COUNTED));
	let rate = 0;
	await site(async () => {
		const reports = await stored(sandboxUrl, 1 + WARM_UP + COUNTED);
		await accepted(origin, 1 + WARM_UP + COUNTED);
		rate = rateOf(reports.slice(1).map(({ at }) => Date.parse(at)));
	});
	return rate;
}

/** Events per second from their sorted times, without the warm-up. */
function rateOf(moments: readonly number[]): number {
	const counted = moments.slice(WARM_UP);
	return (counted.length - 1) / (((counted.at(-1) ?? 0) - (counted[0] ?? 0)) / 1000);
}

const PATIENCE_MS = 120_000;
const untilWithin = (reached: () => Promise<boolean>) => pollUntil(AbortSignal.timeout(PATIENCE_MS), 500, reached);

/** Waits until the sandbox has stored that many reports. @returns the reports */
async function stored(sandboxUrl: string, count: number): Promise<StoredReport[]> {
	await untilWithin(async () => {
		const { reports } = (await (await fetch(`${sandboxUrl}/healthz`)).json()) as { reports: number };
		return reports >= count;
	});
	return sandboxControl(() => sandboxUrl).reports();
}

/** Waits until the site has received `count` LAPOR numbers. A report stored at LAPOR is only half of a forward. */
const accepted = (origin: string, count: number) =>
	untilWithin(async () => {
		const text = await (await fetch(`${origin}/metrics`)).text();
		return Number(/^spatula_escalations\{state="sent"\} (\d+)/m.exec(text)?.[1]) === count;
	});

/** Copies the existing forward with its case as waiting rows, with a job each. */
async function copyForward(run: Ask, copies: number): Promise<void> {
	const reference = `left(c.reference, -6) || (100000 + n)`;
	await run(`
		insert into cases overriding system value
		select r.* from cases c, generate_series(1, ${copies}) n, jsonb_populate_record(null::cases, to_jsonb(c)
			|| jsonb_build_object('id', nextval(pg_get_serial_sequence('cases', 'id')), 'reference', ${reference},
				'submission_hash', gen_random_uuid(), 'receipt_hash', gen_random_uuid(), 'escalation_state', 'waiting')) r`);
	await run(`
		insert into escalations
		select r.* from escalations e, cases c, jsonb_populate_record(null::escalations, to_jsonb(e)
			|| jsonb_build_object('id', gen_random_uuid(), 'case_id', c.id, 'reference', c.reference || '.01', 'state', 'waiting',
				'lapor_id', null, 'sent_at', null, 'next_poll_at', null, 'attempts', 0, 'fence', 0, 'create_started_at', null,
				'waiting_since', now(), 'next_attempt_at', now(), 'version', 1)) r
		where c.id <> e.case_id`);
	await run(`
		insert into pgboss.job (name, data, singleton_key, policy, retry_limit, expire_seconds, deletion_seconds)
		select q.name, jsonb_build_object('escalationId', e.id), e.id, q.policy, 0, 300, 3600
		from escalations e, pgboss.queue q where q.name = 'escalation-deliver' and e.state = 'waiting'`);
}

/** Sends the same bodies again with the client library only. @returns creates per second */
async function bareRate(sandboxUrl: string): Promise<number> {
	const bodies = (await sandboxControl(() => sandboxUrl).reports())
		.slice(1)
		.map(({ payload }) => JSON.stringify(payload));
	const headers = {
		accept: 'application/json',
		'content-type': 'application/json',
		[SANDBOX_DEFAULTS.authHeader]: SANDBOX_DEFAULTS.bearer,
		token: SANDBOX_DEFAULTS.token
	};
	const moments: number[] = [];
	const worker = async () => {
		for (let body = bodies.shift(); body; body = bodies.shift()) {
			const ownAgent = new Agent({ connections: 1, pipelining: 1 });
			const url = `${sandboxUrl}${SANDBOX_API_PATH}/complaints/complaint`;
			const response = await request(url, { method: 'POST', headers, body, dispatcher: ownAgent });
			const { complaint_id: id } = (await response.body.json()) as { complaint_id?: number };
			await ownAgent.destroy();
			if (!id) throw new Error(`the sandbox answered ${response.statusCode}`);
			moments.push(performance.now());
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, worker));
	return rateOf(moments);
}
