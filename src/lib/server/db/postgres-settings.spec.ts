import { expect, it } from 'vitest';
import { postgresHandle } from './open.ts';
import { queueConnection } from './postgres-settings.ts';

it.each([
	['', false],
	['?sslmode=disable', false],
	['?sslmode=require', { rejectUnauthorized: false }],
	['?sslmode=verify-full', true]
])('the queue encrypts its connections as all others: %j', (parameters, ssl) => {
	const handle = postgresHandle(`postgres://spatula:a%23b@127.0.0.1:5432/spatula${parameters}`);
	expect(queueConnection(handle)).toMatchObject({
		connectionString: 'postgres://spatula:a%23b@127.0.0.1:5432/spatula',
		ssl
	});
});
