import { expect, test } from 'vitest';
import {
	caseInput,
	email,
	instant,
	messageInput,
	phone,
	questionInput,
	requiredText,
	submissionId,
	verificationInput,
	versionInput
} from './schema.ts';

const at = (value: unknown) => instant('bad').safeParse(value).data;

test('a moment may have its zone in each form of ISO 8601, and no seconds', () => {
	for (const written of [
		'2026-11-29T10:00:00+08:00',
		'2026-11-29T10:00:00+0800',
		'2026-11-29T10:00:00+08',
		'2026-11-29T10:00+08:00',
		' 2026-11-29T02:00Z '
	])
		expect(new Date(at(written) ?? ''), written).toEqual(new Date('2026-11-29T02:00:00Z'));
	expect(at('2026-11-29T10:00:00.250-0930')).toBe('2026-11-29T10:00:00.250-09:30');
});

test('a moment without a zone, or that does not exist, is refused', () => {
	for (const written of ['2026-11-29T10:00:00', '2026-11-29', '2026-02-30T10:00:00Z', '0000-01-01T00:00:00Z', 5, null])
		expect(at(written), String(written)).toBeUndefined();
});

test('an empty optional value of a report is absent, and spaces around an address are dropped', () => {
	const report = {
		unit: '1203',
		kind: 'complaint',
		body: 'Antrean tidak bergerak sama sekali.',
		submission_id: 'a1b2c3d4'
	};
	const empty = { category: '', service: ' ', officer: '', place: '', incident_on: '', title: '' };
	const more = { secret: '', consent_lapor: '', channel: '', received_at: '' };
	const reporter = { name: 'Andi', phone: '', email: ' andi@contoh.id ' };
	const { data } = caseInput.safeParse({ ...report, ...empty, ...more, identity: 'named', reporter });
	expect(data).toMatchObject({ reporter: { name: 'Andi', email: 'andi@contoh.id' } });
	expect(data).toMatchObject({ category: undefined, service: undefined, officer: undefined, incident_on: undefined });
	expect(data).toMatchObject({ secret: true, consent_lapor: false, channel: undefined, received_at: undefined });
	expect(caseInput.safeParse({ ...report, identity: 'none', secret: 'yes' }).success).toBe(false);
	expect(email.safeParse('andi@').success).toBe(false);
});

test('empty optional values of a message and of a verification are absent', () => {
	const message = messageInput.parse({ body: 'Masih antre.', version: '', submission_id: '' });
	expect(message).toEqual({ body: 'Masih antre.', version: undefined, submission_id: undefined });
	const verified = { category: 'time', class: 'plain', priority: '', version: 1 };
	expect(verificationInput.parse(verified).priority).toBeUndefined();
});

test('a version is a whole number, also as text, and no boolean', () => {
	expect(versionInput.parse({ version: '2' })).toEqual({ version: 2 });
	for (const value of [true, false, undefined, null, 0, 1.5]) {
		const { error } = versionInput.safeParse({ version: value });
		expect(error?.issues.map(({ message }) => message)).toEqual(['version_missing']);
	}
});

test('a question without words asks for the question, not for a message', () => {
	for (const body of [undefined, ' ', 'ya?']) {
		const { error } = questionInput.safeParse({ body, version: 1 });
		expect(error?.issues.map(({ message }) => message)).toEqual(['question_missing']);
	}
});

test('codes and numbers of digits may be JSON numbers', () => {
	expect(phone.parse(628123456789)).toBe('628123456789');
	expect(submissionId.parse(20261130001)).toBe('20261130001');
	for (const value of [-6281234567, 628123456.5, 1e30, true, null]) expect(phone.safeParse(value).success).toBe(false);
});

test('a phone number has 8 to 15 digits, however they are grouped, and perhaps a plus sign before them', () => {
	for (const written of ['0812-3456.7890', ' (+62) 812 3456', '+62 (0)81 234 56', '12345678', '1'.repeat(15)])
		expect(phone.parse(written), written).toBe(written.replace(/[^\d+]/g, ''));
	// As WhatsApp shows a number, as contacts are copied, and as an input method for Chinese writes digits.
	for (const copied of ['0812\u20113456\u20117890', '\u202a0812\u20133456\u200b7890\u202c', '０８１２－３４５６/7890'])
		expect(phone.parse(copied), copied).toBe('081234567890');
	for (const written of ['0812 345', '1'.repeat(16), '0812+3456789', '0812 3456 ext', '++6281234567', ''])
		expect(phone.safeParse(written).success, written).toBe(false);
	// A long text of separators is refused at once.
	const start = performance.now();
	expect(phone.safeParse('-'.repeat(60_000) + 'x').success).toBe(false);
	expect(performance.now() - start).toBeLessThan(1000);
});

const reason = (text: string) =>
	requiredText(10, 40, 'reason')
		.safeParse(text)
		.error?.issues.map(({ message }) => message);

test.each([
	['zero-width spaces', `Lambat${'\u200b'.repeat(20)}`],
	['joiners', 'a\u200d\u200d\u200d\u200d\u200d\u200d\u200d\u200db'],
	['blanks of braille and Hangul', 'ab\u2800\u2800\u3164\u3164\u115f\u1160\uffa0\u2800cd'],
	['spaces and line breaks', 'a \n \n \n \n \n b'],
	['punctuation', '. . . . . . . . . ---']
])('a text is not long enough by %s', (_, text) => {
	expect(reason(text)).toEqual(['reason_short']);
});

test.each([
	['words with punctuation', 'Air mati!!'],
	['marks of a script', 'เจ้าหน้าที่ช้า'],
	['joined letters', 'می\u200cخواهم شکایت'],
	['emoji', '👎👎👎👎👎👩\u200d👧 ❤\ufe0f']
])('a text is long enough by %s', (_, text) => {
	expect(reason(text)).toBeUndefined();
});

test('a message may be an emoji or a question mark, and a text that is too long names only that', () => {
	expect(messageInput.parse({ body: '👍' }).body).toBe('👍');
	expect(messageInput.parse({ body: '?' }).body).toBe('?');
	expect(reason('panjang sekali '.repeat(5))).toEqual(['reason_long']);
});
