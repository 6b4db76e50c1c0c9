import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { atTime, bringTo } from '#lib/dev/testing/office.ts';
import { makeActor, makeCase } from '#lib/dev/testing/factories.ts';
import { confirmRules, itemsOf } from '#lib/dev/testing/retention/proposing.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { db } from '#lib/server/db/index.ts';
import { retentionRules } from '#lib/server/db/schema/retention.ts';
import { proposeDestruction } from './proposal.ts';
import { casePeriods } from './schedule.ts';

const office = useOffice();

it('tells reporters only the periods that are confirmed with a code, and which office sets them', async () => {
	await db().update(retentionRules).set({ jraCode: null, suggested: true });
	const monthsOf = async (...kinds: Parameters<typeof casePeriods>) =>
		(await casePeriods(...kinds)).parts.map(({ part, months }) => [part, months]);
	const unset = [
		['identity', null],
		['text', null],
		['files', null],
		['letters', null]
	];
	expect(await monthsOf()).toEqual(unset);
	await confirmRules(await makeActor([[office.root.id, 'admin']]), 'identity');
	expect(await monthsOf(['complaint'])).toEqual([['identity', { from: 24, to: 24 }], ...unset.slice(1)]);
	await db().update(retentionRules).set({ months: 36 }).where(eq(retentionRules.kind, 'suggestion'));
	expect(await monthsOf()).toEqual([['identity', { from: 24, to: 36 }], ...unset.slice(1)]);
	await db().update(retentionRules).set({ suggested: true }).where(eq(retentionRules.kind, 'suggestion'));
	// Reports of the other kinds are destroyed after their period, so it is told.
	expect(await monthsOf()).toEqual([['identity', { from: 24, to: 24 }], ...unset.slice(1)]);
	expect((await casePeriods()).parts[0]).toMatchObject({ unset: ['suggestion'] });
	expect(await monthsOf(['suggestion'])).toEqual(unset);
	expect((await casePeriods()).setBy).not.toBe('');
});

it('a part is destroyed only of the kinds of reports for which it is confirmed', async () => {
	const admin = await makeActor([[office.root.id, 'admin']]);
	await db().update(retentionRules).set({ jraCode: null, suggested: true });
	const person = { identity: 'named', reporter: { name: 'Pelapor Contoh 3', phone: '081234567890' } };
	const [complaint] = await atTime('2023-03-01T02:00:00Z', async () => {
		const made = [await makeCase(office.unit, person), await makeCase(office.unit, { ...person, kind: 'suggestion' })];
		for (const { reference } of made) await bringTo(office, reference, 'closed');
		return made;
	});
	await confirmRules(admin, 'identity');
	await db().update(retentionRules).set({ suggested: true }).where(eq(retentionRules.kind, 'suggestion'));
	const id = await atTime('2027-01-04T02:00:00Z', () => proposeDestruction(admin));
	expect(await itemsOf(id)).toEqual([`${complaint?.reference} identity`]);
});
