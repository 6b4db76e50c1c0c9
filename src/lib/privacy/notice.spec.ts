import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { currentNotice, NOTICE, NOTICE_DATE } from './notice.ts';

const sentences = NOTICE.flatMap((section) => section.sentences);

test.each(sentences.map(({ words, proof }) => [words(), ...proof] as const))(
	'a test proves: %s',
	(words, file, name) => {
		const path = `src/${file}`;
		expect(existsSync(path), `/privasi says "${words}", but ${path} does not exist.`).toBe(true);
		const hasTest = [...readFileSync(path, 'utf8').matchAll(/\b(?:test|it)(?:\.\w+)?\(\s*(['"`])(.+?)\1,/g)].some(
			([, , found]) => found === name
		);
		const missing = `/privasi says "${words}", but ${path} has no test "${name}". Name the test that proves the sentence, or take the sentence away.`;
		expect(hasTest, missing).toBe(true);
	}
);

test('no sentence is said twice', () => {
	const said = sentences.map(({ words }) => words());
	expect(new Set(said).size).toBe(said.length);
});

const HOW = `The text of /privasi differs from its frozen version src/lib/privacy/versions/${NOTICE_DATE}.json.
A frozen version never changes. To publish the new text, set NOTICE_DATE in src/lib/privacy/notice.ts to the day from
which it is in force, and run this spec once: npx vitest run --project unit src/lib/privacy/notice.spec.ts
It writes the file of the new version. Commit it with the text.`;

test('the present text is frozen in the newest version', async () => {
	const text = `${JSON.stringify(currentNotice(), null, '\t')}\n`;
	await expect(text, HOW).toMatchFileSnapshot(`./versions/${NOTICE_DATE}.json`);
	const later = readdirSync('src/lib/privacy/versions').filter((name) => name > `${NOTICE_DATE}.json`);
	expect(later, 'NOTICE_DATE is the newest version').toEqual([]);
});
