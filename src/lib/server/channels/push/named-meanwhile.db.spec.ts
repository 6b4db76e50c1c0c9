import { expect, test } from 'vitest';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { db } from '#lib/server/db/index.ts';
import { pushMessages } from '#lib/server/db/schema/channels.ts';
import { makeCase, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { runMailJobs, useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { deliveredBy, usePushService } from '#lib/dev/testing/channels/use-push-service.ts';
import { giveEmailAddress, notifyOfTimeline, onlyEmailTo } from '#lib/dev/testing/notices.ts';
import { atTime, nameOfficer, on } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { addDevice } from './subscriptions.ts';

const office = useOffice();
const server = useMailServer();
const service = usePushService();

// Thursday at 22:00 and Friday at 07:00 in Makassar. Between them are the person's quiet hours.
const NIGHT = '2026-11-26T14:00:00Z';
const SEVEN = '2026-11-26T23:00:00Z';

test('an e-mail and a push message that wait are dropped if the case names their recipient meanwhile', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	const address = await giveEmailAddress(named);
	await addDevice(named, { device: 'Ponsel', ...service().browser() });
	await atTime(NIGHT, async () => {
		const { reference } = await makeCase(office.unit);
		await assignCase(office.supervisor, reference, await on(reference, { assignee: named.accountId }));
		await notifyOfTimeline(reference);
		expect(await db().$count(pushMessages)).toBe(1);
		await nameOfficer(office.supervisor, reference, officer);
		await runMailJobs((await onlyEmailTo(address)).id);
	});
	expect(await atTime(SEVEN, () => deliveredBy(service()))).toEqual([]);
	expect(await db().$count(pushMessages)).toBe(0);
	expect(server.emails()).toEqual([]);
	expect(await onlyEmailTo(address)).toMatchObject({ state: 'withdrawn' });
});
