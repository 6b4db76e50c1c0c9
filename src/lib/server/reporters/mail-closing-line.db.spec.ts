import { beforeAll, expect, it } from 'vitest';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { changeClosing } from './mail-closing-line.ts';
import { sampleMail } from './write-to-reporters.ts';

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

it('only administrators of the office change the closing line, with at most 300 characters', async () => {
	const admin = await makeActor([[unit.id, 'admin']]);
	const above = changeClosing(admin, root, { language: 'id', closing: 'Bukan milik saya.' });
	await expect(above).rejects.toMatchObject({ name: 'NotFound' });
	const long = changeClosing(admin, unit, { language: 'id', closing: 'x'.repeat(301) });
	await expect(long).rejects.toMatchObject({ issues: [{ path: 'closing', code: 'mail_closing_long' }] });
});
