import { beforeAll, expect, it } from 'vitest';
import { atTime } from '#lib/dev/testing/office.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { changeClosing } from './mail-closing-line.ts';
import { sampleMail } from './sample-mail.ts';

let root: Awaited<ReturnType<typeof makeUnit>>;
let unit: Awaited<ReturnType<typeof makeUnit>>;
beforeAll(async () => {
	root = await makeUnit();
	unit = await makeUnit({ parent: root });
});

const bodyOf = async (language: 'id' | 'en') => (await sampleMail(unit, 'received', language)).body;

it('e-mails end with the closing line of the office, or of the office above, in their language', async () => {
	const rootAdmin = await makeActor([[root.id, 'admin']]);
	const admin = await makeActor([[unit.id, 'admin']]);
	await changeClosing(rootAdmin, root, { language: 'id', closing: 'Salam dari provinsi.' });
	expect(await bodyOf('id')).toContain('Salam dari provinsi.');
	expect(await bodyOf('en')).not.toContain('Salam dari provinsi.');
	await changeClosing(admin, unit, { language: 'id', closing: 'Salam dari kabupaten.' });
	expect(await bodyOf('id')).toContain('Salam dari kabupaten.');
	expect(await bodyOf('id')).not.toContain('provinsi');
	await changeClosing(admin, unit, { language: 'id' });
	expect(await bodyOf('id')).toContain('Salam dari provinsi.');
});

it('samples show the date that such an e-mail has: a deadline, the day of the event, or none', async () => {
	const dateIn = (kind: Parameters<typeof sampleMail>[1]) =>
		atTime('2026-11-23T02:00:00Z', async () => /\d+ \w+ 2026/.exec((await sampleMail(unit, kind, 'id')).body)?.[0]);
	expect(await dateIn('question')).toBe('30 November 2026');
	expect(await dateIn('transferred')).toBe('23 November 2026');
	expect(await dateIn('receipt_renewed')).toBeUndefined();
});

it('only administrators of the office change the closing line, with at most 300 characters', async () => {
	const admin = await makeActor([[unit.id, 'admin']]);
	const above = changeClosing(admin, root, { language: 'id', closing: 'Bukan milik saya.' });
	await expect(above).rejects.toMatchObject({ name: 'NotFound' });
	const long = changeClosing(admin, unit, { language: 'id', closing: 'x'.repeat(301) });
	await expect(long).rejects.toMatchObject({ issues: [{ path: 'closing', code: 'mail_closing_long' }] });
});
