import type { RequestEvent } from '@sveltejs/kit';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db, transaction } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { setLogo } from '#lib/server/people/units/logo.ts';
import { wordsOfPages } from '#lib/dev/testing/documents.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { quarters } from '#lib/dev/testing/photos.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { overviewDocument } from './overview-pdf.ts';

const office = useOffice();

test('staff of an office that is closed to the public get the overview as PDF, and others do not', async () => {
	const { id, slug, name } = office.unit;
	await transaction((tx) => tx.update(units).set({ state: 'closed' }).where(eq(units.id, id)));
	const [unit] = await db().select().from(units).where(eq(units.id, id));
	expect(unit?.state).toBe('closed');
	const requested = async (unitId: string) => {
		const actor = await makeActor([[unitId, 'manager']]);
		const url = new URL(`http://localhost/insight/pdf?unit=${slug}`);
		return overviewDocument({ locals: { actor, lang: 'id' }, url } as unknown as RequestEvent);
	};
	const response = await requested(id);
	expect(response.headers.get('content-type')).toBe('application/pdf');
	const [page] = await wordsOfPages(new Uint8Array(await response.arrayBuffer()));
	expect(page).toContain(name);
	// The head shows the logo of the office, or of the one above.
	const pdf = async () => Buffer.from(await (await requested(id)).arrayBuffer());
	expect((await pdf()).includes('/Subtype /Image')).toBe(false);
	const bytes = await quarters(300, 100).png().toBuffer();
	const admin = await makeActor([[office.root.id, 'admin']]);
	await setLogo(admin, office.root.id, { name: 'logo.png', type: 'image/png', bytes });
	expect((await pdf()).includes('/Subtype /Image')).toBe(true);
	await expect(requested((await makeUnit()).id)).rejects.toMatchObject({ status: 404 });
});
