import { expect, test } from 'vitest';
import { deliverMany } from '#lib/dev/testing/channels/many-messages.ts';
import { rounds, SEED } from '#lib/dev/testing/random-tests.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { connectWhatsApp } from '#lib/dev/testing/channels/whatsapp.ts';

const office = useOffice();

test('stores each of many repeated and disordered messages exactly once', async () => {
	const connection = await connectWhatsApp(office.unit, 'http://127.0.0.1:9');
	const count = rounds({ quick: 30, all: 300 });
	const people = Math.ceil(count / 10);
	const { sent, ...stored } = await deliverMany(connection, count, people);
	const expected = { kept: sent, states: ['done'], conversations: people, replies: people, reports: 0 };
	expect(stored, `TEST_SEED=${SEED}`).toEqual(expected);
});
