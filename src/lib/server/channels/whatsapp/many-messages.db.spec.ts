import { expect, test } from 'vitest';
import { deliverMany } from '#lib/dev/testing/channels/many-messages.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { connectWhatsApp } from '#lib/dev/testing/channels/whatsapp.ts';

const office = useOffice();

test('of 30 messages with repeats and in disorder none is lost and none is twice', async () => {
	const connection = await connectWhatsApp(office.unit, 'http://127.0.0.1:9');
	const { sent, ...stored } = await deliverMany(connection, 30, 3);
	expect(stored).toEqual({ kept: sent, states: ['done'], conversations: 3, replies: 3, reports: 0 });
});
