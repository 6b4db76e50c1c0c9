import { afterEach, expect, it, vi } from 'vitest';
import { switchContactOff, storyNamesReporter } from './identity.client.ts';

afterEach(() => vi.unstubAllGlobals());

/** A form with a name, whose identity is chosen by `choose`. */
function formWithName(chosen: string) {
	const name = { name: 'reporter.name', value: 'Siti', disabled: false, closest: () => null };
	const form = Object.assign(new EventTarget(), {
		identity: chosen,
		querySelector: () => null,
		querySelectorAll: () => [name]
	});
	vi.stubGlobal('addEventListener', () => undefined);
	vi.stubGlobal(
		'FormData',
		class {
			form: typeof form;
			constructor(of: typeof form) {
				this.form = of;
			}
			get = (field: string) => (field === 'identity' ? this.form.identity : null);
		}
	);
	switchContactOff(form as unknown as HTMLFormElement);
	const choose = (identity: string, event = 'input') => {
		form.identity = identity;
		form.dispatchEvent(new Event(event));
	};
	return { name, choose };
}

it('a name typed before "Tanpa nama" is switched off, and there again after another choice', () => {
	const { name, choose } = formWithName('withheld');
	expect(name.disabled).toBe(false);
	choose('none');
	expect(name).toMatchObject({ disabled: true, value: 'Siti' });
	choose('named');
	expect(name).toMatchObject({ disabled: false, value: 'Siti' });
});

it('a chosen "Tanpa nama" counts from the start, and when a kept text is filled in', () => {
	const { name, choose } = formWithName('none');
	expect(name.disabled).toBe(true);
	choose('named', 'review');
	expect(name.disabled).toBe(false);
});

it('a story that contains the typed name or contact is noticed, unless the name is given openly', () => {
	const tells = (body: string, identity = 'withheld') => {
		const contact = { 'reporter.name': 'Siti Contoh', 'reporter.phone': '+6281234567890', 'reporter.email': '' };
		const values: Record<string, string> = { body, identity, ...contact };
		const elements = { namedItem: (name: string) => ({ value: values[name] ?? '' }) };
		return storyNamesReporter({ elements } as unknown as HTMLFormElement);
	};
	expect(tells('Hubungi saya di 0812-3456-7890.')).toBe(true);
	expect(tells('Saya, siti contoh, menunggu dua jam.')).toBe(true);
	expect(tells('Saya, siti contoh, menunggu dua jam.', 'none')).toBe(true);
	expect(tells('Saya, siti contoh, menunggu dua jam.', 'named')).toBe(false);
	expect(tells('Saya menunggu 2 jam di loket 3.')).toBe(false);
});
