import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { openVisit } from './opening.ts';
import { shownVisit } from './shown.ts';
import { createVisit } from './visits.ts';

useFreshDatabase();

const minutesAgo = (minutes: number) => new Date(now().getTime() - minutes * 60 * 1000);

async function closedAt(desk: { id: string; unitId: string }, unit: { id: string; code: string }, minutes: number) {
	const { id } = await createVisit({ unit: unit.code, channel: 'walk_in' }, { accountId: null, within: [unit.id] });
	await db()
		.update(visits)
		.set({ placeId: desk.id, closedAt: minutesAgo(minutes) })
		.where(eq(visits.id, id));
	return id;
}

test('a desk shows the visit that ended there last, for five minutes, whether its link was used or not', async () => {
	const unit = await makeUnit();
	const desk = await makePlace(unit.id, { kind: 'desk' });
	const other = await makePlace(unit.id, { kind: 'desk' });
	expect(await shownVisit(desk.id)).toBeNull();
	await closedAt(desk, unit, 3);
	const last = await closedAt(desk, unit, 1);
	await closedAt(other, unit, 0);
	const shown = await shownVisit(desk.id);
	expect(shown).toMatchObject({ visitId: last });
	expect(await openVisit(shown?.token ?? '', { actor: null, device: null })).toMatchObject({
		state: 'open',
		unit: { id: unit.id }
	});
	await db().update(visits).set({ usedOn: '2026-01-05' }).where(eq(visits.id, last));
	expect(await shownVisit(desk.id)).toEqual(shown);
	expect(await shownVisit(desk.id, minutesAgo(-5))).toBeNull();
});

test('a visit that is still going on shows no link', async () => {
	const unit = await makeUnit();
	const desk = await makePlace(unit.id, { kind: 'desk' });
	const id = await closedAt(desk, unit, 1);
	await db().update(visits).set({ closedAt: null }).where(eq(visits.id, id));
	expect(await shownVisit(desk.id)).toBeNull();
});
