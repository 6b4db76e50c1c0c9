import { eq, sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { HOUR_MS } from '#lib/calendar/durations.ts';
import { db } from '#lib/server/db/index.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeActor, makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { noticesTo } from '#lib/dev/testing/notices.ts';
import { atTime, readCase } from '#lib/dev/testing/office.ts';
import { addAffected } from './affected.ts';
import { breachFor, breachView, listBreaches, recordBreach, setBreachState } from './book.ts';
import { notifyOfBreaches } from './due.ts';
import { lettersOf, saveLetter } from './letters.ts';
import { notifyAffected } from './notify-affected.ts';

useMailServer();

let office: Awaited<ReturnType<typeof makeUnit>>;
let keeper: Actor;
beforeEach(async () => {
	office = await makeUnit();
	keeper = await makeActor([[office.id, 'admin']]);
});

const KNOWN = '2026-03-03T02:00:00Z';
const after = (hours: number) => new Date(new Date(KNOWN).getTime() + hours * HOUR_MS);
const facts = { title: 'Daftar terkirim keliru', what: 'Ke alamat lain.', foundBy: 'Petugas', dataKinds: 'Nama' };
const record = () => atTime(KNOWN, () => recordBreach(keeper, { unitId: office.id, ...facts }));
const letter = async (id: string, to: string, more: object) => {
	const found = (await lettersOf(keeper, id)).letters.find((one) => one.to === to);
	await saveLetter(keeper, id, {
		to,
		version: found?.version,
		addressee: found?.addressee,
		body: found?.body,
		...more
	});
};

test('reminds once after two thirds of the time and once after its end, unless everybody was told', async () => {
	const [late, told] = [await record(), await record()];
	await atTime(after(1), () =>
		letter(told, 'authority', { sent: 'true', sentAt: '2026-03-03T11:00', sentHow: 'E-mail dinas' })
	);
	await atTime(after(1), () => letter(told, 'people', { sent: 'true' }));
	const stages = async (hours: number) => {
		await atTime(after(hours), notifyOfBreaches);
		return (await noticesTo(keeper)).filter((kind) => kind !== 'breach_recorded');
	};
	expect(await stages(47)).toEqual([]);
	expect(await stages(48)).toEqual(['breach_due']);
	expect(await stages(71)).toEqual(['breach_due']);
	expect(await stages(73)).toEqual(['breach_due', 'breach_overdue']);
	expect(await stages(80)).toEqual(['breach_due', 'breach_overdue']);
	expect(
		(await atTime(after(73), () => listBreaches(keeper))).items.map(({ id, clock: { overdue } }) => [id, overdue])
	).toEqual(
		expect.arrayContaining([
			[late, true],
			[told, false]
		])
	);
});

test('a breach whose notice can’t be written does not block that of another', async () => {
	const broken = await record();
	office = await makeUnit();
	keeper = await makeActor([[office.id, 'admin']]);
	await record();
	await db().execute(sql`create function refuse() returns trigger language plpgsql as
		$$ begin raise exception 'cannot be written'; end $$`);
	await db().execute(sql`create trigger refuses before insert on notices for each row
		when (new.once_key like ${sql.raw(`'%${broken}%'`)}) execute function refuse()`);
	await atTime(after(73), notifyOfBreaches);
	await db().execute(sql`drop function refuse cascade`);
	expect(await noticesTo(keeper)).toContain('breach_overdue');
});

test('is open again if an e-mail fails after the breach was closed, and the keepers are notified again', async () => {
	const reporter = { name: 'Pelapor Contoh 3', email: 'pelapor3@contoh.invalid' };
	const { reference } = await atTime(KNOWN, () => makeCase(office, { identity: 'named', reporter }));
	const id = await record();
	await addAffected(keeper, id, { way: 'number', first: reference });
	await atTime(after(1), () => letter(id, 'people', { sent: 'true' }));
	await atTime(after(73), notifyOfBreaches);
	expect(await atTime(after(74), () => notifyAffected(keeper, id))).toBe(1);
	await setBreachState(keeper, id, { version: 1, state: 'closed', reason: 'Semua sudah diberi tahu.' });
	await atTime(after(75), notifyOfBreaches);
	expect(await breachFor(keeper, id)).toMatchObject({ state: 'closed', untold: 0 });
	await db()
		.update(mails)
		.set({ state: 'failed' })
		.where(eq(mails.onceKey, `reporter:${(await readCase(reference)).id}:breach:${id}`));
	// The process ends before anybody is notified.
	await db().execute(sql`alter table notices add constraint broken check (kind <> 'breach_overdue') not valid`);
	await expect(atTime(after(76), notifyOfBreaches)).rejects.toThrow();
	await db().execute(sql`alter table notices drop constraint broken`);
	for (const hours of [76, 77]) await atTime(after(hours), notifyOfBreaches);
	expect(await breachFor(keeper, id)).toMatchObject({ state: 'open', untold: 1 });
	expect((await breachView(keeper, id)).entries.at(-1)).toMatchObject({ action: 'breach.reopened', by: null });
	expect(await noticesTo(keeper)).toEqual(['breach_recorded', 'breach_overdue', 'breach_overdue']);
	// A person may close it with somebody who can't be reached.
	await setBreachState(keeper, id, { version: 3, state: 'closed', reason: 'Alamatnya tidak ada lagi.' });
	await atTime(after(78), notifyOfBreaches);
	expect(await breachFor(keeper, id)).toMatchObject({ state: 'closed' });
});
