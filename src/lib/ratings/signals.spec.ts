import { expect, test } from 'vitest';
import { comparedText, holdsRating } from './signals.ts';

test('strong signals hold a rating; weak ones never do, even together', () => {
	expect(holdsRating([])).toBe(false);
	expect(holdsRating(['burst', 'same_device', 'same_text', 'outside_hours'])).toBe(false);
	for (const strong of ['own_session', 'own_network', 'over_budget', 'same_device_often', 'same_text_often', 'machine'])
		expect(holdsRating(['burst', strong])).toBe(true);
});

test('comments are compared by their words, and short ones are not compared', () => {
	expect(comparedText('  Pelayanan-nya SANGAT ramah!! ')).toBe('pelayanan nya sangat ramah');
	expect(comparedText('Pelayanan nya sangat ramah')).toBe(comparedText('pelayanan nya, sangat ramah.'));
	for (const short of ['Bagus sekali', 'ok ok ok', '', undefined]) expect(comparedText(short)).toBeUndefined();
});
