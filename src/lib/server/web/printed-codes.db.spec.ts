import { isRedirect } from '@sveltejs/kit';
import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { absences } from '#lib/server/db/schema/people.ts';
import { officers, rosterShifts } from '#lib/server/db/schema/units.ts';
import { idOf, makeActor, makeOfficer, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { importRoute } from '#lib/dev/testing/routes.ts';

const route = await importRoute<{ load: (event: unknown) => unknown }>('(citizen)/q/[code]/+page.server.ts');

// A Wednesday, 09:00 in Makassar.
const NINE = new Date('2026-11-25T01:00:00Z');
const COOKIES = { get: () => undefined, set: () => undefined, delete: () => undefined };

/** Scans a code at 09:00. @returns status and target of the redirect */
async function scanned({ code }: { code: string }, search = ''): Promise<string> {
	const event = { params: { code }, cookies: COOKIES, url: new URL(`http://localhost/q/${code}${search}`) };
	try {
		await atTime(NINE, async () => route?.load(event));
	} catch (thrown) {
		if (isRedirect(thrown)) return `${thrown.status} ${thrown.location}`;
		throw thrown;
	}
	throw new Error('no redirect');
}

test('a desk’s code leads to the rating form of its officer, other codes to the office page', async () => {
	const unit = await makeUnit();
	const officer = await makeOfficer(unit.id);
	const [form, officePage] = [`303 /${unit.slug}/nilai`, `303 /${unit.slug}`];
	const desk = await makePlace(unit.id, { kind: 'desk', officerId: officer.id });
	expect(await scanned(desk)).toBe(form);
	for (const kind of ['box', 'kiosk', 'poster'])
		expect(await scanned(await makePlace(unit.id, { kind }))).toBe(officePage);
	// The visitor has already rated on the tablet whose thank-you page shows this code.
	expect(await scanned(desk, `?petugas=${officer.id}`)).toBe(officePage);
});

test('a desk’s code leads to the form also in an office that is not open', async () => {
	for (const state of ['closed', 'trial', 'new'] as const) {
		const unit = await makeUnit({ state });
		const officer = await makeOfficer(unit.id);
		const desk = await makePlace(unit.id, { kind: 'desk', officerId: officer.id });
		expect(await scanned(desk), state).toBe(`303 /${unit.slug}/nilai`);
	}
});

test('the code of a shared desk leads to the rating form while the roster has an officer there', async () => {
	const unit = await makeUnit();
	const officer = await makeOfficer(unit.id);
	const desk = await makePlace(unit.id, { kind: 'desk' });
	expect(await scanned(desk)).toBe(`303 /${unit.slug}`);
	const shift = { placeId: desk.id, officerId: officer.id, weekday: 3, startsAt: '08:00', endsAt: '10:00' } as const;
	await db().insert(rosterShifts).values(shift);
	expect(await scanned(desk)).toBe(`303 /${unit.slug}/nilai`);
});

test('a desk’s code leads to the office page if its officer is absent', async () => {
	const unit = await makeUnit();
	const officer = await makeOfficer(unit.id);
	const desk = await makePlace(unit.id, { kind: 'desk', officerId: officer.id });
	const accountId = idOf(await makeActor([[unit.id, 'handler']]));
	await db().update(officers).set({ accountId }).where(eq(officers.id, officer.id));
	await db().insert(absences).values({ accountId, fromDay: '2026-11-25', toDay: '2026-11-25' });
	expect(await scanned(desk)).toBe(`303 /${unit.slug}`);
});

test('a scan that can’t be counted still leads to the form', async () => {
	const unit = await makeUnit();
	const officer = await makeOfficer(unit.id);
	const desk = await makePlace(unit.id, { kind: 'desk', officerId: officer.id });
	await db().execute(sql`alter table place_scans rename to missing_scans`);
	try {
		expect(await scanned(desk)).toBe(`303 /${unit.slug}/nilai`);
	} finally {
		await db().execute(sql`alter table missing_scans rename to place_scans`);
	}
});
