import { describe, expect, it } from 'vitest';
import { classifyCreate } from './classify-response.ts';
import { payload, sandboxClient } from '#lib/dev/lapor-sandbox/sandbox-client.ts';

const NOW = new Date('2026-12-01T02:00:00Z');
const REFERENCE = 'SPATULA-7604-26-000123.01';

describe('a create over HTTP with each fault of the sandbox', () => {
	it.each([
		[{ kind: 'drop_after_store' }, { kind: 'unknown', offer: 'both', reason: { code: 'reset' } }, 1],
		[{ kind: 'reset' }, { kind: 'unknown', reason: { code: 'reset' } }, 0],
		[{ kind: '500_after' }, { kind: 'unknown', reason: { code: 'server_error' } }, 1],
		[{ kind: 'slow', delayMs: 900 }, { kind: 'unknown', reason: { code: 'timeout' } }, 1],
		[{ kind: 'slow', delayMs: 20 }, { kind: 'accepted' }, 1],
		[{ kind: 'late_store', delayMs: 900 }, { kind: 'unknown', reason: { code: 'timeout' } }, 0],
		[{ kind: 'html_200_after' }, { kind: 'unknown', reason: { code: 'no_readable_id' } }, 1],
		[{ kind: '429', retryAfter: 7 }, { kind: 'not_sent', retryAfterMs: 7000 }, 0],
		[{ kind: '503_retry_after', retryAfter: 5 }, { kind: 'not_sent', retryAfterMs: 5000 }, 0],
		[{ kind: 'partial_answer' }, { kind: 'unknown', reason: { code: 'reset' } }, 1],
		[{ kind: 'other_id_shape' }, { kind: 'accepted' }, 1],
		[{ kind: 'no_id' }, { kind: 'unknown', reason: { code: 'no_readable_id' } }, 1],
		[{ kind: 'reference_exists' }, { kind: 'accepted' }, 1],
		[{ kind: 'reference_exists_no_id' }, { kind: 'unknown', offer: 'found_only' }, 1],
		[{ kind: 'answer', status: 302, headers: { location: '/' } }, { kind: 'halted', reason: { code: 'redirected' } }, 0]
	])('a create that meets %j', async (fault, wanted, stored) => {
		// A busy machine can delay any response, so only the calls that must time out have a short limit.
		const limit = 'delayMs' in fault && fault.delayMs === 900 ? { callMs: 400 } : {};
		const { client, post, get } = await sandboxClient({}, limit);
		expect((await post('/_faults', [fault])).status).toBe(200);
		const seen = await client.createComplaint(payload());
		const reports = (await get('/_reports')) as { id: number }[];
		const outcome = classifyCreate(seen, NOW, REFERENCE);
		expect(outcome).toMatchObject(wanted);
		expect(reports).toHaveLength(stored);
		if (outcome.kind === 'accepted') expect(outcome.laporId).toBe(String(reports[0]?.id));
	});

	it('a service with unique references returns the first number to a second create', async () => {
		const { client } = await sandboxClient({ uniqueReference: true });
		const first = classifyCreate(await client.createComplaint(payload()), NOW, REFERENCE);
		expect(first.kind).toBe('accepted');
		expect(classifyCreate(await client.createComplaint(payload()), NOW, REFERENCE)).toEqual(first);
	});
});
