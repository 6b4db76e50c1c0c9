import { expect, test } from 'vitest';
import { Invalid } from '#lib/server/errors.ts';
import { checkPassword, hashPassword, passwordFits } from './password.ts';

const codeOf = (password: string) => {
	try {
		checkPassword(password, 'siti.rahma');
		return 'good';
	} catch (error) {
		return error instanceof Invalid ? error.issues[0]?.code : error;
	}
};

test.each([
	['kopi susu', 'admin_password_short'],
	['x'.repeat(201), 'admin_password_long'],
	['aaaaaaaaaaaa', 'admin_password_obvious'],
	['Siti-Rahma', 'admin_password_obvious'],
	['Password-123', 'admin_password_obvious'],
	['1234567890', 'admin_password_obvious'],
	['kopi susu dua', 'good'],
	['é'.repeat(5) + 'ü'.repeat(3) + 'ñøå', 'good']
])('the password %s is %s', (password, code) => {
	expect(codeOf(password)).toBe(code);
});

test('a password is kept as argon2id and only it fits', async () => {
	const stored = await hashPassword('kopi susu dua');
	expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
	expect(await passwordFits(stored, 'kopi susu dua')).toBe(true);
	expect(await passwordFits(stored, 'kopi susu tiga')).toBe(false);
});

test('no stored password fits nothing, not even what is checked in its place', async () => {
	expect(await passwordFits(null, 'a password that belongs to nobody')).toBe(false);
	expect(await passwordFits(undefined, '')).toBe(false);
});

test('an unknown account takes as long as a wrong password', async () => {
	const stored = await hashPassword('kopi susu dua');
	await passwordFits(null, 'warm up');
	const took = async (hash: string | null) => {
		const times: number[] = [];
		for (let round = 0; round < 7; round++) {
			const start = performance.now();
			await passwordFits(hash, 'not this one');
			times.push(performance.now() - start);
		}
		return times.sort((a, b) => a - b)[3] ?? 0;
	};
	const [wrong, unknown] = [await took(stored), await took(null)];
	expect(unknown).toBeGreaterThan(wrong / 3);
});
