import { expect, it } from 'vitest';
import { htmlOf } from '#lib/dev/testing/rendered.ts';
import { m } from '#lib/paraglide/messages.js';
import { formState } from '#lib/ui/form/form-state.ts';
import IdentityFields from './IdentityFields.svelte';

it('explains each choice about the name before anything is unfolded or chosen', () => {
	const page = htmlOf(IdentityFields, { sent: formState(null), preset: undefined });
	const unfolded = page
		.replaceAll(/<details.*?<\/details>/gs, '')
		.replaceAll(/<p class="hint consequence.*?<\/p>/gs, '');
	for (const hint of [m.identity_named_hint(), m.identity_withheld_hint(), m.identity_none_hint()])
		expect(unfolded).toContain(hint);
	expect(unfolded).not.toContain(m.identity_withheld_more());
});

it('shows the fields for name and contact before the choice that has none', () => {
	const page = htmlOf(IdentityFields, { sent: formState(null), preset: 'withheld' });
	const places = ['"named"', '"withheld"', '"reporter.name"', '"none"'].map((value) => page.indexOf(value));
	expect(places).toEqual(places.toSorted((a, b) => a - b));
});

it('says at the phone field that no news is sent there', () => {
	const page = htmlOf(IdentityFields, { sent: formState(null), preset: 'named' });
	expect(page).toContain('Kabar dan jawaban tidak kami kirim ke nomor ini');
});
