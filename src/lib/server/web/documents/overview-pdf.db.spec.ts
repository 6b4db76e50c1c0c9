import type { RequestEvent } from '@sveltejs/kit';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db, transaction } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { wordsOfPages } from '#lib/dev/testing/documents.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
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
	await expect(requested((await makeUnit()).id)).rejects.toMatchObject({ status: 404 });
});
