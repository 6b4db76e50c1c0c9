import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { renewReceipt } from '#lib/server/cases/conversation/contact.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { splitCase } from '#lib/server/cases/handling/split.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { pushSubscriptions } from '#lib/server/db/schema/channels.ts';
import { consentsOfCase } from '#lib/server/people/consents.ts';
import { emptyPart } from '#lib/server/privacy/retention/destroy.ts';
import { writeToReporters } from '#lib/server/reporters/write-to-reporters.ts';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { bringTo, entriesOf, on, readCase } from '#lib/dev/testing/office.ts';
import { deliveredBy, kindsOf as kinds, usePushService } from '#lib/dev/testing/channels/use-push-service.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { switchReporterPush } from './subscriptions.ts';

const office = useOffice();
const service = usePushService();

describe('push messages to a reporter', () => {
	const allow = async (reference: string) => {
		const browser = service().browser();
		const { id } = await readCase(reference);
		expect(await switchReporterPush(id, { wish: 'on', ...browser })).toBe(true);
		return { id, browser };
	};
	const pushedAbout = async (reference: string) => {
		await writeToReporters(await entriesOf(reference));
		return deliveredBy(service());
	};

	it('are written once per event, also to anonymous reporters, and without a mail server', async () => {
		const { reference } = await makeCase(office.unit, { identity: 'none' });
		await allow(reference);
		expect(await pushedAbout(reference)).toEqual([]);
		await bringTo(office, reference, 'needs_info');
		expect(kinds(await pushedAbout(reference))).toEqual(['question']);
		expect(await pushedAbout(reference)).toEqual([]);
		await writeMessage(office.handler, reference, await on(reference, { body: 'Kami masih memeriksa.', public: true }));
		expect(kinds(await pushedAbout(reference))).toEqual(['news']);
	});

	it('end by the button, with a replaced receipt, and with the case', async () => {
		const { reference } = await makeCase(office.unit, {
			identity: 'named',
			reporter: { name: 'Andi', phone: '081234567890' }
		});
		const { id, browser } = await allow(reference);
		const ask = () => switchReporterPush(id, { wish: 'ask', endpoint: browser.endpoint });
		expect(await ask()).toBe(true);
		expect(await switchReporterPush(id, { wish: 'off', endpoint: browser.endpoint })).toBe(false);
		expect(await ask()).toBe(false);
		const recorded = (await consentsOfCase(id)).filter(({ kind }) => kind === 'reporter_push');
		expect(recorded.map(({ given }) => given)).toEqual([true, false]);

		await allow(reference);
		await renewReceipt(office.handler, reference, { reason: 'Menunjukkan KTP di loket.' });
		expect(await pushedAbout(reference)).toEqual([]);
		expect(await db().$count(pushSubscriptions)).toBe(0);

		await allow(reference);
		expect(await db().$count(pushSubscriptions, eq(pushSubscriptions.caseId, id))).toBe(1);
		await transaction((tx) => emptyPart(tx, 'identity', [id], { at: now(), decree: 'SK-1' }));
		expect(await db().$count(pushSubscriptions)).toBe(0);
	});

	it('go on for a part that was split off', async () => {
		const { reference } = await makeCase(office.unit);
		const { browser } = await allow(reference);
		await bringTo(office, reference, 'verified');
		const given = { kind: 'suggestion', body: 'Kursi ruang tunggu kurang banyak sekali.', submission_id: 'pisah-0002' };
		const part = await splitCase(office.handler, reference, await on(reference, given));
		expect(kinds(await pushedAbout(part))).toEqual(['news']);
		await writeMessage(office.handler, part, await on(part, { body: 'Sudah kami periksa.', public: true }));
		expect(kinds(await pushedAbout(part))).toEqual(['news']);
		expect(service().take(browser)).toEqual([]);
	});
});
