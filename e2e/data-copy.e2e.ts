import { readFile } from 'node:fs/promises';
import { ownDataSchema } from '../src/lib/privacy/own-data.ts';
import { downloaded, expectAccessible, expectFits, signedIn } from './support/pages.ts';
import { readPdf } from './support/pdf.ts';
import { expect, test } from './support/test.ts';

/** The content of a JSON download, with its times as dates. */
const revived = (key: string, value: unknown) =>
	/(^|_)at$/.test(key) && typeof value === 'string' ? new Date(value) : value;

test('an officer downloads the own data', async ({ browser }) => {
	const me = await signedIn(browser, 'petugas1.mamuju');
	await me.goto('/me');
	await me.getByRole('link', { name: 'Lihat dan unduh data Anda' }).click();
	await expect(me.getByRole('heading', { name: 'Data Anda' })).toBeVisible();
	await expectFits(me);
	await expectAccessible(me);
	const json = await downloaded(me, me.getByRole('link', { name: 'Unduh JSON' }));
	const data = ownDataSchema.parse(JSON.parse(await readFile(await json.path(), 'utf8'), revived));
	expect(data.account.username).toBe('petugas1.mamuju');
	const pdf = await downloaded(me, me.getByRole('link', { name: 'Unduh PDF' }));
	const { text } = await readPdf(await readFile(await pdf.path()));
	expect(text).toContain(data.officer?.name ?? 'no officer');
	expect(text).not.toMatch(/SPATULA-\d/);
});
