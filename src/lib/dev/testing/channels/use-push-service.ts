import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { deliverPush, sweepPushes } from '#lib/server/channels/push/push-delivery.ts';
import { ensurePushKeys } from '#lib/server/channels/push/push-keys.ts';
import type { PushPayload } from '#lib/server/channels/push/push-words.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { pushSubscriptions } from '#lib/server/db/schema/channels.ts';
import { startPushService, type PushService, type TestBrowser } from './push-service.ts';
import { pushesOutsideFixedTexts } from './received.ts';

/**
 * Starts a push service with the site's keys for the tests of a file. Fails if it received anything but the fixed
 * messages.
 */
export function usePushService() {
	let service: PushService | undefined;
	beforeAll(async () => {
		service = await startPushService();
		await ensurePushKeys(db());
	});
	beforeEach(async () => {
		service?.take();
		await db().delete(pushSubscriptions);
	});
	afterAll(() => {
		service?.close();
		expect(pushesOutsideFixedTexts(service?.received() ?? [])).toEqual([]);
	});
	return () => {
		if (!service) throw new Error('the push service is not started');
		return service;
	};
}

/** Runs the minute's sweep, and runs and deletes the delivery jobs, as a worker would. */
export async function deliver(): Promise<void> {
	await sweepPushes();
	const jobs = await rowsOf<{ push: string; attempt: number }>(
		db(),
		sql`delete from pgboss.job where name = 'push-deliver'
			returning data ->> 'id' as push, (data ->> 'attempt')::int as attempt`
	);
	for (const { push, attempt } of jobs) await deliverPush(push, attempt);
}

/** Delivers. @returns the texts that the browser `of` received; without `of`, those of all browsers */
export async function deliveredBy(service: PushService, of?: TestBrowser): Promise<string[]> {
	await deliver();
	return service.take(of).map(({ text }) => text);
}

export const kindsOf = (texts: readonly string[]) => texts.map((text) => (JSON.parse(text) as PushPayload).kind);
