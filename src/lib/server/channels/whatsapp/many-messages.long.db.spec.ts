import { expect, test } from 'vitest';
import { deliverMany } from '#lib/dev/testing/channels/many-messages.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { connectWhatsApp } from '#lib/dev/testing/channels/whatsapp.ts';

const office = useOffice();

test('of 300 messages of 20 people none is lost and none is twice', { timeout: 300_000 }, async () => {
	const connection = await connectWhatsApp(office.unit, 'http://127.0.0.1:9');
	const { sent, ...stored } = await deliverMany(connection, 300, 20);
	expect(stored).toEqual({ kept: sent, states: ['done'], conversations: 20, replies: 20, reports: 0 });
});
