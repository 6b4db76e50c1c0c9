import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { caseInput, disputeInput, reasonInput, satisfactionInput, staffMessageInput } from '#lib/cases/schema.ts';
import { FILE_PROBLEMS } from '#lib/server/attachments/check.ts';
import { ratingInput } from '#lib/ratings/schema.ts';
import { parseReceipt } from '#lib/text/receipt-format.ts';

const root = join(import.meta.dirname, '../../../../..');
const words = (language: 'id' | 'en'): Set<string> =>
	new Set(
		globSync(`src/lib/messages/*.${language}.json`, { cwd: root }).flatMap((file) =>
			Object.keys(JSON.parse(readFileSync(join(root, file), 'utf8')) as Record<string, string>)
		)
	);
const indonesian = words('id');
const english = words('en');
const without = (codes: Iterable<string>) =>
	[...new Set(codes)].filter((code) => !indonesian.has(`error_${code}`) || !english.has(`error_${code}`));

const CODE = /(?:path: '[^']*', code: |invalid\([^,]*, )'([a-z][a-z0-9_]*)'/g;

/** The codes (`invalid('path', 'code')`, `{ path: 'path', code: 'code' }`) in folders whose messages citizens read. */
function codesIn(folder: string): string[] {
	const files = globSync(`${folder}/**/*.ts`, { cwd: root, exclude: (name) => /\.spec\.ts$/.test(String(name)) });
	return files.flatMap((file) =>
		[...readFileSync(join(root, file), 'utf8').matchAll(CODE)].flatMap(([, code]) => code ?? [])
	);
}

/** Every code that a schema reports when each field in turn has a wrong value. */
function codesOf(
	schema: typeof caseInput | typeof staffMessageInput | typeof ratingInput | typeof disputeInput
): string[] {
	const long = 'x'.repeat(9000);
	const wrong: unknown[] = [undefined, '', 'x', long, -1, 7, 'zz', [], ['zz'], { name: long, email: 'x', phone: 'x' }];
	const base = {
		unit: '7604',
		kind: 'complaint',
		body: 'x'.repeat(30),
		identity: 'none',
		score: 3,
		submission_id: 'abcdefgh'
	};
	const withReporter = { ...base, identity: 'named', consent_lapor: true };
	const inputs = [base, withReporter, { ...base, reporter: { name: 'A' }, consent_lapor: true }].flatMap((input) => [
		input,
		...Object.keys(schema.shape).flatMap((key) => wrong.map((value) => ({ ...input, [key]: value })))
	]);
	return inputs.flatMap((input) => schema.safeParse(input).error?.issues.map((issue) => issue.message) ?? []);
}

describe('error messages', () => {
	it('name the limit of a brief reason', () => {
		const [issue] = reasonInput.safeParse({ reason: 'x', version: 1 }).error?.issues ?? [];
		expect(issue?.message).toBe('reason_below_five');
		expect(reasonInput.safeParse({ reason: 'lunas', version: 1 }).success).toBe(true);
	});

	it.each([
		['a report', caseInput, 24],
		['a message', staffMessageInput, 4],
		['a dispute', disputeInput, 3],
		['a rating', ratingInput, 8]
	] as const)('stand in both languages for every code of %s', (_, schema, least) => {
		// A sentence of the library (for a list instead of a text) is no code. `issueText` has a general message for it.
		const codes = codesOf(schema).filter((code) => /^[a-z0-9_]+$/.test(code));
		expect(new Set(codes).size).toBeGreaterThanOrEqual(least);
		expect(without(codes)).toEqual([]);
	});

	it('exist in both languages for the score of an answer', () => {
		const codes = [{}, { score: 9 }, { score: 3, comment: 'x'.repeat(2000) }].flatMap(
			(input) => satisfactionInput.safeParse(input).error?.issues.map((issue) => issue.message) ?? []
		);
		expect(without(codes)).toEqual([]);
		expect(codes).toContain('comment_long');
	});

	it('exist in both languages for every refusal of reports, ratings and files', () => {
		const codes = ['cases', 'ratings', 'attachments'].flatMap((area) => codesIn(`src/lib/server/${area}`));
		expect(codes.length).toBeGreaterThan(15);
		expect(without([...codes, ...codesIn('src/routes/(citizen)')])).toEqual([]);
	});

	it('exist in both languages for every kind of mistyped receipt', () => {
		const typed = ['', 'ABC', 'ABCD-EFGH-JKMN-PQRS-U', 'ABCD-EFGH-JKMN-PQRS-T', 'SPATULA-7604-26-000012'];
		const problems = typed.flatMap((text) => {
			const read = parseReceipt(text);
			return 'problem' in read ? [`receipt_${read.problem}`] : [];
		});
		expect(new Set(problems).size).toBe(5);
		expect(without([...problems, 'receipt_unknown'])).toEqual([]);
	});

	it('exist in both languages for every problem of a file', () => {
		expect(without([...FILE_PROBLEMS, 'too_many'].map((problem) => `file_${problem}`))).toEqual([]);
	});
});
