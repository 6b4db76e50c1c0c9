import { expect, test } from 'vitest';
import type { CaseKind } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import type { CasePeriod } from '#lib/privacy/retention.ts';
import { casePeriodWords } from './retention.ts';

const period = (part: CasePeriod['part'], months: number | null, unset: CaseKind[] = []): CasePeriod => ({
	part,
	months: months === null ? null : { from: months, to: months },
	unset: months === null ? ['complaint', 'suggestion'] : unset
});
const words = (...parts: CasePeriod[]) => casePeriodWords({ parts, setBy: 'Kantor' });

test('the periods say what is not set, and that the text waits for a letter that is kept longer', () => {
	const notesOf = (text: number | null, letters: number | null) =>
		words(period('text', text), period('letters', letters)).notes;
	const [unset, waits] = [m.privacy_periods_unset({ office: 'Kantor' }), m.privacy_periods_letters()];
	expect(notesOf(60, null)).toEqual([unset, waits]);
	expect(notesOf(60, 120)).toEqual([waits]);
	expect(notesOf(60, 60)).toEqual([]);
	expect(notesOf(null, 60)).toEqual([unset]);
	// One sentence if no period is set, instead of the same words for each part.
	const none = words(period('text', null), period('letters', null));
	expect(none).toEqual({ items: [], notes: [m.privacy_periods_none({ office: 'Kantor' })] });
});

test('a part that is set for some kinds of reports has their period, and names the others', () => {
	const { items, notes } = words(period('identity', 24, ['suggestion']), period('text', null));
	expect(items.map(({ detail }) => detail)).toEqual([
		m.privacy_period_partly({ span: '2 tahun', kinds: m.kind_suggestion() }),
		m.privacy_period_unset()
	]);
	expect(notes).toEqual([m.privacy_periods_unset({ office: 'Kantor' })]);
	// The letter of a suggestion has no period, so the text of one may wait for it.
	const letters = words(period('text', 60), period('letters', 60, ['suggestion'])).notes;
	expect(letters).toContain(m.privacy_periods_letters());
});
