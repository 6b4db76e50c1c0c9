import { globSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { m } from '#lib/paraglide/messages.js';
import { baseLocale, locales, type Locale } from '#lib/paraglide/runtime.js';

const folder = fileURLToPath(new URL('.', import.meta.url));
const areas = readdirSync(folder).flatMap((file) => /^(\w+)\.id\.json$/.exec(file)?.[1] ?? []);

type Value = string | readonly unknown[];
const read = (area: string, language: Locale): Record<string, Value> =>
	JSON.parse(readFileSync(`${folder}/${area}.${language}.json`, 'utf8'));
const keys = areas.flatMap((area) => Object.keys(read(area, 'id')));
const blanks = (value: Value) =>
	[...new Set([...JSON.stringify(value).matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort();

const code = globSync('src/**/*.{ts,svelte}', { exclude: (path) => path.includes('paraglide') })
	.map((path) => readFileSync(path, 'utf8'))
	.join('\n');
/**
 * Everything in the code that may be a message's name, or a part of one. Codes of errors are written with hyphens, and
 * actions of the log with a full stop.
 */
const words = new Set([
	...(code.match(/[\w-]+/g)?.flatMap((word) => [word.replaceAll('-', '_'), ...word.split('-')]) ?? []),
	...(code.match(/\w+\.\w+/g)?.map((word) => word.replace('.', '__')) ?? [])
]);
/** Names that are put together: `prefix_${…}_suffix`. */
const patterns = [...code.matchAll(/`(\w+[_.-]|)\$\{[^`]*?\}([\w-]*)`/g)]
	.map(
		([, ...ends]) =>
			ends.map((end = '') => end.replace('.', '__').replaceAll('-', '_')) as [prefix: string, suffix: string]
	)
	.filter(([prefix, suffix]) => prefix + suffix !== '');

const isUsed = (key: string): boolean =>
	words.has(key) ||
	patterns.some(([prefix, suffix]) => {
		const middle = key.slice(prefix.length, key.length - suffix.length);
		return middle !== '' && `${prefix}${middle}${suffix}` === key && isUsed(middle);
	});

describe('messages', () => {
	it.each(areas)('%s says the same things in each language, with the same blanks to fill', (area) => {
		const indonesian = read(area, baseLocale);
		for (const language of locales) {
			const texts = read(area, language);
			expect(Object.keys(texts).sort(), language).toEqual(Object.keys(indonesian).sort());
			for (const [key, value] of Object.entries(indonesian)) {
				expect(blanks(texts[key] ?? ''), `${language} ${key}`).toEqual(blanks(value));
				expect(texts[key]?.length, `${language} ${key}`).toBeGreaterThan(0);
			}
		}
	});

	it('has no key that no code uses: such a key is deleted in every language', () => {
		expect(keys.filter((key) => !isUsed(key))).toEqual([]);
	});

	it('counts one working day or hour in English without a plural', () => {
		const days = [m.common_working_days, m.citizen_office_page_promise_working, m.citizen_form_promise_days];
		for (const text of [...days, m.citizen_within_working]) {
			expect(text({ days: 1 }, { locale: 'en' })).toMatch(/1 working day\b/);
			expect(text({ days: 5 }, { locale: 'en' })).toMatch(/5 working days\b/);
		}
		const hours = [1, 72].map((count) => m.request_hours({ hours: count }, { locale: 'en' }));
		expect(hours).toEqual(['1 hour', '72 hours']);
	});

	it('has no key in two areas', () => {
		expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
	});

	it('says to citizens in plain words who reads a report, not by the names of roles', () => {
		for (const language of ['id', 'en'] as const) {
			const texts = Object.entries({
				...read('citizen', language),
				...read('privacy', language),
				...read('vocabulary', language)
			});
			const names = texts.filter(([, text]) => /penangan dan penyelia|handlers and supervisors/i.test(String(text)));
			expect(names).toEqual([]);
		}
	});

	/** The words that `terms.md` forbids: its last two columns. */
	const rows = readFileSync(`${folder}/terms.md`, 'utf8')
		.split('\n')
		.filter((line) => line.startsWith('| '));
	const forbidden = (column: 4 | 5) => {
		const cells = rows.map((row) => row.split(/(?<!\\)\|/)[column] ?? '');
		const words = cells.flatMap((cell) =>
			[...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word.replaceAll('\\|', '|'))
		);
		return new RegExp(`(?<![\\w-])(${words.join('|')})(nya)?(?![\\w.-])`, 'i');
	};
	/** Texts without blanks, addresses and names of settings. */
	const textsIn = (area: string, language: 'id' | 'en') =>
		Object.entries(read(area, language)).map(
			([key, text]) => `${key}: ${JSON.stringify(text).replace(/\{\w+\}/g, '')}`
		);

	it.each(areas)('%s uses the terms of terms.md and no second word for them', (area) => {
		expect(textsIn(area, 'id').filter((text) => forbidden(4).test(text))).toEqual([]);
		expect(textsIn(area, 'en').filter((text) => forbidden(5).test(text))).toEqual([]);
	});

	it('has no second word either in the sentences of e-mails and other messages that the server writes', () => {
		const word = forbidden(4);
		/** Sentences of a file, without addresses. Tagged templates are SQL. */
		const sentencesIn = (node: ts.Node): string[] => {
			if (ts.isTaggedTemplateExpression(node)) return [];
			const text = ts.isStringLiteralLike(node) || ts.isTemplateMiddleOrTemplateTail(node) || ts.isTemplateHead(node);
			const inside: string[] = [];
			ts.forEachChild(node, (child) => void inside.push(...sentencesIn(child)));
			return text && node.text.includes(' ') ? [node.text.replace(/\/[\w/]+/g, '')] : inside;
		};
		const wrong = globSync('src/lib/server/**/*.ts', { exclude: (path) => path.includes('.spec.') }).flatMap((path) => {
			const source = readFileSync(path, 'utf8');
			if (!word.test(source)) return [];
			const sentences = sentencesIn(ts.createSourceFile(path, source, ts.ScriptTarget.Latest));
			return sentences.filter((sentence) => word.test(sentence)).map((sentence) => `${path}: ${sentence}`);
		});
		expect(wrong).toEqual([]);
	});

	// The published notice about personal data has straight quotes in Indonesian. The next notice can have curly ones.
	const quoting = areas.flatMap((area) => locales.map((language) => [area, language] as const));
	it.each(quoting.filter((one) => one.join() !== 'privacy,id'))(
		'%s has curly quotes in %s, except in an example of JSON',
		(area, language) => {
			const texts = textsIn(area, language);
			const examples = 'admin_lapor_option_attachmentsTrailingDot';
			expect(texts.filter((text) => !text.startsWith(examples) && /'|\\"/.test(text))).toEqual([]);
		}
	);

	it('names no agency, region or service of one agency in texts and code, so that any agency can use the site', () => {
		const product = globSync(['src/**/*.{ts,svelte,css,html,json}', 'static/*.*'], {
			exclude: (path) => /paraglide|src\/lib\/dev|\.spec\.|(lupakan\.css|openapi\.json)$/.test(path)
		});
		const ofAgency =
			/\b(bps|pst|skd|wbs|statisti\w*|sulawesi|sulbar|mamuju|majene|mamasa|polewali|pasangkayu|760\d)\b/i;
		const lines = product.flatMap((path) =>
			readFileSync(path, 'utf8')
				.split('\n')
				.filter((line) => ofAgency.test(line))
				.map((line) => `${path}: ${line.trim()}`)
		);
		expect(product.length).toBeGreaterThan(1000);
		expect(lines).toEqual([]);
	});

	const guides = fileURLToPath(new URL('../../../docs/panduan', import.meta.url));
	it.each(readdirSync(guides))('the guide %s uses the Indonesian terms of terms.md', (guide) => {
		const lines = readFileSync(`${guides}/${guide}`, 'utf8')
			.replace(/`[^`]*`|\([^)]*\.md\)/g, '')
			.split('\n');
		expect(lines.filter((line) => forbidden(4).test(line))).toEqual([]);
	});
});
