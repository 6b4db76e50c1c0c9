import { expect, test } from 'vitest';
import { ratingInput, visitInput } from './schema.ts';

test('unit, reference and submission id may be JSON numbers', () => {
	const rating = ratingInput.parse({ unit: 1203, score: 5, submission_id: 20261130001 });
	expect(rating).toMatchObject({ unit: '1203', submission_id: '20261130001' });
	const visit = visitInput.parse({ unit: 1203, channel: 'web', external_ref: 17 });
	expect(visit).toMatchObject({ unit: '1203', external_ref: '17' });
	expect(visitInput.parse({ unit: 1203, channel: 'web', external_ref: ' ' }).external_ref).toBeUndefined();
});
