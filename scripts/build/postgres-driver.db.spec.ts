import postgres from 'postgres';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { breakableNetwork } from '#lib/dev/testing/network/breakable-network.ts';

const NAP_SECONDS = 0.1;

describe.runIf(process.env.TEST_DATABASE === 'postgres')('a connection that is reset in a transaction', () => {
	test.each([30, 130, 180])(
		'after %i ms serves the next transactions and takes nothing more of its own',
		async (ms) => {
			const { url, reset, close } = await breakableNetwork(inject('databaseServer'));
			onTestFinished(close);
			const sql = postgres(url, { max: 1, onnotice: () => {}, backoff: false });
			onTestFinished(() => sql.end({ timeout: 0 }));
			const nap = (tx: postgres.TransactionSql) => tx.unsafe('select pg_sleep($1)', [NAP_SECONDS], { prepare: true });
			const table = `lost_${ms}`;
			await sql.begin((tx) => nap(tx));
			await sql.unsafe(`drop table if exists ${table}`);
			await sql.unsafe(`create table ${table} (writer text)`);
			const write = (tx: postgres.TransactionSql, writer: string) =>
				tx.unsafe(`insert into ${table} values ('${writer}')`);
			const goesOn = async (tx: postgres.TransactionSql): Promise<void> => {
				for (let step = 0; step < 6; step++) {
					await nap(tx).catch(() => {});
					await write(tx, 'lost').catch(() => {});
					await tx.savepoint((inner) => write(inner, 'lost')).catch(() => {});
				}
			};
			const lost = sql.begin(goesOn).catch((error: Error & { code: string }) => error.code);
			setTimeout(reset, ms);
			// On a busy machine the connection is reset while the transaction still begins.
			expect(['CONNECTION_CLOSED', 'ECONNRESET']).toContain(await lost);
			for (let next = 0; next < 4; next++) {
				await sql.begin(async (tx) => {
					await nap(tx);
					await write(tx, 'next');
				});
			}
			const rows = await sql.unsafe(`select writer, count(*)::int as count from ${table} group by writer`);
			expect([...rows]).toEqual([{ writer: 'next', count: 4 }]);
		}
	);
});
