import { expect, test } from 'vitest';
import { callApi, withScopes } from '#lib/dev/testing/api/call-api.ts';
import { makeRatedOffice, onDay, rateOn } from '#lib/dev/testing/figures/rating-history.ts';
import { GET } from './+server.ts';

test('compares the twelve months before the given last day, or before today', async () => {
	const { unit, officer, manager } = await makeRatedOffice();
	await rateOn(unit, '2025-07-01', { officer: officer.id });
	await rateOn(unit, '2026-11-30', { officer: officer.id });
	const ask = async (query: string) => {
		const call = { query: `unit=${unit.code}${query}` };
		const response = await onDay('2026-12-01', () => callApi(GET, withScopes(manager, 'insight:read'), call));
		const { insufficient, errors } = (await response.json()) as {
			insufficient?: { n: number }[];
			errors?: { path: string }[];
		};
		return insufficient?.map(({ n }) => n) ?? errors?.map(({ path }) => path);
	};
	expect(await ask('')).toEqual([1]);
	expect(await ask('&from=&to=&service=')).toEqual([1]);
	expect(await ask('&from=2025-07-01')).toEqual([2]);
	expect(await ask('&to=2026-06-30')).toEqual([1]);
	expect(await ask('&to=2025-06-30')).toEqual([0]);
	expect(await ask('&to=2026-02-30')).toEqual(['to']);
	expect(await ask('&from=2026-02-30')).toEqual(['from']);
	expect(await ask('&from=2026-07-01&to=2026-06-30')).toEqual(['from']);
});
