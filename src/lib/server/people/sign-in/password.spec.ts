import { expect, test } from 'vitest';
import { Invalid } from '#lib/server/errors.ts';
import { checkPassword, hashPassword, passwordMatches } from './password.ts';

const codeOf = (password: string) => {
	try {
		checkPassword(password, 'siti.rahma', ['BPS Kabupaten Mamuju', 'Dinas Sosial']);
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
	['bps-Mamuju-7604', 'admin_password_obvious'],
	['dinassosial2026', 'admin_password_obvious'],
	['mamuju di pagi', 'good'],
	['siti dan rahma', 'good'],
	['sandi kantor kopi', 'good'],
	['8302746195', 'good'],
	['кофе молоко a', 'good'],
	['kopi susu dua', 'good'],
	['é'.repeat(5) + 'ü'.repeat(3) + 'ñøå', 'good']
])('the password %s is %s', (password, code) => {
	expect(codeOf(password)).toBe(code);
});

test.each([
	...['Password2026', 'P@ssw0rd123!', 'qwerty12345', '1q2w3e4r5t', '1qaz2wsx3edc', 'iloveyou123', '12345678910'],
	...['Indonesia2026', 'jakarta2026', 'Bismillah2026', 'Sayangku-1234', 'Admin@2026!', 'admin admin', 'Desember2026'],
	...['Siti.Rahma1', 'rahma123456', 'Rahma-rahma', '2026!siti!2026', '123123123123']
])('the password %s is refused, because its letters are an obvious word or a part of the username', (password) => {
	expect(codeOf(password)).toBe('admin_password_obvious');
});

test('a password is stored as argon2id hash, and only this password matches', async () => {
	const stored = await hashPassword('kopi susu dua');
	expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
	expect(await passwordMatches(stored, 'kopi susu dua')).toBe(true);
	expect(await passwordMatches(stored, 'kopi susu tiga')).toBe(false);
});

test('without a stored password nothing matches, not even the placeholder’s password', async () => {
	expect(await passwordMatches(null, 'a password that belongs to nobody')).toBe(false);
	expect(await passwordMatches(undefined, '')).toBe(false);
});

test('checking an unknown account takes about as long as a wrong password', async () => {
	const stored = await hashPassword('kopi susu dua');
	await passwordMatches(null, 'warm up');
	const took = async (hash: string | null) => {
		const times: number[] = [];
		for (let round = 0; round < 7; round++) {
			const start = performance.now();
			await passwordMatches(hash, 'not this one');
			times.push(performance.now() - start);
		}
		return times.sort((a, b) => a - b)[3] ?? 0;
	};
	const [wrong, unknown] = [await took(stored), await took(null)];
	expect(unknown).toBeGreaterThan(wrong / 3);
});
