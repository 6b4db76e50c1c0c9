import { afterEach, expect, it, vi } from 'vitest';
import { keepIdentity } from './identity.client.ts';

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
	keepIdentity(form as unknown as HTMLFormElement);
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
