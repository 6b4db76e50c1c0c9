import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db, transaction } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { setLogo } from '#lib/server/people/units/logo.ts';
import { recordVisit } from '#lib/server/visits/entries.ts';
import { wordsOfPages } from '#lib/dev/testing/documents.ts';
import { makeActor, makeOfficer, makeUnit } from '#lib/dev/testing/factories.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { rateOn } from '#lib/dev/testing/figures/rating-history.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
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
		return overviewDocument(requestTo(`/insight/pdf?unit=${slug}`, { actor }));
	};
	const response = await requested(id);
	expect(response.headers.get('content-type')).toBe('application/pdf');
	const [page] = await wordsOfPages(new Uint8Array(await response.arrayBuffer()));
	expect(page).toContain(name);
	// The head shows the logo of the office, or of the one above.
	const pdf = async () => Buffer.from(await (await requested(id)).arrayBuffer());
	expect((await pdf()).includes('/Subtype /Image')).toBe(false);
	const bytes = await fourColourImage(300, 100).png().toBuffer();
	const admin = await makeActor([[office.root.id, 'admin']]);
	await setLogo(admin, office.root.id, { name: 'logo.png', type: 'image/png', bytes });
	expect((await pdf()).includes('/Subtype /Image')).toBe(true);
	await expect(requested((await makeUnit()).id)).rejects.toMatchObject({ status: 404 });
});

test('the response rate of each officer is beside the mean', async () => {
	const { unit, handler } = office;
	const { id: officer, name } = await makeOfficer(unit.id);
	for (let n = 0; n < 11; n++) await rateOn(unit, '2026-03-02', { officer, score: 4 });
	for (const day of ['02', '02', '03', '03', '04']) {
		const visit = { unit: unit.slug, service: 'consultation', channel: 'walk_in', officer, step: 'close' };
		const form = { ...visit, submission_id: crypto.randomUUID() };
		await atTime(`2026-03-${day}T02:00:00Z`, () => recordVisit(handler, form, null));
	}
	await db().update(visits).set({ usedOn: '2026-03-05' }).where(eq(visits.day, '2026-03-04'));
	const actor = await makeActor([[unit.id, 'manager']]);
	const path = `/insight/pdf?unit=${unit.slug}&from=2026-03-01&to=2026-03-31`;
	const response = await overviewDocument(requestTo(path, { actor }));
	const text = (await wordsOfPages(new Uint8Array(await response.arrayBuffer()))).join(' ');
	expect(text).toMatch(new RegExp(`Penilaian Tanggapan ${name} .* 11 20%`));
});
