import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { listNotices } from '#lib/server/channels/notice-list.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import type { JobPayloads } from '#lib/server/jobs/jobs.ts';
import { systemActor, type Actor } from '#lib/server/people/actor.ts';
import { createToken } from '#lib/server/people/sign-in/tokens.ts';
import { sweepAccessChanges } from './access-changes.ts';
import { notifyOfToken } from './account-notices.ts';
import { idOf, makeActor, makeCase } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { emailsTo, giveEmailAddress, noticesTo } from '#lib/dev/testing/notices.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();
useMailServer();

/** Makes a token for the handler and writes the notices of it, each job twice. */
async function make(maker: Actor, scopes: string[]): Promise<void> {
	await db().execute(sql`delete from pgboss.job where name = 'token-made'`);
	await createToken(maker, { name: 'Buku tamu', accountId: idOf(office.handler), unitId: office.unit.id, scopes });
	const jobs = sql`delete from pgboss.job where name = 'token-made' returning data`;
	const made = await rowsOf<{ data: JobPayloads['token-made'] }>(db(), jobs);
	for (const { data } of [...made, ...made]) await notifyOfToken(data);
	await sweepAccessChanges();
}

test('the owner reads who made a token, for which office and with which scopes', async () => {
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const address = await giveEmailAddress(office.handler);
	await make(admin, ['visits:write', 'directory:read']);
	const data = { name: 'Buku tamu', by: admin.name, office: office.unit.name };
	const scopes = ['visits:write', 'directory:read'];
	expect((await listNotices(office.handler)).items).toMatchObject([{ kind: 'token_made', data: { ...data, scopes } }]);
	const [mail, ...more] = await emailsTo(address);
	expect(more).toEqual([]);
	expect(mail?.body).toContain(
		`Token API “Buku tamu” bertindak atas nama akun SPATULA Anda\nDibuat ${admin.name} untuk ${office.unit.name}. Hak: `
	);
});

test('a token of the operator has one notice, also if it has access to cases', async () => {
	const operator = await systemActor(['cases:read', 'directory:read']);
	await make(operator, ['directory:read']);
	const [notice] = (await listNotices(office.handler)).items;
	expect(notice?.data).toMatchObject({ by: null });
	await makeCase(office.unit);
	await make(operator, ['cases:read']);
	expect((await noticesTo(office.handler)).toSorted()).toEqual(['access_ended', 'token_made']);
});
