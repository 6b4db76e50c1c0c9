import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { confirmRules } from '#lib/dev/testing/retention/proposing.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { db } from '#lib/server/db/index.ts';
import { retentionRules } from '#lib/server/db/schema/retention.ts';
import { casePeriods } from './schedule.ts';

const office = useOffice();

it('tells reporters only the periods that are confirmed with a code, and which office sets them', async () => {
	await db().update(retentionRules).set({ jraCode: null, suggested: true });
	const monthsOf = async (...kind: Parameters<typeof casePeriods>) =>
		(await casePeriods(...kind)).parts.map(({ part, months }) => [part, months]);
	const unset = [
		['identity', null],
		['text', null],
		['files', null],
		['letters', null]
	];
	expect(await monthsOf()).toEqual(unset);
	await confirmRules(await makeActor([[office.root.id, 'admin']]), 'identity');
	expect(await monthsOf('complaint')).toEqual([['identity', { from: 24, to: 24 }], ...unset.slice(1)]);
	await db().update(retentionRules).set({ months: 36 }).where(eq(retentionRules.kind, 'suggestion'));
	expect(await monthsOf()).toEqual([['identity', { from: 24, to: 36 }], ...unset.slice(1)]);
	await db().update(retentionRules).set({ suggested: true }).where(eq(retentionRules.kind, 'suggestion'));
	expect(await monthsOf()).toEqual(unset);
	expect((await casePeriods()).setBy).not.toBe('');
});
