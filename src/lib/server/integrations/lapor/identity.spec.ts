import { describe, expect, it } from 'vitest';
import { withoutIdentity } from './identity.ts';

const identity = { nameUser: "Nur'aini Ádah", emailUser: 'Adisti@Contoh.ID', phoneUser: '0812-3456-7890' };

describe("the reporter's identity in a text of LAPOR", () => {
	it.each([
		['as it was sent', "Nur'aini Ádah"],
		['in another case', "NUR'AINI ÁDAH"],
		['in HTML', 'Nur&#039;aini &Aacute;dah'],
		['in JSON', String.raw`Nur\u0027aini \u00c1dah`],
		['after a line break in JSON', String.raw`\nNur'aini Ádah`, String.raw`\n•••`],
		['the address', 'Adisti@Contoh.ID'],
		['the address in another case', 'adisti@contoh.id'],
		['the phone number', '081234567890'],
		['the phone number with +62', '+6281234567890'],
		['the phone number with hyphens', '62812-3456-7890', '62812-•••']
	])('is removed %s', (_name, text, rest = '•••') => {
		expect(withoutIdentity(identity)(`"${text}"`)).toBe(`"${rest}"`);
	});

	it('is removed with an address that begins with the name', () => {
		const emailUser = 'adisti@dinas.example';
		expect(withoutIdentity({ nameUser: 'adisti', emailUser })('adisti (adisti@dinas.example)')).toBe('••• (•••)');
	});

	it.each([
		['Eko', 'Eko sudah terdaftar', '••• sudah terdaftar'],
		['Eko', 'EKO sudah terdaftar', '••• sudah terdaftar'],
		['Budi & Ani', 'Budi &amp; Ani', '•••'],
		['Ada', 'Referensi sudah ada', 'Referensi sudah ada'],
		['dian', 'Kediaman Dian', 'Kediaman •••'],
		['X', 'Xenia X', 'Xenia X']
	])('%s: "%s" becomes "%s"', (nameUser, text, rest) => {
		expect(withoutIdentity({ nameUser })(text)).toBe(rest);
	});

	it('is searched quickly for a name of backslashes', () => {
		const backslashes = '\\'.repeat(60);
		const text = `${backslashes}${backslashes}abc`;
		expect(withoutIdentity({ nameUser: `${backslashes}ab` })(text)).toBe(text);
	});

	it('is removed with the words of the name, if they identify a person alone', () => {
		const hides = withoutIdentity({ nameUser: 'Siti Nurhaliza' }, ['Siti', 'Nurhaliza']);
		expect(hides('Yth. Ibu Siti, NURHALIZA, siti nurhaliza')).toBe('Yth. Ibu •••, •••, •••');
	});

	it('leaves a word of the text that is also a word of the name', () => {
		const hides = withoutIdentity({ nameUser: 'Hari Utama' }, ['Hari', 'Utama']);
		expect(hides('Dalam 3 hari, Bapak Hari, di jalan utama')).toBe('Dalam 3 hari, Bapak •••, di jalan utama');
		for (const [first = '', last = ''] of [
			['hari', 'utama'],
			['HARI', 'UTAMA']
		])
			expect(withoutIdentity({ nameUser: `${first} ${last}` }, [first, last])('HARI, Hari, 3 hari')).toBe(
				'•••, •••, 3 hari'
			);
	});

	it('leaves other numbers as they are', () => {
		expect(withoutIdentity({ phoneUser: '0812' })('5123487, 2026-11-30')).toBe('5123487, 2026-11-30');
		expect(withoutIdentity(identity)('5123487')).toBe('5123487');
	});
});
