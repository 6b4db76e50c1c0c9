import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import { changeAccount, findAccount } from './accounts.ts';
import { systemActor } from './actor.ts';
import { checkFirstAccount, provideAccount } from './first-account.ts';
import { usePasswordLink } from './sign-in/password-links.ts';
import { signIn } from './sign-in/sign-in.ts';
import { unitByIdOrName, unitTree } from './units/find-unit.ts';
import { makeUser } from '#lib/dev/testing/factories.ts';
import { enrolSecondFactor } from '#lib/dev/testing/sign-in/second-factor.ts';

const siti = { username: 'Siti.Rahma', name: 'Siti Rahma', unit: '7604', roles: ['admin'], password: false };

test.each([{ username: 'siti rahma' }, { email: 'siti' }, { name: '' }])(
	'%j is refused without a unit',
	async (wrong) => {
		await expect(provideAccount({ ...siti, ...wrong })).rejects.toThrow(Invalid);
		expect(await unitTree()).toEqual([]);
	}
);

test('the command creates no database for what it refuses', () => {
	const wrong = [{ roles: ['boss'] }, { name: undefined }, { unit: '76' }];
	for (const field of wrong) expect(() => checkFirstAccount({ ...siti, ...field })).toThrow(Invalid);
	expect(() => checkFirstAccount(siti)).not.toThrow();
	const folder = join(tmpdir(), `spatula-refused-${process.pid}`);
	const env = { ...process.env, DATABASE_URL: undefined, DATA_DIR: folder, APP_KEY: 'a'.repeat(64) };
	const args = ['scripts/user-create.ts', '--username', 'siti.rahma', '--unit', '7604', '--role', 'admin'];
	expect(spawnSync(process.execPath, args, { env }).stderr.toString()).toMatch(/name: Give a name/);
	expect(existsSync(folder)).toBe(false);
});

test('the first account creates the root unit and gets a link to set its password', async () => {
	const made = await provideAccount({
		...siti,
		unitSlug: 'mamuju',
		unitZone: 'Asia/Jayapura',
		unitEmail: 'kantor@contoh.invalid',
		email: 'siti@contoh.invalid'
	});
	expect(made).toMatchObject({ username: 'siti.rahma', unitMade: true, accountMade: true, reactivated: false });
	expect(made).not.toHaveProperty('password');
	expect(await unitByIdOrName('mamuju')).toMatchObject({
		code: '7604',
		parentId: null,
		state: 'new',
		timeZone: 'Asia/Jayapura',
		email: 'kantor@contoh.invalid'
	});
	const username = await usePasswordLink(made.linkToken ?? '', 'teluk mamuju biru');
	expect((await signIn({ username, password: 'teluk mamuju biru', address: 'here' })).actor.units.admin).toHaveLength(
		1
	);
});

test('an existing account gets a generated password and the requested roles, and keeps its name', async () => {
	const again = await provideAccount({ ...siti, name: 'Orang Lain', roles: ['supervisor'], password: true });
	expect(again).toMatchObject({ unitMade: false, accountMade: false });
	expect(again).not.toHaveProperty('linkToken');
	const { actor } = await signIn({ username: 'siti.rahma', password: again.password ?? '', address: 'here' });
	expect(actor.name).toBe('Siti Rahma');
	expect(actor.units.supervisor).toHaveLength(1);
});

test('an existing account that was switched off becomes active again', async () => {
	const unit = (await unitByIdOrName('7604'))?.id ?? '';
	await makeUser([[unit, 'admin']], 'kopi susu tanpa gula');
	const { id = '', name = '' } = (await findAccount('siti.rahma')) ?? {};
	await changeAccount(await systemActor([]), id, { name });
	const { password = '', reactivated } = await provideAccount({ ...siti, password: true });
	expect(reactivated).toBe(true);
	expect((await signIn({ username: 'siti.rahma', password, address: 'here' })).actor.name).toBe('Siti Rahma');
});

test('the operator reads that the account still needs its code', async () => {
	expect((await provideAccount(siti)).asksCode).toBe(false);
	await enrolSecondFactor((await findAccount('siti.rahma'))?.id ?? '');
	// An existing account needs no name.
	expect((await provideAccount({ ...siti, name: undefined })).asksCode).toBe(true);
});

test('an unknown unit is refused once there are units, and an unknown role is refused', async () => {
	await expect(provideAccount({ ...siti, unit: '7699' })).rejects.toThrow(NotFound);
	await expect(provideAccount({ ...siti, roles: ['boss'] })).rejects.toThrow(Invalid);
	await expect(provideAccount({ ...siti, username: 'tanpa.nama', name: undefined })).rejects.toThrow(Invalid);
});
